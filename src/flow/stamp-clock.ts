import type { Connection } from "./connection.ts";
import type { End } from "./end.ts";
import type { Segment } from "./segment.ts";
import { matchStack } from "./stack.ts";
import type { EndIndex } from "./states.ts";
import { NEVER, NO_TIME } from "./time.ts";

/** Linux counts milliseconds in its timestamps (since 4.13 with any HZ; RFC 7323 section 5.4 allows 1 ms to 1 s). */
const TICK_NS = 1_000_000;
/** Fewer ticks do not tell how fast the clock runs. */
const ENOUGH_TICKS = 10;
/** A clock of milliseconds: delays make its rate differ by less than this share. No other clock in use comes so near. */
const TOLERANCE = 0.4;
/** Two clocks drift apart by less than a millisecond (100 ppm) in this time, in nanoseconds. */
const STEADY_NS = 10_000_000_000;
/** A tick, and what a host needs to send a segment: less is no delay on the way. In nanoseconds. */
const NOTICEABLE_NS = 2_000_000;

/**
 * How much longer than the fastest of its sender the segment was on its way to the capture point, in nanoseconds: by the
 * sender's timestamps, which it sets when it sends. 0: not noticeably, or not to be told. When it is itself the fastest, those before it were late:
 * what they showed is dated back. To be called for each segment that may change a state, and for no other.
 */
export function latenessNs(segment: Segment, connection: Connection, from: EndIndex): number {
  if (!segment.hasTimestamps) return 0;
  const sender = connection.ends[from];
  const { timeNs, tsval } = segment;
  if (sender.stampFirstNs === NEVER || timeNs - sender.stampFirstNs > STEADY_NS) {
    begin(sender, tsval, timeNs);
    return 0;
  }
  const ticks = (tsval - sender.stampValue) | 0;
  const passedNs = timeNs - sender.stampFirstNs;
  if (ticks < ENOUGH_TICKS || !isMilliseconds(ticks * TICK_NS, passedNs)) return 0;
  const lateness = passedNs - ticks * TICK_NS - sender.stampFastestNs;
  if (Math.abs(lateness) <= NOTICEABLE_NS || !readsItsClock(sender)) return 0;
  if (lateness > 0) return lateness;
  connection.transitions.dateBack(from, -lateness, sender.stampFirstNs + sender.stampFastestNs);
  sender.stampFastestNs += lateness;
  return 0;
}

/** When the segment with this timestamp of `end` passed, at the latest a tick before it did; `NEVER`: not to be told. */
export function stampTimeNs(end: End, tsval: number, nowNs: number): number {
  if (end.stampFirstNs === NEVER || nowNs - end.stampFirstNs > STEADY_NS) return NEVER;
  return end.stampFirstNs + end.stampFastestNs + ((tsval - end.stampValue) | 0) * TICK_NS;
}

function begin(sender: End, tsval: number, timeNs: number): void {
  sender.stampValue = tsval;
  sender.stampFirstNs = timeNs;
  sender.stampFastestNs = NO_TIME;
}

/** Linux reads its clock for each segment, others do so at times only (macOS falls 40 ms behind). */
function readsItsClock(end: End): boolean {
  return matchStack(end)?.signature.family === "linux";
}

function isMilliseconds(ticksNs: number, passedNs: number): boolean {
  return Math.abs(ticksNs - passedNs) < TOLERANCE * Math.max(ticksNs, passedNs);
}
