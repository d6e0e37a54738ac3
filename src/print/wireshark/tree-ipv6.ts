import { ipv4Text, macText } from "../../wire/address.ts";
import * as p from "../../wire/protocol.ts";
import { protocolName } from "./protocol-names.ts";
import type { TreeContext } from "./tree-context.ts";
import { cached, trafficClass } from "./tree-ip.ts";
import { printExtension } from "./tree-ipv6-extensions.ts";
import { hex, lines, Piece, type TreeWriter } from "./tree.ts";

const TITLE = new Piece("Internet Protocol Version 6, Src: ");
const VERSION = cached(16, (version) =>
  lines(`    ${version.toString(2).padStart(4, "0")} .... = Version: ${version}`),
);
const FLOW_LABEL = new Piece("    .... ");
const PAYLOAD_LENGTH = new Piece("    Payload Length: ");
const NEXT_HEADER = cached(256, (value) => lines(`    Next Header: ${protocolName(value)} (${value})`));
const HOP_LIMIT = new Piece("    Hop Limit: ");
const SOURCE = new Piece("    Source Address: ");
const DESTINATION = new Piece("    Destination Address: ");
const NIBBLES: readonly string[] = Array.from({ length: 16 }, (_, value) => `${value.toString(2).padStart(4, "0")} `);

/** The header at `at` with its extension headers, whose packet ends at `end`; false when it is cut. */
export function printIpv6(context: TreeContext, at: number, end: number): boolean {
  const { tree, view, bytes, limit } = context;
  const sink = tree.sink;
  if (Math.min(limit, end) - at < 40) {
    tree.line(0, "Internet Protocol Version 6");
    return false;
  }
  tree.put(TITLE);
  tree.address(bytes, at + 8, 16);
  sink.text(", Dst: ");
  tree.address(bytes, at + 24, 16);
  tree.end();
  const word = view.getUint32(at);
  tree.put(VERSION(word >>> 28));
  tree.put(trafficClass((word >>> 20) & 0xff));
  printFlowLabel(tree, word & 0xfffff);
  tree.number(PAYLOAD_LENGTH, view.getUint16(at + 4));
  const next = view.getUint8(at + 6);
  tree.put(NEXT_HEADER(next));
  tree.number(HOP_LIMIT, view.getUint8(at + 7));
  tree.put(SOURCE);
  tree.address(bytes, at + 8, 16);
  tree.end();
  tree.put(DESTINATION);
  tree.address(bytes, at + 24, 16);
  tree.end();
  printEmbedded(context, at + 8, "Source");
  printEmbedded(context, at + 24, "Destination");
  return printExtensions(context, at + 40, end, next);
}

function printFlowLabel(tree: TreeWriter, label: number): void {
  tree.put(FLOW_LABEL);
  for (let shift = 16; shift >= 0; shift -= 4) tree.sink.text(NIBBLES[(label >> shift) & 15]!);
  tree.sink.text("= Flow Label: 0x");
  tree.sink.hex(label, 5);
  tree.end();
}

/** Extension headers that have a tree of their own. */
function printExtensions(context: TreeContext, at: number, end: number, first: number): boolean {
  const { view, limit } = context;
  let next = first;
  let from = at;
  for (let count = 0; count < MAX_EXTENSIONS && isPrinted(next); count++) {
    const have = Math.min(limit, end) - from;
    if (have < 8) return false;
    const length = next === p.PROTOCOL_FRAGMENT ? 8 : 8 * (view.getUint8(from + 1) + 1);
    if (have < length) return false;
    printExtension(context, next, from, length);
    if (next === p.PROTOCOL_FRAGMENT && (view.getUint16(from + 2) & 0xfff8) !== 0) return true;
    next = view.getUint8(from);
    from += length;
  }
  return true;
}

const MAX_EXTENSIONS = 32;

function isPrinted(protocol: number): boolean {
  return (
    protocol === p.PROTOCOL_HOP_BY_HOP ||
    protocol === p.PROTOCOL_DESTINATION_OPTIONS ||
    protocol === p.PROTOCOL_ROUTING ||
    protocol === p.PROTOCOL_FRAGMENT
  );
}

/** What an address tells of the addresses that it was made from. */
function printEmbedded({ tree, view, bytes }: TreeContext, at: number, whose: string): void {
  const first = view.getUint32(at);
  const inverted = (word: number): string =>
    [24, 16, 8, 0].map((shift) => (~(word >>> shift) & 0xff).toString()).join(".");
  if (first >>> 16 === 0x2002) {
    tree.line(1, `[${whose} 6to4 Gateway IPv4: ${ipv4Text(bytes, at + 2)}]`);
    tree.line(1, `[${whose} 6to4 SLA ID: ${view.getUint16(at + 6)}]`);
  } else if (first === 0x20010000) {
    tree.line(1, `[${whose} Teredo Server IPv4: ${ipv4Text(bytes, at + 4)}]`);
    tree.line(1, `[${whose} Teredo Port: ${~view.getUint16(at + 10) & 0xffff}]`);
    tree.line(1, `[${whose} Teredo Client IPv4: ${inverted(view.getUint32(at + 12))}]`);
  } else if (first === 0x0064ff9b && view.getUint32(at + 4) === 0 && view.getUint32(at + 8) === 0) {
    tree.line(1, `[Embedded IPv4 Prefix: ${hex(first, 8).slice(2)}0000000000000000]`);
    tree.line(1, `[${whose} Embedded IPv4: ${ipv4Text(bytes, at + 12)}]`);
    tree.line(1, `[Embedded IPv4: ${ipv4Text(bytes, at + 12)}]`);
  }
  const third = view.getUint32(at + 8);
  if ((third & ~0x02000000) === 0x5efe) {
    tree.line(1, `[${whose} ISATAP IPv4: ${ipv4Text(bytes, at + 12)}]`);
  } else if ((bytes[at + 8]! & 2) !== 0 && bytes[at + 11] === 0xff && bytes[at + 12] === 0xfe) {
    const mac = [
      bytes[at + 8]! ^ 2,
      bytes[at + 9]!,
      bytes[at + 10]!,
      bytes[at + 13]!,
      bytes[at + 14]!,
      bytes[at + 15]!,
    ];
    tree.line(1, `[${whose} SLAAC MAC: ${macText(Uint8Array.from(mac), 0)}]`);
  }
}
