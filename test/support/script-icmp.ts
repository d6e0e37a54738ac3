import { encodeIp, type IpFields, type TransportFields } from "../../src/capture/encode-ip.ts";
import { icmpError, type IcmpFields } from "../../src/capture/encode-icmp.ts";
import type { Words } from "./script-words.ts";

export type TypeAndCode = readonly [type: number, code: number];

/** Codes of destination unreachable (RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1). */
const UNREACHABLE: Readonly<Record<string, number>> = {
  net: 0,
  host: 1,
  protocol: 2,
  port: 3,
  "need-frag": 4,
  "source-route-failed": 5,
  "net-unknown": 6,
  "host-unknown": 7,
  isolated: 8,
  "net-prohibited": 9,
  "host-prohibited": 10,
  "net-tos": 11,
  "host-tos": 12,
  "admin-prohibited": 13,
};

/** Codes of ICMPv6 destination unreachable (RFC 4443 section 3.1). */
const UNREACHABLE_6: Readonly<Record<string, number>> = {
  route: 0,
  prohibited: 1,
  scope: 2,
  address: 3,
  port: 4,
  policy: 5,
  reject: 6,
};

const OTHER: Readonly<Record<string, TypeAndCode>> = {
  "source-quench": [4, 0],
  "redirect-host": [5, 1],
  "time-exceeded": [11, 0],
  "reassembly-exceeded": [11, 1],
  "parameter-problem": [12, 0],
};

const OTHER_6: Readonly<Record<string, TypeAndCode>> = {
  "too-big": [2, 0],
  "time-exceeded": [3, 0],
  "parameter-problem": [4, 0],
};

/** A packet that can be quoted. */
export interface Quotable {
  readonly ip: IpFields;
  readonly transport: TransportFields;
}

/** Reads `unreachable host`, `time-exceeded`, … or `3/1`. */
export function readTypeAndCode(words: Words, version: 4 | 6): TypeAndCode {
  const numbers = /^(\d+)\/(\d+)$/.exec(words.peek);
  if (numbers !== null) {
    words.next("type and code");
    return [Number(numbers[1]), Number(numbers[2])];
  }
  if (words.take("unreachable")) {
    return version === 4
      ? [3, words.oneOf(UNREACHABLE, "what is unreachable")]
      : [1, words.oneOf(UNREACHABLE_6, "what is unreachable")];
  }
  return words.oneOf(version === 4 ? OTHER : OTHER_6, "ICMP error");
}

/** What follows the words of an error: `[quotes N] [mtu N | pointer N] [bytes N] [hops N]` in any order. */
export interface ErrorMarks {
  /** Number of the quoted packet; undefined: the last one. */
  readonly quotes: number | undefined;
  readonly mtu: number;
  readonly pointer: number;
  /** How much of it is quoted; undefined: as much as the standards want. */
  readonly bytes: number | undefined;
  /** How far its TTL has gone down. */
  readonly hops: number;
}

export function readErrorMarks(words: Words): ErrorMarks {
  const marks: { -readonly [Key in keyof ErrorMarks]: ErrorMarks[Key] } = {
    quotes: undefined,
    mtu: 0,
    pointer: 0,
    bytes: undefined,
    hops: 0,
  };
  for (;;) {
    if (words.take("quotes")) marks.quotes = words.integer("packet number");
    else if (words.take("mtu")) marks.mtu = words.integer("MTU");
    else if (words.take("pointer")) marks.pointer = words.integer("pointer");
    else if (words.take("bytes")) marks.bytes = words.integer("quoted bytes");
    else if (words.take("hops")) marks.hops = words.integer("hops");
    else return marks;
  }
}

/** The error about `quoted`. The pointer of ICMPv4 is the first of its four bytes (RFC 792). */
export function errorAbout(quoted: Quotable, [type, code]: TypeAndCode, marks: ErrorMarks): IcmpFields {
  const { ip, transport } = quoted;
  const rest = marks.mtu + marks.pointer * (ip.version === 4 ? 0x1000000 : 1);
  return icmpError(type, code, encodeIp(afterHops(ip, marks.hops), transport), rest, marks.bytes);
}

function afterHops(ip: IpFields, hops: number): IpFields {
  return ip.version === 4 ? { ...ip, ttl: (ip.ttl ?? 64) - hops } : { ...ip, hopLimit: (ip.hopLimit ?? 64) - hops };
}
