import { ipv6Text } from "../../wire/address.ts";
import * as p from "../../wire/protocol.ts";
import type { TreeContext } from "./tree-context.ts";
import { protocolName } from "./protocol-names.ts";
import { printIpv6Option } from "./tree-ipv6-options.ts";
import { bits, flagLine, hex, hexBytes, NO_YES } from "./tree.ts";

const ROUTING_NAMES: Readonly<Record<number, string>> = {
  0: "Source Route",
  1: "Nimrod",
  2: "Type 2 Routing",
  3: "RPL Source Route",
  4: "Segment Routing",
  5: "Compact Routing Header 16",
  6: "Compact Routing Header 32",
  253: "Experiment 1",
  254: "Experiment 2",
};

const SOURCE_ROUTE = 0;
const MOBILE = 2;
const SEGMENTS = 4;

/** The extension header of `length` captured bytes at `at`. */
export function printExtension(context: TreeContext, protocol: number, at: number, length: number): void {
  if (protocol === p.PROTOCOL_FRAGMENT) printFragment(context, at);
  else if (protocol === p.PROTOCOL_ROUTING) printRouting(context, at, length);
  else printOptions(context, protocol, at, length);
}

function printLength({ tree, view }: TreeContext, at: number, length: number): void {
  tree.line(2, `Next Header: ${protocolName(view.getUint8(at))} (${view.getUint8(at)})`);
  tree.line(2, `Length: ${view.getUint8(at + 1)}`);
  tree.line(2, `[Length: ${length} bytes]`);
}

function printOptions(context: TreeContext, protocol: number, at: number, length: number): void {
  const isHopByHop = protocol === p.PROTOCOL_HOP_BY_HOP;
  context.tree.line(1, isHopByHop ? "IPv6 Hop-by-Hop Option" : "Destination Options for IPv6");
  printLength(context, at, length);
  for (let next = at + 2; next < at + length;) next = printIpv6Option(context, next, at + length, isHopByHop);
}

function printFragment({ tree, view }: TreeContext, at: number): void {
  const word = view.getUint16(at + 2);
  tree.line(1, "Fragment Header for IPv6");
  tree.line(2, `Next header: ${protocolName(view.getUint8(at))} (${view.getUint8(at)})`);
  tree.line(2, `Reserved octet: ${hex(view.getUint8(at + 1), 2)}`);
  tree.line(2, `${bits(word, 0xfff8, 16)} = Offset: ${word >> 3} (${word & 0xfff8} bytes)`);
  tree.line(2, `${bits(word, 0x0006, 16)} = Reserved bits: ${(word >> 1) & 3}`);
  tree.line(2, flagLine(word, 0x0001, 16, "More Fragments", NO_YES));
  tree.line(2, `Identification: ${hex(view.getUint32(at + 4), 8)}`);
}

function printRouting(context: TreeContext, at: number, length: number): void {
  const { tree, view, bytes } = context;
  const type = view.getUint8(at + 2);
  const name = ROUTING_NAMES[type];
  tree.line(1, `Routing Header for IPv6 (${name ?? `Unknown type ${type}`})`);
  printLength(context, at, length);
  tree.line(2, `Type: ${name ?? "Unknown"} (${type})`);
  if (type === SOURCE_ROUTE) tree.expert(3, "Note", "Deprecated", "Routing header type is deprecated");
  tree.line(2, `Segments Left: ${view.getUint8(at + 3)}`);
  const end = at + length;
  if (type === SOURCE_ROUTE || type === MOBILE) {
    tree.line(2, `Reserved: ${hexBytes(bytes, at + 4, at + 8)}`);
    for (let i = 0; at + 24 + 16 * i <= end; i++)
      tree.line(2, `Address[${i + 1}]: ${ipv6Text(bytes, at + 8 + 16 * i)}`);
  } else if (type === SEGMENTS) {
    tree.line(2, `Last Entry: ${view.getUint8(at + 4)}`);
    tree.line(2, `Flags: ${hex(view.getUint8(at + 5), 2)}`);
    tree.line(2, `Tag: ${hexBytes(bytes, at + 6, at + 8)}`);
    for (let i = 0; at + 24 + 16 * i <= end; i++) tree.line(2, `Address[${i}]: ${ipv6Text(bytes, at + 8 + 16 * i)}`);
  } else {
    tree.line(2, `Type-Specific Data: ${hexBytes(bytes, at + 4, end)}`);
    tree.expert(3, "Note", "Undecoded", "Undecoded IPv6 routing header field");
  }
}
