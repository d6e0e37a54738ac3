import { lessOrEqual } from "./sequence.ts";

/** Segments remembered for one end: as many as Wireshark's analysis keeps. */
const MAX_SEGMENTS = 10_000;
const FIRST_CAPACITY = 8;

/** Segments of one end that the other has not acknowledged, oldest first. */
export class UnacknowledgedSegments {
  length = 0;
  /** First sequence number, and one past the last (SYN and FIN count), of each. */
  starts: Int32Array = new Int32Array(FIRST_CAPACITY);
  ends: Int32Array = new Int32Array(FIRST_CAPACITY);
  frames: Int32Array = new Int32Array(FIRST_CAPACITY);
  /** Nanoseconds since the first frame of the capture. */
  times: Float64Array = new Float64Array(FIRST_CAPACITY);

  add(start: number, end: number, frame: number, timeNs: number): void {
    if (this.length >= MAX_SEGMENTS) return;
    if (this.length === this.starts.length) this.#grow();
    const index = this.length++;
    this.starts[index] = start;
    this.ends[index] = end;
    this.frames[index] = frame;
    this.times[index] = timeNs;
  }

  #grow(): void {
    const capacity = 2 * this.length;
    const enlarge = (old: Int32Array): Int32Array => {
      const larger = new Int32Array(capacity);
      larger.set(old);
      return larger;
    };
    this.starts = enlarge(this.starts);
    this.ends = enlarge(this.ends);
    this.frames = enlarge(this.frames);
    const times = new Float64Array(capacity);
    times.set(this.times);
    this.times = times;
  }

  /** Whether one remembered segment holds all of [start, end). */
  holds(start: number, end: number): boolean {
    for (let i = this.length - 1; i >= 0; i--) {
      if (lessOrEqual(this.starts[i]!, start) && lessOrEqual(end, this.ends[i]!)) return true;
    }
    return false;
  }

  /** Index of the oldest segment that starts at or after `start`, or -1. */
  oldestFrom(start: number): number {
    for (let i = 0; i < this.length; i++) if (lessOrEqual(start, this.starts[i]!)) return i;
    return -1;
  }

  /**
   * Takes out what `acknowledgment` covers; a segment that it covers in part keeps
   * its rest. Returns the index of the oldest one that ends exactly there, whose
   * frame and time stay readable there until the next `add`, or -1.
   */
  acknowledge(acknowledgment: number): number {
    let kept = 0;
    let frame = 0;
    let timeNs = 0;
    let matched = false;
    for (let i = 0; i < this.length; i++) {
      const end = this.ends[i]!;
      if (end === acknowledgment) {
        if (!matched) {
          matched = true;
          frame = this.frames[i]!;
          timeNs = this.times[i]!;
        }
        continue;
      }
      if (lessOrEqual(end, acknowledgment)) continue;
      let start = this.starts[i]!;
      if (!lessOrEqual(acknowledgment, start)) start = acknowledgment;
      this.starts[kept] = start;
      this.ends[kept] = end;
      this.frames[kept] = this.frames[i]!;
      this.times[kept] = this.times[i]!;
      kept++;
    }
    this.length = kept;
    if (!matched) return -1;
    if (kept === this.starts.length) this.#grow();
    this.frames[kept] = frame;
    this.times[kept] = timeNs;
    return kept;
  }

  /** Bytes from the lowest start to the highest end, or 0 when there is nothing. */
  bytesInFlight(base: number): number {
    if (this.length === 0) return 0;
    let low = 0xffffffff;
    let high = 0;
    for (let i = 0; i < this.length; i++) {
      low = Math.min(low, (this.starts[i]! - base) >>> 0);
      high = Math.max(high, (this.ends[i]! - base) >>> 0);
    }
    return high - low;
  }
}
