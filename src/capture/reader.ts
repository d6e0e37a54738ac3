import { setImmediate } from "node:timers/promises";
import { Frame } from "../wire/frame.ts";
import type { CaptureError } from "./error.ts";
import { IndexedBlock } from "./indexed-block.ts";
import type { FileIndexer } from "./file-indexer.ts";
import { type Opened, OpenedReader } from "./opened.ts";
import type { Block, CaptureInterface, CaptureSource, RecordedName } from "./source.ts";

/**
 * The buffer that both formats share: filled, read record by record, the unread
 * tail moved to the front, filled again. It doubles only when it is full of one
 * record that is still not whole, so never by a length that was only claimed.
 */
export abstract class Reader extends OpenedReader implements CaptureSource, Block {
  abstract readonly format: "pcap" | "pcapng";
  abstract readonly precision: "micro" | "nano";
  abstract readonly recordPrecision: "micro" | "nano" | "";
  abstract readonly littleEndian: boolean;
  abstract readonly interfaces: readonly CaptureInterface[];
  abstract readonly names: readonly RecordedName[];

  protected bytes: Uint8Array<ArrayBuffer>;
  protected view: DataView<ArrayBuffer>;
  /** Next unread byte, and one past the last byte that came from the input; indices into `bytes`. */
  protected at = 0;
  protected have: number;
  /** Bytes from `at` on that `next` needs to get further; valid when it said false. */
  protected need = 0;
  /** Set by `next` when the bytes at `at` cannot be a record. */
  protected failure: CaptureError | undefined = undefined;
  /** Number of the frame that was read last. */
  protected number: number;
  /** Offset of `bytes[0]` in the uncompressed input. */
  #base = 0;
  #indexer: FileIndexer | undefined = undefined;

  constructor(opened: Opened) {
    super(opened);
    this.bytes = opened.bytes;
    this.view = new DataView(opened.bytes.buffer);
    this.have = opened.have;
    this.number = opened.firstNumber - 1;
  }

  abstract next(frame: Frame): boolean;

  /** The error for an input that ends within the record at `at`. */
  protected abstract cut(): CaptureError;

  get linkType(): number {
    return this.interfaces[0]?.linkType ?? -1;
  }

  get snapLength(): number {
    return this.interfaces[0]?.snapLength ?? 0;
  }

  async *blocks(): AsyncGenerator<Block, void, undefined> {
    const passed = new Frame();
    try {
      if (this.#indexer !== undefined) yield* this.#indexedBlocks(this.#indexer);
      for (;;) {
        yield this;
        // Records that the consumer left in the block count as read.
        while (this.next(passed));
        if (this.failure !== undefined) throw this.failure;
        if (!(await this.fill())) {
          if (this.at < this.have) throw this.cut();
          return;
        }
      }
    } finally {
      this.close();
    }
  }

  override close(): void {
    this.#indexer?.close();
    super.close();
  }

  /** Offset of the next record in the uncompressed input. */
  get position(): number {
    return this.#base + this.at;
  }

  /** Has the records of the one interface read and indexed by another, as far as all is as usual. */
  indexBy(indexer: FileIndexer): void {
    this.#indexer = indexer;
  }

  /** What the indexer makes of the records from `at` on; the input then stands behind them. */
  async *#indexedBlocks(indexer: FileIndexer): AsyncGenerator<Block, void, undefined> {
    this.#base += this.at;
    this.at = 0;
    this.have = 0;
    try {
      while (!indexer.isOver) {
        const block = new IndexedBlock(indexer, this.linkType, this.number + 1);
        yield block;
        this.number = block.number - 1;
        this.#base = indexer.position;
        this.input.seek?.(indexer.position);
        await setImmediate();
      }
    } finally {
      indexer.close();
    }
  }

  /** Reads until what `next` needs is there; false when the input ends before. */
  protected async fill(): Promise<boolean> {
    this.#moveTail();
    do {
      if (this.have === this.bytes.length) this.#grow();
      const got = await this.readInput(this.bytes, this.have);
      if (got === 0) return false;
      this.have += got;
    } while (this.have < this.need);
    return true;
  }

  /** Where a byte is in the input; `index` counts in `bytes`. */
  protected where(index: number): string {
    const offset = this.#base + index;
    return this.compression === "" ? `byte ${offset}` : `byte ${offset} of the uncompressed data`;
  }

  /** The second half of a message about an input that ends too early, with `left` bytes from `at` on. */
  protected cutShort(left: number): string {
    const what = this.input.size === -1 ? "the input" : "the file";
    return `${what} has ${left} left; the capture was cut: what comes before it was read`;
  }

  #moveTail(): void {
    this.bytes.copyWithin(0, this.at, this.have);
    this.#base += this.at;
    this.have -= this.at;
    this.at = 0;
  }

  #grow(): void {
    const larger = new Uint8Array(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}
