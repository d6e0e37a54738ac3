import type { Output } from "./output.ts";

// Options of Hop-by-Hop and Destination Options headers (IANA "Destination Options and Hop-by-Hop Options").
const OPTION_PAD1 = 0x00;
const OPTION_PADN = 0x01;
const OPTION_ROUTER_ALERT = 0x05;
const OPTION_JUMBO = 0xc2;
const OPTION_HOME_ADDRESS = 0xc9;

/** Least lengths with type and length byte. */
const ROUTER_ALERT_LENGTH = 4;
const JUMBO_LENGTH = 6;
const HOME_ADDRESS_LENGTH = 18;

/** A jumbo payload is longer than the length field can say (RFC 2675 section 2). */
const MIN_JUMBO = 65536;

const ROUTING_SOURCE = 0;
const ROUTING_MOBILE = 2;
const ROUTING_SEGMENTS = 4;

/** Prints the extension headers of an IPv6 packet; each method returns the header's length, or -1 when nothing more of the packet is printed. */
export class Ipv6ExtensionPrinter {
  /** What a valid Jumbo Payload option says, in bytes; 0: there was none. */
  jumboLength = 0;
  #mayBeJumbo = false;
  readonly #out: Output;

  constructor(out: Output) {
    this.#out = out;
  }

  /** Starts a packet; `mayBeJumbo`: its payload length is 0. */
  start(mayBeJumbo: boolean): void {
    this.jumboLength = 0;
    this.#mayBeJumbo = mayBeJumbo;
  }

  /** A header of options: Hop-by-Hop or Destination. */
  printOptions(at: number, protocol: string, name: string): number {
    const out = this.#out;
    out.protocol = protocol;
    const length = (out.u8(at + 1) + 1) * 8;
    if (!out.has(at, length)) {
      if (!out.cut) out.truncated(protocol);
      return -1;
    }
    out.sink.text(name);
    const isHopByHop = protocol === "hbhopt";
    if (!isHopByHop && out.options.verbosity === 0) return length;
    if (this.#printEach(at + 2, at + length, isHopByHop)) return length;
    out.truncated(protocol);
    return -1;
  }

  #printEach(from: number, end: number, isHopByHop: boolean): boolean {
    const out = this.#out;
    let foundJumbo = false;
    for (let at = from; at < end;) {
      const type = out.u8(at);
      if (type === OPTION_PAD1) {
        if (out.options.verbosity > 0) out.sink.text("(pad1)");
        at += 1;
        continue;
      }
      const left = end - at;
      const length = left < 2 ? 2 : out.u8(at + 1) + 2;
      if (length > left) return false;
      if (!this.#printOption(type, at, length, left, isHopByHop, foundJumbo)) return false;
      foundJumbo ||= type === OPTION_JUMBO;
      at += length;
    }
    if (out.options.verbosity > 0) out.sink.text(" ");
    return true;
  }

  #printOption(
    type: number,
    at: number,
    length: number,
    left: number,
    isHopByHop: boolean,
    foundJumbo: boolean,
  ): boolean {
    const out = this.#out;
    const sink = out.sink;
    const verbose = out.options.verbosity > 0;
    switch (type) {
      case OPTION_PADN:
        if (verbose) sink.text("(padn)");
        return true;
      case OPTION_ROUTER_ALERT:
        if (!this.#isLong("rtalert", length, left, ROUTER_ALERT_LENGTH, length !== ROUTER_ALERT_LENGTH)) return false;
        if (verbose) {
          sink.text("(rtalert: 0x");
          sink.hex(out.u16(at + 2), 4);
          sink.text(") ");
        }
        return true;
      case OPTION_JUMBO:
        if (!this.#isLong("jumbo", length, left, JUMBO_LENGTH, length !== JUMBO_LENGTH)) return false;
        this.#printJumbo(out.u32(at + 2), isHopByHop, foundJumbo);
        return true;
      case OPTION_HOME_ADDRESS:
        if (!this.#isLong("homeaddr", length, left, HOME_ADDRESS_LENGTH, length < HOME_ADDRESS_LENGTH)) return false;
        if (!verbose) return true;
        sink.text("(homeaddr: ");
        out.ipv6(at + 2);
        if (length > HOME_ADDRESS_LENGTH && !this.#printSubOptions(at + HOME_ADDRESS_LENGTH, at + length)) return false;
        sink.text(")");
        return true;
      default:
        if (verbose) {
          sink.text("(opt_type 0x");
          sink.hex(type, 2);
          sink.text(`: len=${length - 2})`);
        }
        return true;
    }
  }

  #isLong(name: string, length: number, left: number, least: number, wrong: boolean): boolean {
    if (left < least) this.#out.sink.text(`(${name}: trunc)`);
    else if (wrong) this.#out.sink.text(`(${name}: invalid len ${length - 2})`);
    else return true;
    return false;
  }

  #printJumbo(length: number, isHopByHop: boolean, foundBefore: boolean): void {
    const out = this.#out;
    let remark = "";
    if (foundBefore) remark = " - already seen";
    else if (!isHopByHop) remark = " - not a hop-by-hop option";
    else if (!this.#mayBeJumbo) remark = " - payload len != 0";
    else if (length < MIN_JUMBO) remark = " - < 65536";
    else this.jumboLength = length;
    if (out.options.verbosity > 0) out.sink.text(`(jumbo: ${length}${remark}) `);
  }

  /** Sub-options of a Home Address option. */
  #printSubOptions(from: number, end: number): boolean {
    const out = this.#out;
    for (let at = from; at < end;) {
      const type = out.u8(at);
      const left = end - at;
      const length = type === OPTION_PAD1 ? 1 : left < 2 ? 2 : out.u8(at + 1) + 2;
      if (length > left) return false;
      if (type === OPTION_PAD1) out.sink.text(", pad1");
      else if (type === OPTION_PADN) out.sink.text(", padn");
      else out.sink.text(`, type ${type}: len=${length - 2}`);
      at += length;
    }
    return true;
  }

  /** A Fragment header (RFC 8200 section 4.5); -1 for all but a first fragment. */
  printFragment(at: number, packetAt: number, payloadLength: number): number {
    const out = this.#out;
    const sink = out.sink;
    out.protocol = "frag6";
    if (!out.need(at, 8)) return -1;
    sink.text("frag (");
    if (out.options.verbosity > 0) {
      sink.text("0x");
      sink.hex(out.u32(at + 4), 8);
      sink.text(":");
    }
    const offset = out.u16(at + 2) & 0xfff8;
    sink.decimal(offset);
    sink.text("|");
    const length = 40 + payloadLength - (at - packetAt) - 8;
    // As tcpdump: an unsigned difference of 64 bits.
    sink.text(length < 0 ? `${BigInt.asUintN(64, BigInt(length))})` : `${length})`);
    if (offset !== 0 || out.cut) return -1;
    sink.text(" ");
    return 8;
  }

  /** A Routing header (RFC 8200 section 4.4, RFC 6275 section 6.4, RFC 8754). */
  printRouting(at: number): number {
    const out = this.#out;
    const sink = out.sink;
    out.protocol = "rt6";
    const words = out.u8(at + 1);
    const type = out.u8(at + 2);
    sink.text(`RT6 (len=${words}, type=${type}`);
    if (type === ROUTING_SOURCE) sink.text(" [Deprecated]");
    sink.text(`, segleft=${out.u8(at + 3)}`);
    switch (type) {
      case ROUTING_SOURCE:
      case ROUTING_MOBILE:
        return this.#printAddressList(at, words);
      case ROUTING_SEGMENTS:
        this.#printSegments(at);
        break;
      default:
        sink.text(" (unknown type)");
        out.invalid();
        return -1;
    }
    sink.text(") ");
    if (words >= 2) out.ip.finalDestinationAt = at + 8;
    return out.cut ? -1 : (words + 1) * 8;
  }

  #printAddressList(at: number, words: number): number {
    const out = this.#out;
    const sink = out.sink;
    const reserved = out.u32(at + 4);
    if (reserved !== 0 || out.options.verbosity > 0) {
      sink.text(", rsv=0x");
      sink.hex(reserved);
    }
    if (words % 2 === 1) {
      sink.text(` (invalid length ${words})`);
      out.invalid();
      return -1;
    }
    for (let i = 0; i < words / 2 && !out.cut; i++) {
      sink.text(`, [${i}]`);
      out.ipv6(at + 8 + 16 * i);
    }
    sink.text(") ");
    if (words > 0) out.ip.finalDestinationAt = at + 8 + 16 * (words / 2 - 1);
    return out.cut ? -1 : (words + 1) * 8;
  }

  #printSegments(at: number): void {
    const out = this.#out;
    const sink = out.sink;
    const last = out.u8(at + 4);
    const flags = out.u8(at + 5);
    sink.text(`, last-entry=${last}`);
    if (flags !== 0 || out.options.verbosity > 0) {
      sink.text(", flags=0x");
      sink.hex(flags);
    }
    sink.text(", tag=");
    sink.hex(out.u16(at + 6));
    for (let i = 0; i <= last && !out.cut; i++) {
      sink.text(`, [${i}]`);
      out.ipv6(at + 8 + 16 * i);
    }
  }
}
