import { less, lessOrEqual } from "./sequence.ts";

/** Stretches that are missing, remembered at most. */
const MAX_HOLES = 64;

/** Which sequence numbers one end has sent: all up to a highest one, but for holes. */
export class SequenceSpace {
  #begun = false;
  #highest = 0;
  /** Start and end of each hole, in order. */
  #holes: number[] = [];

  /** Takes in [start, end); how many of its numbers are new. */
  add(start: number, end: number): number {
    if (!this.#begun) {
      this.#begun = true;
      this.#highest = end;
      return (end - start) >>> 0;
    }
    const filled = this.#holes.length === 0 ? 0 : this.#fill(start, end);
    if (lessOrEqual(end, this.#highest)) return filled;
    const from = less(start, this.#highest) ? this.#highest : start;
    if (from !== this.#highest && this.#holes.length < 2 * MAX_HOLES) this.#holes.push(this.#highest, from);
    this.#highest = end;
    return filled + ((end - from) >>> 0);
  }

  #fill(start: number, end: number): number {
    let filled = 0;
    const left: number[] = [];
    for (let i = 0; i < this.#holes.length; i += 2) {
      const low = this.#holes[i]!;
      const high = this.#holes[i + 1]!;
      const from = less(low, start) ? start : low;
      const to = less(end, high) ? end : high;
      if (!less(from, to)) {
        left.push(low, high);
        continue;
      }
      filled += (to - from) >>> 0;
      if (less(low, from)) left.push(low, from);
      if (less(to, high)) left.push(to, high);
    }
    this.#holes = left;
    return filled;
  }

  /** Highest number that was sent, plus one. */
  get highest(): number {
    return this.#highest;
  }

  get isEmpty(): boolean {
    return !this.#begun;
  }
}
