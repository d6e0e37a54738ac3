/** The capture's time between its packets, for what is due when none comes. */
export class CaptureClock {
  #frameNs = -1;
  #noted: number;
  readonly #monotonic: () => number;

  /** `monotonic` gives milliseconds. */
  constructor(monotonic: () => number = () => performance.now()) {
    this.#monotonic = monotonic;
    this.#noted = monotonic();
  }

  /** Tells the time of the newest frame, in nanoseconds since the first one, as soon as it is known. */
  note(frameNs: number): void {
    if (frameNs <= this.#frameNs) return;
    this.#frameNs = frameNs;
    this.#noted = this.#monotonic();
  }

  /** Nanoseconds since the first frame. */
  get nowNs(): number {
    return this.#frameNs + (this.#monotonic() - this.#noted) * 1e6;
  }
}
