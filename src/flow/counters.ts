import type { Packet } from "../wire/packet.ts";
import { ACK, FIN, RST, SYN } from "../wire/tcp.ts";
import * as c from "./connection.ts";
import type { Connection } from "./connection.ts";
import type { End } from "./end.ts";
import { isResent, linkOf } from "./link.ts";
import type { Segment } from "./segment.ts";

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
  if (segment.acksFrame > 0 && !(reverse.unacknowledged?.ambiguous ?? true)) reverse.rtt.add(segment.ackRttNs);
  reverse.keepAlives?.clear();
  reverse.windowProbes?.clear();
  noteHistory(segment, connection);
  connection.completeness |= completenessOf(segment);
}

/** Ordinary segments are in the history once for each end: nearly all need not look there. */
function noteHistory(segment: Segment, connection: Connection): void {
  const { flags, payloadLength, from } = segment;
  const repeated = isResent(segment.retransmissionCause);
  if (!repeated && (flags & (SYN | FIN | RST)) === 0) {
    const bit = 1 << (2 * from + (payloadLength > 0 ? 1 : 0));
    if ((connection.ordinarySeen & bit) !== 0) return;
    connection.ordinarySeen |= bit;
  }
  connection.history.observe(from, flags, payloadLength, repeated);
}

function ipLength(packet: Packet): number {
  return packet.ipVersion === 6 ? packet.ipv6.end - packet.ipv6.at : packet.ipv4.end - packet.ipv4.at;
}

function completenessOf(segment: Segment): number {
  const flags = segment.flags;
  let bits = 0;
  if ((flags & SYN) !== 0) bits |= (flags & ACK) !== 0 ? c.COMPLETE_SYN_ACK : c.COMPLETE_SYN;
  if ((flags & RST) !== 0) bits |= c.COMPLETE_RST;
  if ((flags & FIN) !== 0) bits |= c.COMPLETE_FIN;
  if (segment.payloadLength > 0) bits |= c.COMPLETE_DATA;
  if ((flags & (SYN | ACK)) === ACK && segment.payloadLength === 0) bits |= c.COMPLETE_ACK;
  return bits;
}
