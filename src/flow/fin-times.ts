import type { Connection } from "./connection.ts";
import type { Segment } from "./segment.ts";
import { less, lessOrEqual } from "./sequence.ts";
import { stampTimeNs } from "./stamp-clock.ts";
import { CLIENT, type EndIndex, SERVER } from "./states.ts";

/** A kernel sends at once what waited for an acknowledgment: the rest is a tick of a clock of milliseconds, and a way that varies. In nanoseconds. */
const AT_ONCE_NS = 3_000_000;

/** No window keeps back so many segments of a connection that begins (RFC 6928). */
const INITIAL_SEGMENTS = 10;

/** By as much a host answers sooner or later than at other times, in nanoseconds. */
const NOISE_NS = 100_000;

/**
 * A FIN is received when all before it is there (RFC 9293 section 3.10.7.4). `from`, in CLOSE_WAIT, still reports a hole
 * although the FIN must have come: it was entered later, when that was filled, which it acknowledges at once.
 */
export function delayCloseWait(segment: Segment, connection: Connection, from: EndIndex): void {
  const self = connection.ends[from];
  const other = connection.ends[from === CLIENT ? SERVER : CLIENT];
  const answeredNs = segment.timeNs - 2 * connection.delayNs(from);
  const { transitions } = connection;
  if (transitions.lastBasis(from) !== "received" || transitions.lastTimeNs(from) - answeredNs > NOISE_NS) return;
  if (!lessOrEqual(other.finEnd, segment.acknowledgment)) {
    if (self.repeatedAcks > 0 || self.sackBlocks > 0) self.awaitsBeforeFin = true;
  } else if (self.awaitsBeforeFin) {
    self.awaitsBeforeFin = false;
    transitions.moveLast(from, Math.max(transitions.lastTimeNs(from), answeredNs));
  }
}

/**
 * When the end that sends this FIN closed, as a time at the capture point: that of the segment, unless the FIN had to
 * wait until an acknowledgment came.
 */
export function closedNs(segment: Segment, connection: Connection, from: EndIndex): number {
  const heldNs =
    segment.payloadLength > 0 ? behindData(segment, connection, from) : behindTimeout(segment, connection, from);
  return Math.max(connection.transitions.lastTimeNs(from), segment.timeNs - heldNs);
}

/**
 * How long the FIN waited for the window behind data, in nanoseconds. A kernel that may send at once sends data when it
 * is written, and the FIN alone when the socket is closed: one that carries data, and leaves as an acknowledgment comes, waited with it.
 * About twice as much can be written as may be under way (Linux: tcp_sndbuf_expand), so the
 * last of it was written, and the socket closed, about a round trip before.
 */
function behindData(segment: Segment, connection: Connection, from: EndIndex): number {
  const sender = connection.ends[from];
  const receiver = connection.ends[from === CLIENT ? SERVER : CLIENT];
  if ((segment.sequence - sender.base) >>> 0 <= INITIAL_SEGMENTS * Math.max(sender.mss, receiver.mss)) return 0;
  // An echo newer than the receiver's data is that of a pure acknowledgment; a request would be answered by the program.
  if (!segment.hasTimestamps || !receiver.hasHighestTsval || !less(receiver.highestTsval, segment.tsecr)) return 0;
  const wayNs = 2 * connection.delayNs(from);
  const isNear = wayNs < AT_ONCE_NS;
  const echoedNs = isNear ? receiver.lastTimeNs : stampTimeNs(receiver, segment.tsecr, segment.timeNs);
  if (segment.timeNs - echoedNs - wayNs >= AT_ONCE_NS) return 0;
  return 2 * (connection.delayNs(CLIENT) + connection.delayNs(SERVER));
}

/**
 * How long the FIN waited, in nanoseconds, for the acknowledgment of what a time-out had made its sender repeat: nothing else may be
 * under way then (RFC 5681 section 3.1). Half of the time in which it may have been closed.
 */
function behindTimeout(segment: Segment, connection: Connection, from: EndIndex): number {
  const sender = connection.ends[from];
  const receiver = connection.ends[from === CLIENT ? SERVER : CLIENT];
  const resent = sender.repetitions.resends?.list.at(-1);
  if (resent?.cause !== "rto" || resent.end !== segment.sequence || receiver.lastAck !== resent.end) return 0;
  // Behind data of the receiver the program closes, rather than the kernel.
  const isPure = sender.lastTimeNs === resent.timeNs && resent.timeNs < receiver.lastTimeNs && segment.acksFrame === 0;
  const waitedNs = segment.timeNs - receiver.lastTimeNs - 2 * connection.delayNs(from);
  return isPure && waitedNs < AT_ONCE_NS ? (segment.timeNs - resent.timeNs) / 2 : 0;
}
