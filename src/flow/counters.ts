import type { Packet } from "../wire/packet.ts";
import { ACK, FIN, RST, SYN } from "../wire/tcp.ts";
import * as c from "./connection.ts";
import type { Connection } from "./connection.ts";
import type { End } from "./end.ts";
import type { Segment } from "./segment.ts";

/** Counts the segment: packets, bytes, times, round trips, history and completeness. */
export function count(segment: Segment, packet: Packet, connection: Connection, forward: End, reverse: End): void {
  const flags = segment.flags;
  if (!forward.hasSent) {
    forward.hasSent = true;
    forward.firstTimeNs = segment.timeNs;
    forward.firstTtl = segment.ttl;
  }
  if ((flags & RST) === 0) connection.idleBeforeNs = segment.timeNs - Math.max(forward.lastTimeNs, reverse.lastTimeNs);
  forward.packets++;
  forward.bytes += ipLength(packet);
  forward.payloadBytes += segment.payloadLength;
  forward.lastTimeNs = segment.timeNs;
  forward.lastFrame = segment.frame;
  forward.lastTtl = segment.ttl;
  if ((flags & RST) !== 0) forward.rstSent++;
  if (segment.acksFrame > 0 && !(reverse.unacknowledged?.ambiguous ?? true)) reverse.addRtt(segment.ackRttNs);
  reverse.keepAlives?.clear();
  reverse.windowProbes?.clear();
  connection.history.observe(segment.from, flags, segment.payloadLength, segment.retransmissionCause !== "");
  connection.completeness |= completenessOf(segment);
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
