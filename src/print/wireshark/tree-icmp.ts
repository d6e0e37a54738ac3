import { ipv4Text } from "../../wire/address.ts";
import * as icmp from "../../wire/icmp.ts";
import { icmpCodeText, icmpTypeName, isIcmpType, mobilityAgentText } from "./icmp-names.ts";
import { printChecksum } from "./tree-checksum.ts";
import type { EchoRequest, TreeContext } from "./tree-context.ts";
import { printData } from "./tree-data.ts";
import { printExtensions } from "./tree-icmp-extensions.ts";
import { localTime } from "./tree-time.ts";
import { bits, flagLine, hex, hexBytes, plural, type TreeWriter } from "./tree.ts";

/** Data of a ping that begins with its time is no older than that, in seconds. */
const RECENT = 86_400;
const STATES: readonly string[] = ["Reserved", "Incomplete", "Reachable", "Stale", "Delay", "Probe", "Failed"];

/** The message in `[at, end)`, without what an error quotes; false when it is cut. */
export function printIcmp(
  context: TreeContext,
  at: number,
  end: number,
  request: EchoRequest | undefined,
  isQuoted: boolean,
): boolean {
  const { tree, view, limit } = context;
  const have = Math.min(limit, end) - at;
  if (have < 4) return false;
  tree.line(0, "Internet Control Message Protocol");
  const [type, code] = [view.getUint8(at), view.getUint8(at + 1)];
  tree.line(1, `Type: ${type} (${typeName(type, code)})`);
  tree.line(1, `Code: ${code}${icmpCodeText(type, code)}`);
  if (!printChecksum(context, at, end, 0, isQuoted)) return false;
  if (have < 8) return !isIcmpType(type);
  switch (type) {
    case icmp.ICMP_ECHO:
    case icmp.ICMP_ECHO_REPLY:
      printIdentifiers(tree, view, at);
      if (request !== undefined) printRequest(tree, request, "Request frame", "Response time");
      printEchoData(context, at + 8, at + have);
      return true;
    case icmp.ICMP_TIMESTAMP:
    case icmp.ICMP_TIMESTAMP_REPLY:
      printIdentifiers(tree, view, at);
      return printTimestamps(tree, view, at + 8, have - 8);
    case icmp.ICMP_INFORMATION:
    case icmp.ICMP_INFORMATION_REPLY:
      printIdentifiers(tree, view, at);
      return true;
    case icmp.ICMP_ADDRESS_MASK:
    case icmp.ICMP_ADDRESS_MASK_REPLY:
      printIdentifiers(tree, view, at);
      if (have < 12) return false;
      tree.line(1, `Address Mask: ${ipv4Text(context.bytes, at + 8)}`);
      return true;
    case icmp.ICMP_ROUTER_ADVERTISEMENT:
      return printRouters(context, at, have);
    case icmp.ICMP_EXTENDED_ECHO:
    case icmp.ICMP_EXTENDED_ECHO_REPLY:
      printExtendedEcho(tree, view, at, type);
      return true;
    default:
      printErrorFields(context, at, type, code);
      return true;
  }
}

function typeName(type: number, code: number): string {
  const isAgent = type === icmp.ICMP_ROUTER_ADVERTISEMENT && mobilityAgentText(code) !== undefined;
  return isAgent ? "Mobile IP Advertisement" : icmpTypeName(type);
}

function printIdentifiers(tree: TreeWriter, view: DataView, at: number): void {
  for (const [name, offset] of [
    ["Identifier", 4],
    ["Sequence Number", 6],
  ] as const) {
    for (const isLittle of [false, true]) {
      const value = view.getUint16(at + offset, isLittle);
      tree.line(1, `${name} (${isLittle ? "LE" : "BE"}): ${value} (${hex(value, 4)})`);
    }
  }
}

/** The frame of the request and the time since it. */
export function printRequest(tree: TreeWriter, request: EchoRequest, frame: string, time: string): void {
  tree.line(1, `[${frame}: ${request.frame}]`);
  tree.line(1, `[${time}: ${(request.elapsedNs / 1e6).toFixed(3)} ms]`);
}

/** The data of a ping, of which the first bytes are often the time when it was sent. */
function printEchoData(context: TreeContext, at: number, end: number): void {
  const { tree, view } = context;
  const used = end - at >= 8 ? printSendTime(context, view, at, end - at) : 0;
  printData(tree, context.bytes, at + used, end, 1);
}

/** A time in the data that is near the capture's; how many bytes it takes. */
function printSendTime(
  { tree, seconds, nanoseconds }: TreeContext,
  view: DataView,
  at: number,
  length: number,
): number {
  const isRecent = (value: number): boolean => Math.abs(seconds - value) < RECENT;
  const found = [true, false].find((isLittle) => isRecent(view.getUint32(at, isLittle)));
  if (found === undefined || length < 8) return 0;
  const sent = view.getUint32(at, found);
  // The 64-bit form of the BSD and Linux structure leaves the high half of the seconds empty.
  const fraction = view.getUint32(at + 4, found) * 1000;
  if (fraction >= 1e9) return 0;
  tree.line(1, `Timestamp from icmp data: ${localTime(sent, fraction)}`);
  const relative = (seconds - sent) * 1e9 + nanoseconds - fraction;
  const text = (Math.abs(relative) / 1e9).toFixed(9);
  tree.line(1, `[Timestamp from icmp data (relative): ${relative < 0 ? "-" : ""}${text} seconds]`);
  return 8;
}

function printTimestamps(tree: TreeWriter, view: DataView, at: number, have: number): boolean {
  for (const [i, name] of ["Originate", "Receive", "Transmit"].entries()) {
    if (have < 4 * i + 4) return false;
    const value = view.getUint32(at + 4 * i);
    tree.line(1, `${name} Timestamp: ${value} (${clockText(value)} after midnight UTC)`);
  }
  return true;
}

/** Milliseconds in words. */
function clockText(milliseconds: number): string {
  const days = Math.floor(milliseconds / 86_400_000);
  const hours = Math.floor(milliseconds / 3_600_000) % 24;
  const minutes = Math.floor(milliseconds / 60_000) % 60;
  const parts: string[] = [];
  if (days > 0) parts.push(plural(days, "day"));
  if (hours > 0) parts.push(plural(hours, "hour"));
  if (minutes > 0) parts.push(plural(minutes, "minute"));
  const rest = milliseconds % 60_000;
  if (rest > 0 || parts.length === 0)
    parts.push(`${Math.floor(rest / 1000)}.${String(rest % 1000).padStart(3, "0")} seconds`);
  return parts.join(", ");
}

function printRouters({ tree, view, bytes }: TreeContext, at: number, have: number): boolean {
  const [count, size] = [view.getUint8(at + 4), view.getUint8(at + 5)];
  const lifetime = view.getUint16(at + 6);
  tree.line(1, `Number of addresses: ${count}`);
  tree.line(1, `Address entry size: ${size}`);
  const words = clockText(1000 * lifetime).replace(/(\d+)\.000 seconds/, "$1 seconds");
  tree.line(1, `Lifetime: ${lifetime} (${words})`);
  for (let i = 0; i < count; i++) {
    const from = 8 + 4 * size * i;
    if (size < 2 || from + 8 > have) return false;
    tree.line(1, `Router address: ${ipv4Text(bytes, at + from)}`);
    tree.line(1, `Preference level: ${view.getInt32(at + from + 4)}`);
  }
  return true;
}

function printExtendedEcho(tree: TreeWriter, view: DataView, at: number, type: number): void {
  const [big, little] = [view.getUint16(at + 4), view.getUint16(at + 4, true)];
  tree.line(1, `Identifier (BE): ${big} (${hex(big, 4)})`);
  tree.line(1, `Identifier (LE): ${little} (${hex(little, 4)})`);
  printExtendedFlags(tree, view, at, type === icmp.ICMP_EXTENDED_ECHO, "Sequence Number");
}

/** The last two bytes of an extended echo (RFC 8335 sections 2 and 3). */
export function printExtendedFlags(
  tree: TreeWriter,
  view: DataView,
  at: number,
  isRequest: boolean,
  name: string,
): void {
  const [sequence, flags] = [view.getUint8(at + 6), view.getUint8(at + 7)];
  const flag = (mask: number, label: string): void => tree.line(1, flagLine(flags, mask, 8, `${label} bit`));
  tree.line(1, `${name}: ${sequence} (${hex(sequence, 2)})`);
  if (isRequest) {
    tree.line(1, `${bits(flags, 0xfe, 8)} = Reserved: ${hex(flags >> 1, 2)}`);
    flag(0x01, "Local");
    return;
  }
  tree.line(1, `${bits(flags, 0xe0, 8)} = State: ${STATES[flags >> 5] ?? "Unknown"} (${flags >> 5})`);
  tree.line(1, `${bits(flags, 0x18, 8)} = Reserved: ${hex((flags >> 3) & 3, 1)}`);
  flag(0x04, "Active");
  flag(0x02, "IPv4");
  flag(0x01, "IPv6");
}

/** The four bytes before the quoted packet. */
function printErrorFields({ tree, view, bytes }: TreeContext, at: number, type: number, code: number): void {
  const length = view.getUint8(at + 5);
  const unused = (from: number, to: number): void => tree.line(1, `Unused: ${hexBytes(bytes, at + from, at + to)}`);
  switch (type) {
    case icmp.ICMP_UNREACHABLE:
    case icmp.ICMP_TIME_EXCEEDED:
      if (length > 0) {
        unused(4, 5);
        printLength(tree, length);
        if (type === icmp.ICMP_UNREACHABLE && code === icmp.ICMP_CODE_FRAGMENTATION_NEEDED)
          tree.line(1, `MTU of next hop: ${view.getUint16(at + 6)}`);
        else unused(6, 8);
      } else if (type === icmp.ICMP_UNREACHABLE && code === icmp.ICMP_CODE_FRAGMENTATION_NEEDED) {
        unused(4, 6);
        tree.line(1, `MTU of next hop: ${view.getUint16(at + 6)}`);
      } else {
        unused(4, 8);
      }
      break;
    case icmp.ICMP_REDIRECT:
      tree.line(1, `Gateway Address: ${ipv4Text(bytes, at + 4)}`);
      break;
    case icmp.ICMP_PARAMETER_PROBLEM:
      tree.line(1, `Pointer: ${view.getUint8(at + 4)}`);
      if (length > 0) {
        printLength(tree, length);
        unused(6, 8);
      } else {
        unused(5, 8);
      }
      break;
    default:
  }
}

function printLength(tree: TreeWriter, length: number): void {
  tree.line(1, `Length: ${length}`);
  tree.line(1, `[Length of original datagram: ${4 * length}]`);
}

/** What follows the quoted packet (RFC 4884): extensions, after 128 bytes or where the length says. */
export function printIcmpExtensions(context: TreeContext, at: number, end: number, version: 4 | 6): void {
  const { view, limit } = context;
  if (Math.min(end, limit) - at < 8) return;
  const type = view.getUint8(at);
  const has =
    version === 4
      ? type === icmp.ICMP_UNREACHABLE || type === icmp.ICMP_TIME_EXCEEDED || type === icmp.ICMP_PARAMETER_PROBLEM
      : type === icmp.ICMPV6_UNREACHABLE || type === icmp.ICMPV6_TIME_EXCEEDED;
  if (!has) return;
  const length = version === 4 ? 4 * view.getUint8(at + 5) : 8 * view.getUint8(at + 4);
  printExtensions(context, at + 8 + Math.max(128, length), Math.min(end, limit));
}
