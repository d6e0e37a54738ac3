import type { Output } from "./output.ts";

const OPERATIONS: readonly string[] = ["", "RRQ", "WRQ", "DATA", "ACK", "ERROR", "OACK"];
const READ = 1;
const WRITE = 2;
const DATA = 3;
const ACKNOWLEDGMENT = 4;
const ERROR = 5;
const OPTIONS = 6;

const ERRORS: readonly string[] = [
  "EUNDEF",
  "ENOTFOUND",
  "EACCESS",
  "ENOSPACE",
  "EBADOP",
  "EBADID",
  "EEXISTS",
  "ENOUSER",
];

/** Prints a TFTP packet (RFC 1350, options: RFC 2347). */
export function printTftp(out: Output, at: number, length: number): void {
  const sink = out.sink;
  out.protocol = "tftp";
  sink.text(`TFTP, length ${length}`);
  if (length < 2) {
    out.truncated("tftp");
    return;
  }
  const operation = out.u16(at);
  sink.text(`, ${OPERATIONS[operation] || `tftp-#${operation}`}`);
  if (out.cut) return;
  const end = at + length;
  switch (operation) {
    case READ:
    case WRITE:
      printRequest(out, at + 2, end);
      break;
    case OPTIONS:
      printOptions(out, at + 2, end);
      break;
    case DATA:
    case ACKNOWLEDGMENT:
      if (end - at < 4) out.truncated("tftp");
      else if (out.need(at + 2, 2)) sink.text(` block ${out.u16(at + 2)}`);
      break;
    case ERROR:
      printError(out, at + 2, end);
      break;
    default:
  }
}

/**
 * A text that a zero byte ends, with `quote` on both sides; where the next
 * starts, or -1 where it does not end, which is said.
 */
function printString(out: Output, at: number, end: number, quote = ""): number {
  const stop = Math.min(end, out.limit);
  let next = at;
  while (next < stop && out.u8(next) !== 0) next++;
  out.sink.text(quote);
  out.safeText(at, next - at);
  out.sink.text(quote);
  if (next < stop) return next + 1;
  out.cutHere();
  return -1;
}

function printRequest(out: Output, at: number, end: number): void {
  const sink = out.sink;
  if (at >= end) {
    out.truncated("tftp");
    return;
  }
  sink.text(" ");
  const next = printString(out, at, end, '"');
  if (next < 0) return;
  if (next >= end) {
    out.truncated("tftp");
    return;
  }
  sink.text(" ");
  const rest = printString(out, next, end);
  if (rest >= 0) printOptions(out, rest, end);
}

function printOptions(out: Output, from: number, end: number): void {
  for (let at = from; at >= 0 && at < end && !out.cut;) {
    if (out.u8(at) !== 0) out.sink.text(" ");
    at = printString(out, at, end);
  }
}

function printError(out: Output, at: number, end: number): void {
  const sink = out.sink;
  if (end - at < 2) {
    out.truncated("tftp");
    return;
  }
  const code = out.u16(at);
  if (out.cut) return;
  sink.text(` ${ERRORS[code] ?? `tftp-err-#${code} "`}`);
  if (end - at < 3) {
    out.truncated("tftp");
    return;
  }
  sink.text(" ");
  printString(out, at + 2, end, '"');
}
