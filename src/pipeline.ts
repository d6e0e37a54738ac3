import { Evidence } from "./diagnosis/evidence.ts";
import { isNotable } from "./diagnosis/notice.ts";
import { Connections, type ConnectionsOptions } from "./flow/connections.ts";
import type { Segment } from "./flow/segment.ts";
import type { Frame } from "./wire/frame.ts";
import { Packet } from "./wire/packet.ts";
import { type ReassembledDatagram, Reassembler } from "./wire/reassembly.ts";

export {
  readCaptures,
  type FrameVisitor,
  type Input,
  type InputOpener,
  type ReadingOptions,
} from "./capture/read-captures.ts";

/** The rooms in a row: a frame is decoded, its connection followed, and what it tells of others kept as evidence. */
export class Analysis {
  readonly packet: Packet = new Packet();
  /** What carries the transport header: `packet`, or, where that was the last fragment that was missing, the datagram put together. */
  transport: Packet = this.packet;
  /** That datagram; undefined where the packet completes none. */
  datagram: ReassembledDatagram | undefined = undefined;
  readonly #whole = new Packet();
  readonly #reassembler = new Reassembler();
  readonly connections: Connections;
  readonly evidence: Evidence = new Evidence();
  readonly #keepsEvidence: boolean;

  constructor(options: ConnectionsOptions = {}) {
    this.#keepsEvidence = (options.scope ?? "ends") === "ends";
    this.connections = new Connections(options);
  }

  /** The segment of the frame's connection, if it has one; it holds until the next call. */
  observe(frame: Frame): Segment | undefined {
    this.packet.decode(frame);
    this.datagram = undefined;
    this.transport = this.packet.isFragment ? this.#reassembled(this.packet) : this.packet;
    const segment = this.connections.observe(this.transport);
    if (!this.#keepsEvidence) return segment;
    if (segment === undefined) this.evidence.observe(this.transport, this.connections);
    else if (isNotable(segment)) this.evidence.observeSegment(segment, this.transport, this.connections);
    return segment;
  }

  /** The whole datagram when the fragment completes it. */
  #reassembled(fragment: Packet): Packet {
    const datagram = this.#reassembler.add(fragment);
    this.datagram = datagram;
    if (datagram === undefined) return fragment;
    this.#whole.decode(datagram.frame);
    return this.#whole;
  }

  /** The same for who wants to know nothing of single segments, and faster. */
  follow(frame: Frame): void {
    if (!this.connections.observePredicted(frame)) this.observe(frame);
  }

  /** To be called when the input has ended. */
  finish(): void {
    this.connections.finish();
  }
}
