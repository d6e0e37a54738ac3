/** Frames whose times are kept, at first and at most; powers of two. */
const FIRST_CAPACITY = 256;
const CAPACITY = 65_536;

/** Numbers of each: frame, seconds, nanoseconds. */
const FIELDS = 3;

/**
 * When the latest frames were captured, to the nanosecond: times counted from
 * the first frame lose the last digits in a capture that spans months.
 */
export class FrameTimes {
  #capacity = FIRST_CAPACITY;
  #kept: Float64Array = new Float64Array(FIELDS * FIRST_CAPACITY);
  #now = 0;

  /** The next frame. */
  add(frame: number, seconds: number, nanoseconds: number): void {
    if (frame >= this.#capacity && this.#capacity < CAPACITY) this.#grow(frame);
    const at = this.#placeOf(frame);
    this.#kept[at] = frame;
    this.#kept[at + 1] = seconds;
    this.#kept[at + 2] = nanoseconds;
    this.#now = at;
  }

  /** From `frame` to the latest one, in nanoseconds; `otherwise` when it is no longer kept. */
  since(frame: number, otherwise: number): number {
    const kept = this.#kept;
    const at = this.#placeOf(frame);
    if (kept[at] !== frame) return otherwise;
    return (kept[this.#now + 1]! - kept[at + 1]!) * 1e9 + (kept[this.#now + 2]! - kept[at + 2]!);
  }

  #placeOf(frame: number): number {
    return FIELDS * (frame & (this.#capacity - 1));
  }

  /** Until `frame` has a place of its own, if it can. */
  #grow(frame: number): void {
    const before = this.#kept;
    while (this.#capacity <= frame && this.#capacity < CAPACITY) this.#capacity *= 2;
    this.#kept = new Float64Array(FIELDS * this.#capacity);
    for (let at = 0; at < before.length; at += FIELDS) {
      this.#kept.set(before.subarray(at, at + FIELDS), this.#placeOf(before[at]!));
    }
  }
}
