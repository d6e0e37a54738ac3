import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { HASH_SEED } from "../wire/tuple.ts";
import { type IndexedBytes, indexMemory, UsingRing } from "./index-ring.ts";
import type { IndexTask } from "./index-worker.ts";
import type { PcapFormat } from "./pcap-records.ts";

/** How long the wait for a block may keep signals and timers from coming in, in milliseconds. */
const PATIENCE = 10;
/** Blocks after which these are let in. */
const BLOCKS_AT_ONCE = 4;

/**
 * A thread that reads a pcap file ahead and indexes its frames (see `frame-index.ts`),
 * which takes half of the work from who follows connections. It takes about 40 ms
 * to be ready; until then, the file is read as always.
 */
export class IndexThread {
  readonly #worker: Worker;
  readonly #ring: UsingRing;
  #isOver = false;

  /** `descriptor`: of the file, open until `close`. */
  constructor(descriptor: number, format: PcapFormat) {
    const memory = indexMemory();
    this.#ring = new UsingRing(memory);
    const workerData: IndexTask = { descriptor, format, seed: HASH_SEED, memory };
    this.#worker = new Worker(new URL("./index-worker.js", import.meta.url), {
      workerData,
      // It keeps next to nothing.
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 },
    });
    // Where it cannot run, nothing is lost but time.
    this.#worker.on("error", () => {
      this.#isOver = true;
    });
    this.#worker.unref();
  }

  get isReady(): boolean {
    return !this.#isOver && this.#ring.isReady;
  }

  /** What is in the file from `offset` on, a record's first byte, when it is ready; each holds until the next is asked for. */
  async *read(offset: number): AsyncGenerator<IndexedBytes, void, undefined> {
    this.#ring.start(offset);
    for (let blocks = 1; ; blocks++) {
      const indexed = await this.#next();
      if (indexed === undefined) return;
      yield indexed;
      if (indexed.isLast) return;
      this.#ring.release();
      if (blocks % BLOCKS_AT_ONCE === 0) await setImmediate();
    }
  }

  /** The next block; undefined when the thread failed or was closed. */
  async #next(): Promise<IndexedBytes | undefined> {
    while (!this.#isOver) {
      const indexed = this.#ring.take(PATIENCE);
      if (indexed !== undefined) return indexed;
      await setImmediate();
    }
    return undefined;
  }

  close(): void {
    this.#isOver = true;
    void this.#worker.terminate();
  }
}
