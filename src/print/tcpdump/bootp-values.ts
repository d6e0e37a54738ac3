import type { Output } from "./output.ts";

/** How the value of a DHCP option is printed. */
export type ValueForm =
  | "addresses"
  | "agent"
  | "bytes"
  | "classes"
  | "client"
  | "codes"
  | "halves"
  | "integers"
  | "message"
  | "name"
  | "node"
  | "overload"
  | "pairs"
  | "routes"
  | "switches"
  | "text"
  | "unknown"
  | "words";

const COMMA = 0x2c;
const DOT = 0x2e;
const QUOTE = 0x22;

const MESSAGES: readonly string[] = [
  "",
  "Discover",
  "Offer",
  "Request",
  "Decline",
  "ACK",
  "NACK",
  "Release",
  "Inform",
  "",
  "LeaseQuery",
  "LeaseUnassigned",
  "LeaseUnknown",
  "LeaseActive",
];
const OVERLOADS: readonly string[] = ["", "file", "sname", "file+sname"];
const NODES: ReadonlyMap<number, string> = new Map([
  [1, "b-node"],
  [2, "p-node"],
  [4, "m-node"],
  [8, "h-node"],
]);
/** Hardware types that have a name here (RFC 1700 "Hardware Type"). */
const HARDWARE: ReadonlyMap<number, string> = new Map([
  [1, "ether"],
  [6, "ieee802"],
  [7, "arcnet"],
  [15, "frelay"],
  [24, "ieee1394"],
]);
/** Flags of the client's name (RFC 4702 section 2.1). */
const NAME_FLAGS = "SOEN";
/** Suboptions of the relay agent (RFC 3046, RFC 3993) that are text. */
const AGENT_NAMES: ReadonlyMap<number, string> = new Map([
  [1, "Circuit-ID"],
  [2, "Remote-ID"],
  [6, "Subscriber-ID"],
]);

/** The least length of values that cannot be shorter. */
const LEAST: Partial<Record<ValueForm, number>> = { client: 1, classes: 2, name: 3, node: 1, overload: 1, routes: 5 };

/** Prints the value of one DHCP option. */
export class BootpValuePrinter {
  readonly #out: Output;
  readonly #names: readonly string[];

  /** `names`: the names of all options, for lists of them. */
  constructor(out: Output, names: readonly string[]) {
    this.#out = out;
    this.#names = names;
  }

  /** Prints the value in `[at, at + length)`, all of which is captured. */
  print(code: number, form: ValueForm, at: number, length: number): void {
    const sink = this.#out.sink;
    const least = LEAST[form];
    if (least !== undefined && length < least) {
      sink.text(`[ERROR: length < ${least} bytes]`);
      return;
    }
    const left = length - this.#value(code, form, at, length);
    if (left > 0) sink.text(`\n\t  trailing data length ${left}`);
  }

  /** Prints the value; how many bytes were printed. */
  #value(code: number, form: ValueForm, at: number, length: number): number {
    const out = this.#out;
    const sink = out.sink;
    switch (form) {
      case "addresses":
        return this.#list(at, length, 4, (item) => out.ipv4(item));
      case "words":
        return this.#list(at, length, 4, (item) => sink.decimal(out.u32(item)));
      case "integers":
        return this.#list(at, length, 4, (item) => sink.text(String(out.u32(item) | 0)));
      case "halves":
        return this.#list(at, length, 2, (item) => sink.decimal(out.u16(item)));
      case "switches":
        return this.#list(at, length, 1, (item) => this.#switch(out.u8(item)));
      case "pairs":
        return this.#list(at, length, 8, (item) => this.#pair(item));
      case "bytes":
        return this.#bytes(at, length);
      case "text":
        return this.#quoted(at, length);
      default:
        return this.#special(code, form, at, length);
    }
  }

  #special(code: number, form: ValueForm, at: number, length: number): number {
    const out = this.#out;
    const sink = out.sink;
    switch (form) {
      case "message":
        if (length !== 1) return this.#bytes(at, length);
        sink.text(MESSAGES[out.u8(at)] || `Unknown (${out.u8(at)})`);
        return 1;
      case "overload":
        sink.text(OVERLOADS[out.u8(at)] || `#${out.u8(at)}`);
        return 1;
      case "node":
        sink.text(NODES.get(out.u8(at)) ?? `#${out.u8(at)}`);
        return 1;
      case "codes":
        return this.#codes(at, length);
      case "client":
        return this.#client(at, length);
      case "name":
        return this.#name(at, length);
      case "routes":
        return this.#routes(at, length);
      case "classes":
        return this.#classes(at, length);
      case "agent":
        return this.#agent(at, length);
      default:
        return this.#unknown(code, at, length);
    }
  }

  /** Numbers of the largest size that divides the length. */
  #unknown(code: number, at: number, length: number): number {
    if (length % 4 === 0) return this.#value(code, "words", at, length);
    if (length % 2 === 0) return this.#value(code, "halves", at, length);
    return this.#bytes(at, length);
  }

  /** Prints items of `size` bytes with commas between; how many bytes they are. */
  #list(at: number, length: number, size: number, print: (at: number) => void): number {
    let done = 0;
    for (; done + size <= length; done += size) {
      if (done > 0) this.#out.sink.char(COMMA);
      print(at + done);
    }
    return done;
  }

  #switch(value: number): void {
    this.#out.sink.text(value === 0 ? "N" : value === 1 ? "Y" : `${value}?`);
  }

  #pair(at: number): void {
    const out = this.#out;
    out.sink.text("(");
    out.ipv4(at);
    out.sink.text(":");
    out.ipv4(at + 4);
    out.sink.text(")");
  }

  #bytes(at: number, length: number): number {
    const out = this.#out;
    for (let i = 0; i < length; i++) {
      if (i > 0) out.sink.char(DOT);
      out.sink.decimal(out.u8(at + i));
    }
    return length;
  }

  #quoted(at: number, length: number): number {
    const out = this.#out;
    out.sink.char(QUOTE);
    out.safeText(at, length);
    out.sink.char(QUOTE);
    return length;
  }

  #codes(at: number, length: number): number {
    const out = this.#out;
    for (let i = 0; i < length; i++) {
      const code = out.u8(at + i);
      out.sink.text(i % 4 === 0 ? "\n\t      " : ", ");
      out.sink.text(`${this.#names[code]!} (${code})`);
    }
    return length;
  }

  #client(at: number, length: number): number {
    const out = this.#out;
    const sink = out.sink;
    const type = out.u8(at);
    if (type === 0) return 1 + this.#quoted(at + 1, length - 1);
    sink.text(`${HARDWARE.get(type) ?? `hardware-type ${type},`} `);
    out.linkAddress(at + 1, length - 1);
    return length;
  }

  #name(at: number, length: number): number {
    const out = this.#out;
    const sink = out.sink;
    const flags = out.u8(at);
    if (flags >> 4 !== 0) sink.text(`[ERROR: MBZ nibble 0x${(flags >> 4).toString(16)} != 0] `);
    if ((flags & 0xf) !== 0) {
      const letters = [...NAME_FLAGS].filter((_, bit) => (flags & (1 << bit)) !== 0);
      sink.text(`[${letters.join("")}] `);
    }
    if (out.u16(at + 1) !== 0) sink.text(`${out.u8(at + 1)}/${out.u8(at + 2)} `);
    return 3 + this.#quoted(at + 3, length - 3);
  }

  /** Routes without classes (RFC 3442). */
  #routes(at: number, length: number): number {
    const out = this.#out;
    const sink = out.sink;
    for (let done = 0; done < length;) {
      if (done > 0) sink.char(COMMA);
      const width = out.u8(at + done);
      const bytes = Math.ceil(width / 8);
      if (width > 32) {
        sink.text(`[ERROR: Mask width (${width}) > 32]`);
        return length;
      }
      if (length - done < 1 + bytes + 4) {
        sink.text(`[ERROR: Remaining length (${length - done - 1}) < ${bytes + 4} bytes]`);
        return length;
      }
      sink.text("(");
      if (width === 0) sink.text("default");
      else {
        for (let i = 0; i < 4; i++) {
          if (i > 0) sink.char(DOT);
          sink.decimal(i < bytes ? out.u8(at + done + 1 + i) : 0);
        }
        sink.text(`/${width}`);
      }
      sink.text(":");
      out.ipv4(at + done + 1 + bytes);
      sink.text(")");
      done += 1 + bytes + 4;
    }
    return length;
  }

  /** User classes (RFC 3004). */
  #classes(at: number, length: number): number {
    const out = this.#out;
    const sink = out.sink;
    let instance = 0;
    for (let done = 0; done < length;) {
      sink.text(`\n\t      instance#${++instance}: `);
      const size = out.u8(at + done);
      if (size === 0) {
        sink.text("[ERROR: suboption length must be non-zero]");
        return length;
      }
      if (done + 1 + size > length) {
        sink.text("[ERROR: invalid option]");
        return length;
      }
      this.#quoted(at + done + 1, size);
      sink.text(`, length ${size}`);
      done += 1 + size;
    }
    return length;
  }

  #agent(at: number, length: number): number {
    const out = this.#out;
    const sink = out.sink;
    let done = 0;
    while (done + 2 <= length) {
      const code = out.u8(at + done);
      const size = out.u8(at + done + 1);
      done += 2;
      const name = AGENT_NAMES.get(code);
      sink.text(`\n\t      ${name ?? "Unknown"} SubOption ${code}, length ${size}: `);
      if (done + size > length) {
        sink.text("length goes past end of option");
        return length;
      }
      if (name !== undefined) out.safeText(at + done, size);
      else out.hexLines(at + done, size, "\n\t\t");
      done += size;
    }
    return done;
  }
}
