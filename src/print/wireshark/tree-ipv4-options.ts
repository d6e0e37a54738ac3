import * as o from "../../wire/ipv4-options.ts";
import type { TreeContext } from "./tree-context.ts";
import { bits, flagLine, hex, hexBytes, NO_YES, plural, type TreeWriter } from "./tree.ts";

/** Options of an IPv4 header. */

const TITLES: Readonly<Record<number, string>> = {
  0: "End of Options List (EOL)",
  1: "No-Operation (NOP)",
  7: "Record Route",
  11: "MTU Probe",
  12: "MTU Reply",
  25: "Quick-Start",
  68: "Time Stamp",
  82: "Traceroute",
  130: "Security",
  131: "Loose Source Route",
  133: "Extended Security",
  134: "Commercial Security",
  136: "Stream ID",
  137: "Strict Source Route",
  148: "Router Alert",
  149: "Selective Directed Broadcast",
};

const CLASSES: readonly string[] = [
  "Control",
  "Reserved for future use",
  "Debugging and measurement",
  "Reserved for future use",
];

/** Names by the low five bits. */
const NUMBERS: Readonly<Record<number, string>> = {
  0: "End of Option List (EOL)",
  1: "No-Operation (NOP)",
  2: "Security",
  3: "Loose source route",
  4: "Time stamp",
  5: "Extended security",
  6: "Commercial IP security option",
  7: "Record route",
  8: "Stream identifier",
  9: "Strict source route",
  11: "MTU probe",
  12: "MTU Reply",
  18: "Traceroute",
  20: "Router Alert",
  21: "Selective Directed Broadcast",
  25: "Quick-Start",
};

const TIMESTAMP_FLAGS: Readonly<Record<number, string>> = {
  0: "Time stamps only",
  1: "Time stamp and address",
  3: "Time stamps for prespecified addresses",
};

const STREAM_IDENTIFIER = 136;
const MTU_PROBE = 11;
const MTU_REPLY = 12;

/** The options in `[at, end)`; false when they are cut. */
export function printIpv4Options(context: TreeContext, at: number, end: number): boolean {
  const { tree, view, limit } = context;
  if (limit < end) return false;
  tree.line(1, `Options: (${plural(end - at, "byte")})${titles(view, at, end)}`);
  let nops = 0;
  for (let next = at; next < end;) {
    const type = view.getUint8(next);
    if (type <= o.IP_OPTION_NOP) {
      printHead(tree, type, `IP Option - ${TITLES[type]}`);
      nops = type === o.IP_OPTION_NOP ? nops + 1 : 0;
      if (nops === 4) tree.expert(2, "Warning", "Protocol", "4 NOP in a row - a router may have removed some options");
      if (type === o.IP_OPTION_END) return true;
      next++;
      continue;
    }
    const length = next + 1 < end ? view.getUint8(next + 1) : 0;
    if (length < 2 || next + length > end) {
      complain(tree, type, length);
      return true;
    }
    if (!printOption(context, next, type, length)) return false;
    next += length;
  }
  return true;
}

function titleOf(type: number): string {
  return TITLES[type] ?? `Unknown (${hex(type, 2)})`;
}

function titles(view: DataView, at: number, end: number): string {
  let text = "";
  for (let next = at; next < end;) {
    const type = view.getUint8(next);
    if (type === o.IP_OPTION_END) break;
    const length = type === o.IP_OPTION_NOP ? 1 : next + 1 < end ? view.getUint8(next + 1) : 0;
    if (length < 1 || (type > o.IP_OPTION_NOP && length < 2) || next + length > end) break;
    if (type > o.IP_OPTION_NOP && TITLES[type] !== undefined) text += `, ${TITLES[type]}`;
    next += length;
  }
  return text;
}

function printHead(tree: TreeWriter, type: number, title: string): void {
  tree.line(2, title);
  tree.line(3, `Type: ${type}`);
  tree.line(4, flagLine(type, 0x80, 8, "Copy on fragmentation", NO_YES));
  tree.line(4, `${bits(type, 0x60, 8)} = Class: ${CLASSES[(type >> 5) & 3]} (${(type >> 5) & 3})`);
  tree.line(4, `${bits(type, 0x1f, 8)} = Number: ${NUMBERS[type & 31] ?? "Unknown"} (${type & 31})`);
}

function complain(tree: TreeWriter, type: number, length: number): void {
  const what =
    length < 2
      ? `(with too-short option length = ${plural(length, "byte")})`
      : `(option length = ${plural(length, "byte")} says option goes past end of options)`;
  tree.line(2, `${titleOf(type)} ${what}`);
  tree.expert(3, "Warning", "Protocol", `${titleOf(type)} ${what}`);
}

function printOption(context: TreeContext, at: number, type: number, length: number): boolean {
  const { tree, view, bytes } = context;
  if (TITLES[type] === undefined) {
    tree.line(2, `${titleOf(type)} (${plural(length, "byte")})`);
    return true;
  }
  const alert = type === o.IP_OPTION_ROUTER_ALERT && length >= 4 ? `: ${alertText(view.getUint16(at + 2))}` : "";
  printHead(tree, type, `IP Option - ${TITLES[type]} (${plural(length, "byte")})${alert}`);
  tree.line(3, `Length: ${length}`);
  switch (type) {
    case o.IP_OPTION_RECORD_ROUTE:
    case o.IP_OPTION_LOOSE_SOURCE_ROUTE:
    case o.IP_OPTION_STRICT_SOURCE_ROUTE:
      if (length < 3) return false;
      printRoute(context, at, type, length);
      break;
    case o.IP_OPTION_TIMESTAMP:
      if (length < 4) return false;
      printTimestamps(context, at, length);
      break;
    case o.IP_OPTION_ROUTER_ALERT:
      if (length >= 4) tree.line(3, `Router Alert: ${alertText(view.getUint16(at + 2))}`);
      break;
    case STREAM_IDENTIFIER:
      if (length >= 4) tree.line(3, `Stream Identifier: ${view.getUint16(at + 2)}`);
      break;
    case MTU_PROBE:
    case MTU_REPLY:
      if (length >= 4) tree.line(3, `MTU: ${view.getUint16(at + 2)}`);
      break;
    case o.IP_OPTION_TRACEROUTE:
      if (length >= 12) printTraceroute(context, at);
      break;
    default:
      if (length > 2) tree.line(3, `Data: ${hexBytes(bytes, at + 2, at + length)}`);
  }
  return true;
}

function alertText(value: number): string {
  return `${value === 0 ? "Router shall examine packet" : "Reserved"} (${value})`;
}

function dotted({ bytes }: TreeContext, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

/** RFC 791 section 3.1: the pointer counts from the option's start, from 1; what lies before it was recorded. */
function printRoute(context: TreeContext, at: number, type: number, length: number): void {
  const { tree, view } = context;
  const pointer = view.getUint8(at + 2);
  tree.line(3, `Pointer: ${pointer}`);
  const isSource = type !== o.IP_OPTION_RECORD_ROUTE;
  for (let i = 3; i + 4 <= length; i += 4) {
    const address = dotted(context, at + i);
    const isLast = i + 8 > length;
    if (i + 1 < pointer) tree.line(3, `Recorded Route: ${address}`);
    else if (isSource && isLast) tree.line(3, `Destination Address: ${address}`);
    else tree.line(3, `${isSource ? "Source" : "Empty"} Route: ${address}${i + 1 === pointer ? " <- (next)" : ""}`);
  }
}

function printTimestamps(context: TreeContext, at: number, length: number): void {
  const { tree, view } = context;
  const flags = view.getUint8(at + 3);
  tree.line(3, `Pointer: ${view.getUint8(at + 2)}`);
  tree.line(3, `${bits(flags, 0xf0, 8)} = Overflow: ${flags >> 4}`);
  tree.line(3, `${bits(flags, 0x0f, 8)} = Flag: ${TIMESTAMP_FLAGS[flags & 15] ?? "Unknown"} (${hex(flags & 15, 1)})`);
  const hasAddress = (flags & 15) !== 0;
  for (let i = 4; i + (hasAddress ? 8 : 4) <= length; i += hasAddress ? 8 : 4) {
    if (hasAddress) tree.line(3, `Address: ${dotted(context, at + i)}`);
    tree.line(3, `Time stamp: ${view.getUint32(at + i + (hasAddress ? 4 : 0))}`);
  }
}

function printTraceroute(context: TreeContext, at: number): void {
  const { tree, view } = context;
  tree.line(3, `ID Number: ${view.getUint16(at + 2)}`);
  tree.line(3, `Outbound Hop Count: ${view.getUint16(at + 4)}`);
  tree.line(3, `Return Hop Count: ${view.getUint16(at + 6)}`);
  tree.line(3, `Originator IP Address: ${dotted(context, at + 8)}`);
}
