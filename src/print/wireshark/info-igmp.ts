import {
  IGMP_DVMRP,
  IGMP_LEAVE,
  IGMP_PIM,
  IGMP_QUERY,
  IGMP_TRACE,
  IGMP_TRACE_RESPONSE,
  IGMP_V1_REPORT,
  IGMP_V2_REPORT,
  IGMP_V3_QUERY,
  IGMP_V3_REPORT,
} from "../../wire/igmp.ts";
import type { Packet } from "../../wire/packet.ts";
import { type Line, printIpv4, printStop } from "./line.ts";

/** Messages of version 0 (RFC 988 appendix I), by type. */
const VERSION_0: readonly string[] = [
  "",
  "Create Group Request",
  "Create Group Reply",
  "Join Group Request",
  "Join Group Reply",
  "Leave Group Request",
  "Leave Group Reply",
  "Confirm Group Request",
  "Confirm Group Reply",
];

const FIRST_AFTER_VERSION_0 = 0x10;
const VERSION_0_MESSAGE = 20;

/** What each record of a version 3 report says with no source, with one, with several (RFC 3376 section 4.2.12). */
const INCLUDE: readonly (readonly [string, string])[] = [
  ["Leave group ", ""],
  ["Join group ", " for source "],
  ["Join group ", " for sources in "],
];
const EXCLUDE: readonly (readonly [string, string])[] = [
  ["Join group ", " for any sources"],
  ["Join group ", ", for source not "],
  ["Join group ", ", for sources not in "],
];
const ALLOW: readonly (readonly [string, string])[] = [
  ["Group ", ", ALLOW_NEW_SOURCES but no source specified (?)"],
  ["Group ", ", new source "],
  ["Group ", ", new sources "],
];
const BLOCK: readonly (readonly [string, string])[] = [
  ["Group ", ", BLOCK_OLD_SOURCES but no source specified (?)"],
  ["Group ", ", block source "],
  ["Group ", ", block sources "],
];
const UNKNOWN: readonly (readonly [string, string])[] = [
  ["Group ", ", unknown record type (?)"],
  ["Group ", ", unknown record type (?), sources "],
  ["Group ", ", unknown record type (?), sources "],
];
const RECORDS = [UNKNOWN, INCLUDE, EXCLUDE, INCLUDE, EXCLUDE, ALLOW, BLOCK];

/** A message in `view[at, end)`, of which `limit` is captured. */
interface Message {
  readonly at: number;
  readonly end: number;
  readonly limit: number;
  readonly view: DataView;
}

function messageOf({ ipVersion, ipv4, ipv6, frame }: Packet): Message {
  const at = ipVersion === 6 ? ipv6.payloadAt : ipv4.at + ipv4.headerLength;
  const end = ipVersion === 6 ? ipv6.end : ipv4.end;
  return { at, end, limit: Math.min(end, frame.end), view: frame.view };
}

/** The version that the message belongs to, as Wireshark tells; a query of one byte belongs to none. */
export function igmpProtocol(packet: Packet): string {
  const { at, end, limit, view } = messageOf(packet);
  if (at >= limit) return "IGMP";
  const type = view.getUint8(at);
  switch (type) {
    case IGMP_QUERY:
      if (limit - at < 2) return "IPv4";
      if (end - at >= IGMP_V3_QUERY) return "IGMPv3";
      return view.getUint8(at + 1) === 0 ? "IGMPv1" : "IGMPv2";
    case IGMP_V1_REPORT:
      return "IGMPv1";
    case IGMP_V2_REPORT:
    case IGMP_LEAVE:
      return "IGMPv2";
    case IGMP_V3_REPORT:
      return "IGMPv3";
    default:
      return type < FIRST_AFTER_VERSION_0 ? "IGMPv0" : "IGMP";
  }
}

/** Info of an IGMP message. */
export function igmpInfo(line: Line): void {
  const { sink } = line;
  const message = messageOf(line.packet);
  const { at, end, limit, view } = message;
  const type = at < limit ? view.getUint8(at) : -1;
  switch (type) {
    case -1:
      printStop(line, end);
      break;
    case IGMP_QUERY:
      printQuery(line, message);
      break;
    case IGMP_V1_REPORT:
      printFixed(line, message, "Membership Report");
      break;
    case IGMP_V2_REPORT:
      if (printFixed(line, message, "Membership Report")) printGroup(line, at, " group ");
      break;
    case IGMP_LEAVE:
      if (printFixed(line, message, "Leave Group")) printGroup(line, at, " ");
      break;
    case IGMP_V3_REPORT:
      printReport(line, message);
      break;
    case IGMP_DVMRP:
      sink.text("DVMRP Protocol");
      break;
    case IGMP_PIM:
      sink.text("PIM Routing Message");
      break;
    case IGMP_TRACE:
    case IGMP_TRACE_RESPONSE:
      sink.text(type === IGMP_TRACE ? "Traceroute Request" : "Traceroute Response");
      break;
    default:
      printOther(line, message, type);
  }
}

function printOther(line: Line, { at, end, limit }: Message, type: number): void {
  const { sink } = line;
  const name = VERSION_0[type] ?? "";
  if (name !== "") sink.text(name);
  else {
    sink.text("Unknown Type:0x");
    sink.hex(type, 2);
  }
  if (type < FIRST_AFTER_VERSION_0 && limit - at < VERSION_0_MESSAGE) printStop(line, end);
}

/** False when the 8 bytes of versions 1 and 2 are not there. */
function printFixed(line: Line, { at, end, limit }: Message, name: string): boolean {
  line.sink.text(name);
  if (limit - at >= 8) return true;
  printStop(line, end);
  return false;
}

function printGroup({ sink, packet }: Line, at: number, before: string): void {
  const { bytes, view } = packet.frame;
  if (view.getUint32(at + 4) === 0) {
    sink.text(", general");
    return;
  }
  sink.text(before);
  printIpv4(sink, bytes, at + 4);
}

function printQuery(line: Line, message: Message): void {
  const { sink } = line;
  const { at, end, limit, view } = message;
  if (limit - at < 2) {
    printStop(line, end);
    return;
  }
  if (!printFixed(line, message, "Membership Query")) return;
  const isThird = end - at >= IGMP_V3_QUERY;
  if (!isThird && view.getUint8(at + 1) === 0) return;
  printGroup(line, at, ", specific for group ");
  if (!isThird) return;
  if (limit - at < IGMP_V3_QUERY) {
    printStop(line, end);
    return;
  }
  const sources = view.getUint16(at + 10);
  if (sources === 0) return;
  sink.text(sources === 1 ? ", source " : ", sources ");
  printSources(line, message, at + IGMP_V3_QUERY, sources);
}

/** False when not all of them are there. */
function printSources(line: Line, { end, limit }: Message, from: number, count: number): boolean {
  const { sink, packet } = line;
  sink.char(0x7b);
  for (let i = 0; i < count; i++) {
    const at = from + 4 * i;
    if (at + 4 > limit) {
      printStop(line, end);
      return false;
    }
    if (i > 0) sink.text(", ");
    printIpv4(sink, packet.frame.bytes, at);
  }
  sink.char(0x7d);
  return true;
}

function printReport(line: Line, message: Message): void {
  const { sink } = line;
  const { at, end, limit, view } = message;
  if (!printFixed(line, message, "Membership Report")) return;
  const records = view.getUint16(at + 6);
  if (records === 0) sink.text(" - General query");
  let next = at + 8;
  for (let i = 0; i < records; i++) {
    if (next + 8 > limit) {
      printStop(line, end);
      return;
    }
    if (!printRecord(line, message, next)) return;
    next += 8 + 4 * view.getUint16(next + 2) + 4 * view.getUint8(next + 1);
  }
}

function printRecord(line: Line, message: Message, at: number): boolean {
  const { sink, packet } = line;
  const { view } = message;
  const sources = view.getUint16(at + 2);
  const [before, after] = (RECORDS[view.getUint8(at)] ?? UNKNOWN)[Math.min(2, sources)]!;
  sink.text(" / ");
  sink.text(before);
  printIpv4(sink, packet.frame.bytes, at + 4);
  sink.text(after);
  return sources === 0 || printSources(line, message, at + 8, sources);
}
