import type { Network } from "./network.ts";
import type { Output } from "./output.ts";

const WORD = 4;
/** Base header and service path header. */
const HEADER = 8;
const OAM = 0x2000;
const TYPE_FIXED = 1;
const TYPE_VARIABLE = 2;
/** Context of the type that has a fixed one. */
const FIXED_LENGTH = 16;

const NEXT_PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [1, "IPv4"],
  [2, "IPv6"],
  [3, "Ethernet"],
  [4, "NSH"],
  [5, "MPLS"],
  [0xfe, "Experiment 1"],
  [0xff, "Experiment 2"],
]);

const TYPES: ReadonlyMap<number, string> = new Map([
  [0, "reserved"],
  [TYPE_FIXED, "1"],
  [TYPE_VARIABLE, "2"],
  [15, "experimental"],
]);

function unknownText(value: number): string {
  return `unknown (0x${value.toString(16).padStart(2, "0")})`;
}

/** Prints a Network Service Header (RFC 8300 section 2) and what it carries. */
export function printNsh(out: Output, network: Network, at: number, length: number): void {
  const { sink } = out;
  const { verbosity } = out.options;
  out.protocol = "nsh";
  if (length < HEADER) {
    sink.text(` (packet length ${length} < ${HEADER})`);
    out.invalid();
    return;
  }
  const first = out.u16(at);
  if (!out.need(at + 2, 2)) return;
  sink.text("NSH, ");
  const version = first >> 14;
  if (verbosity > 1) sink.text(`ver ${version}, `);
  if (version !== 0) return;
  const words = first & 0x3f;
  sink.text(`flags [${(first & OAM) === 0 ? "none" : "O"}], `);
  if (verbosity > 2) sink.text(`TTL ${(first >> 6) & 0x3f}, length ${words}, `);
  const type = out.u8(at + 2) & 0xf;
  if (verbosity > 2) sink.text(`md type ${TYPES.get(type) ?? unknownText(type)}, `);
  const next = out.u8(at + 3);
  if (verbosity > 1) sink.text(`next-protocol ${NEXT_PROTOCOLS.get(next) ?? unknownText(next)}, `);
  if (words * WORD > length) {
    sink.text(` (too many headers for packet length ${length})`);
    out.invalid();
    return;
  }
  const path = out.u24(at + 4);
  sink.text(`service-path-id 0x${path.toString(16).padStart(6, "0")}, `);
  const index = out.u8(at + 7);
  sink.text(`service-index 0x${index.toString(16)}`);
  if (words < HEADER / WORD) {
    sink.text(" (less than two headers)");
    out.invalid();
    return;
  }
  if (verbosity > 2 && !printContext(out, type, at + HEADER, words * WORD - HEADER)) return;
  if (!out.need(at, words * WORD)) return;
  sink.text(verbosity > 0 ? "\n    " : ": ");
  out.protocol = "nsh";
  printNext(out, network, next, at + words * WORD, length - words * WORD);
}

/** Prints the context headers; false where nothing can follow. */
function printContext(out: Output, type: number, at: number, length: number): boolean {
  const { sink } = out;
  if (type === TYPE_FIXED) {
    if (length !== FIXED_LENGTH) {
      sink.text(" (invalid length for the MD type)");
      out.invalid();
      return false;
    }
    for (let i = 0; i < length; i += WORD) {
      const word = out.u32(at + i);
      sink.text(`\n        Context[${String(i / WORD).padStart(2, "0")}]: 0x${word.toString(16).padStart(8, "0")}`);
    }
    return !out.cut;
  }
  if (type === TYPE_VARIABLE) return printFields(out, at, length);
  return out.need(at, length);
}

/** Context fields of variable length (RFC 8300 section 2.5.1). */
function printFields(out: Output, from: number, length: number): boolean {
  const { sink } = out;
  const end = from + length;
  for (let at = from; at < end && !out.cut;) {
    if (!out.need(at, WORD)) return false;
    const fieldClass = out.u16(at);
    sink.text(`\n        TLV Class ${fieldClass}`);
    const type = out.u8(at + 2);
    sink.text(`, Type ${type}`);
    const size = out.u8(at + 3) & 0x7f;
    sink.text(`, Len ${size}`);
    at += WORD;
    const padded = Math.ceil(size / WORD) * WORD;
    if (at + padded > end) {
      sink.text(" (length too big)");
      out.invalid();
      return false;
    }
    if (size > 0) printValue(out, at, size);
    at += padded;
  }
  return !out.cut;
}

function printValue(out: Output, at: number, size: number): void {
  const { sink } = out;
  sink.text("\n            Value: ");
  for (let i = 0; i < size && out.need(at + i, 1); i++) {
    sink.text(i === 0 ? "0x" : ":");
    sink.hex(out.u8(at + i), 2);
  }
}

function printNext(out: Output, network: Network, next: number, at: number, length: number): void {
  switch (next) {
    case 1:
      network.ipv4.print(at, length);
      break;
    case 2:
      network.ipv6.print(at, length);
      break;
    case 3:
      network.ethernet.print(at, length);
      break;
    default:
      out.sink.text("ERROR: unknown-next-protocol");
  }
}
