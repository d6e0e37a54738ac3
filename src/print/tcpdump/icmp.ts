import { addWords, foldSum, rightChecksum } from "../../wire/checksum.ts";
import * as icmp from "../../wire/icmp.ts";
import { IPV4_MIN_HEADER } from "../../wire/ipv4.ts";
import { PROTOCOL_TCP, PROTOCOL_UDP } from "../../wire/protocol.ts";
import { printIcmpExtension } from "./icmp-extension.ts";
import type { Network } from "./network.ts";
import type { Output } from "./output.ts";

const CODE_PROTOCOL = 2;
const CODE_PORT = 3;

const NAMES: ReadonlyMap<number, string> = new Map([
  [icmp.ICMP_SOURCE_QUENCH, "source quench"],
  [icmp.ICMP_ROUTER_SOLICITATION, "router solicitation"],
  [icmp.ICMP_INFORMATION, "information request"],
  [icmp.ICMP_INFORMATION_REPLY, "information reply"],
  [icmp.ICMP_ADDRESS_MASK, "address mask request"],
]);

/** What stands before and behind the unreachable address, by code. */
const UNREACHABLE: ReadonlyMap<number, readonly [string, string]> = new Map([
  [0, ["net ", " unreachable"]],
  [1, ["host ", " unreachable"]],
  [5, ["", " unreachable - source route failed"]],
  [6, ["net ", " unreachable - unknown"]],
  [7, ["host ", " unreachable - unknown"]],
  [8, ["", " unreachable - source host isolated"]],
  [9, ["net ", " unreachable - admin prohibited"]],
  [10, ["host ", " unreachable - admin prohibited"]],
  [11, ["net ", " unreachable - tos prohibited"]],
  [12, ["host ", " unreachable - tos prohibited"]],
  [13, ["host ", " unreachable - admin prohibited filter"]],
  [14, ["host ", " unreachable - host precedence violation"]],
  [15, ["host ", " unreachable - precedence cutoff"]],
]);

const REDIRECTS: readonly (readonly [string, string])[] = [
  ["redirect ", " to net "],
  ["redirect ", " to host "],
  ["redirect-tos ", " to net "],
  ["redirect-tos ", " to host "],
];

/** Types that may carry an extension structure (RFC 4884 section 4), and where it starts in an old, non-compliant message. */
const EXTENDABLE: ReadonlySet<number> = new Set([
  icmp.ICMP_UNREACHABLE,
  icmp.ICMP_TIME_EXCEEDED,
  icmp.ICMP_PARAMETER_PROBLEM,
]);

/** Prints ICMP messages (RFC 792). */
export class IcmpPrinter {
  readonly #out: Output;
  readonly #network: Network;
  readonly #message: icmp.IcmpMessage = new icmp.IcmpMessage();

  constructor(out: Output, network: Network) {
    this.#out = out;
    this.#network = network;
  }

  /** Prints the message of `length` bytes at `at`. */
  print(at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    out.protocol = "icmp";
    const fragmented = out.ip.fragmented;
    const type = out.u8(at);
    // As tcpdump: what is said about the message is put together first, and nothing printed where it is cut.
    if (!out.need(at, 2) || !out.need(at, this.#neededBytes(at, type))) return;
    sink.text("ICMP ");
    this.#message.read(out.view, at, at + length, out.limit, 4);
    this.#printType(at, type);
    sink.text(", length ");
    sink.decimal(length);
    if (out.options.verbosity === 0) return;
    if (!fragmented && out.has(at, length)) this.#printChecksum(at, length);
    if (!this.#message.quotesPacket) return;
    this.#printQuote(at, length);
    if (EXTENDABLE.has(type)) printIcmpExtension(out, at, length);
  }

  /** Bytes that must be captured for the text of the type. */
  #neededBytes(at: number, type: number): number {
    const out = this.#out;
    const quoteEnd = icmp.ICMP_HEADER + IPV4_MIN_HEADER;
    switch (type) {
      case icmp.ICMP_ECHO:
      case icmp.ICMP_ECHO_REPLY:
      case icmp.ICMP_TIMESTAMP:
        return 8;
      case icmp.ICMP_UNREACHABLE: {
        if (out.u8(at + 1) !== CODE_PORT || !out.has(at, quoteEnd)) return quoteEnd;
        return icmp.ICMP_HEADER + (out.u8(at + icmp.ICMP_HEADER) & 0xf) * 4 + 4;
      }
      case icmp.ICMP_REDIRECT:
      case icmp.ICMP_TIME_EXCEEDED:
        return quoteEnd;
      case icmp.ICMP_PARAMETER_PROBLEM:
        return out.u8(at + 1) === 0 ? 5 : 2;
      case icmp.ICMP_ROUTER_ADVERTISEMENT:
        return out.u8(at + 5) === 2 ? 8 + 8 * out.u8(at + 4) : 8;
      case icmp.ICMP_ADDRESS_MASK_REPLY:
        return 12;
      case icmp.ICMP_TIMESTAMP_REPLY:
        return 20;
      default:
        return 2;
    }
  }

  #printType(at: number, type: number): void {
    const out = this.#out;
    const sink = out.sink;
    switch (type) {
      case icmp.ICMP_ECHO:
      case icmp.ICMP_ECHO_REPLY:
        sink.text(type === icmp.ICMP_ECHO ? "echo request, id " : "echo reply, id ");
        sink.decimal(this.#message.rest >>> 16);
        sink.text(", seq ");
        sink.decimal(this.#message.rest & 0xffff);
        break;
      case icmp.ICMP_UNREACHABLE:
        this.#printUnreachable();
        break;
      case icmp.ICMP_REDIRECT:
        this.#printRedirect(at);
        break;
      case icmp.ICMP_ROUTER_ADVERTISEMENT:
        this.#printRouterAdvertisement(at);
        break;
      case icmp.ICMP_TIME_EXCEEDED:
        if (this.#message.code === 0) sink.text("time exceeded in-transit");
        else if (this.#message.code === 1) sink.text("ip reassembly time exceeded");
        else sink.text(`time exceeded-#${this.#message.code}`);
        break;
      case icmp.ICMP_PARAMETER_PROBLEM:
        if (this.#message.code !== 0) sink.text(`parameter problem - code ${this.#message.code}`);
        else sink.text(`parameter problem - octet ${out.u8(at + 4)}`);
        break;
      case icmp.ICMP_ADDRESS_MASK_REPLY:
        sink.text("address mask is 0x");
        sink.hex(out.u32(at + 8), 8);
        break;
      case icmp.ICMP_TIMESTAMP:
      case icmp.ICMP_TIMESTAMP_REPLY:
        this.#printTimestamp(at, type === icmp.ICMP_TIMESTAMP_REPLY);
        break;
      default:
        sink.text(NAMES.get(type) ?? `type-#${type}`);
    }
  }

  #printUnreachable(): void {
    const out = this.#out;
    const sink = out.sink;
    const message = this.#message;
    const quoteAt = message.quoteAt;
    const destinationAt = quoteAt + 16;
    const protocol = out.u8(quoteAt + 9);
    const code = message.code;
    if (code === CODE_PORT) {
      this.#printPortUnreachable(quoteAt, destinationAt, protocol);
    } else if (code === CODE_PROTOCOL) {
      out.ipv4(destinationAt);
      sink.text(` protocol ${protocol} unreachable`);
    } else if (code === icmp.ICMP_CODE_FRAGMENTATION_NEEDED) {
      out.ipv4(destinationAt);
      sink.text(" unreachable - need to frag");
      const mtu = message.nextHopMtu;
      if (mtu !== 0) sink.text(` (mtu ${mtu})`);
    } else {
      const [before, after] = UNREACHABLE.get(code) ?? ["", ` unreachable - #${code}`];
      sink.text(before);
      out.ipv4(destinationAt);
      sink.text(after);
    }
  }

  #printPortUnreachable(quoteAt: number, destinationAt: number, protocol: number): void {
    const out = this.#out;
    const sink = out.sink;
    const port = out.u16(quoteAt + (out.u8(quoteAt) & 0xf) * 4 + 2);
    out.ipv4(destinationAt);
    if (protocol === PROTOCOL_TCP) {
      sink.text(" tcp port ");
      out.tcpPort(port);
    } else if (protocol === PROTOCOL_UDP) {
      sink.text(" udp port ");
      out.udpPort(port);
    } else {
      sink.text(` protocol ${protocol} port ${port}`);
    }
    sink.text(" unreachable");
  }

  #printRedirect(at: number): void {
    const out = this.#out;
    const code = this.#message.code;
    const [before, between] = REDIRECTS[code] ?? [`redirect-#${code} `, " to "];
    out.sink.text(before);
    out.ipv4(at + icmp.ICMP_HEADER + 16);
    out.sink.text(between);
    out.ipv4(at + 4);
  }

  /** Addresses with their preference (RFC 1256 section 3). */
  #printRouterAdvertisement(at: number): void {
    const out = this.#out;
    const sink = out.sink;
    const count = out.u8(at + 4);
    const words = out.u8(at + 5);
    sink.text(`router advertisement lifetime ${durationText(out.u16(at + 6))} ${count}:`);
    if (words !== 2) {
      sink.text(` [size ${words}]`);
      return;
    }
    for (let i = 0; i < count && !out.cut; i++) {
      sink.text(" {");
      out.ipv4(at + 8 + 8 * i);
      sink.text(` ${out.u32(at + 12 + 8 * i)}}`);
    }
  }

  #printTimestamp(at: number, isReply: boolean): void {
    const { sink } = this.#out;
    const rest = this.#message.rest;
    const numbers = `id ${rest >>> 16} seq ${rest & 0xffff}`;
    if (!isReply) {
      sink.text(`time stamp query ${numbers}`);
      return;
    }
    const time = (offset: number): string => clockText(this.#out.u32(at + offset));
    sink.text(`time stamp reply ${numbers}: org ${time(8)}, recv ${time(12)}, xmit ${time(16)}`);
  }

  #printChecksum(at: number, length: number): void {
    const { sink, view } = this.#out;
    const sum = foldSum(addWords(view, at, at + length, 0));
    if (sum === 0xffff) return;
    const checksum = this.#message.checksum;
    sink.text(" (wrong icmp cksum ");
    sink.hex(checksum);
    sink.text(" (->");
    sink.hex(rightChecksum(checksum, sum));
    sink.text(")!)");
  }

  /** The packet that caused the error; its own length counts, whatever is left of it. */
  #printQuote(at: number, _length: number): void {
    const out = this.#out;
    const quoteAt = at + icmp.ICMP_HEADER;
    out.sink.text("\n\t");
    // The quote may say more than the message around it holds: what is captured is shown.
    const limit = out.limit;
    out.limit = out.frame.end;
    this.#network.ipv4.print(quoteAt, out.u16(quoteAt + 2));
    out.limit = limit;
    out.protocol = "icmp";
  }
}

/** Seconds as "5", "1:05" or "1:00:05". */
function durationText(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  if (seconds < 60) return String(seconds);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  return `${Math.floor(seconds / 3600)}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
}

/** Milliseconds since midnight UT as a time of day (RFC 792, page 16). */
function clockText(milliseconds: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const seconds = Math.floor(milliseconds / 1000);
  const fraction = String(milliseconds % 1000).padStart(3, "0");
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${fraction}`;
}
