import { lessOrEqual } from "./sequence.ts";

/** Segments remembered for one end: as many as Wireshark's analysis keeps. */
const MAX_SEGMENTS = 10_000;

// Fields of a segment in the packed list.
const START = 0;
const END = 1;
const FRAME = 2;
const TIME = 3;
const FIELDS = 4;

/** Segments of one end that the other has not acknowledged, oldest first; packed, so that the usual few lie in one place. */
export class UnacknowledgedSegments {
  length = 0;
  readonly #packed: number[] = [];

  /** [start, end) in sequence numbers; SYN and FIN count. */
  add(start: number, end: number, frame: number, timeNs: number): void {
    if (this.length >= MAX_SEGMENTS) return;
    this.#set(this.length++, start, end, frame, timeNs);
  }

  #set(index: number, start: number, end: number, frame: number, timeNs: number): void {
    const packed = this.#packed;
    const at = index * FIELDS;
    packed[at + START] = start;
    packed[at + END] = end;
    packed[at + FRAME] = frame;
    packed[at + TIME] = timeNs;
  }

  start(index: number): number {
    return this.#packed[index * FIELDS + START]! | 0;
  }

  end(index: number): number {
    return this.#packed[index * FIELDS + END]! | 0;
  }

  frame(index: number): number {
    return this.#packed[index * FIELDS + FRAME]!;
  }

  /** Nanoseconds since the first frame of the capture. */
  timeNs(index: number): number {
    return this.#packed[index * FIELDS + TIME]!;
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
      const end = this.end(i);
      if (lessOrEqual(end, acknowledgment)) {
        if (end === acknowledgment && !matched) {
          matched = true;
          frame = this.frame(i);
          timeNs = this.timeNs(i);
        }
        continue;
      }
      const start = this.start(i);
      const rest = lessOrEqual(acknowledgment, start) ? start : acknowledgment;
      if (kept !== i || rest !== start) this.#set(kept, rest, end, this.frame(i), this.timeNs(i));
      kept++;
    }
    this.length = kept;
    if (!matched) return -1;
    this.#set(kept, acknowledgment, acknowledgment, frame, timeNs);
    return kept;
  }

  /** Bytes from the lowest start to the highest end, or 0 when there is nothing. */
  bytesInFlight(base: number): number {
    let low = 0xffffffff;
    let high = 0;
    for (let i = 0; i < this.length; i++) {
      low = Math.min(low, (this.start(i) - base) >>> 0);
      high = Math.max(high, (this.end(i) - base) >>> 0);
    }
    // Below the base numbers wrap.
    return this.length === 0 ? 0 : (high - low) >>> 0;
  }
}
