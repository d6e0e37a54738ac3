/**
 * States of a TCP connection's end (RFC 9293 section 3.3.2), in Linux spelling.
 * `UNKNOWN`: the capture cannot tell.
 */
export type TcpState =
  | "UNKNOWN"
  | "CLOSED"
  | "LISTEN"
  | "SYN_SENT"
  | "SYN_RCVD"
  | "ESTABLISHED"
  | "FIN_WAIT_1"
  | "FIN_WAIT_2"
  | "CLOSE_WAIT"
  | "CLOSING"
  | "LAST_ACK"
  | "TIME_WAIT";

/** All states; a packed transition holds an index into it. */
export const STATES: readonly TcpState[] = [
  "UNKNOWN",
  "CLOSED",
  "LISTEN",
  "SYN_SENT",
  "SYN_RCVD",
  "ESTABLISHED",
  "FIN_WAIT_1",
  "FIN_WAIT_2",
  "CLOSE_WAIT",
  "CLOSING",
  "LAST_ACK",
  "TIME_WAIT",
];

/** Index of an end in two-element things: who opened, and who was called. */
export type EndIndex = 0 | 1;
export const CLIENT = 0;
export const SERVER = 1;

/** What made an end change its state. */
export type TransitionBasis =
  /** The end sent the segment. */
  | "sent"
  /** The segment was on its way to the end, which later behaved as if it had come. */
  | "received"
  /** A timer, or a segment that the capture does not hold. */
  | "inferred";

export interface Transition {
  readonly end: EndIndex;
  readonly state: TcpState;
  /** Nanoseconds since the first frame of the capture. */
  readonly timeNs: number;
  /** The frame that shows it. */
  readonly frame: number;
  readonly basis: TransitionBasis;
}

const BASES: readonly TransitionBasis[] = ["sent", "received", "inferred"];
const FIELDS = 3;

/** Transitions kept for one connection: a healthy one has about ten. */
const MAX_TRANSITIONS = 64;

/** The states that both ends of a connection entered, in order; packed, because there are as many lists as connections. */
export class TransitionList {
  #packed: number[] = [];

  get length(): number {
    return this.#packed.length / FIELDS;
  }

  add(end: EndIndex, state: TcpState, timeNs: number, frame: number, basis: TransitionBasis): void {
    if (this.length >= MAX_TRANSITIONS) return;
    this.#packed.push(end | (STATES.indexOf(state) << 1) | (BASES.indexOf(basis) << 5), timeNs, frame);
  }

  at(index: number): Transition {
    const code = this.#packed[FIELDS * index] ?? 0;
    return {
      end: (code & 1) === CLIENT ? CLIENT : SERVER,
      state: STATES[(code >> 1) & 0xf] ?? "UNKNOWN",
      timeNs: this.#packed[FIELDS * index + 1] ?? 0,
      frame: this.#packed[FIELDS * index + 2] ?? 0,
      basis: BASES[code >> 5] ?? "inferred",
    };
  }

  /** Takes no more room than it needs. */
  trim(): void {
    this.#packed = this.#packed.slice();
  }

  /** Corrects the time of the first transition. */
  moveFirst(timeNs: number): void {
    if (this.length > 0) this.#packed[1] = timeNs;
  }

  /** Corrects the time of the last transition of `end`. */
  moveLast(end: EndIndex, timeNs: number): void {
    const index = this.#lastIndex(end);
    if (index >= 0) this.#packed[FIELDS * index + 1] = timeNs;
  }

  /** What `end` sent since then left so much earlier than was thought; a SYN-ACK is left alone, for a cookie may stand in its timestamp. */
  dateBack(end: EndIndex, ns: number, sinceNs: number): void {
    for (let index = 0; index < this.length; index++) {
      const { end: of, basis, state, timeNs } = this.at(index);
      if (of !== end || basis !== "sent" || state === "SYN_RCVD" || timeNs < sinceNs) continue;
      this.#packed[FIELDS * index + 1] = timeNs - ns;
    }
  }

  /** Takes back the last transition of `end` and gives the state before it. */
  takeBack(end: EndIndex, before: TcpState): TcpState {
    const index = this.#lastIndex(end);
    if (index >= 0) this.#packed.splice(FIELDS * index, FIELDS);
    return this.last(end) ?? before;
  }

  /** The state that `end` entered last. */
  last(end: EndIndex): TcpState | undefined {
    const index = this.#lastIndex(end);
    return index < 0 ? undefined : this.at(index).state;
  }

  /** What the last transition of `end` was told by. */
  lastBasis(end: EndIndex): TransitionBasis | undefined {
    const index = this.#lastIndex(end);
    return index < 0 ? undefined : this.at(index).basis;
  }

  /** When `end` last changed its state, in nanoseconds since the first frame; 0: never. */
  lastTimeNs(end: EndIndex): number {
    const index = this.#lastIndex(end);
    return index < 0 ? 0 : this.at(index).timeNs;
  }

  /** The state in which `end` was before `frame`; undefined when it had entered none. */
  lastBefore(end: EndIndex, frame: number): TcpState | undefined {
    for (let index = this.length - 1; index >= 0; index--) {
      const code = this.#packed[FIELDS * index] ?? 0;
      if ((code & 1) === end && (this.#packed[FIELDS * index + 2] ?? 0) < frame) return STATES[(code >> 1) & 0xf];
    }
    return undefined;
  }

  /** The frame by which `end` last changed its state; 0: none. */
  lastFrame(end: EndIndex): number {
    const index = this.#lastIndex(end);
    return index < 0 ? 0 : (this.#packed[FIELDS * index + 2] ?? 0);
  }

  #lastIndex(end: EndIndex): number {
    for (let index = this.length - 1; index >= 0; index--) {
      if (((this.#packed[FIELDS * index] ?? 0) & 1) === end) return index;
    }
    return -1;
  }

  /** All transitions in the order of their times; those of one end as it entered its states. */
  list(): Transition[] {
    const list: Transition[] = [];
    for (let index = 0; index < this.length; index++) {
      const transition = this.at(index);
      let place = list.length;
      while (place > 0 && list[place - 1]!.end !== transition.end && transition.timeNs < list[place - 1]!.timeNs)
        place--;
      list.splice(place, 0, transition);
    }
    return list;
  }
}
