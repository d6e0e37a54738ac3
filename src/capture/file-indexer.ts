import { Worker } from "node:worker_threads";
import type { ModuleMemory } from "../wire/module-memory.ts";
import { HASH_SEED } from "../wire/tuple.ts";
import { BlockFiller } from "./block-filler.ts";
import { type IndexedBytes, RING_SIZE, UsingRing } from "./index-ring.ts";
import type { IndexTask } from "./index-worker.ts";
import type { PcapFormat } from "./pcap-records.ts";

/** How long the wait for a block may keep signals and timers from coming in, in milliseconds. */
const PATIENCE = 10;

/** Where the ring is in a memory, and the thread that fills it, until it has ended. */
interface Room {
  readonly at: number;
  worker: Worker | undefined;
}

const rooms = new WeakMap<ModuleMemory, Room>();

/**
 * Reads a pcap file and indexes its frames (see `frame-index.ts`); of a large one in a thread that reads ahead,
 * which takes half of the work from who follows connections. That takes about 40 ms to be ready: until then, this one does it.
 */
export class FileIndexer {
  readonly #ring: UsingRing;
  readonly #filler: BlockFiller;
  readonly #worker: Worker | undefined;
  #position: number;
  /** Whether the thread fills the blocks, and whether one of them is in use. */
  #isAhead = false;
  #holds = false;
  #isOver = false;

  private constructor(task: IndexTask, position: number, hasThread: boolean) {
    this.#position = position;
    this.#ring = new UsingRing(task.memory.buffer, task.ringAt);
    this.#filler = new BlockFiller(task.descriptor, task.format, HASH_SEED, task.memory);
    this.#worker = hasThread ? this.#start(task) : undefined;
  }

  /**
   * `descriptor`: of the file, open until `close`; `position`: where in it its first record begins; `memory`: of who uses the index, with room for one ring, which files
   * that are read one after the other share.
   */
  static async create(
    descriptor: number,
    position: number,
    format: PcapFormat,
    memory: ModuleMemory,
    hasThread: boolean,
  ): Promise<FileIndexer> {
    const room = roomIn(memory);
    if (room.worker !== undefined) await endOf(room.worker);
    const task: IndexTask = { descriptor, format, seed: HASH_SEED, memory: memory.shared, ringAt: room.at };
    const indexer = new FileIndexer(task, position, hasThread);
    room.worker = indexer.#worker?.once("exit", () => (room.worker = undefined));
    return indexer;
  }

  #start(task: IndexTask): Worker {
    const worker = new Worker(new URL("./index-worker.js", import.meta.url), {
      workerData: task,
      // It prints nothing: to have its output passed on takes streams of Node's, which take 3 ms to load.
      stdout: true,
      stderr: true,
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

  /** Where in the file what comes after the last block begins: a record's first byte. */
  get position(): number {
    return this.#position;
  }

  /** Whether nothing more is to be had: what is left in the file, if anything is, has to be read as always. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The next block, which holds until the next is asked for; undefined when it is not at hand within `PATIENCE`. */
  next(): IndexedBytes | undefined {
    if (this.#isOver) return undefined;
    if (this.#isAhead) return this.#taken();
    if (this.#worker !== undefined && this.#ring.isReady) {
      this.#isAhead = true;
      this.#ring.start(this.#position);
      return this.#taken();
    }
    const block = this.#ring.own;
    this.#filler.fill(block, this.#position);
    return this.#noted(block);
  }

  /** The next block that the thread has filled. */
  #taken(): IndexedBytes | undefined {
    if (this.#holds) this.#ring.release();
    const block = this.#ring.take(PATIENCE);
    this.#holds = block !== undefined;
    return block && this.#noted(block);
  }

  #noted(block: IndexedBytes): IndexedBytes {
    this.#position = block.next;
    if (block.isLast) this.#isOver = true;
    return block;
  }

  close(): void {
    // After its last block, the thread ends by itself.
    if (!(this.#isAhead && this.#isOver)) void this.#worker?.terminate();
    this.#isOver = true;
  }
}

/** The room of a memory, the same each time. */
function roomIn(memory: ModuleMemory): Room {
  const known = rooms.get(memory);
  if (known !== undefined) return known;
  const room: Room = { at: memory.reserve(RING_SIZE), worker: undefined };
  rooms.set(memory, room);
  return room;
}

/** When the thread has ended, which is to end. */
function endOf(worker: Worker): Promise<unknown> {
  return new Promise((resolve) => worker.once("exit", resolve).ref());
}
