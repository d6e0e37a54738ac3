import type { Segment } from "../flow/segment.ts";
import type { Packet } from "../wire/packet.ts";
import { TcpOptionValues } from "../wire/tcp-options.ts";
import { TCP_MIN_HEADER } from "../wire/tcp.ts";

/** What a query on packets is asked of: one instance, moved from packet to packet. */
export class PacketSubject {
  packet: Packet;
  /** The segment of the packet's connection; undefined when it has none, or when nothing asks for the analysis. */
  segment: Segment | undefined = undefined;
  /** "": not known. */
  interfaceName = "";
  readonly #options: TcpOptionValues = new TcpOptionValues();
  #hasOptions = false;

  constructor(packet: Packet) {
    this.packet = packet;
  }

  move(packet: Packet, segment: Segment | undefined, interfaceName: string): void {
    this.packet = packet;
    this.segment = segment;
    this.interfaceName = interfaceName;
    this.#hasOptions = false;
  }

  /** Options of the TCP header, read when first asked for. */
  get options(): TcpOptionValues {
    if (!this.#hasOptions) {
      this.#hasOptions = true;
      const { tcp, frame } = this.packet;
      this.#options.read(frame.view, tcp.at + TCP_MIN_HEADER, tcp.payloadAt, frame.end);
    }
    return this.#options;
  }
}
