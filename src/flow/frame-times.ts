/** Frames whose times are kept; a power of two. */
const CAPACITY = 65_536;

/**
 * When the latest frames were captured, to the nanosecond: times counted from
 * the first frame lose the last digits in a capture that spans months.
 */
export class FrameTimes {
  readonly #frames: Float64Array = new Float64Array(CAPACITY);
  readonly #seconds: Float64Array = new Float64Array(CAPACITY);
  readonly #nanoseconds: Float64Array = new Float64Array(CAPACITY);
  #now = 0;

  /** The next frame. */
  add(frame: number, seconds: number, nanoseconds: number): void {
    const slot = frame & (CAPACITY - 1);
    this.#frames[slot] = frame;
    this.#seconds[slot] = seconds;
    this.#nanoseconds[slot] = nanoseconds;
    this.#now = slot;
  }

  /** From `frame` to the latest one, in nanoseconds; `otherwise` when it is no longer kept. */
  since(frame: number, otherwise: number): number {
    const slot = frame & (CAPACITY - 1);
    if (this.#frames[slot] !== frame) return otherwise;
    const now = this.#now;
    return (this.#seconds[now]! - this.#seconds[slot]!) * 1e9 + (this.#nanoseconds[now]! - this.#nanoseconds[slot]!);
  }
}
