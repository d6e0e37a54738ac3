import type { Frame } from "./frame.ts";
import { writeFrame, writeSegment } from "./frame-index.ts";
import { PlainSegment } from "./plain-segment.ts";
import { hashWords, IPV4_KEY_WORDS, stageTuple } from "./tuple.ts";

/**
 * Writes an index of frames: where each is, and what the usual segments hold, as
 * far as the four-tuple's hash. Done in another thread, it leaves one cache line
 * a frame to who follows connections.
 */
export class FrameIndexer {
  readonly #plain = new PlainSegment();
  readonly #key = new Int32Array(IPV4_KEY_WORDS);
  readonly #seed: number;

  /** `seed`: that of the hashes of who reads the index. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Writes the frame's record to `words[at]` and on (see `INDEX_WORDS`); false: there are numbers that do not fit. */
  write(words: Int32Array, at: number, frame: Frame): boolean {
    if (!writeFrame(words, at, frame)) return false;
    const plain = this.#plain;
    if (!plain.read(frame)) return true;
    if (plain.addressLength === 4) {
      const key = this.#key;
      plain.second = stageTuple(key, frame.view, plain.sourceAt, plain.destinationAt, 4, plain.ports);
      plain.hash = hashWords(key, 0, IPV4_KEY_WORDS, this.#seed) | 0;
      plain.key0 = key[0]!;
      plain.key1 = key[1]!;
      plain.key2 = key[2]!;
    }
    plain.isKeyed = plain.addressLength === 4;
    writeSegment(words, at, plain);
    return true;
  }
}
