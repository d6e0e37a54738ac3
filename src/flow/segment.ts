import type { TcpOptionValues } from "../wire/tcp-options.ts";
import type { Packet } from "../wire/packet.ts";
import { ACK } from "../wire/tcp.ts";
import { Connection } from "./connection.ts";
import type { EndIndex } from "./states.ts";
import { NO_TIME } from "./time.ts";

/** Why a segment was sent again; our own finding, apart from Wireshark's names. */
export const RETRANSMISSION_CAUSES = [
  "syn",
  "syn-ack",
  "fin",
  "rto",
  /** Tail loss probe: the last segment, when nothing was acknowledged for a while (RFC 8985 section 7). */
  "tlp",
  /** By duplicate acknowledgments or selective ones. */
  "fast",
  /** A further hole, while recovering by selective acknowledgments. */
  "sack",
  /** What it carries had been acknowledged before. */
  "spurious",
  // These do not count as retransmissions.
  "window-probe",
  "keep-alive",
  /** The very packet again, by the network. */
  "network-duplicate",
  /** The very packet again, captured at two places. */
  "duplicate-capture",
  "unknown",
] as const;

/** "": it was not. */
export type RetransmissionCause = "" | (typeof RETRANSMISSION_CAUSES)[number];

/** Whether the sending kernel counts it: it was sent again, not only seen again, and is no probe. */
export function isResent(cause: RetransmissionCause): boolean {
  return (
    cause !== "" &&
    cause !== "network-duplicate" &&
    cause !== "duplicate-capture" &&
    cause !== "window-probe" &&
    cause !== "keep-alive"
  );
}

/**
 * What is known of one segment once its connection has seen it. One instance is
 * reused for every segment: it holds until the next `observe`.
 */
export class Segment {
  connection: Connection = new Connection();
  /** Which end sent it. */
  from: EndIndex = 0;
  frame = 0;
  /** Nanoseconds since the first frame of the capture. */
  timeNs: number = NO_TIME;
  /** As signed 32-bit integers (see sequence.ts). */
  sequence = 0;
  acknowledgment = 0;
  flags = 0;
  payloadLength = 0;
  /** Where the relative numbers of the sender and of the receiver count from. */
  forwardBase = 0;
  reverseBase = 0;
  /** Timestamp value and echo reply as signed 32-bit integers; meaningless without `hasTimestamps`. */
  tsval = 0;
  tsecr = 0;
  hasTimestamps = false;
  /** How much longer than others it was on its way to the capture point, in nanoseconds; known of what may change a state. */
  lateNs: number = NO_TIME;
  /** As sent, before scaling. */
  window = 0;
  /** Bytes; scaled where the scale is known. */
  scaledWindow = 0;
  ttl = 0;
  identification = 0;
  /** Bits `ANALYSIS_…`. */
  analysis = 0;
  /** Frame that this one acknowledges exactly, and the time since it; 0: none. */
  acksFrame = 0;
  ackRttNs: number = NO_TIME;
  /** Whether Wireshark shows a SEQ/ACK analysis of it. */
  isAnalysed = false;
  duplicateAckNumber = 0;
  duplicateAckFrame = 0;
  /** -1: not known. */
  bytesInFlight = -1;
  rtoFrame = 0;
  rtoNs: number = NO_TIME;
  /** "": carries nothing that was sent before. */
  retransmissionCause: RetransmissionCause = "";
  /** Frame that carried it before; 0: not in the capture. */
  retransmissionOf = 0;

  /** Takes over what the packet's headers say; nothing is found of it yet, but what `analysis` already tells. */
  begin(packet: Packet, connection: Connection, from: EndIndex, timeNs: number): void {
    const { tcp } = packet;
    this.connection = connection;
    this.from = from;
    this.frame = packet.frame.number;
    this.timeNs = timeNs;
    this.sequence = tcp.sequence | 0;
    this.acknowledgment = tcp.acknowledgment | 0;
    this.flags = tcp.flags;
    this.payloadLength = tcp.payloadLength;
    this.window = tcp.window;
    this.ttl = packet.ipVersion === 6 ? packet.ipv6.hopLimit : packet.ipv4.ttl;
    this.identification = packet.ipVersion === 6 ? 0 : packet.ipv4.identification;
    this.acksFrame = 0;
    this.ackRttNs = NO_TIME;
    this.isAnalysed = false;
    this.duplicateAckNumber = 0;
    this.duplicateAckFrame = 0;
    this.bytesInFlight = -1;
    this.rtoFrame = 0;
    this.rtoNs = NO_TIME;
    this.retransmissionCause = "";
    this.retransmissionOf = 0;
  }

  takeTimestamps(options: TcpOptionValues): void {
    this.hasTimestamps = options.hasTimestamps;
    this.tsval = options.tsval | 0;
    this.tsecr = options.tsecr | 0;
  }

  /** When it left, or would have passed the capture point had it been as fast as others (see stamp-clock.ts). */
  get promptTimeNs(): number {
    return this.timeNs - this.lateNs;
  }

  /** Relative to the sender's initial sequence number, modulo 2^32. */
  get relativeSequence(): number {
    return (this.sequence - this.forwardBase) >>> 0;
  }

  /** Relative to the receiver's initial sequence number, modulo 2^32; as sent when the segment has no ACK. */
  get relativeAcknowledgment(): number {
    if ((this.flags & ACK) === 0) return this.acknowledgment >>> 0;
    return (this.acknowledgment - this.reverseBase) >>> 0;
  }

  /** Sequence numbers it occupies: payload, SYN and FIN (RFC 9293 section 3.4, SEG.LEN). */
  get sequenceLength(): number {
    return this.payloadLength + ((this.flags >> 1) & 1) + (this.flags & 1);
  }
}
