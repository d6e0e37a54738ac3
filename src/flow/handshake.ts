import { ACK, RST, SYN } from "../wire/tcp.ts";
import type { Connection } from "./connection.ts";
import type { End } from "./end.ts";
import { isResent, type Segment } from "./segment.ts";
import { addSend } from "./send-times.ts";
import { less } from "./sequence.ts";
import { CLIENT, type EndIndex, SERVER } from "./states.ts";
import { NEVER } from "./time.ts";

/** Times of the handshake, and every SYN and SYN-ACK that was sent. */
export function noteHandshake(segment: Segment, connection: Connection, from: EndIndex, forward: End): void {
  const flags = segment.flags;
  if ((flags & RST) !== 0) return;
  const isDuplicate = segment.retransmissionCause !== "" && !isResent(segment.retransmissionCause);
  if ((flags & SYN) !== 0 && isDuplicate) return;
  if ((flags & SYN) !== 0) {
    if ((flags & ACK) === 0) {
      if (connection.synTimeNs === NEVER) connection.synTimeNs = segment.timeNs;
      forward.synSends = addSend(forward.synSends, segment.timeNs, segment.frame);
    } else {
      noteSynAck(segment, connection, forward);
    }
    return;
  }
  if ((flags & ACK) === 0 || from !== CLIENT || connection.established || connection.synAckTimeNs === NEVER) return;
  const server = connection.ends[SERVER];
  if (segment.acknowledgment !== ((server.base + 1) | 0)) return;
  connection.established = true;
  connection.handshakeAckTimeNs = segment.timeNs;
  connection.handshakeAckFrame = segment.frame;
  // Kernels acknowledge the SYN-ACK at once: with data it is not that, but what the program said later.
  if (segment.payloadLength > 0) connection.lastSynAckTimeNs = NEVER;
  if (connection.synTimeNs !== NEVER) connection.initialRttNs = segment.timeNs - connection.synTimeNs;
}

function noteSynAck(segment: Segment, connection: Connection, forward: End): void {
  const client = connection.ends[CLIENT];
  const strange =
    client.synSeen &&
    (less(segment.acknowledgment, (client.synBase + 1) | 0) || less(client.highest, segment.acknowledgment));
  // One that acknowledges another SYN belongs to another connection, or was forged.
  if (strange && segment.from === SERVER) return;
  forward.synAckSends = addSend(forward.synAckSends, segment.timeNs, segment.frame);
  if (!connection.established) connection.lastSynAckTimeNs = segment.timeNs;
  if (connection.synAckTimeNs !== NEVER) return;
  connection.synAckTimeNs = segment.timeNs;
  connection.synAckFrame = segment.frame;
  const syns = client.synSends;
  const answered = echoesFirstSyn(segment, client) ? syns?.firstTimeNs : syns?.lastTimeNs;
  connection.answeredSynTimeNs = answered ?? NEVER;
}

/** Of several SYNs the timestamp tells which one is answered (RFC 7323 section 4.1). The client's highest number is still its first SYN's. */
function echoesFirstSyn(segment: Segment, client: End): boolean {
  return segment.hasTimestamps && client.hasHighestTsval && segment.tsecr === client.highestTsval;
}
