import type { TextSink } from "../print/sink.ts";
import { ipv6Text } from "../wire/address.ts";
import { ipv4Number } from "./ipv4-number.ts";
import { JsonTape, PIECES } from "./json-tape.ts";
import { type Form, type Key, LONG_NS, NO_PHRASE } from "./object-parts.ts";
import type { ObjectWriter, StartTime } from "./object-writer.ts";
import { CHARACTER_SHIFT, FORM, INTEGER, IPV4, MAX_LENGTH, PHRASE, SECONDS, TIME } from "./tape-record.ts";

const LINE_FEED = 0x0a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const SECOND = 1e9;
/** While a form is kept, numbers from here on stand for places among its numbers. */
const FIRST_PLACE = 2 ** 40;

/** What the writers of a process have in common: phrases hold for all of them. */
let common: JsonTape | undefined;

/** Writes objects as lines of JSON: byte for byte as JSON.stringify does. One writer at a time: it is flushed before another is used. */
export class JsonWriter implements ObjectWriter {
  readonly #sink: TextSink;
  readonly #tape: JsonTape;
  readonly #words: Int32Array;
  readonly values: Float64Array;
  /** How many pieces are on the tape, and where the last head is. */
  #count = 0;
  #last = 0;
  #isFirst = true;
  /** Whether all that is written is kept for good. */
  #keeps = false;

  private constructor(sink: TextSink, tape: JsonTape) {
    this.#sink = sink;
    this.#tape = tape;
    this.#words = tape.words;
    this.values = tape.doubles;
  }

  /** Undefined where memory does not suffice. */
  static create(sink: TextSink): JsonWriter | undefined {
    common ??= JsonTape.create();
    return common && new JsonWriter(sink, common);
  }

  /** Ends the outermost object and the line: another may come. */
  endLine(): void {
    this.end();
    this.#put(LINE_FEED << CHARACTER_SHIFT, NO_PHRASE);
    this.#write();
    this.#isFirst = true;
  }

  /** To be called when there are no more lines for now. */
  flush(): void {
    this.#tape.flush(this.#sink);
    this.#sink.flush();
  }

  begin(key?: Key): void {
    this.#head(PHRASE | (OPEN_BRACE << CHARACTER_SHIFT), key);
    this.#isFirst = true;
  }

  end(): void {
    this.#close(CLOSE_BRACE);
  }

  beginList(key: Key): void {
    this.#head(PHRASE | (OPEN_BRACKET << CHARACTER_SHIFT), key);
    this.#isFirst = true;
  }

  endList(): void {
    this.#close(CLOSE_BRACKET);
  }

  number(key: Key | undefined, value: number): void {
    if (Number.isInteger(value) && value >= 0 && value <= Number.MAX_SAFE_INTEGER) {
      this.#value(INTEGER, key, value);
    } else if (!Number.isNaN(value)) {
      this.#head(PHRASE, key);
      this.#text(JSON.stringify(value));
    }
  }

  seconds(key: Key | undefined, ns: number): void {
    const whole = Math.round(ns);
    if (Math.abs(whole) < LONG_NS) {
      this.#value(SECONDS, key, whole);
    } else if (!Number.isNaN(whole)) {
      this.#head(PHRASE, key);
      this.#text(JSON.stringify(whole / SECOND));
    }
  }

  boolean(key: Key, value: boolean): void {
    this.#head(PHRASE, key);
    this.#put(PHRASE, value ? this.#tape.true : this.#tape.false);
  }

  word(key: Key, value: string): void {
    this.#head(PHRASE, key);
    if (value !== key.lastWord) {
      key.lastWord = value;
      key.lastPhrase = this.#tape.word(value);
    }
    if (key.lastPhrase === NO_PHRASE) this.#text(`"${value}"`);
    else this.#put(PHRASE, key.lastPhrase);
  }

  text(key: Key, value: string): void {
    this.#head(PHRASE, key);
    this.#text(JSON.stringify(value));
  }

  address(key: Key, bytes: Uint8Array, at: number, length: number): void {
    if (length === 4) {
      this.#value(IPV4, key, ipv4Number(bytes, at));
    } else {
      this.#head(PHRASE, key);
      this.#text(`"${ipv6Text(bytes, at)}"`);
    }
  }

  ipv4(key: Key, address: number): void {
    this.#value(IPV4, key, address);
  }

  since(start: StartTime): void {
    if (this.#tape.countsFrom(start)) return;
    // What is on the tape still counts from the one before.
    this.#write();
    this.#tape.since(start);
  }

  time(key: Key, ns: number): void {
    if (!Number.isNaN(ns)) this.#value(TIME, key, ns);
  }

  form(form: Form): number {
    const { phrases } = form;
    const kept = this.#isFirst ? phrases.first : phrases.next;
    const at = kept === NO_PHRASE ? this.#newForm(form) : kept;
    this.#put(FORM, at, form.count);
    const values = this.#count;
    this.#count += form.count;
    return values;
  }

  filled({ followedByFirst }: Form): void {
    this.#isFirst = followedByFirst;
  }

  /** Keeps the form, as it stands first in its object or list, or behind something else: it is written once with the places of its numbers. */
  #newForm(form: Form): number {
    const { phrases, count } = form;
    const isFirst = this.#isFirst;
    this.#write();
    this.#keeps = true;
    form.write(
      this,
      Array.from({ length: count }, (_, place) => FIRST_PLACE + place),
      0,
    );
    form.followedByFirst = this.#isFirst;
    const at = this.#tape.keepForm(this.#count, count, FIRST_PLACE);
    this.#keeps = false;
    this.#count = 0;
    this.#isFirst = isFirst;
    return isFirst ? (phrases.first = at) : (phrases.next = at);
  }

  #value(kind: number, key: Key | undefined, value: number): void {
    if (this.#keeps && value < FIRST_PLACE) {
      this.#constant(kind, key, value);
      return;
    }
    this.#head(kind, key);
    this.values[this.#count++] = value;
  }

  /** A number of a form that is the same each time. */
  #constant(kind: number, key: Key | undefined, value: number): void {
    if (kind !== INTEGER && kind !== SECONDS) throw new RangeError("a form has no time and no address of its own");
    this.#head(PHRASE, key);
    this.#text(JSON.stringify(kind === INTEGER ? value : value / SECOND));
  }

  /** Begins a value, which has numbers of its own if `kind` tells so. */
  #head(kind: number, key: Key | undefined): void {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    let phrase = NO_PHRASE;
    if (key === undefined) {
      if (!isFirst) phrase = this.#tape.comma;
    } else {
      phrase = isFirst ? key.phrases.first : key.phrases.next;
      if (phrase === NO_PHRASE) phrase = this.#newKey(key, isFirst);
    }
    this.#put(kind, phrase);
  }

  #newKey({ name, phrases }: Key, isFirst: boolean): number {
    const text = `${JSON.stringify(name)}:`;
    const phrase = this.#tape.keep(Buffer.from(isFirst ? text : `,${text}`));
    return isFirst ? (phrases.first = phrase) : (phrases.next = phrase);
  }

  /** Makes room for a head and so many numbers. */
  #room(numbers: number): void {
    if (this.#count + numbers >= PIECES) this.#write();
  }

  #put(kind: number, phrase: number, numbers = 1): void {
    this.#room(numbers);
    const at = this.#count++;
    this.#last = at;
    this.#words[2 * at] = kind;
    this.#words[2 * at + 1] = phrase;
  }

  /** Ends an object or a list. */
  #close(character: number): void {
    this.#isFirst = false;
    const at = 2 * this.#last;
    // Behind a value that has no character yet, and is not left out.
    const isFree =
      !this.#keeps && this.#count > 0 && this.#words[at]! >>> CHARACTER_SHIFT === 0 && this.#words[at] !== FORM;
    if (isFree) this.#words[at]! |= character << CHARACTER_SHIFT;
    else this.#put(character << CHARACTER_SHIFT, NO_PHRASE);
  }

  /** Text that is not written often. */
  #text(text: string): void {
    const bytes = Buffer.from(text);
    for (let from = 0; from < bytes.length; from += MAX_LENGTH) {
      const piece = bytes.subarray(from, from + MAX_LENGTH);
      // What is on the tape may need the room that the phrase has to have.
      if (!this.#keeps && !this.#tape.hasRoomFor(piece)) this.#write();
      this.#room(0);
      this.#put(PHRASE, this.#keeps ? this.#tape.keep(piece) : this.#tape.pass(piece), 0);
    }
  }

  /** Writes what is on the tape. */
  #write(): void {
    this.#tape.write(this.#count, this.#sink);
    this.#count = 0;
  }
}
