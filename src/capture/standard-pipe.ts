import { CaptureError } from "./error.ts";
import { UNREAD, writeWithin } from "./patient-write.ts";

const STANDARD_OUTPUT = 1;
/** How long to wait before a pipe that nobody reads is tried again, in milliseconds. */
const AGAIN = 10;

/**
 * Packets on their way to standard output. While a pipe is full they are waited for without a turn of the event loop;
 * where nobody reads it, what is left is kept, so that a signal can be heard: whoever writes has to wait until it is `drained`.
 */
export class StandardPipe {
  #kept: Uint8Array[] = [];
  #isGivenUp = false;
  readonly #failure: (error: unknown) => CaptureError;

  constructor(failure: (error: unknown) => CaptureError) {
    this.#failure = failure;
  }

  /** Hands `bytes[from, to)` to the system, or keeps them. Throws what the system says. */
  write(bytes: Uint8Array, from: number, to: number): void {
    if (this.#isGivenUp) return;
    const at = this.#kept.length > 0 ? from : writeWithin(STANDARD_OUTPUT, UNREAD, bytes, from, to);
    if (at < to) this.#kept.push(bytes.slice(at, to));
  }

  /** Resolves when nothing is kept any more; undefined when nothing is. Rejects with a `CaptureError` when it is given up. */
  drained(): Promise<void> | undefined {
    return this.#kept.length === 0 ? undefined : this.#drain();
  }

  /** Hands over what is kept, however long that takes: no signal is heard meanwhile. Throws what the system says. */
  flush(): void {
    for (const bytes of this.#kept.splice(0))
      writeWithin(STANDARD_OUTPUT, Number.POSITIVE_INFINITY, bytes, 0, bytes.length);
  }

  /** Whether something was kept; it is let go of. */
  giveUp(): boolean {
    if (this.#kept.length === 0) return false;
    this.#isGivenUp = true;
    return true;
  }

  async #drain(): Promise<void> {
    for (let [first] = this.#kept; first !== undefined; [first] = this.#kept) {
      if (this.#isGivenUp) throw this.#unread();
      let at: number;
      try {
        at = writeWithin(STANDARD_OUTPUT, 0, first, 0, first.length);
      } catch (error) {
        throw this.#failure(error);
      }
      if (at === first.length) this.#kept.shift();
      else this.#kept[0] = first.subarray(at);
      if (at === 0) await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
  }

  #unread(): CaptureError {
    const length = this.#kept.reduce((sum, bytes) => sum + bytes.length, 0);
    this.#kept = [];
    return new CaptureError(
      "unread-pipe",
      `standard output: nobody reads it; ${length} bytes of the packets that were captured last could not be written, the capture is cut there`,
    );
  }
}
