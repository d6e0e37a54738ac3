import type { Connection } from "../flow/connection.ts";
import { hasEnded } from "../flow/expiry.ts";

/** Milliseconds without a segment after which the end of a closed connection counts as the last of it. */
const QUIET = 1000;

/** Closed connections, until they have been quiet for a second. Times in milliseconds. */
export class ClosedQueue {
  /** When each changed last, those first that changed first. */
  readonly #since = new Map<Connection, number>();

  /** To be called with each connection that changed. */
  note(connection: Connection, now: number): void {
    this.#since.delete(connection);
    if (hasEnded(connection)) this.#since.set(connection, now);
  }

  /** Takes those out that have been quiet for long enough. */
  *due(now: number): Generator<Connection, void, undefined> {
    for (const [connection, since] of this.#since) {
      if (now - since < QUIET) return;
      this.#since.delete(connection);
      yield connection;
    }
  }
}
