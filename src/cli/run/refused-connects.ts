import { getSystemErrorName } from "node:util";
import * as causes from "../../diagnosis/causes.ts";
import type { Cause } from "../../diagnosis/verdict.ts";
import { kernelsOwn } from "../no-packet.ts";
import type { TracedLookup, TraceEvent } from "./trace-line.ts";

/** Destinations, times of each, and threads that are in connect(): remembered of each kind. */
const MOST_DESTINATIONS = 256;
const MOST_TIMES = 256;
const MOST_THREADS = 4096;

/** A destination to which the kernel refused connect() by itself. */
export interface RefusedConnect {
  readonly address: string;
  readonly port: number;
  readonly errno: string;
  readonly cause: Cause;
  /** There is a way to the address, but it is a broadcast or a multicast one. */
  readonly isToMany: boolean;
  /** How often. */
  count: number;
  /** Seconds that the first call took. */
  readonly seconds: number;
  /** When, in seconds of the monotonic clock: the first ones. */
  readonly times: number[];
}

interface Calling {
  readonly since: number;
  last: TracedLookup | undefined;
}

/** Which connect() of a program the kernel refused by itself, by a trace of its threads. */
export class RefusedConnects {
  /** Refused connects to destinations that are one too many. */
  others = 0;
  /** Events that the trace lost. */
  lost = 0;
  /** Some connect() was called, of whatever kind of socket: programs of 32 bits and io_uring call it in ways that are not traced. */
  hasCalls = false;
  readonly #calling = new Map<number, Calling>();
  readonly #byDestination = new Map<string, RefusedConnect>();

  see(event: TraceEvent): void {
    switch (event.kind) {
      case "call":
        this.#calls(event.thread, event.at);
        break;
      case "lookup": {
        const call = this.#calling.get(event.thread);
        if (call !== undefined) call.last = event;
        break;
      }
      case "return": {
        const call = this.#calling.get(event.thread);
        this.#calling.delete(event.thread);
        if (call?.last !== undefined) this.#returned(event.value, call, call.last, event.at);
        break;
      }
      case "loss":
        this.lost += event.events;
        break;
      case "end":
        break;
    }
  }

  /** In the order in which they were first tried. */
  destinations(): RefusedConnect[] {
    return [...this.#byDestination.values()];
  }

  #calls(thread: number, at: number): void {
    this.hasCalls = true;
    this.#calling.delete(thread);
    this.#calling.set(thread, { since: at, last: undefined });
    const oldest = this.#calling.keys().next();
    if (this.#calling.size > MOST_THREADS && oldest.done !== true) this.#calling.delete(oldest.value);
  }

  #returned(value: number, { since }: Calling, last: TracedLookup, at: number): void {
    if (value >= 0) return;
    const errno = getSystemErrorName(value);
    const cause = causeOf(errno, last);
    if (cause === undefined) return;
    const { address, port } = last;
    const key = `${address} ${port} ${errno}`;
    const known = this.#byDestination.get(key);
    if (known !== undefined) {
      known.count++;
      if (known.times.length < MOST_TIMES) known.times.push(since);
    } else if (this.#byDestination.size >= MOST_DESTINATIONS) this.others++;
    else {
      const isToMany = cause === causes.NO_ROUTE && last.error === 0;
      const seconds = Math.max(0, at - since);
      this.#byDestination.set(key, { address, port, errno, cause, isToMany, count: 1, seconds, times: [since] });
    }
  }
}

/** Why the kernel itself refused; undefined for what may have come from the network. */
function causeOf(errno: string, { error, address, sourcePort }: TracedLookup): Cause | undefined {
  const own = kernelsOwn(errno)?.cause;
  if (own !== causes.NO_ROUTE || error !== 0) return own;
  // A route that leads to all of a network is turned down before a port is chosen, and before the way back is looked up.
  return errno === "ENETUNREACH" && sourcePort === 0 && !address.includes(":") ? own : undefined;
}
