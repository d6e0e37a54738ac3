import { NameReader } from "./domain-name.ts";
import { durationText } from "./igmp.ts";
import type { Output } from "./output.ts";

const CLASS_INTERNET = 1;
/** Top bit of a class in multicast DNS: a unicast answer is welcome, or older data is void (RFC 6762 sections 5.4 and 10.2). */
const MULTICAST_BIT = 0x8000;

const TYPE_OPT = 41;
const TYPE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries({
    1: "A",
    2: "NS",
    3: "MD",
    4: "MF",
    5: "CNAME",
    6: "SOA",
    7: "MB",
    8: "MG",
    9: "MR",
    10: "NULL",
    11: "WKS",
    12: "PTR",
    13: "HINFO",
    14: "MINFO",
    15: "MX",
    16: "TXT",
    17: "RP",
    18: "AFSDB",
    19: "X25",
    20: "ISDN",
    21: "RT",
    22: "NSAP",
    23: "NSAP_PTR",
    24: "SIG",
    25: "KEY",
    26: "PX",
    27: "GPOS",
    28: "AAAA",
    29: "LOC",
    30: "NXT",
    31: "EID",
    32: "NIMLOC",
    33: "SRV",
    34: "ATMA",
    35: "NAPTR",
    36: "KX",
    37: "CERT",
    38: "A6",
    39: "DNAME",
    40: "SINK",
    41: "OPT",
    42: "APL",
    43: "DS",
    44: "SSHFP",
    45: "IPSECKEY",
    46: "RRSIG",
    47: "NSEC",
    48: "DNSKEY",
    99: "SPF",
    100: "UINFO",
    101: "UID",
    102: "GID",
    103: "UNSPEC",
    104: "UNSPECA",
    249: "TKEY",
    250: "TSIG",
    251: "IXFR",
    252: "AXFR",
    253: "MAILB",
    254: "MAILA",
    255: "ANY",
  }).map(([type, name]) => [Number(type), name]),
);
const CLASS_NAMES: ReadonlyMap<number, string> = new Map([
  [1, "IN"],
  [3, "CHAOS"],
  [4, "HS"],
  [255, "ANY"],
]);

const EDNS_NAMES: ReadonlyMap<number, string> = new Map([
  [1, "LLQ"],
  [2, "UL"],
  [3, "NSID"],
  [5, "DAU"],
  [6, "DHU"],
  [7, "N3U"],
  [8, "ECS"],
  [9, "EXPIRE"],
  [10, "COOKIE"],
  [11, "KEEPALIVE"],
  [12, "PADDING"],
  [13, "CHAIN"],
  [14, "KEY-TAG"],
  [16, "CLIENT-TAG"],
  [17, "SERVER-TAG"],
]);

function typeName(type: number): string {
  return TYPE_NAMES.get(type) ?? `Type${type}`;
}

/** Prints questions and resource records. */
export class RecordPrinter {
  readonly #out: Output;
  readonly #names: NameReader;
  #messageAt = 0;
  #isMulticast = false;

  constructor(out: Output) {
    this.#out = out;
    this.#names = new NameReader(out);
  }

  start(messageAt: number, isMulticast: boolean): void {
    this.#messageAt = messageAt;
    this.#isMulticast = isMulticast;
  }

  skipQuestion(at: number): number {
    const next = this.#names.skip(at);
    return next < 0 ? -1 : next + 4;
  }

  /** Prints a question; where it ends, or -1 when it is cut. */
  printQuestion(at: number): number {
    const out = this.#out;
    const sink = out.sink;
    const next = this.#names.skip(at);
    if (next < 0 || !out.has(next, 4)) return -1;
    sink.text(` ${typeName(out.u16(next))}`);
    const rawClass = out.u16(next + 2);
    const recordClass = this.#isMulticast ? rawClass & ~MULTICAST_BIT : rawClass;
    if (recordClass !== CLASS_INTERNET) sink.text(` ${CLASS_NAMES.get(recordClass) ?? `(Class ${recordClass})`}`);
    if (this.#isMulticast) sink.text((rawClass & MULTICAST_BIT) === 0 ? " (QM)" : " (QU)");
    sink.text("? ");
    return this.#names.print(at, this.#messageAt) < 0 ? -1 : next + 4;
  }

  /** Whether the record at `at` is an OPT record: the root's name and type 41. */
  isOption(at: number): boolean {
    const out = this.#out;
    return out.has(at, 3) && out.u8(at) === 0 && out.u16(at + 1) === TYPE_OPT;
  }

  /** Where the record at `from` ends, without printing it; -1 when it is cut. */
  skipRecord(from: number): number {
    const out = this.#out;
    const at = this.#names.skip(from);
    if (at < 0 || !out.has(at, 10)) return -1;
    const end = at + 10 + out.u16(at + 8);
    return end <= out.limit ? end : -1;
  }

  /** Prints a record; where it ends, or -1 when it is cut or bad. */
  printRecord(from: number): number {
    const out = this.#out;
    const sink = out.sink;
    let at = from;
    if (out.options.verbosity > 0) {
      sink.text(" ");
      at = this.#names.print(from, this.#messageAt);
    } else {
      at = this.#names.skip(from);
    }
    if (at < 0 || !out.has(at, 10)) return at < 0 && out.options.verbosity > 0 ? -1 : out.limit;
    const type = out.u16(at);
    const rawClass = out.u16(at + 2);
    const recordClass = this.#isMulticast ? rawClass & ~MULTICAST_BIT : rawClass;
    if (recordClass !== CLASS_INTERNET && type !== TYPE_OPT) {
      sink.text(` ${CLASS_NAMES.get(recordClass) ?? `(Class ${recordClass})`}`);
    }
    if (this.#isMulticast && (rawClass & MULTICAST_BIT) !== 0) sink.text(" (Cache flush)");
    if (type !== TYPE_OPT && out.options.verbosity > 2) sink.text(` [${durationText(out.u32(at + 4))}]`);
    const length = out.u16(at + 8);
    sink.text(` ${typeName(type)}`);
    const dataAt = at + 10;
    if (!out.has(dataAt, length)) return -1;
    if (type === TYPE_OPT) this.#printOptions(rawClass, out.u32(at + 4), dataAt, dataAt + length);
    else if (!this.#printData(type, dataAt, length)) return -1;
    return dataAt + length;
  }

  #name(at: number): boolean {
    this.#out.sink.text(" ");
    return this.#names.print(at, this.#messageAt) >= 0;
  }

  /** Prints the data of a record; false when it is cut. */
  #printData(type: number, at: number, length: number): boolean {
    const out = this.#out;
    const sink = out.sink;
    switch (type) {
      case 1:
        if (!out.has(at, 4)) return false;
        sink.text(" ");
        out.ipv4(at);
        return true;
      case 2:
      case 5:
      case 12:
      case 39:
        return this.#name(at);
      case 6:
        return out.options.verbosity === 0 || this.#printAuthority(at);
      case 15:
        if (!out.has(at, 2)) return false;
        if (!this.#name(at + 2)) return false;
        sink.text(` ${out.u16(at)}`);
        return true;
      case 16:
      case 99:
        return this.#printStrings(at, at + length);
      case 28:
        if (!out.has(at, 16)) return false;
        sink.text(" ");
        out.ipv6(at);
        return true;
      case 33:
        if (!out.has(at, 6)) return false;
        if (!this.#name(at + 6)) return false;
        sink.text(`:${out.u16(at + 4)} ${out.u16(at)} ${out.u16(at + 2)}`);
        return true;
      default:
        return true;
    }
  }

  /** Names and times of a zone's start of authority (RFC 1035 section 3.3.13). */
  #printAuthority(at: number): boolean {
    const out = this.#out;
    out.sink.text(" ");
    let next = this.#names.print(at, this.#messageAt);
    if (next < 0) return false;
    out.sink.text(" ");
    next = this.#names.print(next, this.#messageAt);
    if (next < 0) return false;
    for (let i = 0; i < 5; i++) {
      if (!out.has(next, 4)) return false;
      out.sink.text(` ${out.u32(next)}`);
      next += 4;
    }
    return true;
  }

  #printStrings(from: number, end: number): boolean {
    const out = this.#out;
    for (let at = from; at < end;) {
      const length = out.u8(at);
      out.sink.text(' "');
      if (!out.has(at + 1, length)) {
        out.safeText(at + 1, length);
        return false;
      }
      out.safeText(at + 1, length);
      out.sink.text('"');
      at += 1 + length;
    }
    return true;
  }

  /** EDNS (RFC 6891): payload size in the class, flags in the time to live. */
  #printOptions(size: number, flags: number, from: number, end: number): void {
    const out = this.#out;
    const sink = out.sink;
    sink.text(` UDPsize=${size}`);
    if ((flags & 0x8000) !== 0) sink.text(" DO");
    if (from >= end) return;
    sink.text(" [");
    for (let at = from; at + 4 <= end;) {
      if (at > from) sink.text(",");
      const option = out.u16(at);
      const length = out.u16(at + 2);
      sink.text(EDNS_NAMES.get(option) ?? `Opt${option}`);
      if (length > 0) {
        sink.text(" ");
        out.hexBytes(at + 4, Math.min(length, end - at - 4));
      }
      at += 4 + length;
    }
    sink.text("]");
  }
}
