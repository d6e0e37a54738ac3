const FIRST_CAPACITY = 1024;

/** Small integers (slots of a table) in the order of their last use: a list through typed arrays. */
export class Recency {
  /** The slot that was used last, and the one that was not used for longest; -1: none. */
  newest = -1;
  oldest = -1;
  #older: Int32Array = new Int32Array(FIRST_CAPACITY);
  #newer: Int32Array = new Int32Array(FIRST_CAPACITY);

  /** The slot that was used just before `slot`, or -1. */
  olderThan(slot: number): number {
    return this.#older[slot]!;
  }

  /** Adds a slot that is not in the list, as the newest. */
  add(slot: number): void {
    if (slot >= this.#older.length) {
      this.#older = enlarged(this.#older);
      this.#newer = enlarged(this.#newer);
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
