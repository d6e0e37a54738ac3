import { standardPipe } from "../capture/file-output.ts";
import type { CaptureSource } from "../capture/source.ts";
import { listenToBlocked } from "./output.ts";

/** How long a pipe is still read after ^C, in milliseconds: its writer got the ^C too and hands over what it has kept. */
const GRACE = 1000;

/**
 * Turns the first ^C (or SIGTERM) into the end of the input, so that what was
 * read is printed, as tcpdump does; the second one ends the program, and so does the first while nobody reads what is printed.
 */
export class Interrupt {
  readonly #controller = new AbortController();
  #source: CaptureSource | undefined = undefined;
  #timer: NodeJS.Timeout | undefined = undefined;
  readonly #onSignal = (): void => {
    this.#forget();
    // Nobody reads what -w - writes: what it waits for would never come.
    if (standardPipe.giveUp()) return;
    // A capture that is going on gives what the system still has, and ends by itself.
    if (this.#source?.live !== undefined) {
      this.#source.live.stop();
      return;
    }
    // What is not open yet keeps its first bytes back: a pipe.
    const size = this.#source?.size ?? -1;
    if (size === -1) this.#timer = setTimeout(() => this.#controller.abort(), GRACE);
    else this.#controller.abort();
  };

  constructor() {
    this.#catch();
    listenToBlocked({ blocked: () => this.#release(), unblocked: () => this.#catch() });
  }

  /** Aborted when the reading shall end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Tells what is read now. */
  reads(source: CaptureSource): void {
    this.#source = source;
  }

  /** Tells that what -w - writes is waited for, also after the first ^C: the next one ends that. */
  waitsForReader(): void {
    this.#release();
    this.#catch();
  }

  /** Gives the signals their usual meaning back. */
  release(): void {
    this.#forget();
    clearTimeout(this.#timer);
  }

  #catch(): void {
    process.on("SIGINT", this.#onSignal);
    process.on("SIGTERM", this.#onSignal);
  }

  #forget(): void {
    listenToBlocked(undefined);
    this.#release();
  }

  /** Without a listener, a signal ends the program. */
  #release(): void {
    process.off("SIGINT", this.#onSignal);
    process.off("SIGTERM", this.#onSignal);
  }
}
