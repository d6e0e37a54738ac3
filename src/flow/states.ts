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

/** How many numbers `TransitionList.kind` has. */
export const TRANSITION_KINDS = 128;

/** Transitions kept for one connection: a healthy one has about ten. */
const MAX_TRANSITIONS = 64;
/** Room for a handshake, for a whole connection, and for the most there are. */
const ROOMS: readonly (readonly number[])[] = [roomFor(4), roomFor(12), roomFor(MAX_TRANSITIONS)];
const NONE: number[] = [];

const order = new Uint8Array(MAX_TRANSITIONS);

/** The states that both ends of a connection entered, in order; packed, because there are as many lists as connections. */
export class TransitionList {
  /** Of each transition: its frame and kind as one number, and its time. */
  #packed: number[] = NONE;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(end: EndIndex, state: TcpState, timeNs: number, frame: number, basis: TransitionBasis): void {
    const index = this.#length;
    if (index >= MAX_TRANSITIONS) return;
    if (2 * index === this.#packed.length) this.#enlarge();
    const kind = end | (placeOf(state, STATES) << 1) | (placeOf(basis, BASES) << 5);
    this.#packed[2 * index] = frame * TRANSITION_KINDS + kind;
    this.#packed[2 * index + 1] = timeNs;
    this.#length = index + 1;
  }

  #enlarge(): void {
    const packed = this.#packed;
    const larger = ROOMS.find((room) => room.length > packed.length)!.slice();
    for (let i = 0; i < packed.length; i++) larger[i] = packed[i]!;
    this.#packed = larger;
  }

  at(index: number): Transition {
    return {
      end: this.end(index),
      state: this.state(index),
      timeNs: this.timeNs(index),
      frame: this.frame(index),
      basis: this.basis(index),
    };
  }

  /** Corrects the time of the first transition. */
  moveFirst(timeNs: number): void {
    if (this.length > 0) this.#packed[1] = timeNs;
  }

  /** Corrects the time of the last transition of `end`. */
  moveLast(end: EndIndex, timeNs: number): void {
    const index = this.#lastIndex(end);
    if (index >= 0) this.#packed[2 * index + 1] = timeNs;
  }

  /** What `end` sent since then left so much earlier than was thought; a SYN-ACK is left alone, for a cookie may stand in its timestamp. */
  dateBack(end: EndIndex, ns: number, sinceNs: number): void {
    for (let index = 0; index < this.length; index++) {
      const { end: of, basis, state, timeNs } = this.at(index);
      if (of !== end || basis !== "sent" || state === "SYN_RCVD" || timeNs < sinceNs) continue;
      this.#packed[2 * index + 1] = timeNs - ns;
    }
  }

  /** Takes back the last transition of `end` and gives the state before it. */
  takeBack(end: EndIndex, before: TcpState): TcpState {
    const index = this.#lastIndex(end);
    if (index >= 0) {
      this.#packed.copyWithin(2 * index, 2 * index + 2);
      this.#length--;
    }
    return this.last(end) ?? before;
  }

  /** The state that `end` entered last. */
  last(end: EndIndex): TcpState | undefined {
    const index = this.#lastIndex(end);
    return index < 0 ? undefined : this.state(index);
  }

  /** What the last transition of `end` was told by. */
  lastBasis(end: EndIndex): TransitionBasis | undefined {
    const index = this.#lastIndex(end);
    return index < 0 ? undefined : this.basis(index);
  }

  /** When `end` last changed its state, in nanoseconds since the first frame; 0: never. */
  lastTimeNs(end: EndIndex): number {
    const index = this.#lastIndex(end);
    return index < 0 ? 0 : this.timeNs(index);
  }

  /** The state in which `end` was before `frame`; undefined when it had entered none. */
  lastBefore(end: EndIndex, frame: number): TcpState | undefined {
    for (let index = this.length - 1; index >= 0; index--) {
      if (this.end(index) === end && this.frame(index) < frame) return this.state(index);
    }
    return undefined;
  }

  /** The frame by which `end` last changed its state; 0: none. */
  lastFrame(end: EndIndex): number {
    const index = this.#lastIndex(end);
    return index < 0 ? 0 : this.frame(index);
  }

  #lastIndex(end: EndIndex): number {
    for (let index = this.length - 1; index >= 0; index--) {
      if (this.end(index) === end) return index;
    }
    return -1;
  }

  /** All transitions in the order of their times; those of one end as it entered its states. */
  list(): Transition[] {
    const list: Transition[] = [];
    const inOrder = this.order();
    for (let place = 0; place < this.length; place++) list.push(this.at(inOrder[place]!));
    return list;
  }

  /** The indices of all transitions in that order: the first `length` ones; valid until the next call, of any list. */
  order(): Uint8Array {
    const { length } = this;
    for (let index = 0; index < length; index++) {
      const timeNs = this.timeNs(index);
      const end = this.end(index);
      let place = index;
      // Mostly they are in order already.
      for (; place > 0; place--) {
        const before = order[place - 1]!;
        if (this.timeNs(before) <= timeNs || this.end(before) === end) break;
        order[place] = before;
      }
      order[place] = index;
    }
    return order;
  }

  /** Index of the transition that put an end into `state` first; -1: none did. */
  firstInto(state: TcpState): number {
    let found = -1;
    for (let index = 0; index < this.length; index++) {
      if (this.state(index) !== state) continue;
      if (found >= 0) return this.#firstInOrder(state);
      found = index;
    }
    return found;
  }

  /** The same where there are several. */
  #firstInOrder(state: TcpState): number {
    const inOrder = this.order();
    let place = 0;
    while (this.state(inOrder[place]!) !== state) place++;
    return inOrder[place]!;
  }

  // One transition, for who looks at many: `at` makes an object.

  /** End, state and basis as one number, below `TRANSITION_KINDS`. */
  kind(index: number): number {
    const packed = this.#packed[2 * index]!;
    return packed - Math.floor(packed / TRANSITION_KINDS) * TRANSITION_KINDS;
  }

  end(index: number): EndIndex {
    return (this.kind(index) & 1) === CLIENT ? CLIENT : SERVER;
  }

  state(index: number): TcpState {
    return STATES[(this.kind(index) >> 1) & 0xf] ?? "UNKNOWN";
  }

  timeNs(index: number): number {
    return this.#packed[2 * index + 1]!;
  }

  frame(index: number): number {
    return Math.floor(this.#packed[2 * index]! / TRANSITION_KINDS);
  }

  basis(index: number): TransitionBasis {
    return BASES[this.kind(index) >> 5] ?? "inferred";
  }
}

/** `Array.indexOf` of what is there, which would be a call each time: 0.7 % of the main thread with 50,000 connections. */
function placeOf<Name extends string>(name: Name, names: readonly Name[]): number {
  let place = 0;
  while (names[place] !== name) place++;
  return place;
}

/** An array without holes that V8 takes as one of doubles. */
function roomFor(transitions: number): number[] {
  const room: number[] = [];
  for (let i = 0; i < 2 * transitions; i++) room.push(0.5);
  return room;
}
