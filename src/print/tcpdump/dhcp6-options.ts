import { dhcp6OptionName } from "./dhcp6-names.ts";
import { NameReader } from "./domain-name.ts";
import { printDhcp6Authentication } from "./dhcp6-authentication.ts";
import type { Output } from "./output.ts";

const STATUS_NAMES: readonly string[] = [
  "Success",
  "UnspecFail",
  "NoAddrsAvail",
  "NoBinding",
  "NotOnLink",
  "UseMulticast",
  "NoPrefixAvail",
  "UnknownQueryType",
  "MalformedQuery",
  "NotConfigured",
  "NotAllowed",
];
const RENEW = 5;
const INFORMATION_REQUEST = 11;
const MAX_SHOWN = 10;

/** Prints DHCPv6 options (RFC 8415 section 21), each in parentheses. */
export class Dhcp6OptionsPrinter {
  readonly #out: Output;
  readonly #names: NameReader;
  readonly #message: (at: number, length: number) => void;

  /** `message` prints the message that a relay carries. */
  constructor(out: Output, message: (at: number, length: number) => void) {
    this.#out = out;
    this.#names = new NameReader(out, true);
    this.#message = message;
  }

  /** Prints the options in `[from, end)`; a cut one is marked, and what is around it goes on. */
  print(from: number, end: number): void {
    const out = this.#out;
    if (from >= end || !out.enter()) return;
    for (let at = from; at < end && !out.cut;) {
      if (end - at < 4) {
        out.truncated("dhcp6");
        break;
      }
      const length = out.u16(at + 2);
      if (end - at < 4 + length) {
        out.truncated("dhcp6");
        break;
      }
      const code = out.u16(at);
      out.sink.text(` (${dhcp6OptionName(code)}`);
      if (!this.#value(code, at + 4, length)) {
        out.truncated("dhcp6");
        break;
      }
      out.sink.text(")");
      at += 4 + length;
    }
    out.leave();
  }

  /** A value that is too short, or has a length that it cannot have. */
  #wrong(): void {
    this.#out.sink.text(" ?");
  }

  /** Prints a value; false where something in it goes beyond its end. */
  #value(code: number, at: number, length: number): boolean {
    switch (code) {
      case 21:
      case 24:
        return this.#domains(at, length);
      case 56:
        return this.#timeServers(at, length);
      case 1:
      case 2:
        this.#identifier(at, length);
        break;
      case 3:
      case 25:
        this.#association(at, length);
        break;
      case 4:
        this.#temporary(at, length);
        break;
      case 5:
        this.#address(at, length);
        break;
      case 26:
        this.#prefix(at, length);
        break;
      case 6:
      case 43:
        this.#codes(at, length);
        break;
      case 9:
        this.#relayed(at, length);
        break;
      case 11:
        printDhcp6Authentication(this.#out, at, length);
        break;
      case 13:
        this.#status(at, length);
        break;
      default:
        this.#simpleValue(code, at, length);
    }
    return true;
  }

  #simpleValue(code: number, at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    switch (code) {
      case 7:
        if (length === 1) sink.text(` ${out.u8(at)}`);
        else this.#wrong();
        break;
      case 8:
        if (length === 2) sink.text(` ${out.u16(at)}`);
        else this.#wrong();
        break;
      case 32:
      case 46:
        if (length === 4) sink.text(` ${out.u32(at)}`);
        else this.#wrong();
        break;
      case 18:
      case 38:
        sink.text(" ");
        this.#bytes(at, length, length);
        sink.text("...");
        break;
      case 19:
        this.#reconfigure(at, length);
        break;
      case 22:
      case 23:
      case 27:
      case 28:
      case 31:
      case 34:
      case 40:
      case 48:
        this.#addresses(at, length);
        break;
      default:
        this.#rareValue(code, at, length);
    }
  }

  #rareValue(code: number, at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    switch (code) {
      case 37:
        if (length < 4) return this.#wrong();
        sink.text(` ${out.u32(at)} `);
        this.#bytes(at + 4, length - 4, length - 4);
        sink.text("...");
        break;
      case 41:
      case 42:
      case 112:
        if (length < 5) return this.#wrong();
        sink.text(" ");
        out.safeTextToZero(at, length);
        break;
      case 44:
        this.#query(at, length);
        break;
      case 45:
        this.print(at, at + length);
        break;
      case 47:
        if (length < 16) return this.#wrong();
        sink.text(" ");
        out.ipv6(at);
        sink.text(" ");
        this.#bytes(at + 16, length - 16, length - 16);
        sink.text("...");
        break;
      case 64:
        this.#tunnelName(at, length);
        break;
      default:
    }
  }

  /** The first bytes of an opaque value. */
  #bytes(at: number, length: number, most: number): void {
    this.#out.hexBytes(at, Math.min(length, most, MAX_SHOWN));
  }

  /** DUID (RFC 8415 section 11). */
  #identifier(at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    if (length < 2) return this.#wrong();
    const type = out.u16(at);
    if (type === 1) {
      if (length < 8) return this.#wrong();
      sink.text(` hwaddr/time type ${out.u16(at + 2)} time ${out.u32(at + 4)} `);
      out.hexBytes(at + 8, length - 8);
    } else if (type === 2) {
      if (length < 10) return this.#wrong();
      sink.text(" vid ");
      out.hexBytes(at + 2, 8);
    } else if (type === 3) {
      if (length < 4) return this.#wrong();
      sink.text(` hwaddr type ${out.u16(at + 2)} `);
      out.hexBytes(at + 4, length - 4);
    } else {
      sink.text(` type ${type}`);
    }
  }

  #association(at: number, length: number): void {
    const out = this.#out;
    if (length < 12) return this.#wrong();
    out.sink.text(` IAID:${out.u32(at)} T1:${out.u32(at + 4)} T2:${out.u32(at + 8)}`);
    this.print(at + 12, at + length);
  }

  #temporary(at: number, length: number): void {
    const out = this.#out;
    if (length < 4) return this.#wrong();
    out.sink.text(` IAID:${out.u32(at)}`);
    this.print(at + 4, at + length);
  }

  #address(at: number, length: number): void {
    const out = this.#out;
    if (length < 24) return this.#wrong();
    out.sink.text(" ");
    out.ipv6(at);
    out.sink.text(` pltime:${out.u32(at + 16)} vltime:${out.u32(at + 20)}`);
    this.print(at + 24, at + length);
  }

  #prefix(at: number, length: number): void {
    const out = this.#out;
    if (length < 25) return this.#wrong();
    out.sink.text(" ");
    out.ipv6(at + 9);
    out.sink.text(`/${out.u8(at + 8)} pltime:${out.u32(at)} vltime:${out.u32(at + 4)}`);
    this.print(at + 25, at + length);
  }

  #codes(at: number, length: number): void {
    const out = this.#out;
    if (length % 2 !== 0) return this.#wrong();
    for (let i = 0; i < length; i += 2) out.sink.text(` ${dhcp6OptionName(out.u16(at + i))}`);
  }

  #relayed(at: number, length: number): void {
    const out = this.#out;
    out.sink.text(" (");
    const limit = out.limit;
    out.limit = Math.min(limit, at + length);
    this.#message(at, length);
    out.limit = limit;
  }

  #status(at: number, length: number): void {
    const out = this.#out;
    if (length < 2) return this.#wrong();
    const code = out.u16(at);
    out.sink.text(` ${code > 255 ? "INVALID code" : (STATUS_NAMES[code] ?? `code${code}`)}`);
  }

  #reconfigure(at: number, length: number): void {
    const out = this.#out;
    if (length !== 1) return this.#wrong();
    const type = out.u8(at);
    if (type === RENEW) out.sink.text(" for renew");
    else if (type === INFORMATION_REQUEST) out.sink.text(" for inf-req");
    else out.sink.text(` for ???(${type.toString(16).padStart(2, "0")})`);
  }

  #domains(from: number, length: number): boolean {
    const out = this.#out;
    for (let at = from; at < from + length;) {
      out.sink.text(" ");
      at = this.#names.print(at, from);
      if (at < 0) return false;
    }
    return true;
  }

  #addresses(at: number, length: number): void {
    const out = this.#out;
    if (length % 16 !== 0) return this.#wrong();
    for (let i = 0; i < length; i += 16) {
      out.sink.text(" ");
      out.ipv6(at + i);
    }
  }

  /** A lease query (RFC 5007 section 4.1.2.1). */
  #query(at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    if (length < 17) return this.#wrong();
    const type = out.u8(at);
    sink.text(type === 1 ? " by-address" : type === 2 ? " by-clientID" : ` type_${type}`);
    sink.text(" ");
    out.ipv6(at + 1);
    this.print(at + 17, at + length);
  }

  /** Time servers (RFC 5908 section 4). */
  #timeServers(from: number, length: number): boolean {
    const out = this.#out;
    const sink = out.sink;
    const end = from + length;
    if (length < 4) this.#wrong();
    for (let at = from; at + 4 < end;) {
      const type = out.u16(at);
      const size = out.u16(at + 2);
      at += 4;
      if (at + size > end) return false;
      sink.text(` subopt:${type}`);
      if (type === 1 || type === 2) {
        if (size === 16) {
          sink.text(" ");
          out.ipv6(at);
        } else this.#wrong();
      } else if (type === 3) {
        sink.text(" ");
        if (this.#names.print(at, at) < 0) return false;
      } else this.#wrong();
      at += size;
    }
    return true;
  }

  /** The name of a tunnel endpoint (RFC 6334 section 3), without its last dot. */
  #tunnelName(at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    if (length < 3) return this.#wrong();
    sink.text(" ");
    const end = at + length;
    for (let next = at; next < end && out.u8(next) !== 0;) {
      const size = out.u8(next++);
      if (size >= end - next) return this.#wrong();
      out.safeTextToZero(next, size);
      next += size;
      if (out.u8(next) !== 0) sink.text(".");
    }
  }
}
