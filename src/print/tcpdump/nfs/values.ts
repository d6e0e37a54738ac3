import { printHandle } from "./handle.ts";
import { ERRORS, FILE_TYPES } from "./names.ts";
import type { Output } from "../output.ts";

/** Bytes of a file handle of version 2 (RFC 1094 section 2.3.3). */
const SHORT_HANDLE = 32;
/** Bytes of the attributes of version 2 (RFC 1094 section 2.3.5), and of version 3 (RFC 1813 section 2.6). */
const SHORT_ATTRIBUTES = 68;
const LONG_ATTRIBUTES = 84;
const CACHED_ATTRIBUTES = 24;
/** Where type, mode, number of links and owner end in attributes. */
const OWNER_END = 20;

/** In the place of where the next field is: this one is cut. */
export const CUT = -1;

/** Prints the file handle at `at`; where the next field is, or `CUT`. */
export function printFileHandle(out: Output, at: number, isThird: boolean): number {
  const length = isThird ? out.u32(at) : SHORT_HANDLE;
  const from = isThird ? at + 4 : at;
  const size = length - (length % 4);
  if (out.cut || !out.has(from, size)) return CUT;
  printHandle(out, from, size);
  return from + size;
}

/** Prints the name at `at` (RFC 4506 section 4.11); where the next field is, or `CUT`. */
export function printName(out: Output, at: number): number {
  const length = out.u32(at);
  const size = 4 * Math.ceil(length / 4);
  if (size > 0xffffffff) {
    out.sink.text("[cannot pad to 32-bit boundaries]");
    out.invalid();
    return CUT;
  }
  if (out.cut || !out.has(at + 4, size)) return CUT;
  out.sink.text('"');
  out.safeText(at + 4, length);
  out.sink.text('"');
  return at + 4 + size;
}

/** Prints a directory's handle and a name in it. */
export function printHandleAndName(out: Output, at: number, isThird: boolean): number {
  const next = printFileHandle(out, at, isThird);
  if (next < 0) return next;
  out.sink.text(" ");
  return printName(out, next);
}

/** Prints the error of a status; whether there is one. */
export function printStatus(out: Output, at: number): boolean {
  const status = out.u32(at);
  if (status !== 0) out.sink.text(` ERROR: ${ERRORS[status] ?? `unk ${status}`}`);
  return status !== 0;
}

/** Seconds and their parts, as they stand in the message. */
function timeText(out: Output, at: number): string {
  return `${out.u32(at)}.${String(out.u32(at + 4)).padStart(6, "0")}`;
}

/** Prints a 64-bit number. */
export function printLong(out: Output, label: string, at: number, base: 10 | 16 = 10): void {
  if (out.need(at, 8)) out.sink.text(`${label}${out.view.getBigUint64(at).toString(base)}`);
}

/** Prints attributes, with `verbosity` 2 or more all of them; where the next field is. */
export function printAttributes(out: Output, at: number, isThird: boolean, verbosity: number): number {
  const next = at + (isThird ? LONG_ATTRIBUTES : SHORT_ATTRIBUTES);
  if (!out.has(at, OWNER_END)) return CUT;
  const sink = out.sink;
  if (verbosity > 0) {
    const type = out.u32(at);
    const mode = out.u32(at + 4).toString(8);
    const owner = `${out.u32(at + 12) | 0}/${out.u32(at + 16) | 0}`;
    sink.text(` ${FILE_TYPES[type] ?? `unk-ft ${type} `} ${mode} ids ${owner}`);
    if (isThird) printLong(out, " sz ", at + 20);
    else sink.text(` sz ${out.u32(at + 20)}`);
  }
  if (verbosity > 1 && !out.has(at, next - at)) return CUT;
  if (verbosity > 1 && isThird) {
    sink.text(` nlink ${out.u32(at + 8)} rdev ${out.u32(at + 36)}/${out.u32(at + 40)}`);
    printLong(out, " fsid ", at + 44, 16);
    printLong(out, " fileid ", at + 52, 16);
    sink.text(` a/m/ctime ${timeText(out, at + 60)} ${timeText(out, at + 68)} ${timeText(out, at + 76)}`);
  } else if (verbosity > 1) {
    const numbers = [28, 36, 40].map((field) => `0x${out.u32(at + field).toString(16)}`);
    sink.text(` nlink ${out.u32(at + 8)} rdev ${numbers[0]} fsid ${numbers[1]} nodeid ${numbers[2]}`);
    sink.text(` a/m/ctime ${timeText(out, at + 44)} ${timeText(out, at + 52)} ${timeText(out, at + 60)}`);
  }
  return next;
}

/** Prints attributes that may be absent (RFC 1813 section 2.6, post_op_attr); where the next field is. */
export function printOptionalAttributes(out: Output, at: number): number {
  if (out.u32(at) === 0) return at + 4;
  const { verbosity } = out.options;
  return verbosity > 0 ? printAttributes(out, at + 4, true, verbosity) : at + 4 + LONG_ATTRIBUTES;
}

/** Prints attributes from before and after a change (RFC 1813 section 2.6, wcc_data); where the next field is. */
export function printChange(out: Output, at: number): number {
  const { verbosity } = out.options;
  let next = at + 4;
  if (verbosity > 1) out.sink.text(" PRE:");
  if (out.u32(at) !== 0) {
    if (!out.has(next, CACHED_ATTRIBUTES)) return CUT;
    if (verbosity > 1) {
      printLong(out, " sz ", next);
      out.sink.text(` mtime ${timeText(out, next + 8)} ctime ${timeText(out, next + 16)}`);
    }
    next += CACHED_ATTRIBUTES;
  }
  if (verbosity > 0) out.sink.text(" POST:");
  return printOptionalAttributes(out, next);
}

/** Attributes to be set (RFC 1813 section 2.6, sattr3): their text, and where the next field is. */
export function settingsText(out: Output, from: number): readonly [string, number] {
  let text = "";
  let at = from;
  const take = (size: number): number => {
    at += size;
    return at - size;
  };
  if (out.u32(take(4)) !== 0) text += ` mode ${out.u32(take(4)).toString(8)}`;
  if (out.u32(take(4)) !== 0) text += ` uid ${out.u32(take(4))}`;
  if (out.u32(take(4)) !== 0) text += ` gid ${out.u32(take(4))}`;
  // As tcpdump: four bytes of the eight that a size has.
  if (out.u32(take(4)) !== 0) take(4);
  const times = [" atime ", " mtime "].map((label) =>
    out.u32(take(4)) === TO_CLIENT_TIME ? label + timeText(out, take(8)) : "",
  );
  if (out.options.verbosity > 1) text += times.join("");
  return [text, at];
}

/** RFC 1813 section 2.6, time_how. */
const TO_CLIENT_TIME = 2;
