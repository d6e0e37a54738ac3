import { IPV6_HEADER, Ipv6Header } from "../../wire/ipv6.ts";
import * as p from "../../wire/protocol.ts";
import { Ipv6ExtensionPrinter } from "./ip6-extensions.ts";
import type { Network } from "./network.ts";
import type { Output } from "./output.ts";
import { protocolName } from "./protocol-names.ts";

/** Prints an IPv6 packet with its extension headers. */
export class Ipv6Printer {
  readonly #out: Output;
  readonly #network: Network;
  readonly #header: Ipv6Header = new Ipv6Header();
  readonly #extensions: Ipv6ExtensionPrinter;

  constructor(out: Output, network: Network) {
    this.#out = out;
    this.#network = network;
    this.#extensions = new Ipv6ExtensionPrinter(out);
  }

  /** Prints the packet at `at`, for which the layer around has `length` bytes. */
  print(at: number, length: number): void {
    const out = this.#out;
    out.protocol = "ip6";
    if (!out.has(at, IPV6_HEADER)) {
      out.truncated("ip6");
      return;
    }
    if (length < IPV6_HEADER) {
      out.sink.text(`truncated-ip6 ${length >>> 0}`);
      return;
    }
    if (!out.options.linkLayer) out.sink.text("IP6 ");
    const header = this.#header;
    header.read(out.view, at, at + length, out.limit);
    const version = header.version;
    if (version !== 6) {
      out.sink.text(`version error: ${version} != 6`);
      return;
    }
    if (!out.enter()) return;
    const limit = out.limit;
    this.#printPacket(at, length);
    out.limit = limit;
    out.leave();
  }

  #printPacket(at: number, length: number): void {
    const out = this.#out;
    const header = this.#header;
    const payloadLength = header.payloadLength;
    // Without a payload length, only a Jumbo Payload option can say how long the packet is.
    const isJumbo = payloadLength === 0 && header.nextHeader === p.PROTOCOL_HOP_BY_HOP;
    const left = isJumbo ? length : payloadLength + IPV6_HEADER;
    if (length < left) out.sink.text(`truncated-ip6 - ${left - length} bytes missing!`);
    if (out.options.verbosity > 0) this.#printHeader();
    const ip = out.ip;
    ip.version = 6;
    ip.at = at;
    ip.sourceAt = header.sourceAt;
    ip.destinationAt = header.destinationAt;
    ip.finalDestinationAt = header.destinationAt;
    ip.addressLength = 16;
    ip.protocol = header.nextHeader;
    ip.fragmented = false;
    ip.zeroLength = payloadLength === 0;
    this.#printChain(at, left, length);
  }

  #printHeader(): void {
    const { sink } = this.#out;
    const header = this.#header;
    sink.text("(");
    if (header.trafficClass !== 0) {
      sink.text("class 0x");
      sink.hex(header.trafficClass, 2);
      sink.text(", ");
    }
    if (header.flowLabel !== 0) {
      sink.text("flowlabel 0x");
      sink.hex(header.flowLabel, 5);
      sink.text(", ");
    }
    sink.text("hlim ");
    sink.decimal(header.hopLimit);
    sink.text(", next-header ");
    sink.text(protocolName(header.nextHeader));
    sink.text(" (");
    sink.decimal(header.nextHeader);
    sink.text(") payload length: ");
    sink.decimal(header.payloadLength);
    sink.text(") ");
  }

  /** Walks the extension headers and prints what follows them. */
  #printChain(start: number, wholeLength: number, frameLength: number): void {
    const out = this.#out;
    const extensions = this.#extensions;
    let next = this.#header.nextHeader;
    let at = start;
    let left = wholeLength;
    let advance = IPV6_HEADER;
    extensions.start(out.ip.zeroLength);
    let foundHopByHop = false;
    while (at < out.limit && advance > 0 && !out.cut) {
      if (left < advance) {
        out.truncated("ip6");
        return;
      }
      at += advance;
      left -= advance;
      if (at === start + IPV6_HEADER) this.#printAddresses(next);
      const current = next;
      switch (current) {
        case p.PROTOCOL_HOP_BY_HOP:
          if (foundHopByHop) {
            this.#refuse("[The Hop-by-Hop Options header was already found]");
            return;
          }
          if (at !== start + IPV6_HEADER) {
            this.#refuse("[The Hop-by-Hop Options header don't follow the IPv6 header]");
            return;
          }
          foundHopByHop = true;
          advance = extensions.printOptions(at, "hbhopt", "HBH ");
          if (advance < 0) return;
          if (out.ip.zeroLength) {
            out.ip.zeroLength = false;
            if (extensions.jumboLength === 0) {
              this.#refuse("[No valid Jumbo Payload Hop-by-Hop option found]");
              return;
            }
            left = this.#takeJumbo(frameLength);
          }
          break;
        case p.PROTOCOL_DESTINATION_OPTIONS:
          advance = extensions.printOptions(at, "dstopt", "DSTOPT ");
          break;
        case p.PROTOCOL_FRAGMENT:
          advance = extensions.printFragment(at, start, this.#header.payloadLength);
          out.ip.fragmented = true;
          break;
        case p.PROTOCOL_ROUTING:
          advance = extensions.printRouting(at);
          break;
        case p.PROTOCOL_MOBILITY:
        case p.PROTOCOL_MOBILITY_OLD:
          this.#network.mobility(at, left);
          return;
        default:
          // Only here are bytes beyond the packet's end cut off: extension headers may reach beyond it.
          if (at + left < out.limit) out.limit = at + left;
          this.#network.payload(current, at, left);
          return;
      }
      if (advance < 0) return;
      next = out.u8(at);
      out.protocol = "ip6";
    }
  }

  #printAddresses(next: number): void {
    const hasPorts =
      next === p.PROTOCOL_TCP || next === p.PROTOCOL_UDP || next === p.PROTOCOL_SCTP || next === p.PROTOCOL_DCCP;
    if (hasPorts) return;
    this.#out.addresses();
    this.#out.sink.text(": ");
  }

  #refuse(text: string): void {
    this.#out.sink.text(text);
    this.#out.invalid();
  }

  /** The length left after a Jumbo Payload option (RFC 2675 section 2): that of the packet less the fixed header. */
  #takeJumbo(frameLength: number): number {
    const out = this.#out;
    const length = this.#extensions.jumboLength + IPV6_HEADER;
    if (frameLength < length) out.sink.text(`truncated-ip6 - ${length - frameLength} bytes missing!`);
    return length - IPV6_HEADER;
  }
}
