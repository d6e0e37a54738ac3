import type { EndIndex } from "./states.ts";

/** Stalls remembered for one connection; all are counted. */
const MAX_STALLS = 16;

/** An acknowledgment that is later than the fastest by this was delayed by a timer (40 ms on Linux, 200 ms elsewhere), in nanoseconds. */
const DELAYED_NS = 30_000_000;
/** RFC 9293 section 3.8.6.3 allows half a second; with some room. */
const LONGEST_DELAY_NS = 600_000_000;
/** Who sends within this after the acknowledgment had waited for it, in nanoseconds, beside the way there and back. */
const PROMPT_NS = 5_000_000;

/** A sender that waited for an acknowledgment that its receiver held back. */
export interface Stall {
  /** `nagle`: a part of a segment was held back until then (RFC 896); `delayed-ack`: nothing followed at once. */
  readonly kind: "delayed-ack" | "nagle";
  /** Who waited. */
  readonly end: EndIndex;
  readonly dataFrame: number;
  readonly ackFrame: number;
  /** What was sent then; 0: nothing at once. */
  readonly nextFrame: number;
  /** From the data to its acknowledgment, in nanoseconds. */
  readonly ns: number;
}

/** Acknowledgments that were held back, and what waited for them. */
export class Stalls {
  readonly list: Stall[] = [];
  readonly counts: Record<Stall["kind"], number> = { "delayed-ack": 0, nagle: 0 };
  /** All of a kind together, in nanoseconds. */
  readonly totals: Record<Stall["kind"], number> = { "delayed-ack": 0, nagle: 0 };
  #pending: Stall | undefined;
  #pendingNs = 0;

  /**
   * A pure acknowledgment of what `end` sent in `dataFrame`, `ns` before; `fastestNs`:
   * what a round trip takes at least. `isSmall`: that data filled no segment.
   */
  acknowledged(
    end: EndIndex,
    dataFrame: number,
    ackFrame: number,
    timeNs: number,
    ns: number,
    fastestNs: number,
    isSmall: boolean,
  ): void {
    this.#settle();
    const held = ns - fastestNs;
    if (held < DELAYED_NS || held > LONGEST_DELAY_NS) return;
    this.#pending = { kind: "delayed-ack", end, dataFrame, ackFrame, nextFrame: 0, ns };
    this.#pendingNs = isSmall ? timeNs : Number.NEGATIVE_INFINITY;
  }

  /** New data: did it wait for the acknowledgment before it? `thereNs`: from the capture point to its sender and back. */
  sent(end: EndIndex, frame: number, timeNs: number, thereNs: number): void {
    const waiting = this.#pending;
    if (waiting === undefined) return;
    if (waiting.end === end && timeNs - this.#pendingNs <= thereNs + PROMPT_NS) {
      this.#pending = { ...waiting, kind: "nagle", nextFrame: frame };
    }
    this.#settle();
  }

  #settle(): void {
    const stall = this.#pending;
    if (stall === undefined) return;
    this.#pending = undefined;
    this.counts[stall.kind]++;
    this.totals[stall.kind] += stall.ns;
    if (this.list.length < MAX_STALLS) this.list.push(stall);
  }

  /** Nothing more will come. */
  finish(): void {
    this.#settle();
  }
}
