import { Worker } from "node:worker_threads";
import type { IndexTask } from "./index-worker.ts";
import { noteLoading } from "./loading.ts";

/** The thread that was begun before it is known what it is to read. */
let begun: IndexThread | undefined;

/** A thread that reads a file ahead and indexes it. Where it cannot run, nothing is lost but time. */
export class IndexThread {
  readonly #worker: Worker;
  #hasFailed = false;
  #hasEnded = false;

  private constructor() {
    this.#worker = new Worker(new URL("./index-worker.js", import.meta.url), {
      // It prints nothing: to have its output passed on takes streams of Node's, which take 3 ms to load.
      stdout: true,
      stderr: true,
      // It keeps next to nothing.
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 },
    });
    const noteLoaded = noteLoading();
    this.#worker
      .once("message", noteLoaded)
      .once("error", () => {
        this.#hasFailed = true;
      })
      .once("exit", () => {
        this.#hasEnded = true;
        if (begun === this) begun = undefined;
        noteLoaded();
      })
      .unref();
  }

  /** Has a thread ready sooner: that takes 20 ms, in which this one can load the rest of the program. */
  static begin(): void {
    begun ??= new IndexThread();
  }

  /** The thread that was begun, or a new one; it waits for what it is to do. */
  static take(): IndexThread {
    const thread = begun ?? new IndexThread();
    begun = undefined;
    return thread;
  }

  /** Whether it ended before it was done. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Tells it what to do, once. It ends by itself when that is done. */
  give(task: IndexTask): void {
    this.#worker.postMessage(task);
  }

  /** Ends it before it is done. */
  terminate(): void {
    void this.#worker.terminate();
  }

  /** When it has ended, which is to end. */
  async ended(): Promise<void> {
    if (!this.#hasEnded) await new Promise((resolve) => this.#worker.once("exit", resolve).ref());
  }
}
