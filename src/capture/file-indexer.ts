import type { ModuleMemory } from "../wire/module-memory.ts";
import { HASH_SEED } from "../wire/tuple.ts";
import { BlockFiller } from "./block-filler.ts";
import { type IndexedBytes, RING_SIZE, USUAL_BYTES, UsingRing } from "./index-ring.ts";
import type { IndexThread } from "./index-thread.ts";
import type { IndexTask } from "./index-worker.ts";
import type { PcapFormat } from "./pcap-records.ts";

/** How long the wait for a block may keep signals and timers from coming in, in milliseconds. */
const PATIENCE = 10;
/** Bytes of a block while the thread is waited for: their first frames take longest, for the code is cold. */
const WAITING_BYTES = 16_384;

/** Where the ring is in a memory, and the last thread that filled it. */
interface Room {
  readonly at: number;
  thread: IndexThread | undefined;
}

const rooms = new WeakMap<ModuleMemory, Room>();

/**
 * Reads a pcap file and indexes its frames (see `frame-index.ts`); of a large one in a thread that reads ahead,
 * which takes half of the work from who follows connections. Until that is ready, this one does it.
 */
export class FileIndexer {
  readonly #ring: UsingRing;
  readonly #filler: BlockFiller;
  readonly #thread: IndexThread | undefined;
  #position: number;
  /** Whether the thread fills the blocks, and whether one of them is in use. */
  #isAhead = false;
  #holds = false;
  #isOver = false;

  private constructor(task: IndexTask, position: number, thread: IndexThread | undefined) {
    this.#position = position;
    this.#ring = new UsingRing(task.memory.buffer, task.ringAt);
    this.#filler = new BlockFiller(task.descriptor, task.format, HASH_SEED, task.memory);
    this.#thread = thread;
    thread?.give(task);
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
    thread: IndexThread | undefined,
  ): Promise<FileIndexer> {
    const room = roomIn(memory);
    await room.thread?.ended();
    const task: IndexTask = { descriptor, format, seed: HASH_SEED, memory: memory.shared, ringAt: room.at };
    room.thread = thread;
    return new FileIndexer(task, position, thread);
  }

  /** Where in the file what comes after the last block begins: a record's first byte. */
  get position(): number {
    return this.#position;
  }

  /** Whether nothing more is to be had: what is left in the file, if anything is, has to be read as always. */
  get isOver(): boolean {
    return this.#isOver || this.#thread?.hasFailed === true;
  }

  /** Whether the thread that is to read ahead is not ready yet. */
  get isWaiting(): boolean {
    return this.#thread !== undefined && !this.#isAhead;
  }

  /** The next block, which holds until the next is asked for; undefined when it is not at hand within `PATIENCE`. */
  next(): IndexedBytes | undefined {
    if (this.isOver) return undefined;
    if (this.#isAhead) return this.#taken();
    if (this.#thread !== undefined && this.#ring.isReady) {
      this.#isAhead = true;
      this.#ring.start(this.#position);
      return this.#taken();
    }
    const block = this.#ring.own;
    this.#filler.fill(block, this.#position, this.isWaiting ? WAITING_BYTES : USUAL_BYTES);
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
    if (!(this.#isAhead && this.#isOver)) this.#thread?.terminate();
    this.#isOver = true;
  }
}

/** The room of a memory, the same each time. */
function roomIn(memory: ModuleMemory): Room {
  const known = rooms.get(memory);
  if (known !== undefined) return known;
  const room: Room = { at: memory.reserve(RING_SIZE), thread: undefined };
  rooms.set(memory, room);
  return room;
}
