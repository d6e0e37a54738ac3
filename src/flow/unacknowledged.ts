import { less, lessOrEqual } from "./sequence.ts";

/** Segments remembered for one end: as many as Wireshark's analysis keeps. */
const MAX_SEGMENTS = 10_000;
/** So many removed segments are left in front of the list before it is moved down. */
const MAX_GONE = 32;

/** Where the packed list has the time of the matched segment: as a field it would be an object of its own. */
const MATCHED_TIME = 0;
// Fields of a segment in the packed list, the first of which are these.
const START = 1;
const END = 2;
const FRAME = 3;
const TIME = 4;
const FIELDS = 4;

/** Segments of one end that the other has not acknowledged, oldest first; packed, so that the usual few lie in one place. */
export class UnacknowledgedSegments {
  /** Frame of the oldest segment that the last `acknowledge` covered to its very end; 0: none. */
  matchedFrame = 0;
  /** Several segments ended there: one was sent again, and which is acknowledged nobody knows (Karn, RFC 6298 section 3). */
  ambiguous = false;
  /** Room for two; doubles from the start, not integers first. */
  readonly #packed: number[] = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5];
  /** The list is [#first, #last) of what is packed. */
  #first = 0;
  #last = 0;
  /** Each segment starts where the one before it ends, or later: an acknowledgment takes from the front only. */
  #sorted = true;
  /** What `bytesInFlight` found, as long as only `add` is called: lowest start and highest end, counted from #base. */
  #measured = false;
  #base = 0;
  #low = 0;
  #high = 0;

  get length(): number {
    return this.#last - this.#first;
  }

  /** Whether each starts where the one before it ends, or later. */
  get isSorted(): boolean {
    return this.#sorted;
  }

  clear(): void {
    this.#last = this.#first;
  }

  /** When the segment of `matchedFrame` was sent. */
  get matchedTimeNs(): number {
    return this.#packed[MATCHED_TIME]!;
  }

  /** [start, end) in sequence numbers; SYN and FIN count. */
  add(start: number, end: number, frame: number, timeNs: number): void {
    if (this.length >= MAX_SEGMENTS) return;
    if (this.#first === this.#last) {
      // Nothing is left, as usual: the same few places are used again.
      this.#first = 0;
      this.#last = 0;
      this.#measured = false;
      this.#sorted = true;
    } else if (this.#first > MAX_GONE && this.#first >= this.length) {
      this.#moveDown();
    }
    if (this.#last > this.#first && less(start, this.end(this.length - 1))) this.#sorted = false;
    this.#set(this.#last++, start, end, frame, timeNs);
    if (this.#measured) this.#measure(start, end);
  }

  #moveDown(): void {
    this.#packed.copyWithin(START, START + this.#first * FIELDS, START + this.#last * FIELDS);
    this.#last -= this.#first;
    this.#first = 0;
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
    return this.#packed[(this.#first + index) * FIELDS + START]! | 0;
  }

  end(index: number): number {
    return this.#packed[(this.#first + index) * FIELDS + END]! | 0;
  }

  frame(index: number): number {
    return this.#packed[(this.#first + index) * FIELDS + FRAME]!;
  }

  /** Nanoseconds since the first frame of the capture. */
  timeNs(index: number): number {
    return this.#packed[(this.#first + index) * FIELDS + TIME]!;
  }

  /** Takes out what `acknowledgment` covers; a segment that it covers in part keeps its rest. */
  acknowledge(acknowledgment: number): void {
    this.matchedFrame = 0;
    this.ambiguous = false;
    // Mostly the oldest go and nothing else changes.
    while (this.#first < this.#last && lessOrEqual(this.end(0), acknowledgment)) {
      this.#match(0, acknowledgment);
      this.#first++;
      this.#measured = false;
    }
    const length = this.length;
    if (length === 0 || (this.#sorted && lessOrEqual(acknowledgment, this.start(0)))) return;
    let kept = 0;
    for (let i = 0; i < length; i++) {
      const end = this.end(i);
      if (lessOrEqual(end, acknowledgment)) {
        this.#match(i, acknowledgment);
        continue;
      }
      const start = this.start(i);
      const isPart = !lessOrEqual(acknowledgment, start);
      if (kept !== i || isPart) {
        this.#set(this.#first + kept, isPart ? acknowledgment : start, end, this.frame(i), this.timeNs(i));
        this.#measured = false;
      }
      kept++;
    }
    this.#last = this.#first + kept;
    if (kept < length) this.#measured = false;
  }

  #match(index: number, acknowledgment: number): void {
    if (this.end(index) !== acknowledgment) return;
    this.ambiguous = this.matchedFrame !== 0;
    if (this.ambiguous) return;
    this.matchedFrame = this.frame(index);
    this.#packed[MATCHED_TIME] = this.timeNs(index);
  }

  /** Bytes from the lowest start to the highest end, counted from `base`; 0 when there is nothing. */
  bytesInFlight(base: number): number {
    if (this.length === 0) return 0;
    if (!this.#measured || base !== this.#base) {
      this.#measured = true;
      this.#base = base;
      this.#low = 0xffffffff;
      this.#high = 0;
      for (let i = 0; i < this.length; i++) this.#measure(this.start(i), this.end(i));
    }
    // Of what lies before the base the numbers wrap.
    return (this.#high - this.#low) >>> 0;
  }

  #measure(start: number, end: number): void {
    this.#low = Math.min(this.#low, (start - this.#base) >>> 0);
    this.#high = Math.max(this.#high, (end - this.#base) >>> 0);
  }
}
