import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { ModuleMemory } from "../wire/module-memory.ts";
import { HASH_SEED } from "../wire/tuple.ts";
import { BlockFiller } from "./block-filler.ts";
import { type IndexedBytes, RING_SIZE, UsingRing } from "./index-ring.ts";
import type { IndexTask } from "./index-worker.ts";
import type { PcapFormat } from "./pcap-records.ts";

/** How long the wait for a block may keep signals and timers from coming in, in milliseconds. */
const PATIENCE = 10;
/** Blocks after which these are let in. */
const BLOCKS_AT_ONCE = 16;

/** Where the ring is in a memory, and when the thread has ended that fills it. */
const rooms = new WeakMap<ModuleMemory, { readonly at: number; left: Promise<unknown> | undefined }>();

/**
 * Reads a pcap file and indexes its frames (see `frame-index.ts`); of a large one in a thread that reads ahead,
 * which takes half of the work from who follows connections. That takes about 40 ms to be ready: until then, this one does it.
 */
export class FileIndexer {
  readonly #ring: UsingRing;
  readonly #filler: BlockFiller;
  readonly #worker: Worker | undefined;
  #isOver = false;

  private constructor(task: IndexTask, hasThread: boolean) {
    this.#ring = new UsingRing(task.memory.buffer, task.ringAt);
    this.#filler = new BlockFiller(task.descriptor, task.format, HASH_SEED, task.memory);
    this.#worker = hasThread ? this.#start(task) : undefined;
  }

  /**
   * `descriptor`: of the file, open until `close`; `memory`: of who uses the index, with room for one ring, which files
   * that are read one after the other share.
   */
  static async create(
    descriptor: number,
    format: PcapFormat,
    memory: ModuleMemory,
    hasThread: boolean,
  ): Promise<FileIndexer> {
    let room = rooms.get(memory);
    if (room === undefined) {
      room = { at: memory.reserve(RING_SIZE), left: undefined };
      rooms.set(memory, room);
    }
    await room.left;
    const task: IndexTask = { descriptor, format, seed: HASH_SEED, memory: memory.shared, ringAt: room.at };
    const indexer = new FileIndexer(task, hasThread);
    const worker = indexer.#worker;
    room.left = worker && new Promise((resolve) => void worker.once("exit", resolve));
    return indexer;
  }

  #start(task: IndexTask): Worker {
    const worker = new Worker(new URL("./index-worker.js", import.meta.url), {
      workerData: task,
      // It keeps next to nothing.
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 },
    });
    // Where it cannot run, nothing is lost but time.
    worker.on("error", () => {
      this.#isOver = true;
    });
    worker.unref();
    return worker;
  }

  /** What is in the file from `offset` on, a record's first byte; each block holds until the next is asked for. */
  async *read(offset: number): AsyncGenerator<IndexedBytes, void, undefined> {
    let position = offset;
    for (let blocks = 1; !this.#isOver; blocks++) {
      if (this.#worker !== undefined && this.#ring.isReady) {
        yield* this.#readAhead(position);
        return;
      }
      const block = this.#ring.own;
      this.#filler.fill(block, position);
      position = block.next;
      yield block;
      if (block.isLast) return;
      if (blocks % BLOCKS_AT_ONCE === 0) await setImmediate();
    }
  }

  /** The same by the thread. */
  async *#readAhead(offset: number): AsyncGenerator<IndexedBytes, void, undefined> {
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
    void this.#worker?.terminate();
  }
}
