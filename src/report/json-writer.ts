import { ipv6Text } from "../wire/address.ts";
import { Phrase, TextSink } from "../print/sink.ts";
import type { Key, Stretch } from "./object-parts.ts";
import type { ObjectWriter, StartTime } from "./object-writer.ts";

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const SECOND = 1e9;
/** Fractions of so many nanoseconds a unit or less are written with an exponent, as JSON.stringify does. */
const MICROSECOND = 1000;
/** Seconds of so many nanoseconds and more have other digits when they are told as short as possible. */
const EXACT_NS = 1e15;
const TRUE = new Phrase("true");
const FALSE = new Phrase("false");
const EXPONENT = new Phrase("e-");

/** Words made ready, at most. */
const MAX_WORDS = 1024;

/** Writes the object as JSON: byte for byte as JSON.stringify does. */
export class JsonWriter implements ObjectWriter {
  readonly #sink: TextSink;
  readonly #words: Map<string, Phrase> = new Map();
  #isFirst = true;
  /** The last second of which a time was written. */
  #second = Number.NaN;
  #secondPhrase = new Phrase("");
  /** Where stretches are made ready. */
  #draft: Draft | undefined = undefined;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  /** Ends the outermost object and the line: another may come. */
  endLine(): void {
    this.end();
    this.#sink.char(LINE_FEED);
    this.#isFirst = true;
  }

  begin(key?: Key): void {
    this.#key(key);
    this.#sink.char(OPEN_BRACE);
    this.#isFirst = true;
  }

  end(): void {
    this.#sink.char(CLOSE_BRACE);
    this.#isFirst = false;
  }

  beginList(key: Key): void {
    this.#key(key);
    this.#sink.char(OPEN_BRACKET);
    this.#isFirst = true;
  }

  endList(): void {
    this.#sink.char(CLOSE_BRACKET);
    this.#isFirst = false;
  }

  number(key: Key | undefined, value: number): void {
    this.#key(key);
    // A count is a small integer, which takes no more than this to tell; -0 is none.
    if ((value | 0) === value && value >= 0) this.#sink.decimal(value | 0);
    else if (Number.isInteger(value) && value >= 0 && value <= Number.MAX_SAFE_INTEGER) this.#sink.decimal(value);
    else this.#sink.text(JSON.stringify(value));
  }

  seconds(key: Key | undefined, ns: number): void {
    this.#key(key);
    const whole = Math.round(ns);
    if (whole >= MICROSECOND && whole < SECOND) this.#fraction(whole);
    else if (Math.abs(whole) < EXACT_NS) this.#seconds(whole);
    else this.#sink.text(JSON.stringify(whole / SECOND));
  }

  boolean(key: Key, value: boolean): void {
    this.#key(key);
    this.#sink.phrase(value ? TRUE : FALSE);
  }

  word(key: Key, value: string): void {
    this.#key(key);
    let phrase = this.#words.get(value);
    if (phrase === undefined) {
      phrase = new Phrase(`"${value}"`);
      if (this.#words.size < MAX_WORDS) this.#words.set(value, phrase);
    }
    this.#sink.phrase(phrase);
  }

  text(key: Key, value: string): void {
    this.#key(key);
    this.#sink.text(JSON.stringify(value));
  }

  address(key: Key, bytes: Uint8Array, at: number, length: number): void {
    this.#key(key);
    const sink = this.#sink;
    sink.char(QUOTE);
    if (length === 4) {
      sink.dottedQuad(bytes, at);
      sink.back();
    } else sink.text(ipv6Text(bytes, at));
    sink.char(QUOTE);
  }

  time(key: Key, start: StartTime, ns: number): void {
    this.#key(key);
    const sink = this.#sink;
    const total = start.nanoseconds + Math.round(ns);
    const carry = Math.floor(total / SECOND);
    sink.phrase(this.#wholeSeconds(start.seconds + carry));
    sink.billionths(total - carry * SECOND);
    sink.char(QUOTE);
  }

  stretch(stretch: Stretch): void {
    const { phrases } = stretch;
    if (this.#isFirst) this.#sink.phrase((phrases.first ??= this.#phraseOf(stretch, true)));
    else this.#sink.phrase((phrases.next ??= this.#phraseOf(stretch, false)));
    this.#isFirst = stretch.followedByFirst;
  }

  /** The text of the stretch as it stands first in its object or list, or behind something else. */
  #phraseOf(stretch: Stretch, isFirst: boolean): Phrase {
    const draft = (this.#draft ??= new Draft());
    draft.writer.#isFirst = isFirst;
    stretch.write(draft.writer);
    stretch.followedByFirst = draft.writer.#isFirst;
    return new Phrase(draft.take());
  }

  /** What stands in front of a value. */
  #key(key: Key | undefined): void {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (key === undefined) {
      this.#sink.room();
      if (!isFirst) this.#sink.char(COMMA);
      return;
    }
    const { phrases } = key;
    if (isFirst) this.#sink.phrase((phrases.first ??= new Phrase(`${JSON.stringify(key.name)}:`)));
    else this.#sink.phrase((phrases.next ??= new Phrase(`,${JSON.stringify(key.name)}:`)));
  }

  /** How an absolute time begins: mostly as the one before it. */
  #wholeSeconds(seconds: number): Phrase {
    if (seconds !== this.#second) {
      this.#second = seconds;
      this.#secondPhrase = new Phrase(`"${seconds}.`);
    }
    return this.#secondPhrase;
  }

  /** Nanoseconds below a second. */
  #fraction(ns: number): void {
    const sink = this.#sink;
    sink.room();
    sink.char(ZERO);
    sink.char(DOT);
    sink.fraction(ns);
  }

  /** Whole nanoseconds, below `EXACT_NS`. */
  #seconds(ns: number): void {
    const sink = this.#sink;
    if (ns < 0) sink.char(MINUS);
    const length = Math.abs(ns);
    if (length > 0 && length < MICROSECOND) {
      this.#tiny(length);
      return;
    }
    const whole = Math.floor(length / SECOND);
    sink.decimal(whole);
    const rest = length - whole * SECOND;
    if (rest === 0) return;
    sink.char(DOT);
    sink.fraction(rest);
  }

  /** 1 to 999 nanoseconds. */
  #tiny(ns: number): void {
    const sink = this.#sink;
    const exponent = ns < 10 ? 9 : ns < 100 ? 8 : 7;
    const unit = 10 ** (9 - exponent);
    const first = Math.floor(ns / unit);
    sink.char(ZERO + first);
    const rest = ns - first * unit;
    if (rest > 0) {
      sink.char(DOT);
      sink.fraction(rest * 10 ** exponent);
    }
    sink.phrase(EXPONENT);
    sink.char(ZERO + exponent);
  }
}

/** Text that is not printed yet. */
class Draft {
  readonly #sink = new TextSink((bytes, length) => {
    this.#text = String.fromCharCode(...bytes.subarray(0, length));
  });
  readonly writer: JsonWriter = new JsonWriter(this.#sink);
  #text = "";

  /** What was written since the last call; ASCII. */
  take(): string {
    this.#sink.flush();
    return this.#text;
  }
}
