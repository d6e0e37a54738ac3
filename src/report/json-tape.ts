import type { TextSink } from "../print/sink.ts";
import { alignedSize, functionsOf, ModuleMemory } from "../wire/module-memory.ts";
import { JSON_TEXT_CODE } from "./json-text-code.ts";
import { NO_PHRASE } from "./object-parts.ts";
import type { StartTime } from "./object-writer.ts";
import { CHARACTER_SHIFT, FORM_HEAD, FORM_PIECE, LENGTH_BITS, MAX_LENGTH, PHRASE } from "./tape-record.ts";

/** The functions of `assembly/json-text.ts`; places are in bytes. */
interface JsonTextCode {
  setPhrases(at: number): void;
  setStart(seconds: number, nanoseconds: number): void;
  write(from: number, count: number, to: number): number;
}

/** Pieces of 64 bits that a tape has room for. */
export const PIECES = 1024;
/** Bytes of phrases that stay, and of those that are used once; together less than a head can tell. */
const KEPT = 2 * 1024 * 1024;
const PASSING = 64 * 1024;
/** What a piece gives, at most: a phrase, a number or address, a character. */
const PIECE_BYTES = 1024 + 48;
/** Bytes of text that wait for more. */
const MUCH = 64 * 1024;
const TEXT_BYTES = MUCH + 2 * PIECES * PIECE_BYTES;
const PHRASES_BYTES = KEPT + PASSING + MAX_LENGTH;
const PIECE = 8;
const KIND = (1 << CHARACTER_SHIFT) - 1;

/** Words made ready, at most. */
const MAX_WORDS = 1024;

/**
 * JSON text as it is thought of: phrases that were made ready, and numbers. WebAssembly makes the bytes of it
 * (`assembly/json-text.ts`), which is fast from the first line on. Measured with 50,000 connections: a third less time than bytes made in JavaScript take.
 */
export class JsonTape {
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly comma: number;
  readonly true: number;
  readonly false: number;
  readonly #words = new Map<string, number>();
  readonly #memory: ModuleMemory;
  readonly #code: JsonTextCode;
  readonly #phrasesAt: number;
  readonly #textAt: number;
  #textEnd: number;
  // Where the next phrase goes; 0 is that of no phrase.
  #kept = 1;
  #passing = KEPT;
  #seconds = 0;
  #nanoseconds = 0;

  private constructor() {
    this.#memory = new ModuleMemory(alignedSize(PIECES * PIECE) + alignedSize(PHRASES_BYTES) + TEXT_BYTES);
    const at = this.#memory.reserve(PIECES * PIECE);
    this.#phrasesAt = this.#memory.reserve(PHRASES_BYTES);
    this.#textAt = this.#memory.reserve(TEXT_BYTES);
    this.#textEnd = this.#textAt;
    this.words = this.#memory.words.subarray(at / 4);
    this.doubles = this.#memory.doubles.subarray(at / PIECE);
    this.#code = functionsOf<JsonTextCode>(JSON_TEXT_CODE, this.#memory.shared);
    this.#code.setPhrases(this.#phrasesAt);
    this.comma = this.keep(Buffer.from(","));
    this.true = this.keep(Buffer.from("true"));
    this.false = this.keep(Buffer.from("false"));
  }

  /** Undefined where there is no room for it, as with `ulimit -v`. */
  static create(): JsonTape | undefined {
    try {
      return new JsonTape();
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** A phrase that stays, of at most `MAX_LENGTH` bytes; only few are to be kept. */
  keep(bytes: Uint8Array): number {
    const at = this.#kept;
    if (at + bytes.length > KEPT) throw new RangeError(`phrases of more than ${KEPT} bytes`);
    this.#kept = at + bytes.length;
    return this.#phrase(at, bytes);
  }

  /** The word between quotes, as a phrase that stays; `NO_PHRASE`: there are too many. */
  word(word: string): number {
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    if (this.#words.size >= MAX_WORDS) return NO_PHRASE;
    const phrase = this.keep(Buffer.from(`"${word}"`));
    this.#words.set(word, phrase);
    return phrase;
  }

  /** Whether a phrase of these bytes can be passed before the next `write`. */
  hasRoomFor(bytes: Uint8Array): boolean {
    return this.#passing + bytes.length <= KEPT + PASSING;
  }

  /** A phrase that holds until the next `write`, of at most `MAX_LENGTH` bytes; there is room for it. */
  pass(bytes: Uint8Array): number {
    const at = this.#passing;
    this.#passing = at + bytes.length;
    return this.#phrase(at, bytes);
  }

  #phrase(at: number, bytes: Uint8Array): number {
    if (bytes.length > MAX_LENGTH) throw new RangeError(`a phrase of ${bytes.length} bytes: ${MAX_LENGTH} at most`);
    this.#memory.bytes.set(bytes, this.#phrasesAt + at);
    return (at << LENGTH_BITS) | bytes.length;
  }

  /** Keeps the first `count` pieces as a form of so many numbers; those on the tape stand for their places, from `firstPlace` on. */
  keepForm(count: number, numbers: number, firstPlace: number): number {
    const at = alignedSize(this.#kept);
    const { words } = this.#memory;
    const head = (this.#phrasesAt + at) / 4;
    let pieces = 0;
    for (let i = 0; i < count; i++) {
      const to = head + (FORM_HEAD + pieces++ * FORM_PIECE) / 4;
      const kind = this.words[2 * i]!;
      words[to] = kind;
      words[to + 1] = this.words[2 * i + 1]!;
      if ((kind & KIND) !== PHRASE) words[to + 2] = this.doubles[++i]! - firstPlace;
    }
    words[head] = pieces;
    words[head + 1] = numbers;
    this.#kept = at + FORM_HEAD + pieces * FORM_PIECE;
    if (this.#kept > KEPT) throw new RangeError(`phrases of more than ${KEPT} bytes`);
    return at;
  }

  /** Whether times count from there. */
  countsFrom({ seconds, nanoseconds }: StartTime): boolean {
    return seconds === this.#seconds && nanoseconds === this.#nanoseconds;
  }

  /** Where times of what is written from here on count from. */
  since({ seconds, nanoseconds }: StartTime): void {
    this.#seconds = seconds;
    this.#nanoseconds = nanoseconds;
    this.#code.setStart(seconds, nanoseconds);
  }

  /** Makes the text of the first `count` pieces; `sink` gets it when there is much of it. */
  write(count: number, sink: TextSink): void {
    this.#textEnd = this.#code.write(this.words.byteOffset, count, this.#textEnd);
    this.#passing = KEPT;
    if (this.#textEnd > this.#textAt + MUCH) this.flush(sink);
  }

  /** The sink gets what it does not have yet. */
  flush(sink: TextSink): void {
    sink.pass(this.#memory.bytes.subarray(this.#textAt, this.#textEnd));
    this.#textEnd = this.#textAt;
  }
}
