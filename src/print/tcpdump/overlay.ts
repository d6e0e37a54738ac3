import { ETHERTYPE_TRANSPARENT_BRIDGING } from "../../wire/protocol.ts";
import { etherTypeName } from "./ethertype-names.ts";
import type { Network } from "./network.ts";
import { printNsh } from "./nsh.ts";
import type { Output } from "./output.ts";

const HEADER = 8;
/** Flag of VXLAN: the network identifier is valid (RFC 7348 section 5). */
const FLAG_IDENTIFIER = 0x08;

/** Prints a VXLAN header and the Ethernet frame in it. */
export function printVxlan(out: Output, network: Network, at: number, length: number): void {
  const sink = out.sink;
  out.protocol = "vxlan";
  if (length < HEADER) {
    out.truncated("vxlan");
    return;
  }
  if (!out.need(at, HEADER)) return;
  const flags = out.u8(at);
  sink.text(`VXLAN, flags [${(flags & FLAG_IDENTIFIER) === 0 ? "invalid" : "I"}] (0x`);
  sink.hex(flags, 2);
  sink.text(`), vni ${out.u24(at + 4)}\n`);
  network.ethernet.print(at + HEADER, length - HEADER);
}

/** Prints an OTV header, which has VXLAN's form (draft-hasmit-otv), and the Ethernet frame in it. */
export function printOtv(out: Output, network: Network, at: number, length: number): void {
  const sink = out.sink;
  out.protocol = "otv";
  sink.text("OTV, ");
  if (length < HEADER) {
    sink.text(`[length ${length} < 8]`);
    out.invalid();
    return;
  }
  const flags = out.u8(at);
  sink.text(`flags [${(flags & FLAG_IDENTIFIER) === 0 ? "." : "I"}] (0x`);
  sink.hex(flags, 2);
  sink.text(`), overlay ${out.u24(at + 1)}, instance ${out.u24(at + 4)}\n`);
  if (out.need(at, HEADER)) network.ethernet.print(at + HEADER, length - HEADER);
}

/** Flags of VXLAN-GPE from 0x01 on. */
const GPE_LETTERS: readonly (readonly [number, string])[] = [
  [0x08, "I"],
  [0x04, "P"],
  [0x02, "B"],
  [0x01, "O"],
];

/** Prints a VXLAN-GPE header (draft-ietf-nvo3-vxlan-gpe) and what it carries. */
export function printVxlanGpe(out: Output, network: Network, at: number, length: number): void {
  const sink = out.sink;
  out.protocol = "vxlan_gpe";
  sink.text("VXLAN-GPE, ");
  if (length < HEADER) {
    sink.text(` (packet length ${length} < ${HEADER})`);
    out.invalid();
    return;
  }
  const flags = out.u8(at);
  const letters = GPE_LETTERS.filter(([bit]) => (flags & bit) !== 0).map(([, letter]) => letter);
  sink.text(`flags [${letters.length === 0 ? "none" : letters.join("")}], `);
  const next = out.u8(at + 3);
  const identifier = out.u24(at + 4);
  if (!out.need(at + 7, 1)) return;
  sink.text(`vni ${identifier}`);
  sink.text(out.options.verbosity > 0 ? "\n    " : ": ");
  const payloadAt = at + HEADER;
  const left = length - HEADER;
  if (next === 1) network.ipv4.print(payloadAt, left);
  else if (next === 2) network.ipv6.print(payloadAt, left);
  else if (next === 3) network.ethernet.print(payloadAt, left);
  else if (next === 4) printNsh(out, network, payloadAt, left);
  else {
    sink.text("ERROR: unknown-next-protocol");
    out.invalid();
  }
}

const GENEVE_FLAGS = "OCR1R2R3R4R5R6".match(/[OC]|R./g) ?? [];

/** The flags of Geneve from 0x80 down. */
function geneveFlags(flags: number): string {
  return GENEVE_FLAGS.filter((_, i) => (flags & (0x80 >> i)) !== 0).join("");
}

/** Prints a Geneve header (RFC 8926 section 3.4) and what it carries. */
export function printGeneve(out: Output, network: Network, start: number, length: number): void {
  const sink = out.sink;
  out.protocol = "geneve";
  sink.text("Geneve");
  if (length < HEADER) {
    sink.text(` [length ${length} < 8]`);
    out.invalid();
    return;
  }
  const first = out.u8(start);
  const version = first >> 6;
  if (version !== 0) {
    sink.text(` ERROR: unknown-version ${version}`);
    return;
  }
  const flags = out.u8(start + 1);
  const letters = geneveFlags(flags);
  sink.text(`, Flags [${letters === "" ? "none" : letters}]`);
  const type = out.u16(start + 2);
  sink.text(", vni 0x");
  sink.hex(out.u24(start + 4));
  const reserved = out.u8(start + 7);
  if (reserved !== 0) {
    sink.text(", rsvd 0x");
    sink.hex(reserved);
  }
  if (out.options.linkLayer) {
    sink.text(`, proto ${etherTypeName(type) ?? "unknown"} (0x`);
    sink.hex(type, 4);
    sink.text(")");
  }
  const optionsLength = (first & 0x3f) * 4;
  let left = length - HEADER;
  let at = start + HEADER;
  if (left < optionsLength) {
    sink.text(` truncated-geneve - ${optionsLength - left} bytes missing`);
    left = 0;
    return;
  }
  if (!out.need(at, optionsLength)) return;
  if (optionsLength > 0) printOptions(out, at, optionsLength);
  at += optionsLength;
  left -= optionsLength;
  sink.text(out.options.verbosity < 1 ? ": " : "\n\t");
  if (type === ETHERTYPE_TRANSPARENT_BRIDGING) network.ethernet.print(at, left);
  else if (!network.etherType(type, at, left)) {
    sink.text("geneve-proto-0x");
    sink.hex(type);
  }
}

function printOptions(out: Output, from: number, length: number): void {
  const sink = out.sink;
  if (out.options.verbosity === 0) {
    sink.text(`, options [${length} bytes]`);
    return;
  }
  sink.text(", options [");
  let left = length;
  for (let at = from; left >= 4 && !out.cut;) {
    if (at > from) sink.text(", ");
    const optionClass = out.u16(at);
    const type = out.u8(at + 2);
    const size = 4 + (out.u8(at + 3) & 0x1f) * 4;
    sink.text(`class ${optionClass <= 0xff ? "Standard" : "Unknown"} (0x`);
    sink.hex(optionClass);
    sink.text(") type 0x");
    sink.hex(type);
    sink.text(`${(type & 0x80) === 0 ? "" : "(C)"} len ${size}`);
    if (size > left) {
      sink.text(" [bad length]");
      break;
    }
    if (out.options.verbosity > 1 && size > 4) {
      sink.text(" data");
      for (let i = 4; i < size; i += 4) {
        sink.text(" ");
        sink.hex(out.u32(at + i), 8);
      }
    }
    at += size;
    left -= size;
  }
  sink.text("]");
}
