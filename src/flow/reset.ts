import { ACK } from "../wire/tcp.ts";
import type { Connection, Reset } from "./connection.ts";
import type { End } from "./end.ts";
import { forgottenNs } from "./half-open.ts";
import type { Segment } from "./segment.ts";
import { less, lessOrEqual } from "./sequence.ts";
import { CLIENT, type EndIndex, SERVER } from "./states.ts";
import { NEVER } from "./time.ts";
import { enter, takeBack } from "./transition.ts";

/** TTLs of one host's packets may differ by a route change; more is another sender. */
const TTL_TOLERANCE = 2;

/** What a RST does to both ends: the one that sent it has no connection any more, the one that accepts it loses it. */
export function receiveReset(segment: Segment, connection: Connection, from: EndIndex, to: EndIndex): void {
  const sender = connection.ends[from];
  const receiver = connection.ends[to];
  if (answersChallenge(segment, connection, from)) {
    resetPrevious(segment, connection);
    return;
  }
  const accepted = accepts(segment, sender, receiver);
  if (sender.hasSent && receiver.hasSent) connection.idleBeforeNs = receiver.lastTimeNs - sender.lastTimeNs;
  const forged = isForged(segment, sender);
  connection.addReset(resetOf(segment, accepted, forged));
  if (accepted && !forged) closeSender(segment, connection, from);
  const alive = receiver.state !== "CLOSED" && receiver.state !== "TIME_WAIT" && receiver.state !== "UNKNOWN";
  if (accepted && alive) enter(connection, to, "CLOSED", segment.timeNs, segment.frame, "received");
}

function closeSender(segment: Segment, connection: Connection, from: EndIndex): void {
  const sender = connection.ends[from];
  const { state } = sender;
  if (state === "CLOSED" || state === "TIME_WAIT" || state === "LISTEN" || (state === "UNKNOWN" && !sender.hasSent))
    return;
  // A client that answers the SYN-ACK with RST had given up before it came.
  if (state === "ESTABLISHED" && from === CLIENT && !connection.established && !sender.hasSentData)
    takeBack(connection, from);
  // A server whose SYN-ACKs were acknowledged in vain forgot the half-open connection long before it answers data.
  const forgot = state === "SYN_RCVD" && (segment.flags & ACK) === 0;
  const forgotten = forgot ? forgottenNs(connection, from) : NEVER;
  const time = forgotten === NEVER ? segment.timeNs : Math.min(segment.timeNs, forgotten);
  enter(connection, from, "CLOSED", time, segment.frame, forgot ? "inferred" : "sent");
}

/** The client in SYN_SENT resets what the challenge ACK, or a SYN-ACK for another SYN, showed it (RFC 9293 section 3.10.7.3). */
function answersChallenge(segment: Segment, connection: Connection, from: EndIndex): boolean {
  return (
    from === CLIENT &&
    connection.challenged &&
    connection.ends[CLIENT].state === "SYN_SENT" &&
    (segment.flags & ACK) === 0
  );
}

/** The old connection on this four-tuple, which the server still held, is gone now. */
function resetPrevious(segment: Segment, connection: Connection): void {
  const { previous } = connection;
  if (previous === undefined) return;
  const { state } = previous.ends[SERVER];
  if (state === "CLOSED" || state === "UNKNOWN" || state === "TIME_WAIT") return;
  enter(previous, SERVER, "CLOSED", segment.timeNs, segment.frame, "received");
  previous.addReset(resetOf(segment, true, false));
}

/**
 * Whether the receiving end must accept the RST: in SYN_SENT it must acknowledge
 * the SYN (RFC 9293 section 3.10.7.3); later it must have exactly the next number
 * (RFC 5961 section 3.2), which lies between what the end has acknowledged and
 * what was sent to it.
 */
function accepts(segment: Segment, sender: End, receiver: End): boolean {
  if (receiver.state === "SYN_SENT") {
    return (
      (segment.flags & ACK) !== 0 &&
      lessOrEqual((receiver.synBase + 1) | 0, segment.acknowledgment) &&
      lessOrEqual(segment.acknowledgment, receiver.highest)
    );
  }
  if (!receiver.hasSent || !sender.hasHighest) return true;
  const isOld = receiver.hasLastAck && less(segment.sequence, receiver.lastAck);
  return !isOld && !less(sender.highest, segment.sequence);
}

/**
 * Not sent by the end whose address it bears: a RST without ACK answers a
 * segment for which there is no socket and then has window 0 (RFC 9293 section
 * 3.10.7.1), and all packets of a host travel about equally far.
 */
function isForged(segment: Segment, sender: End): boolean {
  const isBare = (segment.flags & ACK) === 0 && segment.window !== 0;
  // Some stacks abort a socket without ACK, but with its own window.
  if (isBare && sender.hasSent && segment.window !== sender.windowBeforeReset) return true;
  return (
    sender.packets > sender.rstSent && sender.firstTtl >= 0 && Math.abs(sender.firstTtl - segment.ttl) > TTL_TOLERANCE
  );
}

function resetOf(segment: Segment, accepted: boolean, forged: boolean): Reset {
  return {
    from: segment.from,
    frame: segment.frame,
    timeNs: segment.timeNs,
    sequence: segment.sequence >>> 0,
    acknowledgment: segment.acknowledgment >>> 0,
    flags: segment.flags,
    window: segment.window,
    ttl: segment.ttl,
    identification: segment.identification,
    payloadLength: segment.payloadLength,
    accepted,
    forged,
  };
}
