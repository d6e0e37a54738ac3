import type { TcpOption } from "../../src/capture/encode-tcp.ts";
import * as t from "../../src/wire/tcp.ts";
import { hexBytes, quotedBytes, type Words } from "./script-words.ts";

/** A TCP line as written: what is left out is undefined and filled in by the connection. */
export interface Segment {
  readonly flags: number;
  readonly sequence: number | undefined;
  readonly acknowledgment: number | undefined;
  /** Payload, in bytes. */
  readonly length: number;
  readonly window: number | undefined;
  readonly urgentPointer: number;
  readonly options: readonly TcpOption[] | undefined;
  /** It is captured but does not reach the peer. */
  readonly lost: boolean;
}

/** How the sending end behaves where the script leaves things out. */
export interface Stack {
  /** Written numbers count from the initial sequence numbers, but for those of segments with SYN: as tcpdump prints them. */
  readonly relative: boolean;
  /** No options by itself; the window is the end's own or 65,535. */
  readonly plain: boolean;
  /** The end's window where a line gives none. */
  readonly window: number | undefined;
}

/** Letters of tcpdump; `e` is AE (RFC 9768). */
const FLAGS: Readonly<Record<string, number>> = {
  F: t.FIN,
  S: t.SYN,
  R: t.RST,
  P: t.PSH,
  ".": t.ACK,
  U: t.URG,
  E: t.ECE,
  W: t.CWR,
  e: t.AE,
};

const FLAG_WORD = /^([FSRP.UEWe]+|none)(?:\((\d+)\))?$/;
const NUMBERS = /^(\d+)(?::(\d+))?\((\d+)\)$/;

function flagBits(letters: string): number {
  let bits = 0;
  for (const letter of letters) bits |= FLAGS[letter] ?? 0;
  return bits;
}

/** Whether a word is the flags of a TCP line. */
export function isFlagWord(word: string): boolean {
  return FLAG_WORD.test(word);
}

/**
 * Reads `FLAGS [FIRST[:LAST](LENGTH)] [ack N]`, or `FLAGS(LENGTH)`. The ACK bit
 * is set by `.`, by `ack N`, and in everything but SYN and RST; `noack` and the
 * flags `none` leave it out.
 */
export function readSegmentHead(words: Words): Omit<Segment, "window" | "urgentPointer" | "options" | "lost"> {
  const match = FLAG_WORD.exec(words.next("flags"));
  if (match === null) words.fail("flags expected, like S, S., P. or none");
  const letters = match[1]!;
  let flags = letters === "none" ? 0 : flagBits(letters);
  let length = Number(match[2] ?? 0);
  let sequence: number | undefined;
  if (NUMBERS.test(words.peek)) {
    const [, first, last, count] = NUMBERS.exec(words.next("sequence numbers"))!;
    sequence = Number(first);
    length = Number(count);
    const end = (sequence + length) % 2 ** 32;
    if (last !== undefined && Number(last) !== end) {
      words.fail(`${first}:${last}(${count}): ${length} bytes from ${first} end at ${end}`);
    }
  }
  const acknowledgment = words.take("ack") ? words.integer("acknowledgment number") : undefined;
  const opens = (flags & (t.SYN | t.RST)) !== 0 || letters === "none";
  if (acknowledgment !== undefined || (!opens && !words.take("noack"))) flags |= t.ACK;
  return { flags, sequence, acknowledgment, length };
}

/** What follows the numbers of a TCP line. */
export interface SegmentTail {
  readonly window: number | undefined;
  readonly urgentPointer: number;
  readonly options: readonly TcpOption[] | undefined;
  readonly length: number;
  /** The payload, where the line gives it as text. */
  readonly text: Uint8Array | undefined;
}

/** Reads `[win N] [urg N] [<OPTIONS>] ["TEXT"]`; `length` is what the numbers said, 0 when they did not. */
export function readSegmentTail(words: Words, length: number): SegmentTail {
  const window = words.take("win") ? words.integer("window") : undefined;
  const urgentPointer = words.take("urg") ? words.integer("urgent pointer") : 0;
  const options = /^<.*>$/.test(words.peek) ? readOptions(words, words.next("options")) : undefined;
  const text = words.peek.startsWith('"') ? quotedBytes(words, words.next("text")) : undefined;
  if (text !== undefined && length > 0 && length !== text.length) {
    words.fail(`text has ${text.length} bytes, the numbers say ${length}`);
  }
  return { window, urgentPointer, options, length: text?.length ?? length, text };
}

/** Reads an option list in angle brackets, as tcpdump or Stevens write it: `<mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7>`. */
export function readOptions(words: Words, word: string): TcpOption[] {
  const list = word.slice(1, -1).trim();
  return list === "" ? [] : list.split(",").map((text) => readOption(words, text.trim()));
}

function readOption(words: Words, text: string): TcpOption {
  const [name = "", ...rest] = text.split(/\s+/);
  const number = (index: number): number => {
    const value = rest[index] ?? "";
    if (!/^\d+$/.test(value)) words.fail(`option "${text}": number expected, not "${value}"`);
    return Number(value);
  };
  const data = (): Uint8Array => hexBytes(words, rest.at(-1) ?? "");
  switch (name) {
    case "eol":
      return { kind: "eol" };
    case "nop":
      return { kind: "nop" };
    case "mss":
      return { kind: "mss", value: number(0) };
    case "wscale":
      return { kind: "wscale", shift: number(0) };
    case "sackOK":
      return { kind: "sackOK" };
    case "sack":
      return { kind: "sack", blocks: sackBlocks(words, text) };
    case "TS":
      return { kind: "timestamps", value: number(1), echo: number(3) };
    case "timestamp":
      return { kind: "timestamps", value: number(0), echo: number(1) };
    case "md5":
      return { kind: "md5", digest: data() };
    case "tfo":
      return { kind: "fastOpen", cookie: rest[0] === "cookiereq" ? new Uint8Array(0) : data() };
    case "mptcp":
      return { kind: "multipath", data: data() };
    case "unknown":
      return { kind: "other", number: number(0), data: rest.length > 1 ? data() : new Uint8Array(0) };
    case "raw":
      return { kind: "raw", bytes: data() };
    default:
      return words.fail(`option "${text}" is not known`);
  }
}

/** Blocks of `sack 1 {100:200}{300:400}`: absolute sequence numbers. */
function sackBlocks(words: Words, text: string): [number, number][] {
  const blocks = [...text.matchAll(/\{(\d+):(\d+)\}/g)].map((match): [number, number] => [
    Number(match[1]),
    Number(match[2]),
  ]);
  if (blocks.length === 0) words.fail(`option "${text}": blocks expected, like {100:200}`);
  return blocks;
}
