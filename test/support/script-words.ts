/** What is wrong with a script, and in which line of it. */
export class ScriptError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(`script line ${line}: ${message}`);
    this.name = "ScriptError";
    this.line = line;
  }
}

/** A text in double quotes, an option list `<…>`, a comment, or anything without blanks. */
const WORD = /"(?:[^"\\]|\\.)*"|<[^\s<>][^<>]*>|<>|#.*|\S+/g;

/** The words of one line, taken one after the other. */
export class Words {
  readonly line: number;
  readonly #words: readonly string[];
  #at = 0;

  constructor(line: number, text: string) {
    this.line = line;
    this.#words = (text.match(WORD) ?? []).filter((word) => !word.startsWith("#"));
  }

  get isEmpty(): boolean {
    return this.#at >= this.#words.length;
  }

  /** The next word without taking it; "" at the end. */
  get peek(): string {
    return this.#words[this.#at] ?? "";
  }

  fail(message: string): never {
    throw new ScriptError(this.line, message);
  }

  /** Takes the next word; `what` names it for the error when there is none. */
  next(what: string): string {
    if (this.isEmpty) this.fail(`${what} expected, the line ends`);
    return this.#words[this.#at++]!;
  }

  /** Takes the next word if it is `word`. */
  take(word: string): boolean {
    if (this.peek !== word) return false;
    this.#at++;
    return true;
  }

  /** Takes a whole number, decimal or hexadecimal. */
  integer(what: string): number {
    return this.#number(this.next(what), what);
  }

  #number(word: string, what: string): number {
    if (!/^(\d+|0x[0-9a-f]+)$/i.test(word)) this.fail(`${what} expected, not "${word}"`);
    return Number(word);
  }

  /** Takes a word of `words`; the number that belongs to it. */
  oneOf<T>(words: Readonly<Record<string, T>>, what: string): T {
    const word = this.next(what);
    const value = Object.hasOwn(words, word) ? words[word] : undefined;
    if (value === undefined) this.fail(`${what}: "${word}" is none of ${Object.keys(words).join(", ")}`);
    return value;
  }

  /** Nothing may be left. */
  end(): void {
    if (!this.isEmpty) this.fail(`"${this.peek}" is not understood here`);
  }
}

/** Bytes of a text in double quotes with the escapes of JSON. */
export function quotedBytes(words: Words, word: string): Uint8Array {
  try {
    return new TextEncoder().encode(String(JSON.parse(word)));
  } catch {
    return words.fail(`text ${word} has an escape that JSON does not know`);
  }
}

/** Bytes of hexadecimal digits. */
export function hexBytes(words: Words, text: string): Uint8Array {
  if (!/^([0-9a-f]{2})*$/i.test(text)) words.fail(`pairs of hexadecimal digits expected, not "${text}"`);
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Nanoseconds of seconds with up to nine decimals, as text. */
export function nanosecondsOf(words: Words, text: string): number {
  const match = /^(\d+)(?:\.(\d{1,9}))?$/.exec(text);
  if (match === null) words.fail(`seconds expected, not "${text}"`);
  return Number(match[1]) * 1e9 + Number((match[2] ?? "").padEnd(9, "0"));
}

/** Nanoseconds since midnight of `HH:MM:SS` with up to nine decimals. */
export function clockNanoseconds(words: Words, text: string): number {
  const match = /^(\d\d):(\d\d):(\d\d(?:\.\d{1,9})?)$/.exec(text);
  if (match === null) words.fail(`time of day expected, not "${text}"`);
  return (Number(match[1]) * 3600 + Number(match[2]) * 60) * 1e9 + nanosecondsOf(words, match[3]!);
}
