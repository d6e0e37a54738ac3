import { ipv6Text } from "../../wire/address.ts";
import { NameReader } from "./domain-name.ts";
import type { Output } from "./output.ts";

// Option types (IANA "IPv6 Neighbor Discovery Option Formats").
const SOURCE_LINK_ADDRESS = 1;
const TARGET_LINK_ADDRESS = 2;
const PREFIX = 3;
const REDIRECTED = 4;
const MTU = 5;
const ADVERTISEMENT_INTERVAL = 7;
const HOME_AGENT = 8;
const ROUTE = 24;
const NAME_SERVERS = 25;
const SEARCH_LIST = 31;

const NAMES: ReadonlyMap<number, string> = new Map([
  [SOURCE_LINK_ADDRESS, "source link-address"],
  [TARGET_LINK_ADDRESS, "destination link-address"],
  [PREFIX, "prefix info"],
  [REDIRECTED, "redirected header"],
  [MTU, "mtu"],
  [NAME_SERVERS, "rdnss"],
  [SEARCH_LIST, "dnssl"],
  [ADVERTISEMENT_INTERVAL, "advertisement interval"],
  [HOME_AGENT, "homeagent information"],
  [ROUTE, "route info"],
]);

const PREFIX_FLAGS: readonly (readonly [number, string])[] = [
  [0x80, "onlink"],
  [0x40, "auto"],
  [0x20, "router"],
];

const PREFERENCES: readonly string[] = ["medium", "high", "rsv", "low"];

/** Router preference from a flags byte (RFC 4191 section 2.1). */
export function preferenceName(flags: number): string {
  return PREFERENCES[(flags >> 3) & 3]!;
}

/** Names of the bits that are set, or "none". */
export function flagText(names: readonly (readonly [number, string])[], flags: number): string {
  let text = "";
  for (const [bit, name] of names) if ((flags & bit) !== 0) text += text === "" ? name : `, ${name}`;
  return text === "" ? "none" : text;
}

function lifetimeText(seconds: number): string {
  return seconds === 0xffffffff ? "infinity" : `${seconds}s`;
}

/** Prints the options of Neighbour Discovery messages (RFC 4861 section 4.6). */
export class NeighbourOptionsPrinter {
  readonly #out: Output;
  readonly #names: NameReader;

  constructor(out: Output) {
    this.#out = out;
    this.#names = new NameReader(out);
  }

  /** Prints the options of `length` bytes at `from`. */
  print(from: number, length: number): void {
    const out = this.#out;
    let left = length;
    for (let at = from; at < out.limit && left > 0 && !out.cut;) {
      if (!out.has(at, 2)) return;
      const type = out.u8(at);
      const words = out.u8(at + 1);
      const size = words * 8;
      if (size === 0 || !out.has(at, size)) {
        out.truncated("icmp6");
        return;
      }
      out.sink.text(`\n\t  ${NAMES.get(type) ?? "unknown"} option (${type}), length ${size} (${words}): `);
      if (!this.#printValue(type, at, size, from)) return;
      // With -vv every option is dumped as well.
      if (out.options.verbosity > 1) out.hexLines(at + 2, size - 2, "\n\t    ");
      at += size;
      left -= size;
    }
  }

  #printValue(type: number, at: number, size: number, from: number): boolean {
    const out = this.#out;
    const sink = out.sink;
    switch (type) {
      case SOURCE_LINK_ADDRESS:
      case TARGET_LINK_ADDRESS:
        out.linkAddress(at + 2, size - 2);
        break;
      case PREFIX:
        this.#printPrefix(at, size);
        break;
      case REDIRECTED:
        // As tcpdump, from the first option on.
        out.hexLines(from, size, "\n\t    ");
        break;
      case MTU:
        sink.text(` ${out.u32(at + 4)}${size === 8 ? "" : "bad option length"}`);
        break;
      case NAME_SERVERS:
        sink.text(` lifetime ${out.u32(at + 4)}s,`);
        for (let next = at + 8; next + 16 <= at + size; next += 16) {
          sink.text(" addr: ");
          out.ipv6(next);
        }
        break;
      case SEARCH_LIST:
        return this.#printSearchList(at, size);
      case ADVERTISEMENT_INTERVAL:
        sink.text(` ${out.u32(at + 4)}ms`);
        break;
      case HOME_AGENT:
        sink.text(` preference ${out.u16(at + 4)}, lifetime ${out.u16(at + 6)}`);
        break;
      case ROUTE:
        return this.#printRoute(at, size);
      default:
        if (out.options.verbosity > 1) break;
        out.hexLines(at + 2, size - 2, "\n\t  ");
        return false;
    }
    return true;
  }

  #printPrefix(at: number, size: number): void {
    const out = this.#out;
    if (!out.need(at + 16, 16)) return;
    out.ipv6(at + 16);
    out.sink.text(
      `/${out.u8(at + 2)}${size === 32 ? "" : "badlen"}, Flags [${flagText(PREFIX_FLAGS, out.u8(at + 3))}]` +
        `, valid time ${lifetimeText(out.u32(at + 4))}, pref. time ${lifetimeText(out.u32(at + 8))}`,
    );
  }

  #printSearchList(at: number, size: number): boolean {
    const out = this.#out;
    out.sink.text(` lifetime ${out.u32(at + 4)}s, domain(s):`);
    let next = at + 8;
    while (next < at + size && out.u8(next) !== 0 && !out.cut) {
      out.sink.text(" ");
      next = this.#names.print(next, at);
      if (next < 0) {
        out.truncated("icmp6");
        return false;
      }
    }
    return true;
  }

  #printRoute(at: number, size: number): boolean {
    const out = this.#out;
    const prefixLength = out.u8(at + 2);
    const flags = out.u8(at + 3);
    if (size > 24) {
      out.truncated("icmp6");
      return false;
    }
    const prefix = new Uint8Array(16);
    prefix.set(out.bytes.subarray(at + 8, at + size));
    out.sink.text(
      ` ${ipv6Text(prefix, 0)}/${prefixLength}, pref=${preferenceName(flags)}, lifetime=${lifetimeText(out.u32(at + 4))}`,
    );
    return true;
  }
}
