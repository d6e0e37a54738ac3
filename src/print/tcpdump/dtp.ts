import type { Output } from "./output.ts";

const DOMAIN = 1;
const STATUS = 2;
const KIND = 3;
const NEIGHBOUR = 4;
const NAMES: readonly string[] = ["", "Domain", "Status", "DTP type", "Neighbor"];

/** Type and length of a field, the latter with these bytes. */
const FIELD_HEADER = 4;
const ONE_BYTE = 5;
const ONE_ADDRESS = 10;

/** Prints a message of Cisco's Dynamic Trunking Protocol. */
export function printDtp(out: Output, at: number, length: number): void {
  const { sink } = out;
  out.protocol = "dtp";
  if (length < 1) {
    out.cutHere();
    return;
  }
  const version = out.u8(at);
  sink.text(`DTPv${version}, length ${length}`);
  if (out.options.verbosity === 0) return;
  const end = at + length;
  for (let next = at + 1; next < end && !out.cut;) {
    if (!out.need(next, FIELD_HEADER)) return;
    const type = out.u16(next);
    const size = out.u16(next + 2);
    // What follows is padding.
    if (type === 0) return;
    sink.text(`\n\t${NAMES[type] ?? "Unknown"} (0x`);
    sink.hex(type, 4);
    sink.text(`) TLV, length ${size}`);
    if (!isRightSize(type, size)) {
      if (size < FIELD_HEADER) sink.text(`[invalid TLV length ${size}]`);
      out.invalid();
      out.need(at, length);
      return;
    }
    if (type !== DOMAIN && !out.need(next, size)) return;
    printValue(out, type, next + FIELD_HEADER, size - FIELD_HEADER);
    next += size;
  }
}

function isRightSize(type: number, size: number): boolean {
  if (type === STATUS || type === KIND) return size === ONE_BYTE;
  return type === NEIGHBOUR ? size === ONE_ADDRESS : size >= FIELD_HEADER;
}

function printValue(out: Output, type: number, at: number, length: number): void {
  const { sink } = out;
  if (type === DOMAIN) {
    sink.text(", ");
    const isWhole = out.safeTextToZero(at, length);
    if (!isWhole) out.cutHere();
  } else if (type === STATUS || type === KIND) {
    sink.text(`, 0x${out.u8(at).toString(16)}`);
  } else if (type === NEIGHBOUR) {
    sink.text(", ");
    out.mac(at);
  }
}
