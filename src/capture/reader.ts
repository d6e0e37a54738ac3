import { setImmediate } from "node:timers/promises";
import { Frame } from "../wire/frame.ts";
import type { CaptureError } from "./error.ts";
import type { ByteInput } from "./input.ts";
import type { Block, CaptureInterface, CaptureSource, RecordedName } from "./source.ts";

/** Bytes of a file after which the event loop has its turn. */
const PAUSE_EVERY = 1 << 20;

/** What is known before the format is. */
export interface Opened {
  readonly name: string;
  readonly compression: "" | "gzip" | "zstd";
  readonly input: ByteInput;
  /** The buffer, with the first `have` bytes of the (uncompressed) input. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly have: number;
  /** Number of the first frame. */
  readonly firstNumber: number;
}

/**
 * The buffer that both formats share: filled, read record by record, the unread
 * tail moved to the front, filled again. It doubles only when it is full of one
 * record that is still not whole, so never by a length that was only claimed.
 */
export abstract class Reader implements CaptureSource, Block {
  abstract readonly format: "pcap" | "pcapng";
  abstract readonly precision: "micro" | "nano";
  abstract readonly recordPrecision: "micro" | "nano" | "";
  abstract readonly littleEndian: boolean;
  abstract readonly interfaces: readonly CaptureInterface[];
  abstract readonly names: readonly RecordedName[];
  readonly name: string;
  readonly compression: "" | "gzip" | "zstd";

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
  readonly #input: ByteInput;
  #closed = false;
  /** Bytes that were read since the event loop had its turn. */
  #sincePause = 0;

  constructor(opened: Opened) {
    this.name = opened.name;
    this.compression = opened.compression;
    this.bytes = opened.bytes;
    this.view = new DataView(opened.bytes.buffer);
    this.have = opened.have;
    this.number = opened.firstNumber - 1;
    this.#input = opened.input;
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

  get bytesRead(): number {
    return this.#input.bytesRead;
  }

  get size(): number {
    return this.#input.size;
  }

  async *blocks(): AsyncGenerator<Block, void, undefined> {
    const passed = new Frame();
    try {
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

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#input.close();
  }

  /** Reads until what `next` needs is there; false when the input ends before. */
  protected async fill(): Promise<boolean> {
    this.#moveTail();
    do {
      if (this.have === this.bytes.length) this.#grow();
      const answer = this.#input.read(this.bytes, this.have);
      const got = typeof answer === "number" ? answer : await answer;
      if (got === 0) return false;
      this.have += got;
      // Synchronous reads alone would never let signals and timers in.
      if (typeof answer === "number" && this.#isTurnOfOthers(got)) await setImmediate();
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
    const what = this.#input.size === -1 ? "the input" : "the file";
    return `${what} has ${left} left; the capture was cut: what comes before it was read`;
  }

  /** Synchronous reads alone would never let signals and timers in. */
  #isTurnOfOthers(got: number): boolean {
    this.#sincePause += got;
    if (this.#sincePause < PAUSE_EVERY) return false;
    this.#sincePause = 0;
    return true;
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
