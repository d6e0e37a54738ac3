import { ipv6Text } from "../../wire/address.ts";
import { pseudoHeaderSum } from "../../wire/checksum.ts";
import * as icmp from "../../wire/icmp.ts";
import { PROTOCOL_ICMPV6 } from "../../wire/protocol.ts";
import { icmpv6CodeText, icmpv6TypeName } from "./icmpv6-names.ts";
import { printChecksum } from "./tree-checksum.ts";
import type { EchoRequest, TreeContext } from "./tree-context.ts";
import { printData } from "./tree-data.ts";
import { printExtendedFlags, printRequest } from "./tree-icmp.ts";
import { printListenerMessage, printListenerReport } from "./tree-listener.ts";
import { PREFERENCES, printNeighbourOptions } from "./tree-neighbour-options.ts";
import { bits, flagLine, hex, hexBytes, type TreeWriter } from "./tree.ts";

/** The addresses of the IPv6 packet that a message is in: where the source is, and the destination. */
interface Ipv6Addresses {
  readonly sourceAt: number;
  readonly destinationAt: number;
}

/** The message in `[at, end)`, without what an error quotes; false when it is cut. */
export function printIcmpv6(
  context: TreeContext,
  at: number,
  end: number,
  addresses: Ipv6Addresses | undefined,
  request: EchoRequest | undefined,
): boolean {
  const { tree, view, limit } = context;
  const have = Math.min(limit, end) - at;
  tree.line(0, "Internet Control Message Protocol v6");
  if (have < 1) return false;
  const type = view.getUint8(at);
  tree.line(1, `Type: ${icmpv6TypeName(type) ?? "Unknown"} (${type})`);
  if (have < 2) return false;
  const code = view.getUint8(at + 1);
  tree.line(1, `Code: ${code}${icmpv6CodeText(type, code)}`);
  const sum =
    addresses === undefined
      ? 0
      : pseudoHeaderSum(view, addresses.sourceAt, addresses.destinationAt, 16, PROTOCOL_ICMPV6, end - at);
  if (!printChecksum(context, at, end, sum)) return false;
  if (have < 8) return false;
  return printBody(context, at, at + have, type, request);
}

function printBody(
  context: TreeContext,
  at: number,
  end: number,
  type: number,
  request: EchoRequest | undefined,
): boolean {
  const { tree, view, bytes } = context;
  switch (type) {
    case icmp.ICMPV6_UNREACHABLE:
    case icmp.ICMPV6_TIME_EXCEEDED:
      printReserved(tree, bytes, at);
      return true;
    case icmp.ICMPV6_PACKET_TOO_BIG:
      tree.line(1, `MTU: ${view.getUint32(at + 4)}`);
      return true;
    case icmp.ICMPV6_PARAMETER_PROBLEM:
      tree.line(1, `Pointer: ${view.getUint32(at + 4)}`);
      return true;
    case icmp.ICMPV6_ECHO:
    case icmp.ICMPV6_ECHO_REPLY:
      tree.line(1, `Identifier: ${hex(view.getUint16(at + 4), 4)}`);
      tree.line(1, `Sequence: ${view.getUint16(at + 6)}`);
      if (request !== undefined) printRequest(tree, request, "Response To", "Response Time");
      printData(tree, bytes, at + 8, end, 1);
      return true;
    case icmp.ICMPV6_LISTENER_REPORT_2:
      return printListenerReport(context, at, end);
    case icmp.ICMPV6_ROUTER_SOLICITATION:
    case icmp.ICMPV6_INVERSE_SOLICITATION:
    case icmp.ICMPV6_INVERSE_ADVERTISEMENT:
      printReserved(tree, bytes, at);
      return printNeighbourOptions(context, at + 8, end);
    case icmp.ICMPV6_ROUTER_ADVERTISEMENT:
      return printAdvertisement(context, at, end);
    case icmp.ICMPV6_NEIGHBOUR_SOLICITATION:
    case icmp.ICMPV6_NEIGHBOUR_ADVERTISEMENT:
    case icmp.ICMPV6_REDIRECT:
      return printNeighbour(context, at, end, type);
    case icmp.ICMPV6_HOME_AGENT_REQUEST:
    case icmp.ICMPV6_HOME_AGENT_REPLY:
    case icmp.ICMPV6_PREFIX_SOLICITATION:
    case icmp.ICMPV6_PREFIX_ADVERTISEMENT:
      return printMobile(context, at, end, type);
    case icmp.ICMPV6_EXTENDED_ECHO:
    case icmp.ICMPV6_EXTENDED_ECHO_REPLY:
      tree.line(1, `Identifier: ${hex(view.getUint16(at + 4), 4)}`);
      printExtendedFlags(tree, view, at, type === icmp.ICMPV6_EXTENDED_ECHO, "Sequence number");
      return true;
    default:
      if (type >= icmp.ICMPV6_LISTENER_QUERY && type <= icmp.ICMPV6_LISTENER_DONE)
        return printListenerMessage(context, at, end, type);
      printUnknown(context, at, end, type);
      return true;
  }
}

function printUnknown({ tree, bytes }: TreeContext, at: number, end: number, type: number): void {
  if (icmpv6TypeName(type) === undefined || type <= 127 || type === 200 || type === 201 || type === 255)
    tree.expert(
      1,
      "Note",
      "Undecoded",
      `Dissector for ICMPv6 Type (${type}) code not implemented, Contact Wireshark developers if you want this supported`,
    );
  tree.line(1, `Data: ${hexBytes(bytes, at + 4, end)}`);
}

function printReserved(tree: TreeWriter, bytes: Uint8Array, at: number): void {
  tree.line(1, `Reserved: ${hexBytes(bytes, at + 4, at + 8)}`);
}

/** RFC 4861 section 4.2, RFC 4191, RFC 6275 section 7.1, RFC 4389. */
function printAdvertisement(context: TreeContext, at: number, end: number): boolean {
  const { tree, view } = context;
  tree.line(1, `Cur hop limit: ${view.getUint8(at + 4)}`);
  const flags = view.getUint8(at + 5);
  tree.line(1, `Flags: ${hex(flags, 2)}, ${routerFlags(flags)}`);
  printRouterFlags(tree, flags);
  tree.line(1, `Router lifetime (s): ${view.getUint16(at + 6)}`);
  if (end - at < 12) return false;
  tree.line(1, `Reachable time (ms): ${view.getUint32(at + 8)}`);
  if (end - at < 16) return false;
  tree.line(1, `Retrans timer (ms): ${view.getUint32(at + 12)}`);
  return printNeighbourOptions(context, at + 16, end);
}

/** The names of the flags that are set, and the preference. */
function routerFlags(flags: number): string {
  const names: string[] = [];
  if ((flags & 0x80) !== 0) names.push("Managed address configuration");
  if ((flags & 0x40) !== 0) names.push("Other configuration");
  if ((flags & 0x20) !== 0) names.push("Home Agent");
  names.push(`Prf (Default Router Preference): ${PREFERENCES[(flags >> 3) & 3]}`);
  if ((flags & 0x04) !== 0) names.push("Proxy");
  return names.join(", ");
}

function printRouterFlags(tree: TreeWriter, flags: number): void {
  const line = (mask: number, name: string): void => tree.line(2, flagLine(flags, mask, 8, name));
  line(0x80, "Managed address configuration");
  line(0x40, "Other configuration");
  line(0x20, "Home Agent");
  const preference = (flags >> 3) & 3;
  const name = `Prf (Default Router Preference): ${PREFERENCES[preference]} (${preference})`;
  tree.line(2, `${bits(flags, 0x18, 8)} = ${name}`);
  line(0x04, "Proxy");
  tree.line(2, `${bits(flags, 0x03, 8)} = Reserved: ${flags & 0x03}`);
}

function printNeighbour(context: TreeContext, at: number, end: number, type: number): boolean {
  const { tree, view, bytes } = context;
  if (type === icmp.ICMPV6_NEIGHBOUR_ADVERTISEMENT) printNeighbourFlags(tree, view.getUint32(at + 4));
  else printReserved(tree, bytes, at);
  if (end - at < 24) return false;
  tree.line(1, `Target Address: ${ipv6Text(bytes, at + 8)}`);
  if (type !== icmp.ICMPV6_REDIRECT) return printNeighbourOptions(context, at + 24, end);
  if (end - at < 40) return false;
  tree.line(1, `Destination Address: ${ipv6Text(bytes, at + 24)}`);
  return printNeighbourOptions(context, at + 40, end);
}

function printNeighbourFlags(tree: TreeWriter, flags: number): void {
  const rows = [
    [0x80000000, "Router"],
    [0x40000000, "Solicited"],
    [0x20000000, "Override"],
  ] as const;
  const names = rows.filter(([mask]) => (flags & mask) !== 0).map(([, name]) => name);
  tree.line(1, [`Flags: ${hex(flags, 8)}`, ...names].join(", "));
  for (const [mask, name] of rows) tree.line(2, flagLine(flags, mask, 32, name));
  tree.line(2, `${bits(flags, 0x1fffffff, 32)} = Reserved: ${flags & 0x1fffffff}`);
}

/** RFC 6275 sections 6.5 to 6.8. */
function printMobile(context: TreeContext, at: number, end: number, type: number): boolean {
  const { tree, view, bytes } = context;
  const identifier = view.getUint16(at + 4);
  tree.line(1, `Identifier: ${identifier} (${hex(identifier, 4)})`);
  if (type === icmp.ICMPV6_PREFIX_ADVERTISEMENT) {
    const flags = view.getUint16(at + 6);
    const names = [
      ...((flags & 0x8000) === 0 ? [] : ["Managed address configuration"]),
      ...((flags & 0x4000) === 0 ? [] : ["Other configuration"]),
    ];
    tree.line(1, [`Flags: ${hex(flags, 4)}`, ...names].join(", "));
    tree.line(2, flagLine(flags, 0x8000, 16, "Managed address configuration"));
    tree.line(2, flagLine(flags, 0x4000, 16, "Other configuration"));
    tree.line(2, `${bits(flags, 0x3fff, 16)} = Reserved: ${flags & 0x3fff}`);
    return printNeighbourOptions(context, at + 8, end);
  }
  tree.line(1, `Reserved: ${hexBytes(bytes, at + 6, at + 8)}`);
  if (type !== icmp.ICMPV6_HOME_AGENT_REPLY) return true;
  for (let next = at + 8; next + 16 <= end; next += 16) tree.line(1, `Home Agent Address: ${ipv6Text(bytes, next)}`);
  return true;
}
