const FIRST_CAPACITY = 1024;

/** A slot is moved to the newest place again only after so many uses of any, fewer in a small table: who is idle for longest need not be exact. */
const MAX_TOUCH_INTERVAL = 4096;

/** Small integers (slots of a table) in the order of their last use: a list through typed arrays. */
export class Recency {
  /** The slot that was used last, and the one that was not used for longest; -1: none. */
  newest = -1;
  oldest = -1;
  #older: Int32Array = new Int32Array(FIRST_CAPACITY);
  #newer: Int32Array = new Int32Array(FIRST_CAPACITY);
  /** Number of the use, over all slots, at which a slot was last moved; modulo 2^32. */
  #touched: Int32Array = new Int32Array(FIRST_CAPACITY);
  #clock = 0;
  readonly #touchInterval: number;

  /** `max`: how many slots there are at most. */
  constructor(max: number) {
    this.#touchInterval = Math.min(MAX_TOUCH_INTERVAL, max >> 3);
  }

  /** Notes the use of a slot of the list; it is moved only when that was long ago. */
  touch(slot: number): void {
    this.#clock = (this.#clock + 1) | 0;
    if (((this.#clock - this.#touched[slot]!) | 0) > this.#touchInterval) {
      this.#touched[slot] = this.#clock;
      this.use(slot);
    }
  }

  /** The slot that was used just before `slot`, or -1. */
  olderThan(slot: number): number {
    return this.#older[slot]!;
  }

  /** Adds a slot that is not in the list, as the newest. */
  add(slot: number): void {
    if (slot >= this.#older.length) {
      this.#older = enlarged(this.#older);
      this.#newer = enlarged(this.#newer);
      this.#touched = enlarged(this.#touched);
    }
    this.#older[slot] = this.newest;
    this.#newer[slot] = -1;
    if (this.newest >= 0) this.#newer[this.newest] = slot;
    else this.oldest = slot;
    this.newest = slot;
  }

  remove(slot: number): void {
    const older = this.#older[slot]!;
    const newer = this.#newer[slot]!;
    if (older >= 0) this.#newer[older] = newer;
    else this.oldest = newer;
    if (newer >= 0) this.#older[newer] = older;
    else this.newest = older;
  }

  /** Makes a slot of the list the newest. */
  use(slot: number): void {
    if (slot === this.newest) return;
    this.remove(slot);
    this.add(slot);
  }

  clear(): void {
    this.newest = -1;
    this.oldest = -1;
  }
}

function enlarged(numbers: Int32Array): Int32Array {
  const larger = new Int32Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}
