import type { Segment } from "../flow/segment.ts";
import type { Frame } from "../wire/frame.ts";
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
  /** Nanoseconds since the first packet and since the one before, of those that it was moved to; NaN without a time. */
  sinceFirstNs: number = Number.NaN;
  sincePreviousNs: number = Number.NaN;
  #firstSeconds = Number.NaN;
  #firstNanoseconds = 0;
  #lastSeconds = Number.NaN;
  #lastNanoseconds = 0;
  readonly #options: TcpOptionValues = new TcpOptionValues();
  #hasOptions = false;

  constructor(packet: Packet) {
    this.packet = packet;
  }

  /** To the next packet. */
  move(packet: Packet, segment: Segment | undefined, interfaceName: string): void {
    this.packet = packet;
    this.segment = segment;
    this.interfaceName = interfaceName;
    this.#hasOptions = false;
    this.#time(packet.frame);
  }

  #time({ hasTime, seconds, nanoseconds }: Frame): void {
    this.sinceFirstNs = Number.NaN;
    this.sincePreviousNs = Number.NaN;
    if (!hasTime) return;
    if (Number.isNaN(this.#firstSeconds)) {
      this.#firstSeconds = seconds;
      this.#firstNanoseconds = nanoseconds;
      this.#lastSeconds = seconds;
      this.#lastNanoseconds = nanoseconds;
    }
    this.sinceFirstNs = (seconds - this.#firstSeconds) * 1e9 + (nanoseconds - this.#firstNanoseconds);
    this.sincePreviousNs = (seconds - this.#lastSeconds) * 1e9 + (nanoseconds - this.#lastNanoseconds);
    this.#lastSeconds = seconds;
    this.#lastNanoseconds = nanoseconds;
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
