import type { Frame } from "../../src/wire/frame.ts";
import { writeSegment } from "../../src/wire/frame-index.ts";
import {
  END,
  HASH,
  KEY_0,
  KEYED,
  KIND,
  NANOSECONDS,
  SECOND,
  SECONDS,
  START,
  WIRE_LENGTH,
} from "../../src/wire/index-record.ts";
import { networkAt, PlainSegment } from "../../src/wire/plain-segment.ts";
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
    if (!plain.read(frame)) {
      this.#writeKey(words, at, frame);
      return true;
    }
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

  /** The key of another whole TCP segment over IPv4 without options. */
  #writeKey(words: Int32Array, at: number, frame: Frame): void {
    const { view } = frame;
    const ip = networkAt(frame);
    if (frame.end - ip < IP_AND_TCP || view.getUint8(ip) !== 0x45) return;
    if (view.getUint8(ip + 9) !== 6 || (view.getUint16(ip + 6) & 0x3fff) !== 0) return;
    const isSecond = stageTuple(this.#key, view, ip + 12, ip + 16, 4, view.getUint32(ip + 20));
    words[at + KIND] = KEYED | (isSecond ? SECOND : 0);
    words[at + HASH] = hashWords(this.#key, 0, IPV4_KEY_WORDS, this.#seed);
    words.set(this.#key, at + KEY_0);
  }
}

/** Bytes of both headers at least. */
const IP_AND_TCP = 40;

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
