import { ipv6Text } from "../../wire/address.ts";
import { Phrase, type TextSink } from "../sink.ts";

/** Blanks a level. */
const STEP = 4;
const MAX_PHRASE = 960;
const NEWLINE = 0x0a;
const COLON = 0x3a;
const DASH = 0x2d;
const HEX_DIGITS = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));

/** UTF-8 bytes as one character each, as `Phrase` wants them. */
function encoded(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}

/**
 * Constant text of one line or several, or the start of a line, made ready to be
 * written at any level: every line of it is indented by the level of the tree.
 */
export class Piece {
  readonly #text: string;
  readonly #phrases: (readonly Phrase[])[] = [];

  /** `text`: lines with the indentation that they have at the outermost level. */
  constructor(text: string) {
    this.#text = text;
  }

  /** Its phrases with `level` more steps of indentation. */
  at(level: number): readonly Phrase[] {
    let phrases = this.#phrases[level];
    if (phrases === undefined) {
      phrases = this.#make(level);
      this.#phrases[level] = phrases;
    }
    return phrases;
  }

  #make(level: number): Phrase[] {
    const text = encoded(this.#text.replaceAll(/^(?=.)/gm, " ".repeat(STEP * level)));
    const phrases: Phrase[] = [];
    for (let at = 0; at < text.length; at += MAX_PHRASE) phrases.push(new Phrase(text.slice(at, at + MAX_PHRASE)));
    return phrases;
  }
}

/** A piece of whole lines. */
export function lines(...texts: readonly string[]): Piece {
  return new Piece(texts.map((text) => `${text}\n`).join(""));
}

const SECONDS = new Phrase(" seconds]\n");
const BRACKET = new Phrase("]\n");

const INDENTATIONS: readonly string[] = Array.from({ length: 16 }, (_, level) => " ".repeat(STEP * level));

/** Writes trees: lines that are indented by their level. */
export class TreeWriter {
  readonly sink: TextSink;
  /** Level of the protocol that is printed: 0, or more inside of a quoted packet. */
  level = 0;

  constructor(sink: TextSink) {
    this.sink = sink;
  }

  /** Whole lines, or the start of a line. */
  put(piece: Piece): void {
    const phrases = piece.at(this.level);
    for (let i = 0; i < phrases.length; i++) this.sink.phrase(phrases[i]!);
  }

  /** A line whose text is made for it, `depth` steps below the protocol. */
  line(depth: number, text: string): void {
    this.sink.text(INDENTATIONS[Math.min(this.level + depth, INDENTATIONS.length - 1)]!);
    this.sink.text(text);
    this.end();
  }

  end(): void {
    this.sink.room();
    this.sink.char(NEWLINE);
  }

  /** A line that starts with `piece` and ends with a number. */
  number(piece: Piece, value: number): void {
    this.put(piece);
    this.sink.decimal(value);
    this.sink.char(NEWLINE);
  }

  /** Hardware address of `length` bytes. */
  mac(bytes: Uint8Array, at: number, length = 6): void {
    const sink = this.sink;
    sink.room();
    for (let i = 0; i < length; i++) {
      const byte = bytes[at + i]!;
      if (i > 0) sink.char(COLON);
      sink.char(HEX_DIGITS[byte >> 4]!);
      sink.char(HEX_DIGITS[byte & 15]!);
    }
  }

  /** IPv4 (4 bytes) or IPv6 (16 bytes) address. */
  address(bytes: Uint8Array, at: number, length: number): void {
    if (length === 4) {
      this.sink.dottedQuad(bytes, at);
      this.sink.back();
    } else {
      this.sink.text(ipv6Text(bytes, at));
    }
  }

  /** Nanoseconds as seconds with nine digits. */
  seconds(ns: number): void {
    const sink = this.sink;
    const whole = Math.floor(Math.abs(ns) / 1e9);
    if (ns < 0) sink.char(DASH);
    sink.decimal(whole);
    sink.char(0x2e);
    sink.padded(Math.abs(ns) - whole * 1e9, 9);
  }

  /** A line that starts with `piece` and ends with seconds and a bracket. */
  duration(piece: Piece, ns: number): void {
    this.put(piece);
    this.seconds(ns);
    this.sink.phrase(SECONDS);
  }

  /** The same of seconds and nanoseconds: exact, however many they are. */
  elapsed(piece: Piece, seconds: number, nanoseconds: number): void {
    const { sink } = this;
    const carried = Math.floor(nanoseconds / 1e9);
    let whole = seconds + carried;
    let rest = nanoseconds - carried * 1e9;
    this.put(piece);
    if (whole < 0) {
      sink.char(DASH);
      whole = rest === 0 ? -whole : -whole - 1;
      rest = rest === 0 ? 0 : 1e9 - rest;
    }
    sink.decimal(whole);
    sink.char(0x2e);
    sink.padded(rest, 9);
    sink.phrase(SECONDS);
  }

  /** A line that starts with `piece` and ends with a number and a bracket. */
  bracketed(piece: Piece, value: number): void {
    this.put(piece);
    this.sink.decimal(value);
    this.sink.phrase(BRACKET);
  }

  /** What Wireshark's experts remark, `depth` steps below the protocol. */
  expert(depth: number, severity: string, group: string, text: string): void {
    this.line(depth, `[Expert Info (${severity}/${group}): ${text}]`);
    this.line(depth + 1, `[${text}]`);
    this.line(depth + 1, `[Severity level: ${severity}]`);
    this.line(depth + 1, `[Group: ${group}]`);
  }
}

/** The lines of a remark as a constant. */
export function expertLines(depth: number, severity: string, group: string, text: string): string {
  const outer = " ".repeat(STEP * depth);
  const inner = " ".repeat(STEP * (depth + 1));
  return (
    `${outer}[Expert Info (${severity}/${group}): ${text}]\n` +
    `${inner}[${text}]\n${inner}[Severity level: ${severity}]\n${inner}[Group: ${group}]\n`
  );
}

/** Bits of a field of `width` bits in groups of four; those outside of `mask` as dots. */
export function bits(value: number, mask: number, width: number): string {
  let text = "";
  for (let bit = width - 1; bit >= 0; bit--) {
    const one = 2 ** bit;
    const isShown = Math.floor(mask / one) % 2 === 1;
    text += isShown ? String(Math.floor(value / one) % 2) : ".";
    if (bit > 0 && bit % 4 === 0) text += " ";
  }
  return text;
}

/** What a bit is called when it is clear, and when it is set. */
type BitWords = readonly [clear: string, set: string];

export const NO_YES: BitWords = ["No", "Yes"];
export const FALSE_TRUE: BitWords = ["False", "True"];
const NOT_SET_SET: BitWords = ["Not set", "Set"];

/** A bit of a field of `width` bits, as `.1.. .... = name: Set`. */
export function flagLine(
  value: number,
  mask: number,
  width: number,
  name: string,
  [clear, set]: BitWords = NOT_SET_SET,
): string {
  return `${bits(value, mask, width)} = ${name}: ${(value & mask) === 0 ? clear : set}`;
}

/** A number in hexadecimal with `digits` digits and 0x before them. */
export function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}

/** Bytes in hexadecimal without separators; at most 36 of them, as Wireshark shows. */
export function hexBytes(bytes: Uint8Array, at: number, end: number): string {
  let text = "";
  for (let i = at; i < Math.min(end, at + 36); i++) text += bytes[i]!.toString(16).padStart(2, "0");
  return end - at > 36 ? `${text}…` : text;
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
