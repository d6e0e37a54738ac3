import type { Output } from "./output.ts";

const HEADER = 48;
const CONTROL_HEADER = 12;
const KEY_IDENTIFIER = 4;
/** Seconds from 1900, where NTP counts from, to 1970 (RFC 5905 section 6). */
const SECONDS_TO_1970 = 2208988800;
const TWO_TO_32 = 0x100000000;

const CONTROL = 6;
const PRIVATE = 7;
const MODES: readonly string[] = [
  "unspecified",
  "symmetric active",
  "symmetric passive",
  "Client",
  "Server",
  "Broadcast",
  "Control Message",
  "Reserved",
];
const LEAPS: readonly string[] = ["", "+1s", "-1s", "clock unsynchronized"];
const UNSPECIFIED = 0;
const PRIMARY = 1;
const MAX_STRATUM = 15;

// Offsets.
const STRATUM = 1;
const POLL = 2;
const PRECISION = 3;
const ROOT_DELAY = 4;
const ROOT_DISPERSION = 8;
const REFERENCE = 12;
const TIMES: readonly (readonly [string, number])[] = [
  ["\n\t  Reference Timestamp:  ", 16],
  ["\n\t  Originator Timestamp: ", 24],
  ["\n\t  Receive Timestamp:    ", 32],
  ["\n\t  Transmit Timestamp:   ", 40],
];
const ORIGINATOR = 24;
const RECEIVE = 32;
const TRANSMIT = 40;

/** Prints an NTP message (RFC 5905 section 7.3): with `-v` all its fields. */
export function printNtp(out: Output, at: number, length: number): void {
  const sink = out.sink;
  out.protocol = "ntp";
  const first = out.u8(at);
  const mode = first & 7;
  sink.text(`NTPv${(first >> 3) & 7}, ${MODES[mode]!}, length ${length}`);
  if (out.options.verbosity === 0) return;
  sink.text(`\n\tLeap indicator: ${LEAPS[first >> 6]!} (${first & 0xc0})`);
  if (mode === PRIVATE) return;
  const least = mode === CONTROL ? CONTROL_HEADER : HEADER;
  if (length < least) {
    out.invalid();
    out.need(at, length);
  } else if (mode === CONTROL) {
    printControl(out, at, length);
  } else {
    printTimes(out, at, length);
  }
}

function stratumName(stratum: number): string {
  if (stratum === UNSPECIFIED) return "unspecified";
  if (stratum === PRIMARY) return "primary reference";
  return stratum <= MAX_STRATUM ? "secondary reference" : "reserved";
}

function printTimes(out: Output, at: number, length: number): void {
  const sink = out.sink;
  const stratum = out.u8(at + STRATUM);
  sink.text(`, Stratum ${stratum} (${stratumName(stratum)})`);
  const poll = (out.u8(at + POLL) << 24) >> 24;
  sink.text(`, poll ${poll}${intervalText(poll)}`);
  const precision = out.u8(at + PRECISION);
  sink.text(`, precision ${(precision << 24) >> 24}`);
  printShort(out, "\n\tRoot Delay: ", at + ROOT_DELAY);
  printShort(out, ", Root dispersion: ", at + ROOT_DISPERSION);
  printReference(out, at + REFERENCE, stratum);
  for (const [label, offset] of TIMES) {
    if (!out.need(at + offset, 8)) return;
    sink.text(label);
    printTime(out, at + offset);
  }
  sink.text("\n\t    Originator - Receive Timestamp:  ");
  printDifference(out, at + ORIGINATOR, at + RECEIVE);
  sink.text("\n\t    Originator - Transmit Timestamp: ");
  printDifference(out, at + ORIGINATOR, at + TRANSMIT);
  printAuthentication(out, at + HEADER, length - HEADER);
}

/** A power of two as seconds, in parentheses; nothing for one beyond 32 bits. */
function intervalText(exponent: number): string {
  if (Math.abs(exponent) > 31) return "";
  return exponent < 0 ? ` (1/${2 ** -exponent}s)` : ` (${2 ** exponent}s)`;
}

/** Key and digest behind the header: MD5 or SHA-1 by the length (RFC 5905 section 7.3). */
function printAuthentication(out: Output, at: number, length: number): void {
  const sink = out.sink;
  const digest = length - KEY_IDENTIFIER;
  if (digest === 0 || digest === 16 || digest === 20) {
    sink.text(`\n\tKey id: ${out.u32(at)}`);
    if (digest === 0 || !out.need(at + KEY_IDENTIFIER, digest)) return;
    sink.text("\n\tAuthentication: ");
    out.hexBytes(at + KEY_IDENTIFIER, digest);
  } else if (length > 0) {
    sink.text(`\n\t(${length} more bytes after the header)`);
  }
}

function printReference(out: Output, at: number, stratum: number): void {
  const { sink } = out;
  const reference = out.u32(at);
  sink.text(", Reference-ID: ");
  if (stratum === UNSPECIFIED) {
    sink.text("(unspec)");
  } else if (stratum === PRIMARY) {
    out.safeText(at, 4);
  } else {
    sink.text("0x");
    sink.hex(reference, 8);
  }
}

/** A number of 16 bits before and 16 behind the point. */
function printShort(out: Output, label: string, at: number): void {
  if (!out.need(at, 4)) return;
  const fraction = Math.floor((out.u16(at + 2) / 0x10000) * 1_000_000);
  out.sink.text(`${label}${out.u16(at)}.${String(fraction).padStart(6, "0")}`);
}

function nanosecondsText(fraction: number): string {
  return String(Math.floor((fraction / TWO_TO_32) * 1_000_000_000)).padStart(9, "0");
}

/** Seconds since 1900, and the date that they are. */
function printTime(out: Output, at: number): void {
  const seconds = out.u32(at);
  out.sink.text(`${seconds}.${nanosecondsText(out.u32(at + 4))}`);
  if (seconds === 0 || out.cut) return;
  // Times with the top bit clear are those of the era from 2036 on (RFC 4330 section 3).
  const since1970 = seconds - SECONDS_TO_1970;
  const date = new Date(since1970 * 1000).toISOString().slice(0, 19);
  out.sink.text(` (${date}Z)`);
}

function printDifference(out: Output, fromAt: number, toAt: number): void {
  const from = out.u32(fromAt);
  const fromFraction = out.u32(fromAt + 4);
  if (from === 0 && fromFraction === 0) {
    printTime(out, toAt);
    return;
  }
  let seconds = out.u32(toAt) - from;
  let fraction = out.u32(toAt + 4) - fromFraction;
  const isNegative = seconds < 0 || (seconds === 0 && fraction <= 0);
  if (isNegative) {
    seconds = -seconds;
    fraction = -fraction;
  }
  if (fraction < 0) {
    seconds--;
    fraction += TWO_TO_32;
  }
  out.sink.text(`${isNegative ? "-" : "+"}${seconds}.${nanosecondsText(fraction)}`);
}

/** A control message (RFC 1305 appendix B): its header; the data is not interpreted. */
function printControl(out: Output, at: number, length: number): void {
  const { sink } = out;
  const second = out.u8(at + 1);
  sink.text(
    `, ${(second & 0x80) === 0 ? "Request" : "Response"}, ${(second & 0x40) === 0 ? "OK" : "Error"}, ` +
      `${(second & 0x20) === 0 ? "Last" : "More"}, OpCode=${second & 0x1f}`,
  );
  if (!out.cut) sink.text("\n");
  const sequence = out.u16(at + 2);
  sink.text(`\tSequence=${sequence}`);
  const status = out.u16(at + 4);
  sink.text(`, Status=${status === 0 ? "0" : `0x${status.toString(16)}`}`);
  const association = out.u16(at + 6);
  sink.text(`, Assoc.=${association}`);
  const offset = out.u16(at + 8);
  sink.text(`, Offset=${offset}`);
  const count = out.u16(at + 10);
  sink.text(`, Count=${count}`);
  if (CONTROL_HEADER + count > length) {
    out.invalid();
    out.need(at, length);
  } else if (count > 0 && out.need(at + CONTROL_HEADER, count)) {
    sink.text("\n\tTO-BE-DONE: data not interpreted");
  }
}
