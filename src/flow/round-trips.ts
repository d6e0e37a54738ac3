import {
  BUCKETS,
  COUNT,
  MAXIMUM,
  MINIMUM,
  MOST_KEPT,
  MOST_UNITS,
  OFFSET,
  SQUARES,
  STEP_BITS,
  STEPS,
  SUM,
  SUMS,
  UNIT,
} from "./round-trip-record.ts";

/** Doubles of a list's first record: its count and seven samples, one cache line. */
const FIRST = 8;
/** Doubles of its second record: its count and 31 samples. */
const SECOND = MOST_KEPT + 1;
/** Doubles that are reserved at once for the first two records of many lists. */
const CHUNK = 2048;

/** What is not shorter is in the last bucket. */
const LONGEST = MOST_UNITS * UNIT;

const NONE = new Float64Array(1);
const NO_BUCKETS = new Uint32Array(0);

/** Few samples, for who wants them in order. */
const sorted = new Float64Array(SECOND);

let chunk: Float64Array = NONE;
let used = 0;

/** Buckets that are reserved at once for many histograms, side by side. */
const BUCKET_CHUNK = 65_536;
let bucketChunk: Uint32Array = NO_BUCKETS;
let bucketsUsed = 0;

/**
 * Round trips of what one end sent, or other durations, in nanoseconds. The
 * first 31 are kept, so quantiles of them are exact. Of more, a log-linear
 * histogram is kept (as HdrHistogram's): 16 buckets an
 * octave, of which quantiles are the middle: at most 3.2 % or 32 ns off. Count,
 * sum, squares, minimum and maximum are exact always. Without samples a list
 * takes no memory but its own object; with many at most 2 KiB, few of which are
 * touched: with thousands of connections, memory is what a sample waits for. Short
 * lists lie side by side in arrays that they share, or in rooms (`RoundTripRooms`) where others add to them, too.
 */
export class RoundTrips {
  /** How many there are stands at #at: by it, which of the three records this is. The third has sums; a histogram goes with it. */
  #record: Float64Array = NONE;
  #at = 0;
  /** How many samples each bucket from OFFSET on has, once there are many: `#buckets[#bucketsAt]` and on. */
  #buckets: Uint32Array = NO_BUCKETS;
  #bucketsAt = 0;
  #bucketCount = 0;

  add(ns: number): void {
    const count = this.#record[this.#at]!;
    if (count >= MOST_KEPT) {
      this.#addMany(ns, count);
      return;
    }
    this.#makeRoom(count, count + 1);
    const record = this.#record;
    const at = this.#at;
    record[at] = count + 1;
    record[at + count + 1] = ns;
  }

  /** Adds so many, from `samples[from]` on; at least one. */
  addAll(samples: Uint32Array, from: number, count: number): void {
    const before = this.#record[this.#at]!;
    const after = before + count;
    if (after > MOST_KEPT) {
      for (let i = 0; i < count; i++) this.add(samples[from + i]!);
      return;
    }
    this.#makeRoom(before, after);
    const record = this.#record;
    const at = this.#at;
    record[at] = after;
    for (let i = 0; i < count; i++) record[at + before + 1 + i] = samples[from + i]!;
  }

  /** Makes the record large enough for samples that are kept: so many before, so many after. A room has enough for all. */
  #makeRoom(before: number, after: number): void {
    if (this.#bucketCount !== 0) return;
    if (after < FIRST) {
      if (before === 0) this.#reserve(FIRST, 0);
    } else if (before < FIRST) {
      this.#reserve(SECOND, before + 1);
    }
  }

  /** Moves the first `length` doubles of the record to another, of `size` doubles. */
  #reserve(size: number, length: number): void {
    if (used + size > chunk.length) {
      chunk = new Float64Array(CHUNK);
      used = 0;
    }
    this.#moveRecord(chunk, used, length);
    used += size;
  }

  #moveRecord(to: Float64Array, at: number, length: number): void {
    for (let i = 0; i < length; i++) to[at + i] = this.#record[this.#at + i]!;
    this.#record = to;
    this.#at = at;
  }

  #addMany(ns: number, count: number): void {
    if (count === MOST_KEPT) this.#summarise();
    const record = this.#record;
    const at = this.#at;
    record[at + COUNT] = record[at + COUNT]! + 1;
    record[at + SUM] = record[at + SUM]! + ns;
    record[at + SQUARES] = record[at + SQUARES]! + ns * ns;
    if (ns < record[at + MINIMUM]!) record[at + MINIMUM] = ns;
    if (ns > record[at + MAXIMUM]!) record[at + MAXIMUM] = ns;
    const place = bucketOf(ns) - record[at + OFFSET]!;
    if (place >= 0 && place < this.#bucketCount) this.#buckets[this.#bucketsAt + place]!++;
    else this.#extend(bucketOf(ns));
  }

  /** From samples to sums and a histogram. */
  #summarise(): void {
    const { count, minimum, maximum } = this;
    const samples = this.#record;
    const first = this.#at + 1;
    const low = this.#bucketCount === 0 ? bucketOf(minimum) & -STEPS : 0;
    const sums = new Float64Array(SUMS);
    sums[COUNT] = count;
    sums[MINIMUM] = minimum;
    sums[MAXIMUM] = maximum;
    sums[OFFSET] = low;
    if (this.#bucketCount === 0) this.#reserveBuckets((bucketOf(maximum) | (STEPS - 1)) + 1 - low);
    for (let i = first; i < first + count; i++) {
      const ns = samples[i]!;
      sums[SUM] = sums[SUM]! + ns;
      sums[SQUARES] = sums[SQUARES]! + ns * ns;
      this.#buckets[this.#bucketsAt + bucketOf(ns) - low]!++;
    }
    // The second record has room for the sums, beside those of others.
    samples.set(sums, this.#at);
  }

  #reserveBuckets(count: number): void {
    if (bucketsUsed + count > bucketChunk.length) {
      bucketChunk = new Uint32Array(Math.max(BUCKET_CHUNK, count));
      bucketsUsed = 0;
    }
    this.#buckets = bucketChunk;
    this.#bucketsAt = bucketsUsed;
    this.#bucketCount = count;
    bucketsUsed += count;
  }

  /** Counts in a bucket that the histogram does not have yet. */
  #extend(bucket: number): void {
    const before = this.#buckets.subarray(this.#bucketsAt, this.#bucketsAt + this.#bucketCount);
    const offset = this.#record[this.#at + OFFSET]!;
    const low = Math.min(offset, bucket & -STEPS);
    const high = Math.max(offset + before.length, (bucket | (STEPS - 1)) + 1);
    this.#reserveBuckets(high - low);
    this.#buckets.set(before, this.#bucketsAt + offset - low);
    this.#buckets[this.#bucketsAt + bucket - low]!++;
    this.#record[this.#at + OFFSET] = low;
  }

  /** Where the samples or sums are in this array, in bytes; 0: elsewhere. */
  placeIn(records: Float64Array): number {
    return this.#record === records ? this.#at * records.BYTES_PER_ELEMENT : 0;
  }

  /** Moves all to a room: `MOST_KEPT + 1` doubles from `at` on, and all buckets, which are 0, from `bucketsAt` on. */
  moveTo(record: Float64Array, at: number, buckets: Uint32Array, bucketsAt: number): void {
    const { isHistogram, count } = this;
    if (isHistogram) {
      const low = this.#record[this.#at + OFFSET]!;
      buckets.set(this.#buckets.subarray(this.#bucketsAt, this.#bucketsAt + this.#bucketCount), bucketsAt + low);
    }
    this.#moveRecord(record, at, isHistogram ? SUMS : count + 1);
    if (isHistogram) record[at + OFFSET] = 0;
    this.#buckets = buckets;
    this.#bucketsAt = bucketsAt;
    this.#bucketCount = BUCKETS;
  }

  /** Moves all out of a room. */
  moveOut(): void {
    const { isHistogram, count } = this;
    const [room, roomAt] = [this.#buckets, this.#bucketsAt];
    this.#buckets = NO_BUCKETS;
    this.#bucketCount = 0;
    if (!isHistogram) {
      this.#reserve(count < FIRST ? FIRST : SECOND, count + 1);
      return;
    }
    const low = bucketOf(this.minimum) & -STEPS;
    const high = (bucketOf(this.maximum) | (STEPS - 1)) + 1;
    this.#reserve(FIRST, SUMS);
    this.#record[this.#at + OFFSET] = low;
    this.#reserveBuckets(high - low);
    this.#buckets.set(room.subarray(roomAt + low, roomAt + high), this.#bucketsAt);
  }

  /** Puts the samples that are kept, as long as all of them are, into `sorted`. */
  #sortSamples(): void {
    const { count } = this;
    const samples = this.#record;
    for (let i = 0; i < count; i++) {
      const ns = samples[this.#at + 1 + i]!;
      let place = i;
      for (; place > 0 && sorted[place - 1]! > ns; place--) sorted[place] = sorted[place - 1]!;
      sorted[place] = ns;
    }
  }

  /** Whether there are too many to keep. */
  get isHistogram(): boolean {
    return this.count >= SECOND;
  }

  get count(): number {
    return this.#record[this.#at]!;
  }

  /** All of them together; 0 when there are none. */
  get sum(): number {
    const samples = this.#record;
    if (this.isHistogram) return samples[this.#at + SUM]!;
    const last = this.#at + this.count;
    let sum = 0;
    for (let i = this.#at + 1; i <= last; i++) sum += samples[i]!;
    return sum;
  }

  /** 0 when there are none. */
  get mean(): number {
    return this.count === 0 ? 0 : this.sum / this.count;
  }

  /** 0 when there are none. */
  get minimum(): number {
    const samples = this.#record;
    if (this.isHistogram) return samples[this.#at + MINIMUM]!;
    const last = this.#at + this.count;
    let least = this.count === 0 ? 0 : Number.POSITIVE_INFINITY;
    for (let i = this.#at + 1; i <= last; i++) least = Math.min(least, samples[i]!);
    return least;
  }

  /** 0 when there are none. */
  get maximum(): number {
    const samples = this.#record;
    if (this.isHistogram) return samples[this.#at + MAXIMUM]!;
    const last = this.#at + this.count;
    let most = this.count === 0 ? 0 : Number.NEGATIVE_INFINITY;
    for (let i = this.#at + 1; i <= last; i++) most = Math.max(most, samples[i]!);
    return most;
  }

  /** Of the population; 0 when there are none. */
  get standardDeviation(): number {
    return this.#deviationFrom(this.mean);
  }

  #deviationFrom(mean: number): number {
    const { count } = this;
    if (count === 0) return 0;
    const samples = this.#record;
    if (this.isHistogram) return Math.sqrt(Math.max(0, samples[this.#at + SQUARES]! / count - mean * mean));
    const last = this.#at + count;
    let squares = 0;
    for (let i = this.#at + 1; i <= last; i++) squares += (samples[i]! - mean) ** 2;
    return Math.sqrt(squares / count);
  }

  /**
   * Writes what is told of all of them to `into`: count, minimum, mean, the quantiles of these shares, maximum, standard
   * deviation. There is at least one. Few samples are gone through three times, where each alone would take a dozen.
   */
  describe(shares: readonly number[], into: Float64Array): void {
    const { count, mean, isHistogram } = this;
    const maximumAt = shares.length + 3;
    this.#writeQuantiles(shares, into, 3);
    into[0] = count;
    into[1] = isHistogram ? this.minimum : sorted[0]!;
    into[2] = mean;
    into[maximumAt] = isHistogram ? this.maximum : sorted[count - 1]!;
    into[maximumAt + 1] = this.#deviationFrom(mean);
  }

  /** The smallest that at least this share (0 to 1) of all are not above (nearest rank); 0 when there are none. */
  quantile(share: number): number {
    return this.quantiles([share])[0] ?? 0;
  }

  /** The same for several shares. */
  quantiles(shares: readonly number[]): number[] {
    const found = new Float64Array(shares.length);
    this.#writeQuantiles(shares, found, 0);
    return [...found];
  }

  /** Writes them to `into` from `at` on; few samples are then in order in `sorted`. */
  #writeQuantiles(shares: readonly number[], into: Float64Array, at: number): void {
    const { isHistogram, count } = this;
    if (!isHistogram) this.#sortSamples();
    for (let i = 0; i < shares.length; i++) {
      const share = shares[i]!;
      if (isHistogram) into[at + i] = this.#quantileOfMany(share);
      else into[at + i] = count === 0 ? 0 : sorted[this.#rank(share) - 1]!;
    }
  }

  #rank(share: number): number {
    return Math.max(1, Math.ceil(share * this.count));
  }

  #quantileOfMany(share: number): number {
    const rank = this.#rank(share);
    let seen = 0;
    for (let place = 0; place < this.#bucketCount; place++) {
      seen += this.#buckets[this.#bucketsAt + place]!;
      if (seen >= rank) {
        const middle = middleOf(this.#record[this.#at + OFFSET]! + place);
        return Math.min(this.maximum, Math.max(this.minimum, middle));
      }
    }
    return this.maximum;
  }
}

/** Number of the bucket for a duration: linear below two octaves of `STEPS`, then `STEPS` to an octave. */
export function bucketOf(ns: number): number {
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
