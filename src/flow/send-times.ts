/** Repeated sends remembered for one end: the schedule of a kernel that gives up is shorter. */
const MAX_SENDS = 64;

// Shared until a list needs its own.
const NO_MORE: number[] = [];

/** When a SYN, a SYN-ACK or the same data was sent: times in nanoseconds since the first frame, and frames; at least one. */
export class SendTimes {
  // Most lists never have a second entry.
  readonly #firstTimeNs: number;
  readonly #firstFrame: number;
  /** Time and frame of each but the first in turn. */
  #more: number[] = NO_MORE;

  constructor(timeNs: number, frame: number) {
    this.#firstTimeNs = timeNs;
    this.#firstFrame = frame;
  }

  add(timeNs: number, frame: number): void {
    if (this.length >= MAX_SENDS) return;
    if (this.#more === NO_MORE) this.#more = [timeNs, frame];
    else this.#more.push(timeNs, frame);
  }

  get length(): number {
    return 1 + this.#more.length / 2;
  }

  get firstTimeNs(): number {
    return this.#firstTimeNs;
  }

  get lastTimeNs(): number {
    return this.#more.length === 0 ? this.#firstTimeNs : this.#more[this.#more.length - 2]!;
  }

  /** A new array at each call, as `frames`. */
  get times(): number[] {
    return this.#listOf(this.#firstTimeNs, 0);
  }

  get frames(): number[] {
    return this.#listOf(this.#firstFrame, 1);
  }

  /** The first one's number, then every other one of `#more` from `from` on. */
  #listOf(first: number, from: number): number[] {
    const list = [first];
    for (let i = from; i < this.#more.length; i += 2) list.push(this.#more[i]!);
    return list;
  }
}

/** Adds to a list of sends, which begins with the first one. */
export function addSend(list: SendTimes | undefined, timeNs: number, frame: number): SendTimes {
  if (list === undefined) return new SendTimes(timeNs, frame);
  list.add(timeNs, frame);
  return list;
}
