import { ACK, FIN, RST, SYN } from "../wire/tcp.ts";
import { type Connection, COMPLETE_RST, type Reset } from "./connection.ts";
import type { End } from "./end.ts";
import type { Segment } from "./segment.ts";
import { less, lessOrEqual } from "./sequence.ts";
import { CLIENT, type EndIndex, SERVER, type TcpState, type TransitionBasis } from "./states.ts";

/**
 * The states of both ends (RFC 9293 sections 3.3.2 and 3.10), told from the
 * segments that pass one point. What an end sends shows its state. What is on
 * its way to an end is taken as received; when the end, or the other one by
 * repeating itself, shows that it was not, the transition is taken back.
 */

/** How long Linux keeps TIME_WAIT (include/net/tcp.h TCP_TIMEWAIT_LEN), in nanoseconds. */
export const TIME_WAIT_NS = 60_000_000_000;

/** Moves both ends' states on by one segment. To be called after the analysis of the segment. */
export function advance(segment: Segment, connection: Connection): void {
  const from = segment.from;
  const to: EndIndex = from === CLIENT ? SERVER : CLIENT;
  const sender = connection.ends[from];
  const receiver = connection.ends[to];
  if ((segment.flags & RST) !== 0) {
    resetBy(segment, connection, from, to);
    return;
  }
  proveReceived(segment, connection, from, sender, receiver);
  if ((segment.flags & SYN) !== 0) {
    sendSyn(segment, connection, from, sender, receiver);
  } else {
    sendOther(segment, connection, from, sender);
  }
  if ((segment.flags & FIN) !== 0) sendFin(segment, connection, from, to);
  receiveBy(segment, connection, to, sender, receiver);
  if ((segment.flags & FIN) !== 0) receiveFin(segment, connection, to, receiver);
}

function enter(segment: Segment, connection: Connection, end: EndIndex, state: TcpState, basis: TransitionBasis): void {
  connection.ends[end].state = state;
  connection.transitions.add(end, state, segment.timeNs, segment.frame, basis);
}

function takeBack(connection: Connection, end: EndIndex): void {
  connection.ends[end].state = connection.transitions.takeBack(end, "UNKNOWN");
}

/** Whether `segment` acknowledges everything that `end` has sent up to `sequence`. */
function acknowledges(segment: Segment, sequence: number): boolean {
  return (segment.flags & ACK) !== 0 && lessOrEqual(sequence, segment.acknowledgment);
}

/** What the sender must have received, since it acknowledges it. */
function proveReceived(segment: Segment, connection: Connection, from: EndIndex, sender: End, receiver: End): void {
  const isSyn = (segment.flags & SYN) !== 0;
  if (sender.state === "SYN_SENT" && !isSyn && receiver.synSeen && acknowledges(segment, (receiver.base + 1) | 0)) {
    enter(segment, connection, from, "ESTABLISHED", "inferred");
  } else if (sender.state === "SYN_RCVD" && !isSyn && (connection.acknowledgmentIgnored || segment.payloadLength > 0)) {
    enter(segment, connection, from, "ESTABLISHED", "inferred");
  } else if (receiver.finSeen && acknowledges(segment, receiver.finEnd)) {
    if (sender.state === "ESTABLISHED") enter(segment, connection, from, "CLOSE_WAIT", "inferred");
    else if (sender.state === "FIN_WAIT_2") enter(segment, connection, from, "TIME_WAIT", "inferred");
  }
}

function sendSyn(segment: Segment, connection: Connection, from: EndIndex, sender: End, receiver: End): void {
  if ((segment.flags & ACK) === 0) {
    if (sender.state === "ESTABLISHED" && !sender.hasSentData) takeBack(connection, from);
    if (sender.state === "SYN_SENT" || sender.state === "SYN_RCVD") return;
    connection.simultaneousOpen = receiver.state === "SYN_SENT";
    enter(segment, connection, from, "SYN_SENT", "sent");
    return;
  }
  if (sender.state === "ESTABLISHED" && !sender.hasSentData && from === SERVER) {
    // It repeats its SYN-ACK: the client's ACK has not come, or was ignored.
    takeBack(connection, from);
    connection.acknowledgmentIgnored = true;
  }
  if (sender.state !== "SYN_RCVD" && !sender.hasSentData && sender.state !== "ESTABLISHED") {
    enter(segment, connection, from, "SYN_RCVD", "sent");
  }
}

/** Anything else shows that the sender is past the handshake. */
function sendOther(segment: Segment, connection: Connection, from: EndIndex, sender: End): void {
  if (segment.payloadLength > 0) sender.hasSentData = true;
  if (sender.state !== "UNKNOWN" || (segment.flags & FIN) !== 0) return;
  enter(segment, connection, from, "ESTABLISHED", "inferred");
}

function sendFin(segment: Segment, connection: Connection, from: EndIndex, to: EndIndex): void {
  const sender = connection.ends[from];
  const receiver = connection.ends[to];
  const crossed = receiver.finSeen && !acknowledges(segment, receiver.finEnd);
  const repeated = sender.finSeen;
  noteFin(segment, sender);
  if (repeated) {
    repeatFin(connection, from, to, receiver);
    return;
  }
  // Both closed at the same time: the other's FIN had not come when this one was sent.
  if (crossed && sender.state === "CLOSE_WAIT") takeBack(connection, from);
  const passive = sender.state === "CLOSE_WAIT";
  enter(segment, connection, from, passive ? "LAST_ACK" : "FIN_WAIT_1", "sent");
  if (crossed && !passive) enter(segment, connection, from, "CLOSING", "received");
}

function noteFin(segment: Segment, sender: End): void {
  sender.finSends++;
  sender.finEnd = (segment.sequence + segment.sequenceLength) | 0;
  if (!sender.finSeen) {
    sender.finSeen = true;
    sender.finFrame = segment.frame;
    sender.finTimeNs = segment.timeNs;
  }
}

/** A FIN sent again: its acknowledgment has not come, and perhaps the FIN has not arrived. */
function repeatFin(connection: Connection, from: EndIndex, to: EndIndex, receiver: End): void {
  const sender = connection.ends[from];
  const arrived = lessOrEqual(sender.finEnd, receiver.lastAck) && receiver.hasSent;
  if (sender.state === "FIN_WAIT_2" || (sender.state === "CLOSED" && connection.transitions.last(from) === "CLOSED")) {
    takeBack(connection, from);
  }
  if (!arrived && receiver.state === "CLOSE_WAIT") takeBack(connection, to);
}

/** What the segment's ACK does to the end that it goes to. */
function receiveBy(segment: Segment, connection: Connection, to: EndIndex, sender: End, receiver: End): void {
  if ((segment.flags & ACK) === 0) return;
  switch (receiver.state) {
    case "SYN_SENT":
      if ((segment.flags & SYN) !== 0 && segment.acknowledgment === receiver.next) {
        enter(segment, connection, to, "ESTABLISHED", "received");
      }
      break;
    case "SYN_RCVD":
      if (acknowledges(segment, (receiver.base + 1) | 0) && (!connection.acknowledgmentIgnored || segment.payloadLength > 0)) {
        enter(segment, connection, to, "ESTABLISHED", "received");
      }
      break;
    case "FIN_WAIT_1":
      if (acknowledges(segment, receiver.finEnd)) enter(segment, connection, to, "FIN_WAIT_2", "received");
      break;
    case "CLOSING":
      if (acknowledges(segment, receiver.finEnd)) enter(segment, connection, to, "TIME_WAIT", "received");
      break;
    case "LAST_ACK":
      if (acknowledges(segment, receiver.finEnd)) enter(segment, connection, to, "CLOSED", "received");
      break;
    default:
      // An end whose other side has only ever been heard of in the middle of the connection.
      if (receiver.state === "UNKNOWN" && receiver.hasSent && sender.hasSent) enter(segment, connection, to, "ESTABLISHED", "inferred");
  }
}

function receiveFin(segment: Segment, connection: Connection, to: EndIndex, receiver: End): void {
  if (receiver.state === "ESTABLISHED" || receiver.state === "SYN_RCVD") {
    enter(segment, connection, to, "CLOSE_WAIT", "received");
  } else if (receiver.state === "FIN_WAIT_1") {
    enter(segment, connection, to, "CLOSING", "received");
  } else if (receiver.state === "FIN_WAIT_2") {
    enter(segment, connection, to, "TIME_WAIT", "received");
  }
}

function resetBy(segment: Segment, connection: Connection, from: EndIndex, to: EndIndex): void {
  const sender = connection.ends[from];
  const receiver = connection.ends[to];
  const accepted = acceptsReset(segment, sender, receiver);
  connection.addReset(resetOf(segment, accepted));
  connection.completeness |= COMPLETE_RST;
  const answersChallenge = sender.state === "SYN_SENT" && (segment.flags & ACK) === 0 && segment.sequence === receiver.lastAck;
  const wasOpen = sender.state !== "CLOSED" && sender.state !== "TIME_WAIT" && sender.state !== "LISTEN";
  if (wasOpen && !answersChallenge && (sender.hasSent || sender.state !== "UNKNOWN")) {
    // A client that answers the SYN-ACK with RST had given up before it came.
    if (sender.state === "ESTABLISHED" && from === CLIENT && !connection.established) takeBack(connection, from);
    enter(segment, connection, from, "CLOSED", "sent");
  }
  if (accepted && receiver.state !== "CLOSED" && receiver.state !== "TIME_WAIT" && receiver.state !== "UNKNOWN") {
    enter(segment, connection, to, "CLOSED", "received");
  }
}

/** RFC 9293 section 3.10.7: in SYN_SENT the RST must acknowledge the SYN; later it must have exactly the next number (RFC 5961 section 3.2). */
function acceptsReset(segment: Segment, sender: End, receiver: End): boolean {
  if (receiver.state === "SYN_SENT") return (segment.flags & ACK) !== 0 && segment.acknowledgment === receiver.next;
  if (!receiver.hasSent || !sender.hasNext) return true;
  if (lessOrEqual(receiver.lastAck, segment.sequence) && !less(sender.next, segment.sequence)) return true;
  // Some stacks count from the other's acknowledgment only.
  return segment.sequence === receiver.lastAck;
}

function resetOf(segment: Segment, accepted: boolean): Reset {
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
  };
}

/** What timers did until the capture ended, and what was taken as received without any sign of it. */
export function settle(connection: Connection, lastTimeNs: number): void {
  for (const end of [CLIENT, SERVER] as const) {
    const self = connection.ends[end];
    const other = connection.ends[end === CLIENT ? SERVER : CLIENT];
    const unproven = other.finSends > 1 && self.state === "CLOSE_WAIT" && less(self.lastAck, other.finEnd);
    if (unproven) takeBack(connection, end);
    if (self.state !== "TIME_WAIT") continue;
    const closes = (connection.transitions.list().findLast((transition) => transition.end === end)?.timeNs ?? 0) + TIME_WAIT_NS;
    if (lastTimeNs < closes) continue;
    self.state = "CLOSED";
    connection.transitions.add(end, "CLOSED", closes, connection.lastFrame, "inferred");
  }
}
