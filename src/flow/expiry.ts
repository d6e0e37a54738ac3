import type { Connection } from "./connection.ts";
import { Recency } from "./recency.ts";
import { LONGEST_TIME_WAIT_NS } from "./stack.ts";
import type { TcpState } from "./states.ts";

/** Quiet for so long after both ends closed, nothing more will come: every TIME_WAIT is over. In nanoseconds. */
const CLOSED_QUIET_NS = LONGEST_TIME_WAIT_NS;

/**
 * An attempt is given up after so long without a segment: longer than any gap in
 * a schedule of SYNs or SYN-ACKs (Linux's last SYN waits 64 s, its settings allow 120 s). In nanoseconds.
 */
const ATTEMPT_QUIET_NS = 300_000_000_000;

/** Of those that wait after their end, at most so many are kept: each takes about 2 KiB. */
const MAX_CLOSED = 16_384;

/** Slots of connections of one kind, in the order in which they fell silent. */
class Queue {
  readonly order: Recency;
  readonly #quietNs: number;
  readonly #max: number;
  #since: Float64Array = new Float64Array(1024);
  #size = 0;

  constructor(quietNs: number, max: number) {
    this.order = new Recency(max);
    this.#quietNs = quietNs;
    this.#max = max;
  }

  add(slot: number, timeNs: number): void {
    while (slot >= this.#since.length) {
      const larger = new Float64Array(2 * this.#since.length);
      larger.set(this.#since);
      this.#since = larger;
    }
    this.#since[slot] = timeNs;
    this.order.add(slot);
    this.#size++;
  }

  remove(slot: number): void {
    this.order.remove(slot);
    this.#size--;
  }

  /** The slot that has been silent for long enough, or is one too many; -1: none. */
  due(nowNs: number): number {
    const slot = this.order.oldest;
    if (slot < 0) return -1;
    return this.#size > this.#max || nowNs - this.#since[slot]! > this.#quietNs ? slot : -1;
  }

  clear(): void {
    this.order.clear();
    this.#size = 0;
  }
}

const NOT_WAITING = 0;
const CLOSED = 1;
const ATTEMPT = 2;

/**
 * Which connections are over, so that memory is needed for live ones only: those
 * whose ends are both closed and quiet, and attempts that nothing answers. A
 * connection that is established stays, however long it is idle.
 */
export class Expiry {
  readonly #closed = new Queue(CLOSED_QUIET_NS, MAX_CLOSED);
  readonly #attempts = new Queue(ATTEMPT_QUIET_NS, Number.POSITIVE_INFINITY);
  /** Of each slot: which queue it is in. */
  #kinds: Uint8Array = new Uint8Array(1024);

  /** To be called after each segment that may have changed the connection's state. */
  note(connection: Connection, timeNs: number): void {
    const { slot } = connection;
    const kind = kindOf(connection);
    if (slot >= this.#kinds.length) this.#grow(slot);
    if (kind === NOT_WAITING && this.#kinds[slot] === NOT_WAITING) return;
    this.forget(slot);
    this.#kinds[slot] = kind;
    if (kind === CLOSED) {
      connection.trim();
      this.#closed.add(slot, timeNs);
    } else if (kind === ATTEMPT) this.#attempts.add(slot, timeNs);
  }

  /** The slot of a connection that is over at `nowNs`; -1: none. To be asked until there is none. */
  due(nowNs: number): number {
    const closed = this.#closed.due(nowNs);
    return closed >= 0 ? closed : this.#attempts.due(nowNs);
  }

  /** The slot is free, or its connection another. */
  forget(slot: number): void {
    const kind = this.#kinds[slot];
    if (kind === CLOSED) this.#closed.remove(slot);
    else if (kind === ATTEMPT) this.#attempts.remove(slot);
    this.#kinds[slot] = NOT_WAITING;
  }

  clear(): void {
    this.#closed.clear();
    this.#attempts.clear();
    this.#kinds.fill(NOT_WAITING);
  }

  #grow(slot: number): void {
    let length = this.#kinds.length;
    while (length <= slot) length *= 2;
    const larger = new Uint8Array(length);
    larger.set(this.#kinds);
    this.#kinds = larger;
  }
}

function kindOf(connection: Connection): number {
  const { client, server } = connection;
  if (hasClosed(connection)) return CLOSED;
  return isOpening(client.state) && isOpening(server.state) ? ATTEMPT : NOT_WAITING;
}

/** Whether both ends have closed; the one in TIME_WAIT has nothing more to send or to take either. */
function hasClosed({ client, server }: Connection): boolean {
  return isClosed(client.state) && isClosed(server.state);
}

/** Whether nothing more is to be expected of it: both ends have closed, or one has and nothing is known of the other. */
export function hasEnded(connection: Connection): boolean {
  const { client, server } = connection;
  if (client.state === "UNKNOWN") return server.state === "CLOSED";
  return server.state === "UNKNOWN" ? client.state === "CLOSED" : hasClosed(connection);
}

/** `LISTEN`: a server that refused, or was reset while opening, has nothing left of the attempt. */
function isClosed(state: TcpState): boolean {
  return state === "CLOSED" || state === "TIME_WAIT" || state === "LISTEN";
}

function isOpening(state: TcpState): boolean {
  return state === "SYN_SENT" || state === "SYN_RCVD" || state === "UNKNOWN" || isClosed(state);
}
