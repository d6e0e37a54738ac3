import type { Output } from "./output.ts";

/** Type, code, checksum, sequence number, segment, flags, delay, reserved (RFC 2894 section 3.1). */
const HEADER = 16;
const COMMAND = 0;
const CODE_NAMES: ReadonlyMap<number, string> = new Map([
  [COMMAND, "command"],
  [1, "result"],
  [255, "sequence number reset"],
]);
const FLAGS: readonly (readonly [number, string])[] = [
  [0x80, "T"],
  [0x40, "R"],
  [0x20, "A"],
  [0x10, "S"],
  [0x08, "P"],
];

/** What is matched, and with what it is replaced (sections 3.2.1 and 3.2.2). */
const MATCH = 24;
const USE = 32;
const OPERATIONS: readonly string[] = ["", "add", "change", "setglobal"];
/** The operation's length in units of 8 bytes, less what is matched. */
const MATCH_UNITS = 3;
const USE_UNITS = 4;
const DECREMENT_VALID = 0x80;
const DECREMENT_PREFERRED = 0x40;
const INFINITE = 0xffffffff;

/** Prints a Router Renumbering message (RFC 2894). */
export function printRenumbering(out: Output, at: number): void {
  const { sink } = out;
  const code = out.u8(at + 1);
  if (out.cut) return;
  if (!out.has(at, HEADER)) {
    out.truncated("icmp6");
    return;
  }
  sink.text(`, ${CODE_NAMES.get(code) ?? `code-#${code}`}, seq=${out.u32(at + 4)}`);
  if (out.options.verbosity > 0) printHeader(out, at);
  if (code === COMMAND) printOperation(out, at + HEADER);
}

function printHeader(out: Output, at: number): void {
  const flags = out.u8(at + 9);
  const set = FLAGS.map(([bit, letter]) => ((flags & bit) === 0 ? "" : letter)).join("");
  const reserved = out.u32(at + 12);
  out.sink.text(`[${flags === 0 ? "" : `${set},`}seg=${out.u8(at + 8)},maxdelay=${out.u16(at + 10)}`);
  if (reserved !== 0) out.sink.text(`rsvd=0x${reserved.toString(16)}`);
  out.sink.text("]");
}

function printOperation(out: Output, at: number): void {
  const { sink } = out;
  const verbosity = out.options.verbosity;
  const separator = verbosity > 1 ? "\n\t" : " ";
  if (!out.has(at, MATCH)) {
    out.truncated("icmp6");
    return;
  }
  const operation = out.u8(at);
  sink.text(`${separator}match(${OPERATIONS[operation] || `#${operation}`},`);
  if (verbosity > 0) sink.text(`ord=${out.u8(at + 2)},min=${out.u8(at + 4)},max=${out.u8(at + 5)},`);
  out.ipv6(at + 8);
  sink.text(`/${out.u8(at + 3)})`);
  const units = out.u8(at + 1) - MATCH_UNITS;
  if (units % USE_UNITS !== 0) {
    out.truncated("icmp6");
    return;
  }
  for (let i = 0; i < units / USE_UNITS; i++) {
    const useAt = at + MATCH + i * USE;
    if (!out.has(useAt, USE)) {
      out.truncated("icmp6");
      return;
    }
    sink.text(separator);
    printUse(out, useAt);
  }
}

function printUse(out: Output, at: number): void {
  const { sink } = out;
  sink.text("use(");
  const flags = out.u8(at + 12);
  if (out.u32(at + 12) !== 0) {
    sink.text(`${(flags & DECREMENT_VALID) === 0 ? "" : "V"}${(flags & DECREMENT_PREFERRED) === 0 ? "" : "P"},`);
  }
  if (out.options.verbosity > 0) {
    sink.text(`mask=0x${out.u8(at + 2).toString(16)},raflags=0x${out.u8(at + 3).toString(16)},`);
    sink.text(`vltime=${lifetime(out.u32(at + 4))},pltime=${lifetime(out.u32(at + 8))},`);
  }
  out.ipv6(at + 16);
  sink.text(`/${out.u8(at)}/${out.u8(at + 1)})`);
}

function lifetime(seconds: number): string {
  return seconds === INFINITE ? "infty" : String(seconds);
}
