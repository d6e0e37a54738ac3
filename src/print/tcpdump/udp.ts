import { addWords, foldSum, pseudoHeaderSum, rightChecksum } from "../../wire/checksum.ts";
import { PROTOCOL_UDP } from "../../wire/protocol.ts";
import { UDP_HEADER, UdpDatagram } from "../../wire/udp.ts";
import type { Network } from "./network.ts";
import type { Output } from "./output.ts";
import { UdpApplications } from "./udp-applications.ts";

const LONGEST_STATED = 0xffff;
/** Where the length field ends. */
const LENGTH_END = 6;

/** Prints the UDP part of a line. */
export class UdpPrinter {
  readonly #out: Output;
  readonly #datagram: UdpDatagram = new UdpDatagram();
  readonly #applications: UdpApplications;

  constructor(out: Output, network: Network) {
    this.#out = out;
    this.#applications = new UdpApplications(out, network);
  }

  /** Prints the datagram of `length` bytes at `at`, in the IP packet `out.ip`. */
  print(at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    out.protocol = "udp";
    const datagram = this.#datagram;
    datagram.read(out.view, at, at + length, out.limit);
    const captured = out.captured(at);
    if (captured < 4) {
      if (out.ip.protocol === PROTOCOL_UDP) {
        out.addresses();
        sink.text(": ");
      }
      out.truncated("udp");
      return;
    }
    const { sourcePort, destinationPort } = datagram;
    if (length < UDP_HEADER) {
      this.#printPorts(sourcePort, destinationPort);
      sink.text(`truncated-udp ${length}`);
      return;
    }
    if (captured < LENGTH_END) {
      this.#printPorts(sourcePort, destinationPort);
      out.truncated("udp");
      return;
    }
    // Longer ones than the field can say have 0 there (RFC 2675 section 4).
    const stated = datagram.length === 0 && length > LONGEST_STATED ? length : datagram.length;
    if (stated < UDP_HEADER) {
      this.#printPorts(sourcePort, destinationPort);
      sink.text(`truncated-udplength ${stated}`);
      return;
    }
    if (captured < UDP_HEADER) {
      this.#printPorts(sourcePort, destinationPort);
      out.truncated("udp");
      return;
    }
    const payloadLength = stated - UDP_HEADER;
    this.#printPorts(sourcePort, destinationPort);
    if (this.#applications.printChosen(at + UDP_HEADER, Math.min(payloadLength, length - UDP_HEADER))) return;
    if (!out.options.quiet) {
      const available = Math.min(payloadLength, length - UDP_HEADER);
      if (this.#applications.printNfs(sourcePort, destinationPort, at + UDP_HEADER, available)) return;
    }
    // Over IPv4, where a checksum is optional, tcpdump shows it from -vv on only.
    const shown = out.options.verbosity > (out.ip.version === 4 ? 1 : 0);
    if (shown && !out.options.skipChecksums && !out.ip.fragmented)
      this.#printChecksum(at, Math.min(payloadLength, length - UDP_HEADER));
    this.#printPayload(at + UDP_HEADER, payloadLength, length - UDP_HEADER, sourcePort, destinationPort);
  }

  #printPayload(at: number, length: number, available: number, sourcePort: number, destinationPort: number): void {
    const out = this.#out;
    const isKnown =
      !out.options.quiet && this.#applications.print(sourcePort, destinationPort, at, Math.min(length, available));
    if (isKnown) return;
    if (length > available) out.sink.text(`UDP, bad length ${length} > ${available}`);
    else out.sink.text(`UDP, length ${length}`);
  }

  #printPorts(sourcePort: number, destinationPort: number): void {
    const out = this.#out;
    const sink = out.sink;
    const { sourceAt, destinationAt, addressLength, protocol } = out.ip;
    const named = protocol === PROTOCOL_UDP;
    if (named) {
      out.addressAndDot(sourceAt, addressLength);
    }
    out.udpPort(sourcePort);
    sink.text(" > ");
    if (named) {
      out.addressAndDot(destinationAt, addressLength);
    }
    out.udpPort(destinationPort);
    sink.text(": ");
  }

  #printChecksum(at: number, payloadLength: number): void {
    const out = this.#out;
    const { sink, ip } = out;
    const checksum = this.#datagram.checksum;
    if (ip.version === 6 && ip.zeroLength) return;
    if (checksum === 0 && ip.version === 4) {
      sink.text("[no cksum] ");
      return;
    }
    if (!out.has(at + UDP_HEADER, payloadLength)) return;
    const covered = payloadLength + UDP_HEADER;
    let sum = pseudoHeaderSum(out.view, ip.sourceAt, ip.finalDestinationAt, ip.addressLength, PROTOCOL_UDP, covered);
    sum = foldSum(addWords(out.view, at, at + covered, sum));
    if (sum === 0xffff) {
      sink.text("[udp sum ok] ");
      return;
    }
    sink.text("[bad udp cksum 0x");
    sink.hex(checksum, 4);
    sink.text(" -> 0x");
    sink.hex(rightChecksum(checksum, sum), 4);
    sink.text("!] ");
  }
}
