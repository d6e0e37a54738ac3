import { RoundTrips } from "./round-trips.ts";

/** Timestamps that wait for their echo, at most; newer ones take the place of the oldest. */
const MAX_WAITING = 64;

/**
 * Round trips by timestamps (RFC 7323): from the first segment with a timestamp
 * to the first that echoes it. Unlike acknowledgments these tell also what was
 * sent again, and where only acknowledgments flow. As coarse as the clock that
 * the timestamps come from.
 */
export class TimestampEchoes {
  /** In nanoseconds, of what the end sent. */
  readonly rtt: RoundTrips = new RoundTrips();
  readonly #values: Float64Array = new Float64Array(MAX_WAITING);
  readonly #times: Float64Array = new Float64Array(MAX_WAITING);
  #first = 0;
  #count = 0;
  #newest = -1;

  /** The end sends a timestamp. */
  sent(tsval: number, timeNs: number): void {
    if (this.#newest >= 0 && ((tsval - this.#newest) | 0) <= 0) return;
    this.#newest = tsval;
    if (this.#count === MAX_WAITING) this.#drop();
    const place = (this.#first + this.#count) % MAX_WAITING;
    this.#values[place] = tsval;
    this.#times[place] = timeNs;
    this.#count++;
  }

  /** The other end echoes one; older ones will not come back. */
  echoed(tsecr: number, timeNs: number): void {
    while (this.#count > 0) {
      const later = (this.#values[this.#first]! - tsecr) | 0;
      if (later > 0) return;
      if (later === 0) this.rtt.add(Math.max(0, timeNs - this.#times[this.#first]!));
      this.#drop();
    }
  }

  #drop(): void {
    this.#first = (this.#first + 1) % MAX_WAITING;
    this.#count--;
  }
}
