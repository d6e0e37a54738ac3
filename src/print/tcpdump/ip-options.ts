import * as kind from "../../wire/ipv4-options.ts";
import { Ipv4Options } from "../../wire/ipv4-options.ts";
import type { Output } from "./output.ts";

const NAMES: ReadonlyMap<number, string> = new Map([
  [kind.IP_OPTION_END, "EOL"],
  [kind.IP_OPTION_NOP, "NOP"],
  [kind.IP_OPTION_TIMESTAMP, "timestamp"],
  [kind.IP_OPTION_SECURITY, "security"],
  [kind.IP_OPTION_RECORD_ROUTE, "RR"],
  [kind.IP_OPTION_STRICT_SOURCE_ROUTE, "SSRR"],
  [kind.IP_OPTION_LOOSE_SOURCE_ROUTE, "LSRR"],
  [kind.IP_OPTION_ROUTER_ALERT, "RA"],
  [kind.IP_OPTION_TRACEROUTE, "traceroute"],
]);

// Flags of the timestamp option (RFC 791 section 3.1).
const TIMESTAMP_ONLY = 0;
const TIMESTAMP_AND_ADDRESS = 1;
const TIMESTAMP_PRESPECIFIED = 3;

/** Prints the options of an IPv4 header. */
export class Ipv4OptionsPrinter {
  readonly #out: Output;
  readonly #options: Ipv4Options = new Ipv4Options();

  constructor(out: Output) {
    this.#out = out;
  }

  /** Prints the options in `[at, end)`; false when they were cut within an option. */
  print(at: number, end: number): boolean {
    const out = this.#out;
    const option = this.#options;
    option.start(out.view, at, end, out.limit);
    let isFirst = true;
    for (;;) {
      const found = option.next();
      if (!found && option.fault === "") return true;
      if (!isFirst) out.sink.text(",");
      isFirst = false;
      if (option.hasKind) out.sink.text(NAMES.get(option.kind) ?? `unknown ${option.kind}`);
      if (!found) return this.#printFault();
      if (!this.#printValue()) return false;
    }
  }

  #printFault(): boolean {
    const option = this.#options;
    if (option.fault === "length") {
      this.#out.sink.text(` [bad length ${option.length}]`);
      return true;
    }
    // The kind or the length byte itself is missing: that ends the line.
    if (!option.hasKind || !this.#out.has(option.at, 2)) this.#out.cutHere();
    return false;
  }

  /** Prints the option's data; false when it is cut. */
  #printValue(): boolean {
    const { at, length } = this.#options;
    switch (this.#options.kind) {
      case kind.IP_OPTION_TIMESTAMP:
        return this.#printTimestamps(at, length);
      case kind.IP_OPTION_RECORD_ROUTE:
      case kind.IP_OPTION_STRICT_SOURCE_ROUTE:
      case kind.IP_OPTION_LOOSE_SOURCE_ROUTE:
        return this.#printRoute(at, length);
      case kind.IP_OPTION_ROUTER_ALERT:
        if (length < 4) this.#out.sink.text(` [bad length ${length}]`);
        else if (this.#out.u16(at + 2) !== 0) this.#out.sink.text(` value ${this.#out.u16(at + 2)}`);
        return true;
      default:
        return true;
    }
  }

  #printRoute(at: number, length: number): boolean {
    const out = this.#out;
    const sink = out.sink;
    if (length < 3) {
      sink.text(` [bad length ${length}]`);
      return true;
    }
    if (((length + 1) & 3) !== 0) sink.text(` [bad length ${length}]`);
    const pointer = out.u8(at + 2) - 1;
    // An unsigned difference: a pointer of 0 is beyond every length.
    if (pointer < 3 || ((pointer + 1) & 3) !== 0 || pointer > length + 1) sink.text(` [bad ptr ${out.u8(at + 2)}]`);
    for (let offset = 3; offset < length; offset += 4) {
      if (!out.has(at + offset, 4)) return false;
      sink.text(" ");
      out.ipv4(at + offset);
      if (pointer > offset || pointer < 0) sink.text(",");
    }
    return true;
  }

  #printTimestamps(at: number, length: number): boolean {
    const out = this.#out;
    const sink = out.sink;
    if (length < 4) {
      sink.text(`[bad length ${length}]`);
      return true;
    }
    sink.text(" TS{");
    const flags = out.u8(at + 3) & 0xf;
    const step = flags === TIMESTAMP_ONLY ? 4 : 8;
    if (((length - 4) & (step - 1)) !== 0) sink.text(`[bad length ${length}]`);
    const pointer = out.u8(at + 2) - 1;
    if (pointer < 4 || ((pointer - 4) & (step - 1)) !== 0 || pointer > length + 1)
      sink.text(`[bad ptr ${out.u8(at + 2)}]`);
    const printed = this.#printStamps(at, length, flags, step, pointer);
    if (printed < 0) return false;
    if (pointer === printed) sink.text(" ^ ");
    const missed = out.u8(at + 3) >> 4;
    sink.text(missed > 0 ? ` [${missed} hops not recorded]} ` : "}");
    return true;
  }

  /** Prints the stamps; returns the offset behind the last, or -1 when they are cut. */
  #printStamps(at: number, length: number, flags: number, step: number, pointer: number): number {
    const out = this.#out;
    const sink = out.sink;
    if (flags === TIMESTAMP_ONLY) sink.text("TSONLY");
    else if (flags === TIMESTAMP_AND_ADDRESS) sink.text("TS+ADDR");
    else if (flags === TIMESTAMP_PRESPECIFIED) sink.text("PRESPEC");
    else {
      sink.text(`[bad ts type ${flags}]`);
      return 0;
    }
    let offset = 4;
    for (; offset < length; offset += step) {
      if (!out.has(at + offset, step)) return -1;
      sink.text(pointer === offset ? " ^ " : " ");
      sink.decimal(out.u32(at + offset + step - 4));
      sink.text("@");
      if (step === 8) out.ipv4(at + offset);
    }
    return offset;
  }
}
