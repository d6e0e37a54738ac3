import { setImmediate } from "node:timers/promises";
import type { ByteInput } from "./input.ts";

/** What is known of a capture before its format is. */
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

/** Bytes of a file after which the event loop has its turn. */
const PAUSE_EVERY = 1 << 20;

/** What the readers of all formats have in common: the input that they read from and let go of. */
export abstract class OpenedReader {
  readonly name: string;
  readonly compression: "" | "gzip" | "zstd";
  protected readonly input: ByteInput;
  #closed = false;
  /** Bytes that were read since the event loop had its turn. */
  #sincePause = 0;

  constructor({ name, compression, input }: Opened) {
    this.name = name;
    this.compression = compression;
    this.input = input;
  }

  get bytesRead(): number {
    return this.input.bytesRead;
  }

  get size(): number {
    return this.input.size;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.input.close();
  }

  /** Reads what there is to `bytes[at]` and on, and says how many bytes; 0 at the end. */
  protected async readInput(bytes: Uint8Array, at: number): Promise<number> {
    const answer = this.input.read(bytes, at);
    if (typeof answer !== "number") return answer;
    this.#sincePause += answer;
    if (this.#sincePause < PAUSE_EVERY) return answer;
    this.#sincePause = 0;
    // Synchronous reads alone would never let signals and timers in.
    await setImmediate();
    return answer;
  }
}
