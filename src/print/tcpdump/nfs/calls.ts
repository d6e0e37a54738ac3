import { FILE_TYPES, WRITE_MODES } from "./names.ts";
import { CUT, printFileHandle, printHandleAndName, printLong, printName, settingsText } from "./values.ts";
import type { Output } from "../output.ts";

const BLOCK_DEVICE = 3;
const CHARACTER_DEVICE = 4;

/** Prints the arguments at `at`; where they end, or `CUT`. */
type PrintArguments = (out: Output, at: number, isThird: boolean) => number;

/** By the procedure as version 3 numbers it. */
const PRINTERS: Readonly<Record<number, PrintArguments>> = {
  1: printFileHandle,
  2: printFileHandle,
  3: printHandleAndName,
  4: printAccess,
  5: printFileHandle,
  6: printRead,
  7: printWrite,
  8: printHandleAndName,
  9: printHandleAndName,
  10: printSymbolicLink,
  11: printMakeNode,
  12: printHandleAndName,
  13: printHandleAndName,
  14: printRename,
  15: printLink,
  16: printReadDirectory,
  17: printReadDirectoryPlus,
  18: printFileHandle,
  19: printFileHandle,
  20: printFileHandle,
  21: printCommit,
};

/** Prints the arguments of a call of `length` bytes whose credentials are at `at`. */
export function printArguments(out: Output, code: number, isThird: boolean, at: number, length: number): void {
  const print = PRINTERS[code];
  if (print === undefined) return;
  const from = argumentsAt(out, at, length);
  if (from === CUT || print(out, from, isThird) === CUT) {
    if (!out.cut) out.truncated("nfs");
  }
}

/** Where the arguments are, behind credentials and verifier (RFC 5531 section 9). */
function argumentsAt(out: Output, at: number, length: number): number {
  let next = at;
  for (let i = 0; i < 2; i++) {
    if (!out.has(next, 8)) return CUT;
    const length = out.u32(next + 4);
    next += 8 + 4 * Math.ceil(length / 4);
  }
  return next - at < length && out.has(next, 4) ? next : CUT;
}

const ACCESS: readonly string[] = ["READ", "LOOKUP", "MODIFY", "EXTEND", "DELETE", "EXECUTE"];
const ALL_ACCESS = 0x3f;

function printAccess(out: Output, at: number, isThird: boolean): number {
  const next = printFileHandle(out, at, isThird);
  if (next < 0) return next;
  const flags = out.u32(next);
  if (flags > ALL_ACCESS) out.sink.text(` ${flags.toString(16).padStart(4, "0")}`);
  else if (flags === ALL_ACCESS) out.sink.text(" NFS_ACCESS_FULL");
  else {
    const names = ACCESS.filter((_, i) => (flags & (1 << i)) !== 0).map((name) => `NFS_ACCESS_${name}`);
    if (names.length > 0) out.sink.text(` ${names.join("|")}`);
  }
  return next;
}

function printRead(out: Output, at: number, isThird: boolean): number {
  const next = printFileHandle(out, at, isThird);
  if (next < 0) return next;
  if (isThird) printLong(out, ` ${out.u32(next + 8)} bytes @ `, next);
  else {
    const count = out.u32(next + 4);
    out.sink.text(` ${count} bytes @ ${out.u32(next)}`);
  }
  return next;
}

function printWrite(out: Output, at: number, isThird: boolean): number {
  const next = printFileHandle(out, at, isThird);
  if (next < 0) return next;
  if (!isThird) {
    const length = out.u32(next + 12);
    out.sink.text(` ${length} (${out.u32(next + 8)}) bytes @ ${out.u32(next + 4)} (${out.u32(next)})`);
    return next;
  }
  const length = out.u32(next + 16);
  printLong(out, ` ${length} (${out.u32(next + 8)}) bytes @ `, next);
  if (out.options.verbosity > 0) {
    const mode = out.u32(next + 12);
    out.sink.text(` <${WRITE_MODES[mode] ?? `#${mode}`}>`);
  }
  return next;
}

function printSymbolicLink(out: Output, at: number, isThird: boolean): number {
  const next = printHandleAndName(out, at, isThird);
  if (next < 0) return next;
  out.sink.text(" ->");
  const [settings, nameAt] = isThird ? settingsText(out, next) : ["", next];
  const end = printName(out, nameAt);
  if (end >= 0 && out.options.verbosity > 0) out.sink.text(settings);
  return end;
}

function printMakeNode(out: Output, at: number, isThird: boolean): number {
  const next = printHandleAndName(out, at, isThird);
  if (next < 0) return next;
  const type = out.u32(next);
  const [settings, deviceAt] = settingsText(out, next + 4);
  out.sink.text(` ${FILE_TYPES[type] ?? `unk-ft ${type}`}`);
  if (out.options.verbosity === 0) return deviceAt;
  if (type === CHARACTER_DEVICE || type === BLOCK_DEVICE) {
    const major = out.u32(deviceAt);
    out.sink.text(` ${major}/${out.u32(deviceAt + 4)}`);
  }
  out.sink.text(settings);
  return deviceAt;
}

function printRename(out: Output, at: number, isThird: boolean): number {
  const next = printHandleAndName(out, at, isThird);
  if (next < 0) return next;
  out.sink.text(" ->");
  return printHandleAndName(out, next, isThird);
}

function printLink(out: Output, at: number, isThird: boolean): number {
  const next = printFileHandle(out, at, isThird);
  if (next < 0) return next;
  out.sink.text(" ->");
  return printHandleAndName(out, next, isThird);
}

/** The place to go on from, which is signed. */
function printCookie(out: Output, at: number): void {
  const count = out.u32(at + 16);
  if (out.need(at, 8)) out.sink.text(` ${count} bytes @ ${out.view.getBigInt64(at)}`);
}

function printReadDirectory(out: Output, at: number, isThird: boolean): number {
  const next = printFileHandle(out, at, isThird);
  if (next < 0) return next;
  if (!isThird) {
    const count = out.u32(next + 4);
    out.sink.text(` ${count} bytes @ ${out.u32(next)}`);
    return next;
  }
  printCookie(out, next);
  if (out.options.verbosity > 0) out.sink.text(` verf ${cookieText(out, next + 8)}`);
  return next;
}

function printReadDirectoryPlus(out: Output, at: number, isThird: boolean): number {
  const next = printFileHandle(out, at, isThird);
  if (next < 0) return next;
  printCookie(out, next);
  if (out.options.verbosity > 0) {
    const most = out.u32(next + 20);
    out.sink.text(` max ${most} verf ${cookieText(out, next + 8)}`);
  }
  return next;
}

function cookieText(out: Output, at: number): string {
  const words = [out.u32(at), out.u32(at + 4)];
  return words.map((word) => word.toString(16).padStart(8, "0")).join("");
}

function printCommit(out: Output, at: number, isThird: boolean): number {
  const next = printFileHandle(out, at, isThird);
  if (next < 0) return next;
  printLong(out, ` ${out.u32(next + 8)} bytes @ `, next);
  return next;
}
