/** Doubles of a list's first record: its count and seven samples, one cache line. */
const FIRST = 8;
/** Doubles of its second record: its count and 31 samples. */
const SECOND = 32;
/** Doubles that are reserved at once for the first two records of many lists. */
const CHUNK = 2048;

// The third record: sums, then the buckets of a histogram.
const COUNT = 0;
const SUM = 1;
const SQUARES = 2;
const MINIMUM = 3;
const MAXIMUM = 4;
/** Number of the first bucket. */
const OFFSET = 5;
const BUCKETS = 6;

/** Smallest difference that the histogram knows, in nanoseconds. */
const UNIT = 64;
/** Buckets of an octave: one is 1/32 to 1/64 of its value wide. */
const STEPS = 32;
const STEP_BITS = 5;
/** What lasts longer (137 s) is in the last bucket. */
const MOST_UNITS = 0x7fffffff;
const LONGEST = MOST_UNITS * UNIT;

const NONE = new Float64Array(1);

let chunk: Float64Array = NONE;
let used = 0;

/**
 * Round trips of what one end sent, or other durations, in nanoseconds. The
 * first 31 are kept, so quantiles of them are exact. Of more, a log-linear
 * histogram is kept (as HdrHistogram's): 32 buckets an
 * octave, of which quantiles are the middle: at most 1.6 % or 32 ns off. Count,
 * sum, squares, minimum and maximum are exact always. Without samples a list
 * takes no memory but its own object; with many at most 7 KiB. Short lists lie
 * side by side in arrays that they share: in as few cache lines as can be.
 */
export class RoundTrips {
  /** How many there are stands at #at: by it, which of the three records this is. */
  #record: Float64Array = NONE;
  #at = 0;

  add(ns: number): void {
    const count = this.#record[this.#at]!;
    if (count >= SECOND - 1) {
      this.#addMany(ns, count);
      return;
    }
    if (count === 0) this.#reserve(FIRST);
    else if (count === FIRST - 1) this.#reserve(SECOND);
    const record = this.#record;
    const at = this.#at;
    record[at] = count + 1;
    record[at + count + 1] = ns;
  }

  /** Moves the samples to a record of so many doubles. */
  #reserve(size: number): void {
    if (used + size > chunk.length) {
      chunk = new Float64Array(CHUNK);
      used = 0;
    }
    const count = this.#record[this.#at]!;
    for (let i = 0; i <= count; i++) chunk[used + i] = this.#record[this.#at + i]!;
    this.#record = chunk;
    this.#at = used;
    used += size;
  }

  #addMany(ns: number, count: number): void {
    if (count === SECOND - 1) this.#summarise();
    const record = this.#record;
    record[COUNT] = record[COUNT]! + 1;
    record[SUM] = record[SUM]! + ns;
    record[SQUARES] = record[SQUARES]! + ns * ns;
    if (ns < record[MINIMUM]!) record[MINIMUM] = ns;
    if (ns > record[MAXIMUM]!) record[MAXIMUM] = ns;
    const place = BUCKETS + bucketOf(ns) - record[OFFSET]!;
    if (place >= BUCKETS && place < record.length) record[place] = record[place]! + 1;
    else this.#extend(bucketOf(ns));
  }

  /** From samples to sums and a histogram. */
  #summarise(): void {
    const { count, minimum, maximum } = this;
    const samples = this.#record;
    const first = this.#at + 1;
    const low = bucketOf(minimum) & -STEPS;
    const record = new Float64Array(BUCKETS + (bucketOf(maximum) | (STEPS - 1)) + 1 - low);
    record[COUNT] = count;
    record[MINIMUM] = minimum;
    record[MAXIMUM] = maximum;
    record[OFFSET] = low;
    for (let i = first; i < first + count; i++) {
      const ns = samples[i]!;
      const place = BUCKETS + bucketOf(ns) - low;
      record[SUM] = record[SUM]! + ns;
      record[SQUARES] = record[SQUARES]! + ns * ns;
      record[place] = record[place]! + 1;
    }
    this.#record = record;
    this.#at = 0;
  }

  /** Counts in a bucket that the histogram does not have yet. */
  #extend(bucket: number): void {
    const before = this.#record;
    const offset = before[OFFSET]!;
    const low = Math.min(offset, bucket & -STEPS);
    const high = Math.max(offset + before.length - BUCKETS, (bucket | (STEPS - 1)) + 1);
    const record = new Float64Array(BUCKETS + high - low);
    record.set(before.subarray(0, BUCKETS));
    record.set(before.subarray(BUCKETS), BUCKETS + offset - low);
    record[OFFSET] = low;
    record[BUCKETS + bucket - low] = record[BUCKETS + bucket - low]! + 1;
    this.#record = record;
  }

  /** What is kept, as long as all of it is. */
  #samples(): Float64Array {
    return this.#record.slice(this.#at + 1, this.#at + 1 + this.count);
  }

  get #isHistogram(): boolean {
    return this.count >= SECOND;
  }

  get count(): number {
    return this.#record[this.#at]!;
  }

  /** All of them together; 0 when there are none. */
  get sum(): number {
    if (this.#isHistogram) return this.#record[SUM]!;
    let sum = 0;
    for (let i = 1; i <= this.count; i++) sum += this.#record[this.#at + i]!;
    return sum;
  }

  /** 0 when there are none. */
  get mean(): number {
    return this.count === 0 ? 0 : this.sum / this.count;
  }

  /** 0 when there are none. */
  get minimum(): number {
    if (this.#isHistogram) return this.#record[MINIMUM]!;
    if (this.count === 0) return 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 1; i <= this.count; i++) least = Math.min(least, this.#record[this.#at + i]!);
    return least;
  }

  /** 0 when there are none. */
  get maximum(): number {
    if (this.#isHistogram) return this.#record[MAXIMUM]!;
    if (this.count === 0) return 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 1; i <= this.count; i++) most = Math.max(most, this.#record[this.#at + i]!);
    return most;
  }

  /** Of the population; 0 when there are none. */
  get standardDeviation(): number {
    if (this.count === 0) return 0;
    const { mean } = this;
    if (!this.#isHistogram) {
      return Math.sqrt(this.#samples().reduce((sum, ns) => sum + (ns - mean) ** 2, 0) / this.count);
    }
    return Math.sqrt(Math.max(0, this.#record[SQUARES]! / this.count - mean * mean));
  }

  /** The smallest that at least this share (0 to 1) of all are not above (nearest rank); 0 when there are none. */
  quantile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.count));
    if (!this.#isHistogram) return this.#samples().sort()[rank - 1] ?? 0;
    const record = this.#record;
    let seen = 0;
    for (let place = BUCKETS; place < record.length; place++) {
      seen += record[place]!;
      if (seen >= rank) {
        const middle = middleOf(record[OFFSET]! + place - BUCKETS);
        return Math.min(this.maximum, Math.max(this.minimum, middle));
      }
    }
    return this.maximum;
  }
}

/** Linear below two octaves of `STEPS`, then `STEPS` to an octave. */
function bucketOf(ns: number): number {
  const units = ns < LONGEST ? (ns / UNIT) | 0 : MOST_UNITS;
  if (units < 2 * STEPS) return Math.max(0, units);
  const shift = 31 - STEP_BITS - Math.clz32(units);
  return shift * STEPS + (units >>> shift);
}

/** Nanoseconds in the middle of a bucket. */
function middleOf(bucket: number): number {
  if (bucket < 2 * STEPS) return (bucket + 0.5) * UNIT;
  const shift = Math.floor(bucket / STEPS) - 1;
  return (bucket - shift * STEPS + 0.5) * 2 ** shift * UNIT;
}
