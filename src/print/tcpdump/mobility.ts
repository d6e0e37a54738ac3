import { printMobilityOptions } from "./mobility-options.ts";
import type { Output } from "./output.ts";

/** The types of messages and the bytes that each has at least (RFC 6275 section 6.1). */
const TYPES: readonly (readonly [name: string, length: number])[] = [
  ["BRR", 8],
  ["HoTI", 16],
  ["CoTI", 16],
  ["HoT", 24],
  ["CoT", 24],
  ["BU", 12],
  ["BA", 12],
  ["BE", 24],
];
const HOME_TEST_INIT = 1;
const HOME_TEST = 3;
const BINDING_UPDATE = 5;
const BINDING_ACKNOWLEDGMENT = 6;
const BINDING_ERROR = 7;

const UPDATE_FLAGS: readonly (readonly [number, string])[] = [
  [0x8000, "A"],
  [0x4000, "H"],
  [0x2000, "L"],
  [0x1000, "K"],
];
const KEY_MANAGEMENT = 0x80;
/** Lifetimes are in units of four seconds. */
const SECONDS = 4;

/** Prints a Mobility header (RFC 6275 section 6.1). */
export function printMobility(out: Output, at: number, _length: number): void {
  const { sink } = out;
  out.protocol = "mobility";
  const length = (out.u8(at + 1) + 1) * 8;
  const type = out.u8(at + 2);
  if (out.cut) return;
  const known = TYPES[type];
  if (known !== undefined && length < known[1]) {
    sink.text(`(header length ${length} is too small for type ${type})`);
    out.truncated("mobility");
    return;
  }
  sink.text(`mobility: ${known?.[0] ?? `type-#${type}`}`);
  if (known === undefined) {
    sink.text(` len=${out.u8(at + 1)}`);
    return;
  }
  const headerLength = printMessage(out, type, at);
  if (out.options.verbosity > 0) printMobilityOptions(out, at + headerLength, length - headerLength);
}

/** Prints the fields of a message; the bytes in front of its options. */
function printMessage(out: Output, type: number, at: number): number {
  const { sink } = out;
  if (type === 0) return 8;
  if (type < HOME_TEST) return printTestInit(out, type === HOME_TEST_INIT ? "Home" : "Care-of", at);
  if (type < BINDING_UPDATE) return printTest(out, type === HOME_TEST ? "Home" : "Care-of", at);
  if (type === BINDING_ERROR) {
    sink.text(` status=${out.u8(at + 6)}`);
    if (!out.need(at + 8, 16)) return 24;
    sink.text(" homeaddr ");
    out.ipv6(at + 8);
    return 24;
  }
  if (type === BINDING_ACKNOWLEDGMENT) printAcknowledgment(out, at);
  else printUpdate(out, at);
  return 12;
}

function printTestInit(out: Output, which: string, at: number): number {
  if (out.options.verbosity > 0) printValue(out, `${which} Init Cookie`, at + 8);
  return 16;
}

function printTest(out: Output, which: string, at: number): number {
  out.sink.text(` nonce id=0x${out.u16(at + 6).toString(16)}`);
  if (out.options.verbosity === 0) return 8;
  printValue(out, `${which} Init Cookie`, at + 8);
  printValue(out, `${which} Keygen Token`, at + 16);
  return 24;
}

function printValue(out: Output, name: string, at: number): void {
  const { sink } = out;
  if (!out.need(at, 8)) return;
  sink.text(` ${name}=`);
  sink.hex(out.u32(at), 8);
  sink.text(":");
  sink.hex(out.u32(at + 4), 8);
}

function printUpdate(out: Output, at: number): void {
  const { sink } = out;
  const sequence = out.u16(at + 6);
  sink.text(` seq#=${sequence}`);
  const bits = out.u16(at + 8);
  const flags = UPDATE_FLAGS.map(([bit, letter]) => ((bits & bit) === 0 ? "" : letter)).join("");
  if (flags !== "") sink.text(` ${flags}`);
  const lifetime = out.u16(at + 10);
  sink.text(` lifetime=${lifetime * SECONDS}`);
}

function printAcknowledgment(out: Output, at: number): void {
  const { sink } = out;
  const status = out.u8(at + 6);
  sink.text(` status=${status}`);
  if ((out.u8(at + 7) & KEY_MANAGEMENT) !== 0) sink.text(" K");
  const sequence = out.u16(at + 8);
  sink.text(` seq#=${sequence}`);
  const lifetime = out.u16(at + 10);
  sink.text(` lifetime=${lifetime * SECONDS}`);
}
