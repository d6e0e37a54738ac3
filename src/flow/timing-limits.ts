import { NEVER } from "./time.ts";

/** What keeps an end from sending more, at one moment. */
export type Limit =
  /** Nothing is on its way: the application has nothing to send. */
  | "application"
  /** The receiver's window has no room for a full segment. */
  | "window"
  /** Data is on its way, and the window has room: congestion window and path. */
  | "network";

/** How much one end has on its way, and what limits it, while it can send data; times in nanoseconds. */
export class SendingLimits {
  readonly spent: Record<Limit, number> = { application: 0, window: 0, network: 0 };
  /** Most bytes on their way. */
  mostInFlight = 0;
  /** Smallest and largest window that the receiver offered, in bytes; -1: none yet. */
  smallestWindow = -1;
  largestWindow = -1;
  #byteNs = 0;
  #inFlight = 0;
  #limit: Limit = "application";
  #lastNs: number = NEVER;

  /** From `timeNs` on, so many bytes are on their way, and the receiver's window is `window`; -1: not known. */
  observe(timeNs: number, inFlight: number, window: number, segmentSize: number): void {
    if (this.#lastNs !== NEVER) {
      const passed = Math.max(0, timeNs - this.#lastNs);
      this.spent[this.#limit] += passed;
      this.#byteNs += passed * this.#inFlight;
    }
    this.#lastNs = Math.max(this.#lastNs, timeNs);
    this.#inFlight = inFlight;
    this.mostInFlight = Math.max(this.mostInFlight, inFlight);
    if (window >= 0) {
      this.smallestWindow = this.smallestWindow < 0 ? window : Math.min(this.smallestWindow, window);
      this.largestWindow = Math.max(this.largestWindow, window);
    }
    this.#limit = limitOf(inFlight, window, segmentSize);
  }

  /** It waits for the window, as things stand. */
  get waitsForWindow(): boolean {
    return this.#limit === "window";
  }

  /** All three together, in nanoseconds. */
  get total(): number {
    return this.spent.application + this.spent.window + this.spent.network;
  }

  /** Over that time, in bytes. */
  get meanInFlight(): number {
    return this.total === 0 ? 0 : this.#byteNs / this.total;
  }
}

function limitOf(inFlight: number, window: number, segmentSize: number): Limit {
  if (window === 0) return "window";
  if (inFlight === 0) return "application";
  return window > 0 && inFlight + segmentSize > window ? "window" : "network";
}
