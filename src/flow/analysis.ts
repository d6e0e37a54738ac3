import { ACK, FIN, RST, SYN } from "../wire/tcp.ts";
import type { Connection } from "./connection.ts";
import type { End } from "./end.ts";
import type { Segment } from "./segment.ts";
import { less, lessOrEqual } from "./sequence.ts";

/**
 * Sequence analysis in Wireshark's names, compatible with Wireshark 4.0: what a
 * reader of both tools sees is the same, its defects included. What really
 * happened is told by `retransmission.ts`.
 */

// One bit a flag; `ANALYSIS_NAMES` lists them in this order.
export const ANALYSIS_RETRANSMISSION = 0x1;
export const ANALYSIS_FAST_RETRANSMISSION = 0x2;
export const ANALYSIS_SPURIOUS_RETRANSMISSION = 0x4;
export const ANALYSIS_OUT_OF_ORDER = 0x8;
export const ANALYSIS_DUPLICATE_ACK = 0x10;
export const ANALYSIS_LOST_SEGMENT = 0x20;
export const ANALYSIS_ACK_LOST_SEGMENT = 0x40;
export const ANALYSIS_ZERO_WINDOW = 0x80;
export const ANALYSIS_WINDOW_FULL = 0x100;
export const ANALYSIS_WINDOW_UPDATE = 0x200;
export const ANALYSIS_KEEP_ALIVE = 0x400;
export const ANALYSIS_KEEP_ALIVE_ACK = 0x800;
export const ANALYSIS_ZERO_WINDOW_PROBE = 0x1000;
export const ANALYSIS_ZERO_WINDOW_PROBE_ACK = 0x2000;
export const ANALYSIS_REUSED_PORTS = 0x4000;

export const ANALYSIS_NAMES: readonly string[] = [
  "retransmission",
  "fastRetransmission",
  "spuriousRetransmission",
  "outOfOrder",
  "duplicateAck",
  "lostSegment",
  "ackLostSegment",
  "zeroWindow",
  "windowFull",
  "windowUpdate",
  "keepAlive",
  "keepAliveAck",
  "zeroWindowProbe",
  "zeroWindowProbeAck",
  "reusedPorts",
];

/** A retransmission is fast when it follows the acknowledgment by less. */
const FAST_RETRANSMISSION_NS = 20_000_000;
/** A segment behind the highest one by less is out of order, while the initial round-trip time is not known. */
const OUT_OF_ORDER_NS = 3_000_000;
/** More bytes than that are not in flight: the numbers do not belong together. */
const MAX_IN_FLIGHT = 2_000_000_000;

const NEVER_PURE = SYN | FIN | RST;

/**
 * Analyses the segment that `forward` sent. To be called after `setBases` and
 * before `remember` and `acknowledge` (numbers.ts) move the shared numbers on.
 */
export function analyse(segment: Segment, connection: Connection, forward: End, reverse: End): void {
  const names = forward.ownNames();
  if ((segment.flags & ACK) !== 0) reverse.ownNames().inFlightValid = true;
  // A repeated SYN takes back what lies behind a hole.
  if ((segment.flags & (SYN | ACK)) === SYN && names.hasContiguous) names.next = names.contiguous;
  if (isZeroWindowProbe(segment, forward, reverse)) {
    segment.analysis |= ANALYSIS_ZERO_WINDOW_PROBE;
  } else {
    checkForward(segment, forward, reverse);
  }
  checkAcknowledgment(segment, forward, reverse);
  if (segment.payloadLength > 0 || (segment.flags & (SYN | FIN)) !== 0) {
    checkRepetition(segment, connection, forward, reverse);
  }
  moveOn(segment, forward);
}

/** What can be told only after `acknowledge`. */
export function conclude(segment: Segment, connection: Connection, forward: End, reverse: End): void {
  if (segment.payloadLength > 0 && forward.names.inFlightValid && forward.unacknowledged !== undefined) {
    let bytes = forward.unacknowledged.bytesInFlight(forward.base);
    bytes -= segment.sequenceLength - segment.payloadLength;
    for (let i = 0; i < reverse.sackBlocks; i++)
      bytes -= (reverse.sackEdges[2 * i + 1]! - reverse.sackEdges[2 * i]!) >>> 0;
    segment.isAnalysed = true;
    if (bytes > 0 && bytes < MAX_IN_FLIGHT) segment.bytesInFlight = bytes;
  }
  timeHandshake(segment, connection);
  if (segment.analysis !== 0 || segment.acksFrame > 0) segment.isAnalysed = true;
}

/** From the latest SYN to the first segment with ACK that is not a SYN, whoever sends it. */
function timeHandshake(segment: Segment, connection: Connection): void {
  if ((segment.flags & (SYN | ACK)) === SYN) connection.lastSynTimeNs = segment.timeNs;
  if (
    (segment.flags & (SYN | ACK)) !== ACK ||
    connection.analysisInitialRttNs !== 0 ||
    connection.lastSynTimeNs === Number.NEGATIVE_INFINITY
  )
    return;
  connection.analysisInitialRttNs = segment.timeNs - connection.lastSynTimeNs;
}

function isZeroWindowProbe(segment: Segment, forward: End, reverse: End): boolean {
  return (
    segment.payloadLength === 1 &&
    forward.names.hasNext &&
    segment.sequence === forward.names.next &&
    reverse.window === 0
  );
}

/** Window, gaps, keep-alives and duplicate acknowledgments: what the sender's own numbers tell. */
function checkForward(segment: Segment, forward: End, reverse: End): void {
  const names = forward.ownNames();
  const pure = (segment.flags & NEVER_PURE) === 0;
  if (segment.window === 0 && pure) segment.analysis |= ANALYSIS_ZERO_WINDOW;
  if (names.hasNext && less(names.next, segment.sequence) && (segment.flags & RST) === 0) {
    segment.analysis |= ANALYSIS_LOST_SEGMENT;
    names.inFlightValid = false;
  }
  if (!pure) return;
  if (isKeepAlive(segment, forward)) segment.analysis |= ANALYSIS_KEEP_ALIVE;
  if (isWindowFull(segment, reverse)) segment.analysis |= ANALYSIS_WINDOW_FULL;
  if (segment.payloadLength > 0 || segment.sequence !== names.next) return;
  checkEmpty(segment, forward, reverse);
}

function isKeepAlive(segment: Segment, forward: End): boolean {
  return segment.payloadLength <= 1 && segment.sequence === ((forward.names.next - 1) | 0);
}

/** The data reaches exactly to the edge of the window that the other end offers; only when its scale is known. */
function isWindowFull(segment: Segment, reverse: End): boolean {
  if (segment.payloadLength === 0 || reverse.windowScale === -1) return false;
  const shift = reverse.windowScale < 0 || reverse.windowOfSyn ? 0 : reverse.windowScale;
  const edge = (reverse.lastAck + (reverse.window << shift)) | 0;
  return ((segment.sequence + segment.payloadLength) | 0) === edge;
}

/** An empty segment at the next sequence number: window update, answer to a probe, or duplicate acknowledgment. */
function checkEmpty(segment: Segment, forward: End, reverse: End): void {
  const names = forward.ownNames();
  const sameAck = forward.hasAcknowledged(segment);
  const sameWindow = segment.window === forward.window;
  if (sameAck && !sameWindow && segment.window !== 0) segment.analysis |= ANALYSIS_WINDOW_UPDATE;
  if (!sameWindow) return;
  if (segment.window === 0) {
    const probed = (reverse.names.lastAnalysis & ANALYSIS_ZERO_WINDOW_PROBE) !== 0;
    if (probed && sameAck) segment.analysis |= ANALYSIS_ZERO_WINDOW_PROBE_ACK;
    return;
  }
  if (!sameAck) return;
  if ((reverse.names.lastAnalysis & ANALYSIS_KEEP_ALIVE) !== 0) {
    segment.analysis |= ANALYSIS_KEEP_ALIVE_ACK;
    return;
  }
  segment.analysis |= ANALYSIS_DUPLICATE_ACK;
  segment.duplicateAckNumber = ++names.duplicateAcks;
  segment.duplicateAckFrame = names.lastNonDuplicateAckFrame;
}

function checkAcknowledgment(segment: Segment, forward: End, reverse: End): void {
  const names = forward.ownNames();
  const theirs = reverse.ownNames();
  if (!forward.hasAcknowledged(segment)) {
    names.lastNonDuplicateAckFrame = segment.frame;
    names.duplicateAcks = 0;
  }
  if ((segment.flags & ACK) === 0 || !theirs.hasContiguous || !less(theirs.contiguous, segment.acknowledgment)) return;
  segment.isAnalysed = true;
  if (theirs.contiguous === theirs.next) {
    // Told once, until the other end acknowledges something.
    const told = theirs.lossTold || theirs.duplicateAcks > 0;
    theirs.lossTold = true;
    theirs.duplicateAcks = 0;
    if (told) return;
  }
  segment.analysis |= ANALYSIS_ACK_LOST_SEGMENT;
  theirs.contiguous = theirs.next;
}

/** Data, SYN or FIN: is it a repetition, and of which kind? */
function checkRepetition(segment: Segment, connection: Connection, forward: End, reverse: End): void {
  if ((segment.analysis & ANALYSIS_KEEP_ALIVE) !== 0) return;
  const end = (segment.sequence + segment.payloadLength) | 0;
  // More than one byte from one byte back follows a window probe and brings something new.
  const followsProbe = segment.payloadLength > 1 && ((forward.names.next - 1) | 0) === segment.sequence;
  const advanced = !forward.names.hasNext || !less(segment.sequence, forward.names.next) || followsProbe;
  if (segment.payloadLength > 0 && reverse.hasLastAck && lessOrEqual(end, reverse.lastAck)) {
    segment.analysis |= ANALYSIS_SPURIOUS_RETRANSMISSION | ANALYSIS_RETRANSMISSION;
    return;
  }
  if (advanced) return;
  if (isFastRetransmission(segment, reverse)) {
    segment.analysis |= ANALYSIS_FAST_RETRANSMISSION | ANALYSIS_RETRANSMISSION;
  } else if (isOutOfOrder(segment, connection, forward, end)) {
    segment.analysis |= ANALYSIS_OUT_OF_ORDER;
  } else {
    segment.analysis |= ANALYSIS_RETRANSMISSION;
    setRto(segment, forward);
  }
}

/** The segment that two duplicate acknowledgments, or one of something unseen, have just asked for. */
function isFastRetransmission(segment: Segment, reverse: End): boolean {
  const since = segment.timeNs - reverse.lastTimeNs;
  const asked = reverse.hasLastAck && (reverse.names.duplicateAcks >= 2 || reverse.names.lossTold);
  return asked && segment.sequence === reverse.lastAck && since >= 0 && since < FAST_RETRANSMISSION_NS;
}

function isOutOfOrder(segment: Segment, connection: Connection, forward: End, end: number): boolean {
  const threshold = connection.analysisInitialRttNs === 0 ? OUT_OF_ORDER_NS : connection.analysisInitialRttNs;
  const occupies = (segment.flags & (SYN | FIN)) !== 0 ? 1 : 0;
  const since = segment.timeNs - forward.names.nextTimeNs;
  return since >= 0 && since < threshold && forward.names.next !== ((end + occupies) | 0);
}

/** From the oldest unacknowledged segment, else from the one with the highest end. */
function setRto(segment: Segment, forward: End): void {
  const list = forward.unacknowledged;
  if (list !== undefined && list.length > 0) {
    segment.rtoFrame = list.frame(0);
    segment.rtoNs = segment.timeNs - list.timeNs(0);
  } else {
    segment.rtoFrame = forward.names.nextFrame;
    segment.rtoNs = segment.timeNs - forward.names.nextTimeNs;
  }
}

function moveOn(segment: Segment, forward: End): void {
  const names = forward.ownNames();
  // SYN and FIN in one segment are counted once.
  const next = (segment.sequence + segment.payloadLength + ((segment.flags & (SYN | FIN)) === 0 ? 0 : 1)) | 0;
  const probe = (segment.analysis & ANALYSIS_ZERO_WINDOW_PROBE) !== 0;
  if (!probe && (!names.hasNext || less(names.next, next))) {
    // A reset without a number of its own shows nothing.
    names.hasNext = (segment.flags & RST) === 0 || next !== 0;
    names.next = next;
    names.nextFrame = segment.frame;
    names.nextTimeNs = segment.timeNs;
  }
  if (!probe && (!names.hasContiguous || segment.sequence === names.contiguous)) {
    names.hasContiguous = names.hasNext;
    names.contiguous = names.next;
  }
  if (!forward.hasAcknowledged(segment)) names.lossTold = false;
  names.lastAnalysis = segment.analysis;
}
