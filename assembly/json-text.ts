/** Turns a tape (see `src/report/json-tape.ts`) into text: all is ASCII but phrases, which are copied. */
import * as tape from "../src/report/tape-record.ts";

const QUOTE: u8 = 0x22;
const MINUS: u8 = 0x2d;
const DOT: u8 = 0x2e;
const ZERO: u8 = 0x30;
const LOWER_E: u8 = 0x65;

const SECOND: f64 = 1_000_000_000;
/** Fractions of so many nanoseconds a unit or less are written with an exponent, as JSON.stringify does. */
const MICROSECOND: i64 = 1000;

const KIND: u32 = (1 << tape.CHARACTER_SHIFT) - 1;

let phrases: usize = 0;
// Where times count from.
let startSeconds: f64 = 0;
let startNanoseconds: f64 = 0;

export function setPhrases(at: usize): void {
  phrases = at;
}

export function setStart(seconds: f64, nanoseconds: f64): void {
  startSeconds = seconds;
  startNanoseconds = nanoseconds;
}

/** Writes the text of `count` pieces of 64 bits at `from` to `to`, where there is room for it; where it ends. Up to 15 bytes behind that are written over. */
export function write(from: usize, count: i32, to: usize): usize {
  const end = from + ((<usize>count) << 3);
  let at = to;
  while (from < end) {
    const head = load<u32>(from);
    const kind = head & KIND;
    if (kind === tape.FORM) {
      const form = phrases + <usize>load<u32>(from, 4);
      at = writeForm(form, from + 8, at);
      from += 8 + ((<usize>load<u32>(form, 4)) << 3);
    } else if (kind === tape.PHRASE) {
      at = writePiece(head, load<u32>(from, 4), 0, at);
      from += 8;
    } else {
      at = writePiece(head, load<u32>(from, 4), load<f64>(from, 8), at);
      from += 16;
    }
  }
  return at;
}

function writeForm(form: usize, values: usize, to: usize): usize {
  const end = form + tape.FORM_HEAD + <usize>load<u32>(form) * tape.FORM_PIECE;
  let at = to;
  for (let from = form + tape.FORM_HEAD; from < end; from += tape.FORM_PIECE) {
    const value = load<f64>(values + ((<usize>load<u32>(from, 8)) << 3));
    if (value === value || (load<u32>(from) & KIND) === tape.PHRASE)
      at = writePiece(load<u32>(from), load<u32>(from, 4), value, at);
  }
  return at;
}

function writePiece(head: u32, phrase: u32, value: f64, to: usize): usize {
  let at = writePhrase(phrase, to);
  const kind = head & KIND;
  if (kind !== tape.PHRASE) {
    if (kind === tape.INTEGER) at = writeInteger(<u64>value, at);
    else if (kind === tape.SECONDS) at = writeSeconds(<i64>rounded(value), at);
    else if (kind === tape.IPV4) at = writeAddress(<u32>value, at);
    else at = writeTime(rounded(value), at);
  }
  const character = head >>> tape.CHARACTER_SHIFT;
  if (character === 0) return at;
  store<u8>(at, <u8>character);
  return at + 1;
}

/** As Math.round does. */
function rounded(value: f64): f64 {
  const whole = floor(value);
  return value - whole < 0.5 ? whole : whole + 1;
}

function writePhrase(phrase: u32, to: usize): usize {
  const length: usize = phrase & ((1 << tape.LENGTH_BITS) - 1);
  const from = phrases + <usize>(phrase >>> tape.LENGTH_BITS);
  for (let i: usize = 0; i < length; i += 16) {
    store<u64>(to + i, load<u64>(from + i));
    store<u64>(to + i, load<u64>(from + i, 8), 8);
  }
  return to + length;
}

function writeInteger(value: u64, to: usize): usize {
  if (value <= 0xffffffff) return writeDecimal(<u32>value, to);
  const high = value / 1_000_000_000;
  return writeDigits(<u32>(value - high * 1_000_000_000), 9, writeInteger(high, to));
}

function writeDecimal(value: u32, to: usize): usize {
  let count = 1;
  for (let limit: u64 = 10; limit <= <u64>value; limit *= 10) count++;
  return writeDigits(value, count, to);
}

/** Exactly so many digits. */
function writeDigits(value: u32, count: i32, to: usize): usize {
  const end = to + <usize>count;
  for (let at = end - 1; at >= to; at--) {
    const rest = value / 10;
    store<u8>(at, ZERO + <u8>(value - rest * 10));
    value = rest;
  }
  return end;
}

/** The digits behind a dot: so many, without the zeros at their end. */
function writeFraction(value: u32, count: i32, to: usize): usize {
  while (value % 10 === 0) {
    value /= 10;
    count--;
  }
  store<u8>(to, DOT);
  return writeDigits(value, count, to + 1);
}

function writeSeconds(ns: i64, to: usize): usize {
  if (ns < 0) {
    store<u8>(to, MINUS);
    to++;
    ns = -ns;
  }
  if (ns > 0 && ns < MICROSECOND) return writeTiny(<u32>ns, to);
  const whole = ns / <i64>SECOND;
  const rest = <u32>(ns - whole * <i64>SECOND);
  const at = writeInteger(<u64>whole, to);
  return rest === 0 ? at : writeFraction(rest, 9, at);
}

/** 1 to 999 nanoseconds. */
function writeTiny(ns: u32, to: usize): usize {
  const digits = ns < 10 ? 0 : ns < 100 ? 1 : 2;
  const unit: u32 = digits === 0 ? 1 : digits === 1 ? 10 : 100;
  const first = ns / unit;
  store<u8>(to, ZERO + <u8>first);
  let at = to + 1;
  const rest = ns - first * unit;
  if (rest > 0) at = writeFraction(rest, digits, at);
  store<u8>(at, LOWER_E);
  store<u8>(at, MINUS, 1);
  store<u8>(at, ZERO + <u8>(9 - digits), 2);
  return at + 3;
}

/** Between quotes; with all nine digits, which count from a second on, also before 1970. The same sums as `timeText`'s. */
function writeTime(ns: f64, to: usize): usize {
  const total = startNanoseconds + ns;
  const carry = floor(total / SECOND);
  let seconds = startSeconds + carry;
  store<u8>(to, QUOTE);
  let at = to + 1;
  if (seconds < 0) {
    store<u8>(at, MINUS);
    at++;
    seconds = -seconds;
  }
  at = writeInteger(<u64>seconds, at);
  store<u8>(at, DOT);
  const end = writeDigits(<u32>(total - carry * SECOND), 9, at + 1);
  store<u8>(end, QUOTE);
  return end + 1;
}

/** Between quotes. */
function writeAddress(address: u32, to: usize): usize {
  store<u8>(to, QUOTE);
  let at = to + 1;
  for (let shift = 24; shift >= 0; shift -= 8) {
    at = writeDecimal((address >>> shift) & 0xff, at);
    store<u8>(at, shift === 0 ? QUOTE : DOT);
    at++;
  }
  return at;
}
