import { NEVER } from "./time.ts";

/** A clock that goes back by this was set; less is packets out of their order. */
const STEP_NS = 1_000_000_000;
/** Ticks from which the rate of an end's timestamps is known well enough. */
const ENOUGH_TICKS = 100;
/** A step is noticed above this share of the time that passed. */
const TOLERANCE = 0.1;
/** Steps remembered. */
const MAX_STEPS = 8;

/** A jump of the capture's clock. */
export interface ClockStep {
  readonly frame: number;
  /** By how much, in nanoseconds; negative: back. */
  readonly ns: number;
  /** How it shows: time goes back, or the end's own timestamps say otherwise. */
  readonly by: "order" | "timestamps";
}

/** One end's timestamps (RFC 7323) as a clock beside that of the capture. */
class TimestampClock {
  #firstNs: number = NEVER;
  #firstValue = 0;
  #lastNs = 0;
  #lastValue = 0;

  /** How much more time has passed by the capture than by the timestamps since the segment before, in nanoseconds. */
  observe(tsval: number, timeNs: number): number {
    if (this.#firstNs === NEVER) {
      this.#begin(tsval, timeNs);
      return 0;
    }
    const passed = timeNs - this.#lastNs;
    const ticks = (tsval - this.#lastValue) | 0;
    const known = (this.#lastValue - this.#firstValue) | 0;
    const rate = known / (this.#lastNs - this.#firstNs);
    this.#lastNs = timeNs;
    this.#lastValue = tsval;
    if (known < ENOUGH_TICKS || !(rate > 0) || ticks < 0) return 0;
    const surplus = passed - ticks / rate;
    if (Math.abs(surplus) < STEP_NS + TOLERANCE * Math.abs(passed)) return 0;
    this.#begin(tsval, timeNs);
    return surplus;
  }

  #begin(tsval: number, timeNs: number): void {
    this.#firstNs = timeNs;
    this.#firstValue = tsval;
    this.#lastNs = timeNs;
    this.#lastValue = tsval;
  }
}

/** What is wrong with the times of a connection's frames. */
export class CaptureClock {
  /** Segments that were captured before the one in front of them in the capture. */
  outOfOrder = 0;
  /** The furthest of them, in nanoseconds, and the first frame. */
  furthestBackNs = 0;
  firstOutOfOrderFrame = 0;
  readonly steps: ClockStep[] = [];
  #lastNs: number = NEVER;
  readonly #ends = [new TimestampClock(), new TimestampClock()] as const;

  /** `tsval`: -1 without timestamps. */
  observe(from: 0 | 1, frame: number, timeNs: number, tsval: number): void {
    const back = this.#lastNs - timeNs;
    this.#lastNs = timeNs;
    if (back >= STEP_NS) this.#add({ frame, ns: -back, by: "order" });
    else if (back > 0) this.#noteOrder(frame, back);
    if (tsval < 0) return;
    const surplus = this.#ends[from].observe(tsval, timeNs);
    const isKnown = this.steps.some((step) => Math.abs(step.ns - surplus) < Math.abs(surplus) * TOLERANCE);
    if (surplus !== 0 && !isKnown) this.#add({ frame, ns: surplus, by: "timestamps" });
  }

  #noteOrder(frame: number, back: number): void {
    if (this.outOfOrder++ === 0) this.firstOutOfOrderFrame = frame;
    this.furthestBackNs = Math.max(this.furthestBackNs, back);
  }

  #add(step: ClockStep): void {
    if (this.steps.length < MAX_STEPS) this.steps.push(step);
  }
}
