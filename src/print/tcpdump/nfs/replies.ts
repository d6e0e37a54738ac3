import { WRITE_MODES } from "./names.ts";
import {
  CUT,
  printAttributes,
  printChange,
  printFileHandle,
  printLong,
  printName,
  printOptionalAttributes,
  printStatus,
} from "./values.ts";
import type { Output } from "../output.ts";

/** Prints the results behind a status, which is an error or not; `CUT` where they are cut. */
type PrintResults = (out: Output, at: number, isError: boolean) => number;

/** Results of version 3, by procedure. */
const THIRD: Readonly<Record<number, PrintResults>> = {
  1: (out, at, isError) => (isError ? at : printAttributes(out, at, true, 1)),
  2: printChange,
  3: printLookup,
  4: printAccess,
  5: printLinkTarget,
  6: printRead,
  7: printWrite,
  8: printCreated,
  9: printCreated,
  10: printCreated,
  11: printCreated,
  12: printChange,
  13: printChange,
  14: printRename,
  15: printLink,
  16: printDirectory,
  17: printDirectory,
  18: printFileSystem,
  19: printLimits,
  20: printPathLimits,
  21: printCommit,
};

/** Results of version 2, by the procedure as version 3 numbers it. */
const SECOND: Readonly<Record<number, PrintResults>> = {
  1: (out, at, isError) => (isError ? at : printAttributes(out, at, false, 1)),
  2: (out, at, isError) => (isError ? at : printAttributes(out, at, false, 1)),
  3: printShortLookup,
  5: (out, at, isError) => (isError ? at : printTarget(out, at)),
  6: printShortAttributes,
  7: printShortAttributes,
  8: printShortLookup,
  9: printShortLookup,
  10: (_out, at) => at,
  12: (_out, at) => at,
  13: (_out, at) => at,
  14: (_out, at) => at,
  15: (_out, at) => at,
  16: printShortDirectory,
  18: printShortFileSystem,
};

/** Whether the procedure has results that are printed. */
export function hasResults(code: number, isThird: boolean): boolean {
  return (isThird ? THIRD : SECOND)[code] !== undefined;
}

/** Prints the results of procedure `code`, whose status is at `at`. */
export function printResults(out: Output, code: number, isThird: boolean, at: number): void {
  const print = (isThird ? THIRD : SECOND)[code]!;
  const isError = printStatus(out, at);
  if (out.cut) return;
  if (print(out, at + 4, isError) === CUT && !out.cut && !isError) out.truncated("nfs");
}

function isVerbose(out: Output): boolean {
  return out.options.verbosity > 0;
}

function label(out: Output, text: string): void {
  if (isVerbose(out)) out.sink.text(text);
}

function printLookup(out: Output, at: number, isError: boolean): number {
  let next = at;
  if (!isError) {
    next = printFileHandle(out, at, true);
    if (next >= 0) next = printOptionalAttributes(out, next);
  }
  if (next < 0 || out.options.verbosity < 2) return next;
  out.sink.text(" post dattr:");
  return printOptionalAttributes(out, next);
}

function printAccess(out: Output, at: number, isError: boolean): number {
  label(out, " attr:");
  const next = printOptionalAttributes(out, at);
  if (next >= 0 && !isError) out.sink.text(` c ${out.u32(next).toString(16).padStart(4, "0")}`);
  return next;
}

function printLinkTarget(out: Output, at: number, isError: boolean): number {
  if (isError) return at;
  const next = printOptionalAttributes(out, at);
  return next < 0 ? next : printTarget(out, next);
}

function printTarget(out: Output, at: number): number {
  out.sink.text(" ");
  return printName(out, at);
}

function printRead(out: Output, at: number, isError: boolean): number {
  const next = printOptionalAttributes(out, at);
  if (next < 0 || isError || !isVerbose(out)) return next;
  out.sink.text(` ${out.u32(next)} bytes`);
  if (out.u32(next + 4) !== 0) out.sink.text(" EOF");
  return next;
}

function printWrite(out: Output, at: number, isError: boolean): number {
  const next = printChange(out, at);
  if (next < 0 || isError || !isVerbose(out)) return next;
  out.sink.text(` ${out.u32(next)} bytes`);
  if (out.options.verbosity === 1) return next;
  const mode = out.u32(next + 4);
  out.sink.text(` <${WRITE_MODES[mode] ?? `#${mode}`}>`);
  printLong(out, " verf ", next + 8, 16);
  return next;
}

function printCreated(out: Output, at: number, isError: boolean): number {
  if (isError) return printChange(out, at);
  if (out.u32(at) === 0) return at + 4;
  const next = printFileHandle(out, at + 4, true);
  if (next < 0 || !isVerbose(out)) return next;
  const last = printOptionalAttributes(out, next);
  if (last < 0 || out.options.verbosity < 2) return last;
  out.sink.text(" dir attr:");
  return printChange(out, last);
}

function printRename(out: Output, at: number): number {
  if (!isVerbose(out)) return at;
  out.sink.text(" from:");
  const next = printChange(out, at);
  if (next < 0) return next;
  out.sink.text(" to:");
  return printChange(out, next);
}

function printLink(out: Output, at: number): number {
  if (!isVerbose(out)) return at;
  out.sink.text(" file POST:");
  const next = printOptionalAttributes(out, at);
  if (next < 0) return next;
  out.sink.text(" dir:");
  return printChange(out, next);
}

function printDirectory(out: Output, at: number, isError: boolean): number {
  label(out, " POST:");
  const next = printOptionalAttributes(out, at);
  if (next < 0 || isError || !isVerbose(out)) return next;
  const words = [out.u32(next), out.u32(next + 4)].map((word) => word.toString(16).padStart(8, "0"));
  out.sink.text(` verf ${words.join("")}`);
  return next;
}

function printFileSystem(out: Output, at: number): number {
  label(out, " POST:");
  const next = printOptionalAttributes(out, at);
  if (next < 0) return next;
  if (!out.has(next, 52)) return CUT;
  printLong(out, " tbytes ", next);
  printLong(out, " fbytes ", next + 8);
  printLong(out, " abytes ", next + 16);
  if (!isVerbose(out)) return next;
  printLong(out, " tfiles ", next + 24);
  printLong(out, " ffiles ", next + 32);
  printLong(out, " afiles ", next + 40);
  out.sink.text(` invar ${out.u32(next + 48)}`);
  return next;
}

function printLimits(out: Output, at: number, isError: boolean): number {
  label(out, " POST:");
  const next = printOptionalAttributes(out, at);
  if (next < 0 || isError) return next;
  if (!out.has(next, 48)) return CUT;
  const [read, write] = [`rtmax ${out.u32(next)} rtpref ${out.u32(next + 4)}`, `wtmax ${out.u32(next + 12)}`];
  out.sink.text(` ${read} ${write} wtpref ${out.u32(next + 16)} dtpref ${out.u32(next + 24)}`);
  if (!isVerbose(out)) return next;
  out.sink.text(` rtmult ${out.u32(next + 8)} wtmult ${out.u32(next + 20)}`);
  printLong(out, " maxfsz ", next + 28);
  const delta = String(out.u32(next + 40)).padStart(6, "0");
  out.sink.text(` delta ${out.u32(next + 36)}.${delta} `);
  return next;
}

/** RFC 1813 section 3.3.20. */
function printPathLimits(out: Output, at: number, isError: boolean): number {
  label(out, " POST:");
  const next = printOptionalAttributes(out, at);
  if (next < 0 || isError) return next;
  const flag = (place: number, name: string, wanted = true): string =>
    (out.u32(next + place) !== 0) === wanted ? name : "";
  const cases = `${flag(16, "igncase")} ${flag(20, "keepcase")}`;
  const words = `${flag(8, "notrunc")} ${flag(12, "chownres")} ${cases}`;
  out.sink.text(` linkmax ${out.u32(next)} namemax ${out.u32(next + 4)} ${words}`);
  return next;
}

function printCommit(out: Output, at: number): number {
  const next = printChange(out, at);
  if (next < 0 || out.options.verbosity < 2) return next;
  printLong(out, " verf ", next, 16);
  return next;
}

function printShortAttributes(out: Output, at: number, isError: boolean): number {
  return isError ? at : printAttributes(out, at, false, out.options.verbosity);
}

function printShortLookup(out: Output, at: number, isError: boolean): number {
  if (isError) return at;
  const next = printFileHandle(out, at, false);
  return next < 0 ? next : printAttributes(out, next, false, out.options.verbosity);
}

function printShortDirectory(out: Output, at: number, isError: boolean): number {
  if (isError) return at;
  out.sink.text(` offset 0x${out.u32(at).toString(16)} size ${out.u32(at + 4)} `);
  if (out.u32(at + 8) !== 0) out.sink.text(" eof");
  return at;
}

function printShortFileSystem(out: Output, at: number, isError: boolean): number {
  if (isError) return at;
  const blocks = `blocks ${out.u32(at + 8)} bfree ${out.u32(at + 12)} bavail ${out.u32(at + 16)}`;
  out.sink.text(` tsize ${out.u32(at)} bsize ${out.u32(at + 4)} ${blocks}`);
  return at;
}
