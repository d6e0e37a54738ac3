import { INDEX_WORDS } from "../wire/frame-index.ts";

/** Bytes of a block: more than the largest record, little enough for a core's cache. */
const BLOCK_BYTES = 512 * 1024;
/** Frames of a block at most. */
export const BLOCK_FRAMES = 8192;
const INDEX_BYTES = BLOCK_FRAMES * INDEX_WORDS * Int32Array.BYTES_PER_ELEMENT;
/** Blocks in the ring. */
const BLOCKS = 16;
/** The filling thread is woken when no more than so many are filled: a block at a time, waking it would take as long as a tenth of using the block. */
const FEW_BLOCKS = 6;

// Numbers behind a block's index. Frames are counted in integers: what is read as a double makes doubles of all frame numbers.
const COUNT = 0;
const IS_LAST = 1;
const COUNTS = 2;
const COUNTS_BYTES = COUNTS * Int32Array.BYTES_PER_ELEMENT;

// Places of the signals: integers that the threads wait on.
/** How far the filling thread is. */
const PHASE = 0;
/** Blocks that were filled, and that were used, since the start. */
const FILLED = 1;
const USED = 2;
const SIGNALS = 3;

// Phases; at 0 it has not begun.
const WAITS = 1;
const RUNS = 2;

/** Memory of a ring, which both threads see. */
export interface IndexMemory {
  readonly signals: SharedArrayBuffer;
  readonly blocks: readonly SharedArrayBuffer[];
}

/** Memory for a new ring. */
export function indexMemory(): IndexMemory {
  const size = BLOCK_BYTES + INDEX_BYTES + COUNTS_BYTES + Float64Array.BYTES_PER_ELEMENT;
  return {
    signals: new SharedArrayBuffer(SIGNALS * Int32Array.BYTES_PER_ELEMENT),
    blocks: Array.from({ length: BLOCKS }, () => new SharedArrayBuffer(size)),
  };
}

/** Whole records of a file, and the index of their frames. */
export class IndexedBytes {
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly view: DataView<SharedArrayBuffer>;
  /** `count` records of `INDEX_WORDS` words. */
  readonly index: Int32Array<SharedArrayBuffer>;
  readonly #counts: Int32Array<SharedArrayBuffer>;
  readonly #next: Float64Array<SharedArrayBuffer>;

  constructor(memory: SharedArrayBuffer) {
    this.bytes = new Uint8Array(memory, 0, BLOCK_BYTES);
    this.view = new DataView(memory, 0, BLOCK_BYTES);
    this.index = new Int32Array(memory, BLOCK_BYTES, BLOCK_FRAMES * INDEX_WORDS);
    this.#counts = new Int32Array(memory, BLOCK_BYTES + INDEX_BYTES, COUNTS);
    this.#next = new Float64Array(memory, BLOCK_BYTES + INDEX_BYTES + COUNTS_BYTES, 1);
  }

  /** Says what was filled in: `next` is the offset in the file of what comes after, `isLast`: that nothing more is indexed. */
  set(count: number, next: number, isLast: boolean): void {
    this.#counts[COUNT] = count;
    this.#counts[IS_LAST] = isLast ? 1 : 0;
    this.#next[0] = next;
  }

  get count(): number {
    return this.#counts[COUNT]!;
  }

  get next(): number {
    return this.#next[0]!;
  }

  get isLast(): boolean {
    return this.#counts[IS_LAST] === 1;
  }
}

/** Blocks that one thread fills and another uses, in turn. */
class Ring {
  protected readonly signals: Int32Array<SharedArrayBuffer>;
  protected readonly blocks: readonly IndexedBytes[];

  constructor(memory: IndexMemory) {
    this.signals = new Int32Array(memory.signals);
    this.blocks = memory.blocks.map((block) => new IndexedBytes(block));
  }

  protected signal(place: number): void {
    Atomics.add(this.signals, place, 1);
    Atomics.notify(this.signals, place);
  }

  protected load(place: number): number {
    return Atomics.load(this.signals, place);
  }

  protected block(turn: number): IndexedBytes {
    return this.blocks[turn % BLOCKS]!;
  }
}

/** The ring as the thread sees it that fills it. */
export class FillingRing extends Ring {
  #turn = 0;

  /** Waits to be told where in the file to begin. */
  waitForStart(): number {
    Atomics.store(this.signals, PHASE, WAITS);
    Atomics.wait(this.signals, PHASE, WAITS);
    return this.blocks[0]!.next;
  }

  /** Waits for the next block to fill. */
  take(): IndexedBytes {
    for (;;) {
      const used = this.load(USED);
      if (this.#turn - used < BLOCKS) return this.block(this.#turn);
      Atomics.wait(this.signals, USED, used);
    }
  }

  /** Hands over the block that was taken. */
  give(): void {
    this.#turn++;
    this.signal(FILLED);
  }
}

/** The ring as the thread sees it that uses the blocks. */
export class UsingRing extends Ring {
  #turn = 0;

  /** Whether the other thread waits to be told where to begin. */
  get isReady(): boolean {
    return this.load(PHASE) === WAITS;
  }

  start(offset: number): void {
    this.blocks[0]!.set(0, offset, false);
    Atomics.store(this.signals, PHASE, RUNS);
    Atomics.notify(this.signals, PHASE);
  }

  /** The next filled block; undefined when there is none within so many milliseconds. */
  take(patience: number): IndexedBytes | undefined {
    const filled = this.load(FILLED);
    if (filled === this.#turn && Atomics.wait(this.signals, FILLED, filled, patience) === "timed-out") return undefined;
    return this.block(this.#turn);
  }

  /** Gives the block back that was taken. */
  release(): void {
    this.#turn++;
    Atomics.add(this.signals, USED, 1);
    if (this.load(FILLED) - this.#turn <= FEW_BLOCKS) Atomics.notify(this.signals, USED);
  }
}
