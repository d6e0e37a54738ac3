import { getHeapStatistics } from "node:v8";
import type { Connection } from "../flow/connection.ts";

/** Connections followed or kept at once unless told otherwise, where memory allows it. */
const DEFAULT = 1_000_000;
/** Bytes of the heap that one takes while it is followed, without and with its timing, and more with the verdict that is told of it in the end (measured). */
const FOLLOWED = 3500;
const TIMED = 16_000;
const TOLD = 5000;
/** Share of the heap that those that are followed may take, and all there is; the rest is what waits to be collected. */
const FOLLOWED_SHARE = 0.65;
const SHARE = 0.75;
/** Connections between two looks at the heap. */
const LOOK = 256;

/** How many connections are followed at once, with their timing or without: `wanted`, or as many as the heap has room for. */
export function mostFollowed(wanted: number | undefined, timed: boolean): number {
  const room = Math.floor((FOLLOWED_SHARE * getHeapStatistics().heap_size_limit) / (timed ? TIMED : FOLLOWED));
  return wanted ?? Math.min(DEFAULT, room);
}

/**
 * Finished connections that a report at the end is made of: as many as are wanted, or as the heap has room for. Of
 * more, first those are left out in which nothing was wrong.
 */
export class KeptConnections {
  /** Connections that were left out although something was wrong, or could have been. */
  lost = 0;
  /** Those in which nothing was wrong. */
  healthy = 0;
  #list: Connection[] = [];
  readonly #wanted: Connection[] = [];
  #isTight = false;
  #added = 0;
  #heapIsFull = false;
  readonly #most: number | undefined;
  readonly #isHealthy: (connection: Connection) => boolean;
  readonly #onLeftOut: (connection: Connection) => void;

  /** `most`: undefined leaves it to the heap. */
  constructor(
    most: number | undefined,
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
    if (this.#added++ % LOOK === 0) this.#heapIsFull = this.#most === undefined && heapIsFull(this.#list.length);
    if (this.#isFull && !this.#isTight) this.#makeRoom();
    if (this.#isTight && this.#isHealthy(connection)) {
      this.healthy++;
      this.#onLeftOut(connection);
    } else if (this.#isFull) {
      this.lost++;
      this.#onLeftOut(connection);
    } else this.#list.push(connection);
  }

  get #isFull(): boolean {
    return this.#heapIsFull || this.#list.length >= (this.#most ?? DEFAULT);
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
    // What they took is free when it is collected.
    this.#heapIsFull = false;
  }
}

/** Whether the heap has no room for verdicts on so many connections, beside what is in it. */
function heapIsFull(count: number): boolean {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used + count * TOLD > SHARE * limit;
}
