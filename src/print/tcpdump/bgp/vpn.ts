import { nameAndNumber, type NamesByNumber, systemText } from "./names.ts";
import { CUT, ILLEGAL, type PrintRoute } from "./route.ts";
import type { Output } from "../output.ts";

const DISTINGUISHER = 8;

/** tcpdump prints as many characters of a route, in ASCII, and leaves out what follows them. */
const MAX_TEXT = 163;

/** The route distinguisher at `at` (RFC 4364 section 4.2); the caller knows that its 8 bytes are there. */
export function distinguisherText(out: Output, at: number): string {
  const number = out.u16(at + 6);
  switch (out.u16(at)) {
    case 0:
      return `${out.u16(at + 2)}:${out.u32(at + 4)} (= ${dotted(out, at + 4)})`;
    case 1:
      return `${dotted(out, at + 2)}:${number}`;
    case 2:
      return `${systemText(out, out.u32(at + 2))}:${number} (${dotted(out, at + 2)}:${number})`;
    default:
      return "unknown RD format";
  }
}

/** Four bytes as numbers, which are no address that has a name. */
function dotted(out: Output, at: number): string {
  return `${out.u8(at)}.${out.u8(at + 1)}.${out.u8(at + 2)}.${out.u8(at + 3)}`;
}

function isAddress(length: number): boolean {
  return length === 4 || length === 16;
}

/** An address of as many bits as the message says; empty where it is cut. */
function addressText(out: Output, at: number, bits: number): string {
  if (bits !== 32 && bits !== 128) return `bogus address length ${bits >>> 0}`;
  const length = bits >> 3;
  return out.has(at, length) ? out.addressText(at, length) : "";
}

/** Route, with the group of its distribution tree (draft-nalawade-idr-mdt-safi). */
export const printTreeRoute: PrintRoute = (out, lead, at) => {
  if (!out.has(at, 1)) return CUT;
  if (out.u8(at) !== 128) return ILLEGAL;
  if (!out.has(at, 17)) return CUT;
  out.sink.text(`${lead}RD: ${distinguisherText(out, at + 1)}, VPN IP Address: `);
  out.ipv4(at + 9);
  out.sink.text(", MC Group Address: ");
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
  const fields = multicastText(out, type, at + 2, length);
  if (fields === undefined) return CUT;
  const text = `Route-Type: ${nameAndNumber(MULTICAST_TYPES, type)}, length: ${length}${fields}`;
  out.sink.text(lead + text.slice(0, MAX_TEXT));
  return 2 + length;
};

/** The fields behind a multicast route's length; undefined where they are cut. */
function multicastText(out: Output, type: number, at: number, length: number): string | undefined {
  const after = at + DISTINGUISHER;
  const most = MULTICAST_SIZES[type];
  if (most === undefined) return "";
  if (!out.has(at, type === 1 && isAddress(length - DISTINGUISHER) ? length : most)) return undefined;
  const start = `, RD: ${distinguisherText(out, at)}`;
  if (type === 1) return `${start}, Originator ${addressText(out, after, 8 * (length - DISTINGUISHER))}`;
  const system = (type & 2) === 0 || type === 3 ? "" : `, Source-AS ${systemText(out, out.u32(after))}`;
  if (type === 2) return start + system;
  const treeAt = type > 5 ? after + 4 : after;
  const [tree, size] = treeText(out, treeAt);
  if (type !== 3) return start + system + tree;
  // As tcpdump, which takes the source's place for the originator's.
  const rest = length - size;
  return rest >= 0 && out.has(after, rest)
    ? `${start}${tree}, Originator ${addressText(out, after, 8 * rest)}`
    : undefined;
}

/** Bytes that a multicast route has at least, by its type. */
const MULTICAST_SIZES: Readonly<Record<number, number>> = { 1: 8, 2: 12, 3: 8, 5: 8, 6: 12, 7: 12 };

/** A source and a group, each behind the number of its bits, as far as they are captured; and their bytes. */
function treeText(out: Output, at: number): readonly [string, number] {
  let text = "";
  let size = 0;
  for (const name of ["Source", "Group"]) {
    if (!out.need(at + size, 1)) break;
    const bits = out.u8(at + size);
    if (!out.has(at + size + 1, bits >> 3)) break;
    if (bits !== 0) text += `, ${name} ${addressText(out, at + size + 1, bits)}`;
    size += 1 + (bits >> 3);
  }
  return [text, size];
}

/** A route of a layer 2 VPN (RFC 4761 section 3.2.2, RFC 6074 section 3.2.2.1): short ones only tell of a neighbour. */
export const printLayer2Route: PrintRoute = (out, lead, at) => {
  if (!out.has(at, 2)) return CUT;
  const length = out.u16(at);
  const body = at + 2;
  if (length === 12) {
    if (!out.need(body, 12)) return CUT;
    out.sink.text(`${lead}RD: ${distinguisherText(out, body)}, BGPNH: `);
    out.ipv4(body + DISTINGUISHER);
    return 2 + length;
  }
  if (length <= 17) return CUT;
  if (!out.need(body, 15)) return CUT;
  const base = out.u24(body + 12) >>> 4;
  const block = `CE-ID: ${out.u16(body + 8)}, Label-Block Offset: ${out.u16(body + 10)}, Label Base ${base}`;
  const text = addBlockFields(out, `RD: ${distinguisherText(out, body)}, ${block}`, body + 15, length - 15);
  if (text === undefined) return CUT;
  out.sink.text(lead + text.slice(0, MAX_TEXT));
  return 2 + length;
};

/**
 * A block of labels with what follows it: type, length in bits and value, until the text is too long. tcpdump does not
 * count types and lengths.
 */
function addBlockFields(out: Output, block: string, from: number, length: number): string | undefined {
  let text = block;
  let left = length;
  for (let at = from; left > 0 && text.length <= MAX_TEXT;) {
    if (left < 3) return `${text}\n\t\tran past the end`;
    if (!out.has(at, 3)) return undefined;
    const type = out.u8(at);
    const bits = out.u16(at + 1);
    const size = (bits + 7) >> 3;
    at += 3;
    if (type === 1) {
      text += `\n\t\tcircuit status vector (${type}) length: ${bits}: 0x`;
      const shown = Math.min(size, left, Math.max(0, MAX_TEXT + 2 - text.length) >> 1);
      if (!out.has(at, shown)) return undefined;
      text += hexText(out.bytes.subarray(at, at + shown));
      at += size;
    } else text += `\n\t\tunknown TLV #${type}, length: ${bits}`;
    if (left < size) return `${text} (ran past the end)`;
    left -= size;
  }
  return text;
}

function hexText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** What a router wants routes of (RFC 4684 section 4). */
export const printTargetRoute: PrintRoute = (out, lead, at) => {
  if (!out.need(at, 1)) return CUT;
  const bits = out.u8(at);
  if (bits === 0) {
    out.sink.text(`${lead}default route target`);
    return 1;
  }
  if (bits < 32) return ILLEGAL;
  if (!out.need(at + 1, 4)) return CUT;
  if (bits > 96) return ILLEGAL;
  const used = (bits - 32 + 7) >> 3;
  if (!out.has(at + 5, used)) return CUT;
  out.sink.text(`${lead}origin AS: ${systemText(out, out.u32(at + 1))}, `);
  printTarget(out, at + 5, bits - 32);
  return 5 + used;
};

/** Two bytes to a word. */
function hexWords(bytes: Uint8Array): string {
  return hexText(bytes).replaceAll(/.{4}(?=.)/g, "$& ");
}

/** Prints the first `bits` bits of a route target: with 16 of them its type is known. */
function printTarget(out: Output, at: number, bits: number): void {
  const sink = out.sink;
  const bytes = new Uint8Array(8);
  const used = (bits + 7) >> 3;
  for (let i = 0; i < used; i++) bytes[i] = out.u8(at + i);
  if ((bits & 7) !== 0) bytes[used - 1]! &= 0xff00 >> (bits & 7);
  const hex = hexWords(bytes.subarray(0, used));
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
  else if (type === 0x0102)
    sink.text(`route-target: ${[...bytes.subarray(2, 6)].join(".")}:${view.getUint16(6)}${end}`);
  else if (type === 0x0202) sink.text(`route-target: ${systemText(out, view.getUint32(2))}:${view.getUint16(6)}${end}`);
  else sink.text(`route target: unknown-type(${type.toString(16).padStart(4, "0")}) (${hex}/${bits})`);
}
