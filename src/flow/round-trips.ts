/** Lists whose sums lie side by side. */
const CHUNK = 256;

// Sums of one list.
const COUNT = 0;
const SUM = 1;
const SQUARES = 2;
const MINIMUM = 3;
const MAXIMUM = 4;
const FIELDS = 5;

let chunk: Float64Array = new Float64Array(CHUNK * FIELDS);
let used = 0;

/**
 * Round trips of what one end sent, as sums, in nanoseconds. The sums are in
 * typed arrays that a few lists share: as plain fields each would be a heap
 * object of its own, in as many cache lines.
 */
export class RoundTrips {
  readonly #sums: Float64Array;
  readonly #at: number;

  constructor() {
    if (used === CHUNK) {
      chunk = new Float64Array(CHUNK * FIELDS);
      used = 0;
    }
    this.#sums = chunk;
    this.#at = FIELDS * used++;
  }

  add(ns: number): void {
    const sums = this.#sums;
    const at = this.#at;
    if (sums[at + COUNT] === 0 || ns < sums[at + MINIMUM]!) sums[at + MINIMUM] = ns;
    if (ns > sums[at + MAXIMUM]!) sums[at + MAXIMUM] = ns;
    sums[at + COUNT] = sums[at + COUNT]! + 1;
    sums[at + SUM] = sums[at + SUM]! + ns;
    sums[at + SQUARES] = sums[at + SQUARES]! + ns * ns;
  }

  get count(): number {
    return this.#sums[this.#at + COUNT]!;
  }

  /** 0 when there are none. */
  get mean(): number {
    return this.count === 0 ? 0 : this.#sums[this.#at + SUM]! / this.count;
  }

  get minimum(): number {
    return this.#sums[this.#at + MINIMUM]!;
  }

  get maximum(): number {
    return this.#sums[this.#at + MAXIMUM]!;
  }

  get standardDeviation(): number {
    if (this.count === 0) return 0;
    return Math.sqrt(Math.max(0, this.#sums[this.#at + SQUARES]! / this.count - this.mean * this.mean));
  }
}
