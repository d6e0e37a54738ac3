import { COUNT, COUNT_WORDS, END, IS_LAST } from "../wire/index-block.ts";
import { INDEX_WORDS } from "../wire/index-record.ts";
import { alignedSize } from "../wire/module-memory.ts";

const WORD = Int32Array.BYTES_PER_ELEMENT;
/**
 * Bytes of a block that are read at once: what a core's cache holds beside the index. Measured on 585 MB in the page
 * cache: 0.10 s of CPU time to read with 128 KiB, 0.35 s with 256 KiB and more.
 */
export const USUAL_BYTES = 131_072;
/** For a record that is larger: all may be that are no messages of D-Bus. */
export const BLOCK_BYTES = 327_680;
/** Frames of a block at most. */
export const BLOCK_FRAMES = 2048;
const INDEX_BYTES = BLOCK_FRAMES * INDEX_WORDS * WORD;
const COUNTS_BYTES = alignedSize(COUNT_WORDS * WORD);
const BLOCK_SIZE = BLOCK_BYTES + INDEX_BYTES + COUNTS_BYTES;
/** Blocks in the ring. */
const BLOCKS = 32;
/** The filling thread is woken when no more than so many are filled: a block at a time, waking it would take as long as a tenth of using the block. */
const FEW_BLOCKS = 12;

// Places of the signals: integers that the threads wait on.
/** How far the filling thread is. */
const PHASE = 0;
/** Blocks that were filled, and that were used, since the start. */
const FILLED = 1;
const USED = 2;
const SIGNALS_BYTES = alignedSize(3 * WORD);

// Phases; at 0 it has not begun.
const WAITS = 1;
const RUNS = 2;

/** Bytes that a ring takes of its memory. */
export const RING_SIZE: number = SIGNALS_BYTES + BLOCKS * BLOCK_SIZE;

/** Whole records of a file, and the index of their frames. */
export class IndexedBytes {
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly view: DataView<SharedArrayBuffer>;
  /** `count` records of `INDEX_WORDS` words. */
  readonly index: Int32Array<SharedArrayBuffer>;
  /** Where the bytes, the index and what `index-block.ts` lists start in the memory, in bytes. */
  readonly bytesAt: number;
  readonly indexAt: number;
  readonly countsAt: number;
  readonly #counts: Int32Array<SharedArrayBuffer>;
  readonly #next: Float64Array<SharedArrayBuffer>;

  constructor(memory: SharedArrayBuffer, at: number) {
    this.bytesAt = at;
    this.indexAt = at + BLOCK_BYTES;
    this.countsAt = this.indexAt + INDEX_BYTES;
    this.bytes = new Uint8Array(memory, at, BLOCK_BYTES);
    this.view = new DataView(memory, at, BLOCK_BYTES);
    this.index = new Int32Array(memory, this.indexAt, BLOCK_FRAMES * INDEX_WORDS);
    this.#counts = new Int32Array(memory, this.countsAt, COUNT_WORDS);
    this.#next = new Float64Array(memory, this.countsAt + COUNT_WORDS * WORD, 1);
  }

  /** Says where in the file the bytes were read from, once they are indexed; `isLast`: nothing more is indexed. */
  set(position: number, isLast: boolean): void {
    this.#counts[IS_LAST] = isLast ? 1 : 0;
    this.#next[0] = position + this.#counts[END]!;
  }

  /** Frames in the index. */
  get count(): number {
    return this.#counts[COUNT]!;
  }

  /** The offset in the file of what comes after. */
  get next(): number {
    return this.#next[0]!;
  }

  /** For who fills the first block. */
  set next(offset: number) {
    this.#next[0] = offset;
  }

  get isLast(): boolean {
    return this.#counts[IS_LAST] === 1;
  }
}

/** Blocks that one thread fills and another uses, in turn. */
class Ring {
  protected readonly signals: Int32Array<SharedArrayBuffer>;
  protected readonly blocks: readonly IndexedBytes[];

  /** `at`: where its `RING_SIZE` bytes are in the memory. */
  constructor(memory: SharedArrayBuffer, at: number) {
    this.signals = new Int32Array(memory, at, SIGNALS_BYTES / WORD);
    const first = at + SIGNALS_BYTES;
    this.blocks = Array.from({ length: BLOCKS }, (_, i) => new IndexedBytes(memory, first + i * BLOCK_SIZE));
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
    while (this.load(PHASE) === WAITS) Atomics.wait(this.signals, PHASE, WAITS);
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

  /** A new ring; nobody uses the one that was there before. */
  constructor(memory: SharedArrayBuffer, at: number) {
    super(memory, at);
    for (const place of [PHASE, FILLED, USED]) Atomics.store(this.signals, place, 0);
  }

  /** Whether the other thread waits to be told where to begin. */
  get isReady(): boolean {
    return this.load(PHASE) === WAITS;
  }

  /** A block to use before the other thread is started. */
  get own(): IndexedBytes {
    return this.block(0);
  }

  start(offset: number): void {
    this.block(0).next = offset;
    Atomics.store(this.signals, PHASE, RUNS);
    Atomics.notify(this.signals, PHASE);
  }

  /** The next filled block; undefined when there is none within so many milliseconds. */
  take(patience: number): IndexedBytes | undefined {
    if (this.load(FILLED) === this.#turn) Atomics.wait(this.signals, FILLED, this.#turn, patience);
    // What ended the wait may have been told of the block before.
    return this.load(FILLED) === this.#turn ? undefined : this.block(this.#turn);
  }

  /** Gives the block back that was taken. */
  release(): void {
    this.#turn++;
    Atomics.add(this.signals, USED, 1);
    if (this.load(FILLED) - this.#turn <= FEW_BLOCKS) Atomics.notify(this.signals, USED);
  }
}
