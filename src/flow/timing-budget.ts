import { RoundTrips } from "./round-trips.ts";
import { CLIENT, type EndIndex, SERVER } from "./states.ts";

/** What a connection's time is spent with. */
export const PHASES = ["handshake", "request", "think", "transfer", "loss", "window", "application", "close"] as const;
export type Phase = (typeof PHASES)[number];

/** Of each phase 0. */
export function nothingSpent(): Record<Phase, number> {
  return { handshake: 0, request: 0, think: 0, transfer: 0, loss: 0, window: 0, application: 0, close: 0 };
}

/** All phases together. */
export function totalOf(spent: Readonly<Record<Phase, number>>): number {
  return PHASES.reduce((sum, phase) => sum + spent[phase], 0);
}

/** One segment, as the budget sees it. */
export interface BudgetStep {
  readonly timeNs: number;
  /** Before it the handshake was not complete. */
  readonly opening: boolean;
  /** The time before it was lost by a loss: it is sent again, or answers what was. */
  readonly loss: boolean;
  /** The time before it was spent waiting for the receiver's window. */
  readonly window: boolean;
  /** Who sends data that was not sent before; -1: nobody. */
  readonly newDataFrom: EndIndex | -1;
  /** It acknowledges all data that was sent. */
  readonly acknowledgesAll: boolean;
  /** FIN or RST. */
  readonly ends: boolean;
  /** Time from the capture point to each end and back, in nanoseconds. */
  readonly there: readonly [number, number];
}

/**
 * Where the time of a connection goes. Each stretch between two segments belongs
 * to one phase, so the phases add up to the duration:
 *
 * - `handshake`: until the handshake is complete
 * - `request`: the client's data is sent, under way or being acknowledged
 * - `think`: the server has all of a request and has not begun to answer
 * - `transfer`: the server's data is sent, under way or being acknowledged
 * - `loss`: until something is sent again, and until that is answered
 * - `window`: the sender waits for the receiver to open its window
 * - `application`: all is acknowledged, and who spoke last, or the client, sends nothing
 * - `close`: from the first FIN or RST, unless data still follows
 *
 * To whom a silence belongs is known when it ends. What the network needs at
 * least, by the handshake, is counted as `request` or `transfer`.
 */
export class TimeBudget {
  /** Nanoseconds of each phase. */
  readonly spent: Record<Phase, number> = nothingSpent();
  /** Each time the server thought, in nanoseconds. */
  readonly thinks: RoundTrips = new RoundTrips();
  #begun = false;
  #lastNs = 0;
  /** Since the last data, not given to a phase yet: until it was acknowledged, and after. */
  #underWay = 0;
  #silent = 0;
  #talker: EndIndex | -1 = -1;
  #acknowledged = true;
  #closing = false;

  observe(step: BudgetStep): void {
    const passed = this.#begun ? Math.max(0, step.timeNs - this.#lastNs) : 0;
    this.#lastNs = this.#begun ? Math.max(this.#lastNs, step.timeNs) : step.timeNs;
    this.#begun = true;
    if (step.opening) this.spent.handshake += passed;
    else if (step.loss && !this.#closing) this.spent.loss += passed;
    else if (step.window && !this.#closing) this.spent.window += passed;
    else if (this.#acknowledged) this.#silent += passed;
    else this.#underWay += passed;
    if (step.newDataFrom !== -1) this.#speak(step.newDataFrom, step.there);
    else if (step.acknowledgesAll) this.#acknowledged = true;
    if (step.ends) this.#end();
  }

  /** New data ends a silence, and tells whose it was. */
  #speak(from: EndIndex, there: readonly [number, number]): void {
    const before = this.#talker;
    if (from === before) {
      const network = Math.min(this.#silent, there[from]);
      this.spent[travelOf(from)] += this.#underWay + network;
      this.spent.application += this.#silent - network;
    } else {
      const total = this.#underWay + this.#silent;
      const network = Math.min(total, there[from]);
      this.spent[travelOf(before === -1 ? from : before)] += network;
      this.spent[from === SERVER ? "think" : "application"] += total - network;
      if (from === SERVER && before === CLIENT) this.thinks.add(total - network);
    }
    this.#clear();
    this.#talker = from;
    this.#acknowledged = false;
  }

  #end(): void {
    if (this.#closing) this.spent.close += this.#underWay + this.#silent;
    else this.#attribute();
    this.#clear();
    this.#closing = true;
  }

  #attribute(): void {
    this.spent[travelOf(this.#talker)] += this.#underWay;
    this.spent.application += this.#silent;
  }

  #clear(): void {
    this.#underWay = 0;
    this.#silent = 0;
  }

  /** Nothing more will come. May be called again. */
  finish(): void {
    if (this.#closing) this.#end();
    else this.#attribute();
    this.#clear();
  }

  /** All phases together, in nanoseconds. */
  get total(): number {
    return totalOf(this.spent);
  }
}

/** The phase in which an end's data is under way. */
function travelOf(end: EndIndex | -1): "request" | "transfer" {
  return end === CLIENT ? "request" : "transfer";
}
