import type { Frame } from "../../src/wire/frame.ts";
import { writeSegment } from "../../src/wire/frame-index.ts";
import { END, KIND, NANOSECONDS, SECONDS, START, WIRE_LENGTH } from "../../src/wire/index-record.ts";
import { PlainSegment } from "../../src/wire/plain-segment.ts";
import { hashWords, IPV4_KEY_WORDS, stageTuple } from "../../src/wire/tuple.ts";

/** Writes an index of frames one by one: what `assembly/indexer.ts` does for a block of records. */
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

/** Writes where the frame is and when it was captured; false: there are numbers that do not fit. */
function writeFrame(words: Int32Array, at: number, frame: Frame): boolean {
  if (frame.nanoseconds > 0x7fffffff) return false;
  words[at + START] = frame.start;
  words[at + END] = frame.end;
  words[at + WIRE_LENGTH] = frame.wireLength;
  words[at + SECONDS] = frame.seconds;
  words[at + NANOSECONDS] = frame.nanoseconds;
  words[at + KIND] = 0;
  return true;
}
