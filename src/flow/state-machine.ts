import { ACK, FIN, RST, SYN } from "../wire/tcp.ts";
import type { Connection } from "./connection.ts";
import { closedNs, delayCloseWait } from "./fin-times.ts";
import type { End } from "./end.ts";
import { receiveReset } from "./reset.ts";
import type { Segment } from "./segment.ts";
import { less, lessOrEqual } from "./sequence.ts";
import { latenessNs } from "./stamp-clock.ts";
import { CLIENT, type EndIndex, SERVER } from "./states.ts";
import { NEVER } from "./time.ts";
import { enter, takeBack } from "./transition.ts";

/**
 * The states of both ends (RFC 9293 sections 3.3.2 and 3.10), told from the
 * segments that pass one point. What an end sends shows its state. What is on
 * its way to an end is taken as received; when the end, or the other one by
 * repeating itself, shows that it was not, the transition is taken back.
 */

/** Moves both ends' states on by one segment. To be called after the analysis of the segment. */
export function advance(segment: Segment, connection: Connection): void {
  const from = segment.from;
  const to: EndIndex = from === CLIENT ? SERVER : CLIENT;
  const sender = from === CLIENT ? connection.client : connection.server;
  const receiver = from === CLIENT ? connection.server : connection.client;
  if (isOrdinary(segment, sender, receiver)) {
    if (segment.payloadLength > 0) sender.hasSentData = true;
    return;
  }
  if ((segment.flags & RST) !== 0) {
    receiveReset(segment, connection, from, to);
    return;
  }
  if (isChallenge(segment, connection, from)) {
    challenge(connection);
    return;
  }
  segment.lateNs = latenessNs(segment, connection, from);
  proveReceived(segment, connection, from, to);
  if ((segment.flags & SYN) !== 0) sendSyn(segment, connection, from, to);
  else sendOther(segment, connection, from);
  if ((segment.flags & FIN) !== 0) sendFin(segment, connection, from, to);
  receiveAcknowledgment(segment, connection, to);
  if ((segment.flags & FIN) !== 0) receiveFin(segment, connection, to);
}

/** Data and acknowledgments between two established ends, which is nearly everything, change no state. */
function isOrdinary(segment: Segment, sender: End, receiver: End): boolean {
  return (
    (segment.flags & (SYN | FIN | RST)) === 0 &&
    sender.state === "ESTABLISHED" &&
    receiver.state === "ESTABLISHED" &&
    !receiver.finSeen
  );
}

/** Whether `segment` acknowledges everything up to `sequence`. */
function acknowledges(segment: Segment, sequence: number): boolean {
  return (segment.flags & ACK) !== 0 && lessOrEqual(sequence, segment.acknowledgment);
}

/**
 * The server answers the SYN of a new connection with a bare ACK of an old one
 * that it still holds on this four-tuple (RFC 5961 section 4.2), or with a
 * SYN-ACK that acknowledges another SYN: nothing of this connection.
 */
function isChallenge(segment: Segment, connection: Connection, from: EndIndex): boolean {
  const client = connection.ends[CLIENT];
  if (from !== SERVER || client.state !== "SYN_SENT" || (segment.flags & ACK) === 0) return false;
  if ((segment.flags & SYN) !== 0)
    return less(segment.acknowledgment, (client.synBase + 1) | 0) || less(client.highest, segment.acknowledgment);
  return !connection.ends[SERVER].synSeen && segment.acknowledgment !== client.highest;
}

/** The old connection's server is alive: a RST that it was thought to have received never came. */
function challenge(connection: Connection): void {
  connection.challenged = true;
  const { previous } = connection;
  if (previous === undefined || previous.ends[SERVER].state !== "CLOSED") return;
  if (previous.transitions.lastBasis(SERVER) === "received") takeBack(previous, SERVER);
}

/** What the sender must have received, since it acknowledges it. */
function proveReceived(segment: Segment, connection: Connection, from: EndIndex, to: EndIndex): void {
  const sender = connection.ends[from];
  const receiver = connection.ends[to];
  const isSyn = (segment.flags & SYN) !== 0;
  if (sender.state === "SYN_SENT" && !isSyn && acknowledges(segment, (receiver.base + 1) | 0)) {
    enter(connection, from, "ESTABLISHED", segment.timeNs, segment.frame, "inferred");
  } else if (sender.state === "SYN_RCVD" && !isSyn && (connection.acknowledgmentIgnored || segment.payloadLength > 0)) {
    enter(connection, from, "ESTABLISHED", segment.timeNs, segment.frame, "inferred");
  } else if (receiver.finSeen && acknowledges(segment, receiver.finEnd)) {
    if (sender.state === "ESTABLISHED")
      enter(connection, from, "CLOSE_WAIT", segment.timeNs, segment.frame, "inferred");
    else if (sender.state === "FIN_WAIT_2")
      enter(connection, from, "TIME_WAIT", segment.timeNs, segment.frame, "inferred");
  }
  if (sender.state === "CLOSE_WAIT") delayCloseWait(segment, connection, from);
}

function sendSyn(segment: Segment, connection: Connection, from: EndIndex, to: EndIndex): void {
  const sender = connection.ends[from];
  const receiver = connection.ends[to];
  if ((segment.flags & ACK) === 0) {
    // It repeats its SYN: what seemed to have answered it did not reach the socket.
    const misled =
      sender.state === "ESTABLISHED" ||
      (sender.state === "CLOSED" && connection.transitions.lastBasis(from) === "received");
    if (misled && !sender.hasSentData && !connection.established) {
      connection.synAckMissed ||= sender.state === "ESTABLISHED";
      takeBack(connection, from);
    }
    if (sender.state === "SYN_SENT" || sender.state === "SYN_RCVD") return;
    sender.synBase = segment.sequence;
    enter(connection, from, "SYN_SENT", segment.promptTimeNs, segment.frame, "sent");
    if (receiver.state !== "SYN_SENT") return;
    // The SYNs cross: each end receives one in SYN_SENT (RFC 9293 section 3.5, figure 8).
    connection.simultaneousOpen = true;
    const crossedNs = connection.transitions.lastTimeNs(to);
    enter(connection, to, "SYN_RCVD", segment.timeNs, segment.frame, "received");
    enter(connection, from, "SYN_RCVD", crossedNs, segment.frame, "received");
    return;
  }
  sender.synBase = segment.sequence;
  if (
    sender.state === "ESTABLISHED" &&
    !sender.hasSentData &&
    from === SERVER &&
    ignoresAcknowledgment(segment, connection)
  ) {
    takeBack(connection, from);
    connection.acknowledgmentIgnored = true;
  }
  if (sender.state !== "SYN_RCVD" && !sender.hasSentData && sender.state !== "ESTABLISHED") {
    enter(connection, from, "SYN_RCVD", segment.timeNs, segment.frame, "sent");
  }
}

/** The SYN-ACK is repeated although the client's ACK was there in time: it is lost, or the server ignores it. */
function ignoresAcknowledgment(segment: Segment, connection: Connection): boolean {
  if (!connection.established) return false;
  const roundTrip = connection.synTimeNs === NEVER ? 0 : connection.synAckTimeNs - connection.synTimeNs;
  return segment.timeNs - connection.handshakeAckTimeNs >= roundTrip;
}

/** Anything else shows that the sender is past the handshake. */
function sendOther(segment: Segment, connection: Connection, from: EndIndex): void {
  const sender = connection.ends[from];
  if (segment.payloadLength > 0) sender.hasSentData = true;
  if (sender.state !== "UNKNOWN" || (segment.flags & FIN) !== 0) return;
  enter(connection, from, "ESTABLISHED", segment.timeNs, segment.frame, "inferred");
}

function sendFin(segment: Segment, connection: Connection, from: EndIndex, to: EndIndex): void {
  const sender = connection.ends[from];
  const receiver = connection.ends[to];
  const crossed = receiver.finSeen && !acknowledges(segment, receiver.finEnd);
  const repeated = sender.finSeen;
  noteFin(segment, sender);
  if (repeated) {
    repeatFin(connection, from, to);
    return;
  }
  // Both closed at the same time: the other's FIN had not come when this one was sent.
  if (crossed && sender.state === "CLOSE_WAIT") takeBack(connection, from);
  const passive = sender.state === "CLOSE_WAIT";
  const closed = Math.min(segment.promptTimeNs, closedNs(segment, connection, from));
  enter(connection, from, passive ? "LAST_ACK" : "FIN_WAIT_1", closed, segment.frame, "sent");
  if (!crossed || passive) return;
  const receivedNs = Math.max(receiver.finTimeNs, closed - 2 * connection.delayNs(from));
  enter(connection, from, "CLOSING", receivedNs, segment.frame, "received");
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
function repeatFin(connection: Connection, from: EndIndex, to: EndIndex): void {
  const sender = connection.ends[from];
  const receiver = connection.ends[to];
  const arrived = receiver.hasSent && lessOrEqual(sender.finEnd, receiver.lastAck);
  if (sender.state === "FIN_WAIT_2" || sender.state === "CLOSED") takeBack(connection, from);
  if (!arrived && receiver.state === "CLOSE_WAIT") takeBack(connection, to);
}

/** What the segment's ACK does to the end that it goes to. */
function receiveAcknowledgment(segment: Segment, connection: Connection, to: EndIndex): void {
  if ((segment.flags & ACK) === 0) return;
  const receiver = connection.ends[to];
  const { timeNs, frame } = segment;
  switch (receiver.state) {
    case "SYN_SENT":
      if ((segment.flags & SYN) === 0 || connection.synAckMissed) break;
      if (acknowledges(segment, (receiver.synBase + 1) | 0)) {
        enter(connection, to, "ESTABLISHED", timeNs, frame, "received");
      }
      break;
    case "SYN_RCVD":
      if (acknowledges(segment, (receiver.base + 1) | 0) && !connection.acknowledgmentIgnored) {
        enter(connection, to, "ESTABLISHED", timeNs, frame, "received");
      }
      break;
    case "FIN_WAIT_1":
      if (acknowledges(segment, receiver.finEnd)) enter(connection, to, "FIN_WAIT_2", timeNs, frame, "received");
      break;
    case "CLOSING":
      if (acknowledges(segment, receiver.finEnd)) enter(connection, to, "TIME_WAIT", timeNs, frame, "received");
      break;
    case "LAST_ACK":
      if (acknowledges(segment, receiver.finEnd)) enter(connection, to, "CLOSED", timeNs, frame, "received");
      break;
    default:
  }
}

function receiveFin(segment: Segment, connection: Connection, to: EndIndex): void {
  const receiver = connection.ends[to];
  const { timeNs, frame } = segment;
  if (receiver.state === "ESTABLISHED" || receiver.state === "SYN_RCVD") {
    enter(connection, to, "CLOSE_WAIT", timeNs, frame, "received");
  } else if (receiver.state === "FIN_WAIT_1") {
    enter(connection, to, "CLOSING", timeNs, frame, "received");
  } else if (receiver.state === "FIN_WAIT_2") {
    enter(connection, to, "TIME_WAIT", timeNs, frame, "received");
  }
}
