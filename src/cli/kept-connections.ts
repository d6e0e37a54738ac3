import { getHeapStatistics } from "node:v8";
import type { Connection } from "../flow/connection.ts";

/** Connections followed or kept at once unless told otherwise, where memory allows it. */
const DEFAULT = 1_000_000;
/** Share of the heap that they may take. */
const SHARE = 0.65;
/** Bytes of the heap that one takes while it is followed, and with the verdict or the timing that is told of it in the end (measured). */
const FOLLOWED = 3500;
const TOLD = 8500;

/** How many connections are followed at once: `wanted`, or as many as the heap has room for. */
export function mostFollowed(wanted: number | undefined): number {
  return wanted ?? roomFor(FOLLOWED);
}

/** How many are kept for a report at the end. */
export function mostKept(wanted: number | undefined): number {
  return wanted ?? roomFor(TOLD);
}

function roomFor(bytes: number): number {
  return Math.min(DEFAULT, Math.floor((SHARE * getHeapStatistics().heap_size_limit) / bytes));
}

/**
 * Finished connections that a report at the end is made of, at most so many: of more, first those are left out in
 * which nothing was wrong.
 */
export class KeptConnections {
  /** Connections that were left out although something was wrong, or could have been. */
  lost = 0;
  /** Those in which nothing was wrong. */
  healthy = 0;
  #list: Connection[] = [];
  readonly #wanted: Connection[] = [];
  #isTight = false;
  readonly #most: number;
  readonly #isHealthy: (connection: Connection) => boolean;
  readonly #onLeftOut: (connection: Connection) => void;

  constructor(
    most: number,
    isHealthy: (connection: Connection) => boolean,
    onLeftOut: (connection: Connection) => void = () => {},
  ) {
    this.#most = most;
    this.#isHealthy = isHealthy;
    this.#onLeftOut = onLeftOut;
  }

  /** In the order of their first segments. */
  get list(): Connection[] {
    return [...this.#list, ...this.#wanted].sort((a, b) => a.firstStream - b.firstStream);
  }

  /** `wanted`: never left out. */
  add(connection: Connection, wanted: boolean): void {
    if (wanted) {
      this.#wanted.push(connection);
      return;
    }
    if (this.#list.length >= this.#most && !this.#isTight) this.#makeRoom();
    if (this.#isTight && this.#isHealthy(connection)) {
      this.healthy++;
      this.#onLeftOut(connection);
    } else if (this.#list.length >= this.#most) {
      this.lost++;
      this.#onLeftOut(connection);
    } else this.#list.push(connection);
  }

  #makeRoom(): void {
    this.#isTight = true;
    this.#list = this.#list.filter((connection) => {
      const isWanted = !this.#isHealthy(connection);
      if (!isWanted) {
        this.healthy++;
        this.#onLeftOut(connection);
      }
      return isWanted;
    });
  }
}
