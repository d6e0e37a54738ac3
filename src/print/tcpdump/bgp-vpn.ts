import { nameAndNumber, type NamesByNumber, systemText } from "./bgp-names.ts";
import { CUT, ILLEGAL, type PrintRoute } from "./bgp-prefixes.ts";
import type { Output } from "./output.ts";

const DISTINGUISHER = 8;

/** Prints the route distinguisher at `at` (RFC 4364 section 4.2); the caller knows that its 8 bytes are there. */
export function printDistinguisher(out: Output, at: number): void {
  const sink = out.sink;
  switch (out.u16(at)) {
    case 0:
      sink.text(`${out.u16(at + 2)}:${out.u32(at + 4)} (= ${dotted(out, at + 4)})`);
      break;
    case 1:
      sink.text(`${dotted(out, at + 2)}:${out.u16(at + 6)}`);
      break;
    case 2: {
      const number = out.u16(at + 6);
      sink.text(`${systemText(out, out.u32(at + 2))}:${number} (${dotted(out, at + 2)}:${number})`);
      break;
    }
    default:
      sink.text("unknown RD format");
  }
}

/** Four bytes as numbers, which are no address that has a name. */
function dotted(out: Output, at: number): string {
  return `${out.u8(at)}.${out.u8(at + 1)}.${out.u8(at + 2)}.${out.u8(at + 3)}`;
}

/** Prints an address of the length that the message says. */
function printAnyAddress(out: Output, at: number, length: number): void {
  if (length === 4) out.ipv4(at);
  else if (length === 16) out.ipv6(at);
  else out.sink.text(`bogus address length ${length}`);
}

/** Route, with the group of its distribution tree (draft-nalawade-idr-mdt-safi). */
export const printTreeRoute: PrintRoute = (out, lead, at) => {
  if (!out.has(at, 1)) return CUT;
  if (out.u8(at) !== 128) return ILLEGAL;
  if (!out.has(at, 17)) return CUT;
  const sink = out.sink;
  sink.text(`${lead}RD: `);
  printDistinguisher(out, at + 1);
  sink.text(", VPN IP Address: ");
  out.ipv4(at + 9);
  sink.text(", MC Group Address: ");
  out.ipv4(at + 13);
  return 17;
};

/** RFC 6514 section 4. */
const MULTICAST_TYPES: NamesByNumber = {
  1: "Intra-AS I-PMSI",
  2: "Inter-AS I-PMSI",
  3: "S-PMSI",
  4: "Intra-AS Segment-Leaf",
  5: "Source-Active",
  6: "Shared Tree Join",
  7: "Source Tree Join",
};

/** A route of a multicast VPN (RFC 6514 section 4). */
export const printMulticastVpnRoute: PrintRoute = (out, lead, at) => {
  if (!out.need(at, 2)) return CUT;
  const type = out.u8(at);
  const length = out.u8(at + 1);
  const body = at + 2;
  const start = `${lead}Route-Type: ${nameAndNumber(MULTICAST_TYPES, type)}, length: ${length}`;
  switch (type) {
    case 1:
      if (!out.has(body, DISTINGUISHER)) return CUT;
      if (!hasAddress(out, body + DISTINGUISHER, length - DISTINGUISHER)) return CUT;
      printStart(out, start, body);
      out.sink.text(", Originator ");
      printAnyAddress(out, body + DISTINGUISHER, length - DISTINGUISHER);
      break;
    case 2:
      if (!out.has(body, DISTINGUISHER + 4)) return CUT;
      printStart(out, start, body);
      out.sink.text(`, Source-AS ${systemText(out, out.u32(body + DISTINGUISHER))}`);
      break;
    case 3: {
      const size = sourceAndGroupLength(out, body + DISTINGUISHER);
      const rest = length - DISTINGUISHER - size;
      if (size < 0 || !hasAddress(out, body + DISTINGUISHER + size, rest)) return CUT;
      printStart(out, start, body);
      printSourceAndGroup(out, body + DISTINGUISHER);
      out.sink.text(", Originator ");
      printAnyAddress(out, body + DISTINGUISHER + size, rest);
      break;
    }
    case 5:
      if (sourceAndGroupLength(out, body + DISTINGUISHER) < 0) return CUT;
      printStart(out, start, body);
      printSourceAndGroup(out, body + DISTINGUISHER);
      break;
    case 6:
    case 7:
      if (sourceAndGroupLength(out, body + DISTINGUISHER + 4) < 0) return CUT;
      printStart(out, start, body);
      out.sink.text(`, Source-AS ${systemText(out, out.u32(body + DISTINGUISHER))}`);
      printSourceAndGroup(out, body + DISTINGUISHER + 4);
      break;
    default:
      out.sink.text(start);
  }
  return 2 + length;
};

function printStart(out: Output, start: string, at: number): void {
  out.sink.text(`${start}, RD: `);
  printDistinguisher(out, at);
}

function hasAddress(out: Output, at: number, length: number): boolean {
  return (length !== 4 && length !== 16) || out.need(at, length);
}

/** Bytes of a source and a group, each behind the number of its bits; -1 when they are cut. */
function sourceAndGroupLength(out: Output, at: number): number {
  if (!out.has(at, 1)) return -1;
  const source = 1 + (out.u8(at) >> 3);
  if (!out.has(at, source + 1)) return -1;
  const group = 1 + (out.u8(at + source) >> 3);
  return out.has(at, source + group) ? source + group : -1;
}

function printSourceAndGroup(out: Output, at: number): void {
  const source = out.u8(at);
  const group = out.u8(at + 1 + (source >> 3));
  if (source !== 0) {
    out.sink.text(", Source ");
    printAnyAddress(out, at + 1, source >> 3);
  }
  if (group !== 0) {
    out.sink.text(", Group ");
    printAnyAddress(out, at + 2 + (source >> 3), group >> 3);
  }
}

/** A route of a layer 2 VPN (RFC 4761 section 3.2.2, RFC 6074 section 3.2.2.1): short ones only tell of a neighbour. */
export const printLayer2Route: PrintRoute = (out, lead, at) => {
  if (!out.has(at, 2)) return CUT;
  const length = out.u16(at);
  const body = at + 2;
  const sink = out.sink;
  if (length === 12) {
    if (!out.need(body, 12)) return CUT;
    sink.text(`${lead}RD: `);
    printDistinguisher(out, body);
    sink.text(", BGPNH: ");
    out.ipv4(body + DISTINGUISHER);
    return 2 + length;
  }
  if (length <= 17) return CUT;
  if (!out.need(body, 15)) return CUT;
  sink.text(`${lead}RD: `);
  printDistinguisher(out, body);
  sink.text(`, CE-ID: ${out.u16(body + 8)}, Label-Block Offset: ${out.u16(body + 10)}`);
  sink.text(`, Label Base ${out.u24(body + 12) >>> 4}`);
  return printBlockFields(out, body + 15, body + length) ? 2 + length : CUT;
};

/** Type, length in bits and value of what follows a block of labels. */
function printBlockFields(out: Output, from: number, end: number): boolean {
  const sink = out.sink;
  for (let at = from; at < end && !out.cut;) {
    if (end - at < 3) {
      sink.text("\n\t\tran past the end");
      return true;
    }
    if (!out.has(at, 3)) return false;
    const type = out.u8(at);
    const length = out.u16(at + 1);
    at += 3;
    if (type !== 1) {
      sink.text(`\n\t\tunknown TLV #${type}, length: ${length}`);
      if (end - at < length) sink.text(" (ran past the end)");
      at += length;
      continue;
    }
    const size = (length >> 3) + 1;
    sink.text(`\n\t\tcircuit status vector (${type}) length: ${length}: 0x`);
    for (let i = 0; i < size; i++, at++) {
      if (at >= end) {
        sink.text(" (ran past the end)");
        return true;
      }
      if (!out.has(at, 1)) return false;
      sink.hex(out.u8(at), 2);
    }
  }
  return true;
}

/** What a router wants routes of (RFC 4684 section 4). */
export const printTargetRoute: PrintRoute = (out, lead, at) => {
  if (!out.need(at, 1)) return CUT;
  const bits = out.u8(at);
  if (bits === 0) {
    out.sink.text(`${lead}default route target`);
    return 1;
  }
  if (bits < 32 || bits > 96) return ILLEGAL;
  const used = (bits - 32 + 7) >> 3;
  if (!out.need(at + 1, 4)) return CUT;
  if (!out.has(at + 5, used)) return CUT;
  out.sink.text(`${lead}origin AS: ${systemText(out, out.u32(at + 1))}, `);
  printTarget(out, at + 5, bits - 32);
  return 5 + used;
};

/** Two bytes to a word. */
function hexPairs(bytes: Uint8Array): string {
  let text = "";
  for (const [i, byte] of bytes.entries()) {
    if (i > 0 && (i & 1) === 0) text += " ";
    text += byte.toString(16).padStart(2, "0");
  }
  return text;
}

/** Prints the first `bits` bits of a route target: with 16 of them its type is known. */
function printTarget(out: Output, at: number, bits: number): void {
  const sink = out.sink;
  const bytes = new Uint8Array(8);
  const used = (bits + 7) >> 3;
  for (let i = 0; i < used; i++) bytes[i] = out.u8(at + i);
  if ((bits & 7) !== 0) bytes[used - 1]! &= 0xff00 >> (bits & 7);
  const hex = hexPairs(bytes.subarray(0, used));
  if (bits === 0) {
    sink.text("route-target: 0:0/0");
    return;
  }
  if (bits < 16) {
    sink.text(`route-target: partial-type: (${hex}/${bits})`);
    return;
  }
  const view = new DataView(bytes.buffer);
  const type = view.getUint16(0);
  const end = `/${bits} (${hex})`;
  if (type === 0x0002) sink.text(`route-target: ${view.getUint16(2)}:${view.getUint32(4)}${end}`);
  else if (type === 0x0102) sink.text(`route-target: ${[...bytes.subarray(2, 6)].join(".")}:${view.getUint16(6)}${end}`);
  else if (type === 0x0202) sink.text(`route-target: ${systemText(out, view.getUint32(2))}:${view.getUint16(6)}${end}`);
  else sink.text(`route target: unknown-type(${type.toString(16).padStart(4, "0")}) (${hex}/${bits})`);
}
