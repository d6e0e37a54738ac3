import type { Packet } from "../wire/packet.ts";
import { ACK, FIN, RST, SYN } from "../wire/tcp.ts";
import { completenessOf } from "./completeness.ts";
import type { Connection } from "./connection.ts";
import type { End } from "./end.ts";
import { linkOf } from "./link.ts";
import { NO_REPETITIONS } from "./repetitions.ts";
import { isResent, type Segment } from "./segment.ts";
import { CLIENT, type EndIndex } from "./states.ts";

/** Counts the segment: packets, bytes, times, round trips, history and completeness. */
export function count(segment: Segment, packet: Packet, connection: Connection, forward: End, reverse: End): void {
  const flags = segment.flags;
  if (!forward.hasSent) {
    forward.hasSent = true;
    forward.firstTimeNs = segment.timeNs;
    forward.firstTtl = segment.ttl;
    forward.link = linkOf(packet);
  } else if (forward.packets === forward.rstSent && (flags & RST) === 0) {
    // Resets before its first segment may be somebody else's.
    forward.firstTtl = segment.ttl;
    forward.link = linkOf(packet);
  }
  forward.packets++;
  forward.bytes += ipLength(packet);
  forward.payloadBytes += segment.payloadLength;
  forward.lastTimeNs = segment.timeNs;
  forward.lastFrame = segment.frame;
  forward.lastTtl = segment.ttl;
  if ((flags & RST) !== 0) forward.rstSent++;
  if (segment.acksFrame > 0 && !isAmbiguous(segment, connection, reverse)) reverse.rtt.add(segment.ackRttNs);
  if (reverse.repetitions !== NO_REPETITIONS) forgetProbes(reverse);
  noteHistory(segment, connection);
  connection.completeness |= completenessOf(flags, segment.payloadLength, isFirst(segment));
}

/** Those before were answered. */
function forgetProbes(end: End): void {
  const own = end.ownRepetitions();
  own.keepAlives = undefined;
  own.windowProbes = undefined;
}

/** Which of several segments is acknowledged, nobody knows: where SYNs cross, the SYN and the SYN-ACK of one end have the same number. */
function isAmbiguous({ flags }: Segment, connection: Connection, reverse: End): boolean {
  return (reverse.unacknowledged?.ambiguous ?? true) || ((flags & SYN) !== 0 && connection.simultaneousOpen);
}

/** Ordinary segments are in the history once for each end: nearly all need not look there. */
function noteHistory(segment: Segment, connection: Connection): void {
  const { flags, payloadLength, from } = segment;
  const repeated = isResent(segment.retransmissionCause);
  if (!repeated && (flags & (SYN | FIN | RST)) === 0) {
    const bit = 1 << (2 * from + (payloadLength > 0 ? 1 : 0));
    if ((connection.ordinarySeen & bit) !== 0) return;
    // What repeats the first segment still adds to the completeness.
    if (!isFirst(segment)) connection.ordinarySeen |= bit;
  }
  connection.history.observe(from, flags, payloadLength, repeated);
}

/** The first data, or the first pure acknowledgment, of an established end, in order: what `advance` and `count` would note. */
export function noteOrdinary(connection: Connection, from: EndIndex, hasData: boolean): void {
  const payloadLength = hasData ? 1 : 0;
  connection.ordinarySeen |= 1 << (2 * from + payloadLength);
  connection.history.observe(from, ACK, payloadLength, false);
  connection.completeness |= completenessOf(ACK, payloadLength, false);
  if (hasData) (from === CLIENT ? connection.client : connection.server).hasSentData = true;
}

function ipLength(packet: Packet): number {
  return packet.ipVersion === 6 ? packet.ipv6.end - packet.ipv6.at : packet.ipv4.end - packet.ipv4.at;
}

function isFirst({ frame, connection }: Segment): boolean {
  return frame === connection.firstFrame;
}
