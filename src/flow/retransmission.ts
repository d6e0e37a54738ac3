import { ACK, FIN, RST, SYN } from "../wire/tcp.ts";
import type { Packet } from "../wire/packet.ts";
import { causeOfCopy } from "./copy.ts";
import type { End, Hole } from "./end.ts";
import type { Repetitions } from "./repetitions.ts";
import { causeOf, ResentSegments } from "./resent.ts";
import type { RetransmissionCause, Segment } from "./segment.ts";
import { addSend } from "./send-times.ts";
import { less, lessOrEqual } from "./sequence.ts";

/**
 * What was really sent again, as the sending kernel counts it. Measured against
 * the kernels' own counters: "starts below the highest number already sent" is
 * right for every file captured at the sender; elsewhere segments overtake each
 * other on the way, which holes, IP identification and timestamps tell apart.
 */

/** Holes remembered for one end. */
const MAX_HOLES = 64;
/** Intervals remembered for one end. */
const MAX_INTERVALS = 64;

/**
 * Sets `retransmissionCause` of the segment that `forward` sent and counts it.
 * To be called before the analysis moves `forward.highest`. `tsval`: -1 without timestamps.
 */
export function observeRetransmission(
  segment: Segment,
  packet: Packet,
  forward: End,
  reverse: End,
  tsval: number,
): void {
  const start = segment.sequence;
  if (start === forward.highest && forward.hasHighest && (segment.flags & (SYN | FIN | RST)) === 0) {
    // In order and nothing special, as nearly every segment is.
    if (segment.payloadLength === 0) return;
    takeHighest(segment, forward, (start + segment.payloadLength) | 0, tsval);
    return;
  }
  if ((segment.flags & RST) !== 0) return;
  observeUnusual(segment, packet, forward, reverse, tsval);
}

function observeUnusual(segment: Segment, packet: Packet, forward: End, reverse: End, tsval: number): void {
  const start = segment.sequence;
  const length = segment.sequenceLength;
  const end = (start + length) | 0;
  if (isProbe(segment, forward)) {
    const copy = causeOfCopy(segment, packet, forward, tsval);
    if (copy === "") addProbe(segment, forward, reverse, tsval);
    else addCause(segment, forward, copy);
    return;
  }
  if (length === 0) {
    // An empty segment beyond it shows that something before is missing.
    if (!forward.hasHighest || less(forward.highest, start)) advanceTo(segment, forward, start, tsval);
    return;
  }
  if ((segment.flags & SYN) !== 0 && isRepeatedSyn(segment, forward)) {
    const again = (segment.flags & ACK) !== 0 ? "syn-ack" : "syn";
    addRetransmission(segment, forward, causeOfCopy(segment, packet, forward, tsval) || again, tsval);
    return;
  }
  if ((segment.flags & SYN) !== 0) {
    takeHighest(segment, forward, end, tsval);
    return;
  }
  if (!forward.hasHighest || !less(start, forward.highest)) {
    advanceTo(segment, forward, start, tsval);
    forward.highest = end;
    return;
  }
  const filled = fillHoles(forward, start, end);
  const copy = filled ? "" : causeOfCopy(segment, packet, forward, tsval);
  const cause = copy === "" ? classify(segment, forward, reverse, tsval, filled) : copy;
  if (less(forward.highest, end)) takeHighest(segment, forward, end, tsval);
  if (cause === "") return;
  addRetransmission(segment, forward, cause, tsval);
}

function addRetransmission(segment: Segment, forward: End, cause: RetransmissionCause, tsval: number): void {
  addCause(segment, forward, cause);
  if (cause === "network-duplicate" || cause === "duplicate-capture") return;
  noteResent(segment, forward, tsval);
  const own = forward.ownRepetitions();
  own.retransmissions++;
  own.retransmittedBytes += segment.payloadLength;
  const interval = addInterval(segment, forward, own);
  if ((segment.flags & SYN) !== 0) return;
  own.resends ??= new ResentSegments();
  own.resends.add({
    frame: segment.frame,
    of: segment.retransmissionOf,
    cause,
    sequence: segment.sequence,
    end: (segment.sequence + segment.sequenceLength) | 0,
    timeNs: segment.timeNs,
    intervalNs: interval,
    tsval: tsval | 0,
    hasTsval: tsval >= 0,
    proof: "",
    proofFrame: 0,
  });
}

function noteResent(segment: Segment, forward: End, tsval: number): void {
  const own = forward.ownRepetitions();
  own.resentIdentification = segment.identification;
  own.resentTsval = tsval | 0;
}

/** Counts a cause. */
export function addCause(segment: Segment, forward: End, cause: RetransmissionCause): void {
  segment.retransmissionCause = cause;
  const own = forward.ownRepetitions();
  own.causes ??= new Map();
  own.causes.set(cause, (own.causes.get(cause) ?? 0) + 1);
}

/** The end goes on at `start`; what lies between is missing in the capture. */
function advanceTo(segment: Segment, forward: End, start: number, tsval: number): void {
  if (forward.hasHighest && less(forward.highest, start)) addHole(forward, forward.highest, start);
  takeHighest(segment, forward, start, tsval);
}

/** The new highest number, with identification and timestamp of its segment to order others by. */
function takeHighest(segment: Segment, forward: End, highest: number, tsval: number): void {
  forward.hasHighest = true;
  forward.highest = highest;
  forward.highestIdentification = segment.identification;
  forward.hasHighestTsval = tsval >= 0;
  forward.highestTsval = tsval | 0;
}

/** Empty, or one byte, from one byte before the next number: a keep-alive or a probe of a closed window. */
function isProbe(segment: Segment, forward: End): boolean {
  return (
    forward.hasHighest &&
    segment.payloadLength <= 1 &&
    (segment.flags & (SYN | FIN)) === 0 &&
    segment.sequence === ((forward.highest - 1) | 0)
  );
}

function addProbe(segment: Segment, forward: End, reverse: End, tsval: number): void {
  // One byte that was never acknowledged is data sent again, not a keep-alive.
  const unacknowledged = less(reverse.lastAck, forward.highest) && segment.payloadLength === 1 && reverse.window !== 0;
  if (unacknowledged && reverse.hasSent) {
    addRetransmission(segment, forward, "rto", tsval);
    return;
  }
  noteResent(segment, forward, tsval);
  const own = forward.ownRepetitions();
  if (reverse.window === 0) {
    addCause(segment, forward, "window-probe");
    own.windowProbes = addSend(own.windowProbes, segment.timeNs, segment.frame);
  } else {
    addCause(segment, forward, "keep-alive");
    own.keepAlives = addSend(own.keepAlives, segment.timeNs, segment.frame);
  }
}

function classify(segment: Segment, forward: End, reverse: End, tsval: number, filled: boolean): RetransmissionCause {
  if (filled && isOvertaken(segment, forward, tsval)) return "";
  if (segment.payloadLength === 0) return "fin";
  const end = (segment.sequence + segment.payloadLength) | 0;
  if (reverse.hasLastAck && lessOrEqual(end, reverse.lastAck)) return "spurious";
  return causeOf(segment.sequence, end, forward, reverse);
}

/** The same SYN, or SYN-ACK, once more; a SYN-ACK after a SYN is none: both ends opened at the same time. */
function isRepeatedSyn(segment: Segment, forward: End): boolean {
  const before = (segment.flags & ACK) !== 0 ? forward.synAckSends : forward.synSends;
  return before !== undefined && before.length > 0 && forward.synBase === segment.sequence;
}

/** It fills a hole and was sent before what came earlier: overtaken on the way, not sent again. */
function isOvertaken(segment: Segment, forward: End, tsval: number): boolean {
  if (tsval >= 0 && forward.hasHighestTsval) {
    const later = (tsval - forward.highestTsval) | 0;
    if (later !== 0) return later < 0;
  }
  const gap = ((segment.identification - forward.highestIdentification) << 16) >> 16;
  if (segment.identification !== 0 && forward.highestIdentification !== 0 && gap !== 0 && Math.abs(gap) < 4096)
    return gap < 0;
  return segment.timeNs - forward.lastTimeNs < 3_000_000;
}

function setRepeated(own: Repetitions, sequence: number, timeNs: number, frame: number): void {
  own.repeatSequence = sequence;
  own.repeatFirstTimeNs = timeNs;
  own.repeatFirstFrame = frame;
  own.repeats = undefined;
}

/** Nanoseconds since what the segment repeats. */
function addInterval(segment: Segment, forward: End, own: Repetitions): number {
  const list = forward.unacknowledged;
  let before = forward.lastTimeNs;
  if (list !== undefined) {
    for (let i = list.length - 1; i >= 0; i--) {
      if (lessOrEqual(list.start(i), segment.sequence) && less(segment.sequence, list.end(i))) {
        before = list.timeNs(i);
        segment.retransmissionOf = list.frame(i);
        break;
      }
    }
  }
  if (own.retransmissionIntervals.length === 0) own.retransmissionIntervals = [];
  if (own.retransmissionIntervals.length < MAX_INTERVALS) own.retransmissionIntervals.push(segment.timeNs - before);
  if ((segment.flags & SYN) !== 0) return segment.timeNs - before;
  if (own.repeatSequence !== segment.sequence || own.repeatFirstFrame === 0) {
    setRepeated(own, segment.sequence, before, segment.retransmissionOf);
  }
  own.repeats = addSend(own.repeats, segment.timeNs, segment.frame);
  return segment.timeNs - before;
}

function addHole(forward: End, start: number, end: number): void {
  if (forward.holes.length === 0) forward.holes = [];
  if (forward.holes.length < MAX_HOLES) forward.holes.push({ start, end });
}

/** Takes [start, end) out of the holes; whether any of it was one. */
function fillHoles(forward: End, start: number, end: number): boolean {
  if (forward.holes.length === 0) return false;
  let filled = false;
  const left: Hole[] = [];
  for (const hole of forward.holes) {
    if (lessOrEqual(hole.end, start) || lessOrEqual(end, hole.start)) {
      left.push(hole);
      continue;
    }
    filled = true;
    if (less(hole.start, start)) left.push({ start: hole.start, end: start });
    if (less(end, hole.end)) left.push({ start: end, end: hole.end });
  }
  if (filled) forward.holes = left;
  return filled;
}
