import { printChap, printPap } from "./ppp-authentication.ts";
import { printControl } from "./ppp-control.ts";
import { PPP_NAMES } from "./ppp-names.ts";
import type { Network } from "./network.ts";
import type { Output } from "./output.ts";

const PAP = 0xc023;
const CHAP = 0xc223;
const IP = 0x0021;
const IPV6 = 0x0057;
const MPLS = 0x0281;
const MPLS_MULTICAST = 0x0283;
const COMPRESSED = 0x00fd;
const CONTROL: ReadonlySet<number> = new Set([0xc021, 0x8021, 0x8023, 0x8057, 0x8281, 0x80fd, 0xc02b]);

/** Prints PPP frames (RFC 1661). */
export class PppPrinter {
  readonly #out: Output;
  readonly #network: Network;

  constructor(out: Output, network: Network) {
    this.#out = out;
    this.#network = network;
  }

  /** Prints the frame of `length` bytes at `start`; where its payload starts. */
  print(start: number, length: number): number {
    const out = this.#out;
    const sink = out.sink;
    out.protocol = "ppp";
    let at = start;
    let left = length;
    // The address and control fields may be compressed away (RFC 1661 section 6.6).
    if (left < 2) {
      out.truncated("ppp");
      return at;
    }
    const first = out.u16(at);
    if (out.cut) return at;
    if (first === 0xff03) {
      at += 2;
      left -= 2;
    }
    if (left < 2) {
      out.truncated("ppp");
      return at;
    }
    const compressed = (out.u8(at) & 1) !== 0;
    const protocol = compressed ? out.u8(at) : out.u16(at);
    at += compressed ? 1 : 2;
    left -= compressed ? 1 : 2;
    if (out.cut) return at;
    if (out.options.linkLayer) {
      sink.text(`${PPP_NAMES.get(protocol) ?? "unknown"} (0x`);
      sink.hex(protocol, 4);
      sink.text(`), length ${length}: `);
    }
    this.payload(protocol, at, left);
    return at;
  }

  /** Prints what a PPP header of `protocol` carries. */
  payload(protocol: number, at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    if (CONTROL.has(protocol)) {
      printControl(out, protocol, at, length);
      return;
    }
    switch (protocol) {
      case IP:
        this.#network.ipv4.print(at, length);
        break;
      case IPV6:
        this.#network.ipv6.print(at, length);
        break;
      case MPLS:
      case MPLS_MULTICAST:
        this.#network.mpls(at, length);
        break;
      case PAP:
        printPap(out, at, length);
        break;
      case CHAP:
        printChap(out, at, length);
        break;
      case COMPRESSED:
        sink.text("compressed PPP data");
        break;
      default:
        sink.text(
          `${PPP_NAMES.get(protocol) ?? `unknown PPP protocol (0x${protocol.toString(16).padStart(4, "0")})`} `,
        );
        out.hexLines(at, length, "\n\t");
    }
  }
}
