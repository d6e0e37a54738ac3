import type { Transform } from "node:stream";
import { createContext, Script, type Context } from "node:vm";
import * as zlib from "node:zlib";
import { Decompress } from "fzstd";

/** Most that one block decompresses to, in bytes. */
const OUTPUT = 1 << 17;
/**
 * What a block may take in fzstd, in milliseconds. A real one takes a few, and
 * some tens with the largest window; but fzstd also carries out sequences that
 * run out of the block, and can spend a minute on twenty bytes of them.
 */
const PATIENCE = 2000;

/** A library that decompresses zstd frames. */
export interface ZstdEngine {
  /** Largest window, in bytes, of a frame that it is given. */
  readonly maximumWindow: number;
  /**
   * Decompresses the next part of a frame, at most a block and never more than
   * one frame; `last` says that the frame ends with it. Rejects with the
   * library's error and is of no use then.
   */
  decompress(part: Uint8Array, last: boolean): Promise<readonly Uint8Array[]>;
  close(): void;
}

/** What `node:zlib` has since 22.15 and 23.8. */
interface ZstdOfNode {
  readonly createZstdDecompress?: (options: { chunkSize: number }) => Transform;
}

const withZstd: object = zlib;
const { createZstdDecompress } = withZstd as ZstdOfNode;

/** Node's own zstd. */
class NodeZstd implements ZstdEngine {
  readonly maximumWindow: number = 1 << 27;
  readonly #stream: Transform;
  readonly #output: Uint8Array[] = [];
  #failure: Error | undefined;

  constructor(stream: Transform) {
    this.#stream = stream;
    stream.on("data", (chunk: Uint8Array) => this.#output.push(chunk));
    stream.on("error", (error) => (this.#failure = error));
  }

  async decompress(part: Uint8Array): Promise<readonly Uint8Array[]> {
    if (part.length > 0) await this.#write(part);
    if (this.#failure !== undefined) throw this.#failure;
    return this.#output.splice(0);
  }

  #write(part: Uint8Array): Promise<void> {
    const stream = this.#stream;
    return new Promise((resolve) => {
      stream.once("close", resolve);
      stream.write(part, () => {
        stream.off("close", resolve);
        resolve();
      });
    });
  }

  close(): void {
    this.#stream.destroy();
  }
}

const PUSH = new Script("push()");

/** The fzstd package, for a Node without zstd. It begins a frame with 18 bytes of it, so that a part's output may come with the next. */
class Fzstd implements ZstdEngine {
  /** It takes 16 times as long over tiny frames with the largest window: what RFC 8878 section 3.1.1.1.2 recommends must do. */
  readonly maximumWindow: number = 1 << 23;
  #output: Uint8Array[] = [];
  #part: Uint8Array = new Uint8Array(0);
  #last = false;
  #frame: Decompress | undefined;
  readonly #context: Context = createContext({
    push: () => {
      this.#frame?.push(this.#part, this.#last);
    },
  });

  // Async, so that what fzstd throws is a rejection.
  async decompress(part: Uint8Array, last: boolean): Promise<readonly Uint8Array[]> {
    this.#frame ??= new Decompress((chunk) => this.#output.push(chunk));
    // It keeps what it does not use yet.
    this.#part = part.slice();
    this.#last = last;
    PUSH.runInContext(this.#context, { timeout: PATIENCE });
    if (last) this.#frame = undefined;
    return this.#output.splice(0);
  }

  close(): void {
    this.#frame = undefined;
  }
}

/** An engine of Node's own zstd; undefined where Node has none. */
export const makeNodeZstd: (() => ZstdEngine) | undefined =
  createZstdDecompress && (() => new NodeZstd(createZstdDecompress({ chunkSize: OUTPUT })));

export function makeFzstd(): ZstdEngine {
  return new Fzstd();
}

/** Node's own zstd where it has one, fzstd otherwise. */
export function bestZstdEngine(): ZstdEngine {
  return (makeNodeZstd ?? makeFzstd)();
}
