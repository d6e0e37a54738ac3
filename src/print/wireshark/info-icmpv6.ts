import {
  ICMPV6_ECHO,
  ICMPV6_ECHO_REPLY,
  ICMPV6_LISTENER_REPORT_2,
  ICMPV6_NEIGHBOUR_ADVERTISEMENT,
  ICMPV6_NEIGHBOUR_SOLICITATION,
  ICMPV6_REDIRECT,
  ICMPV6_ROUTER_SOLICITATION,
} from "../../wire/icmp.ts";
import { icmpv6CodeText, icmpv6TypeName } from "./icmpv6-names.ts";
import { type Line, printIpv6, printMac, printRequest, printStop } from "./line.ts";
import { isQuoteCut } from "./quote.ts";

/** Bytes that a message has at least, header included. */
const LENGTHS: Readonly<Record<number, number>> = {
  1: 9,
  2: 9,
  3: 9,
  4: 9,
  128: 8,
  129: 8,
  130: 24,
  131: 24,
  132: 24,
  133: 8,
  134: 16,
  135: 24,
  136: 24,
  137: 40,
  143: 8,
};

/** Info of an ICMPv6 message. */
export function icmpv6Info(line: Line): void {
  const { sink, packet } = line;
  const { icmp } = packet;
  const have = Math.min(icmp.end, icmp.limit) - icmp.at;
  if (have < 1) {
    printStop(line, icmp.end);
    return;
  }
  const { type } = icmp;
  sink.text(icmpv6TypeName(type) ?? `Unknown (${type})`);
  if (have < 2) {
    printStop(line, icmp.end);
    return;
  }
  sink.text(icmpv6CodeText(type, icmp.code));
  if (have < (LENGTHS[type] ?? 4)) {
    printStop(line, icmp.end);
    return;
  }
  if (type === ICMPV6_ECHO || type === ICMPV6_ECHO_REPLY) printEcho(line);
  else if (type >= ICMPV6_ROUTER_SOLICITATION && type <= ICMPV6_REDIRECT) printNeighbour(line);
  else if (type === ICMPV6_LISTENER_REPORT_2) printReports(line);
  else if (icmp.quotesPacket && isQuoteCut(packet)) printStop(line, icmp.end);
}

function printEcho(line: Line): void {
  const { sink, packet } = line;
  const { icmp } = packet;
  sink.text(" id=0x");
  sink.hex(icmp.rest >>> 16, 4);
  sink.text(", seq=");
  sink.decimal(icmp.rest & 0xffff);
  sink.text(", hop limit=");
  sink.decimal(packet.ipVersion === 6 ? packet.ipv6.hopLimit : packet.ipv4.ttl);
  printRequest(line);
}

const ADVERTISEMENT_FLAGS = [
  " (none)",
  " (ovr)",
  " (sol)",
  " (sol, ovr)",
  " (rtr)",
  " (rtr, ovr)",
  " (rtr, sol)",
  " (rtr, sol, ovr)",
];

// Options of neighbour discovery (RFC 4861 section 4.6.1).
const SOURCE_ADDRESS = 1;
const TARGET_ADDRESS = 2;
/** Those that Wireshark decodes: addresses, prefix, redirected header, MTU, routes, name servers (RFC 4861, RFC 4191, RFC 8106). */
const OPTIONS: ReadonlySet<number> = new Set([SOURCE_ADDRESS, TARGET_ADDRESS, 3, 4, 5, 24, 25, 31]);

/** Neighbour discovery (RFC 4861 section 4): the target, then the link-layer addresses of the options. */
function printNeighbour(line: Line): void {
  const { sink, packet } = line;
  const { icmp, frame } = packet;
  if (icmp.type === ICMPV6_NEIGHBOUR_SOLICITATION || icmp.type === ICMPV6_NEIGHBOUR_ADVERTISEMENT) {
    sink.text(icmp.type === ICMPV6_NEIGHBOUR_SOLICITATION ? " for " : " ");
    printIpv6(sink, frame.bytes, icmp.at + 8);
  }
  if (icmp.type === ICMPV6_NEIGHBOUR_ADVERTISEMENT) sink.text(ADVERTISEMENT_FLAGS[icmp.rest >>> 29] ?? "");
  const limit = Math.min(icmp.end, icmp.limit);
  for (let at = icmp.at + LENGTHS[icmp.type]!; at < icmp.end;) {
    if (at + 2 > limit) {
      printStop(line, icmp.end);
      return;
    }
    const type = frame.view.getUint8(at);
    const length = 8 * frame.view.getUint8(at + 1);
    if (length === 0) return;
    if (at + length > limit) {
      if (OPTIONS.has(type)) printStop(line, icmp.end);
      return;
    }
    const addressLength = linkAddressLength(frame.view, at, length);
    if ((type === SOURCE_ADDRESS || type === TARGET_ADDRESS) && addressLength > 0) {
      sink.text(type === SOURCE_ADDRESS ? " from " : " is at ");
      printMac(sink, frame.bytes, at + 2, addressLength);
    }
    at += length;
  }
}

/** Of an option of so many bytes at `at`: 6 of Ethernet, 8 and padding of an EUI-64 (RFC 4944 section 8), or 0 of anything else. */
function linkAddressLength(view: DataView, at: number, length: number): number {
  if (length === 8) return 6;
  const isPadded = length === 16 && view.getUint16(at + 10) === 0 && view.getUint32(at + 12) === 0;
  return isPadded ? 8 : 0;
}

/** Records of a report (RFC 3810 section 5.2): nothing of them is printed, but that they are cut. */
function printReports(line: Line): void {
  const { icmp, frame } = line.packet;
  const limit = Math.min(icmp.end, icmp.limit);
  const records = icmp.rest & 0xffff;
  let at = icmp.at + 8;
  for (let i = 0; i < records && at < icmp.end; i++) {
    if (at + 20 > limit) {
      printStop(line, icmp.end);
      return;
    }
    at += 20 + 16 * frame.view.getUint16(at + 2) + 4 * frame.view.getUint8(at + 1);
  }
  if (at > limit) printStop(line, icmp.end);
}
