import { ACK, RST, SYN } from "../wire/tcp.ts";
import { ANALYSIS_REUSED_PORTS } from "./analysis.ts";
import type { End } from "./end.ts";
import type { Segment } from "./segment.ts";

/**
 * The numbers of both ends that every room of this folder uses: where relative
 * numbers count from, the last window and acknowledgment, what is not acknowledged yet.
 */

/** Relative numbers start at 0 with a SYN, at 1 otherwise. */
export function setBases(segment: Segment, forward: End, reverse: End): void {
  if (!forward.hasBase) {
    forward.hasBase = true;
    forward.base = (segment.flags & SYN) !== 0 ? segment.sequence : (segment.sequence - 1) | 0;
  } else if ((segment.flags & (SYN | ACK)) === (SYN | ACK) && forward.base !== segment.sequence) {
    forward.base = segment.sequence;
    segment.analysis |= ANALYSIS_REUSED_PORTS;
  }
  if (!reverse.hasBase && (segment.flags & ACK) !== 0) {
    reverse.hasBase = true;
    reverse.base = (segment.acknowledgment - 1) | 0;
  }
  segment.forwardBase = forward.base;
  segment.reverseBase = reverse.base;
}

/** Takes over what has to be acknowledged. */
export function keepSent(segment: Segment, forward: End): void {
  const length = segment.sequenceLength;
  if (length === 0) return;
  forward.unacknowledgedList().add(segment.sequence, (segment.sequence + length) | 0, segment.frame, segment.timeNs);
}

/** Takes over window and acknowledgment. */
export function remember(segment: Segment, forward: End): void {
  if (!forward.hasAcknowledged(segment)) {
    forward.repeatedAcks = 0;
    forward.lastAck = segment.acknowledgment;
  } else if (
    segment.sequenceLength === 0 &&
    segment.window === forward.window &&
    (segment.flags & (RST | ACK)) === ACK
  ) {
    forward.repeatedAcks++;
  }
  forward.hasLastAck = (segment.flags & ACK) !== 0 || segment.acknowledgment !== 0;
  if ((segment.flags & RST) !== 0 && forward.rstSent === 0) forward.windowBeforeReset = forward.window;
  forward.window = segment.window;
  forward.windowOfSyn = (segment.flags & SYN) !== 0;
}

/** Takes out of the other end's list what the segment acknowledges, and measures the round trip. */
export function acknowledge(segment: Segment, reverse: End): void {
  const theirs = reverse.unacknowledged;
  if (theirs === undefined || theirs.length === 0) return;
  theirs.acknowledge(segment.acknowledgment);
  if (theirs.matchedFrame > 0) {
    segment.acksFrame = theirs.matchedFrame;
    segment.ackRttNs = segment.timeNs - theirs.matchedTimeNs;
  }
}
