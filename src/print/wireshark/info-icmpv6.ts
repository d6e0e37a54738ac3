import { ICMPV6_ECHO, ICMPV6_ECHO_REPLY } from "../../wire/icmp.ts";
import { type Line, printIpv6, printMac, printRequest, printStop } from "./line.ts";
import { isQuoteCut } from "./quote.ts";

/** Types by number (IANA "ICMPv6 'type' Numbers"), as Wireshark's list names them. */
const TYPES: Readonly<Record<number, string>> = {
  1: "Destination Unreachable",
  2: "Packet Too Big",
  3: "Time Exceeded",
  4: "Parameter Problem",
  100: "Private experimentation",
  101: "Private experimentation",
  127: "Reserved for expansion of ICMPv6 error messages",
  128: "Echo (ping) request",
  129: "Echo (ping) reply",
  130: "Multicast Listener Query",
  131: "Multicast Listener Report",
  132: "Multicast Listener Done",
  133: "Router Solicitation",
  134: "Router Advertisement",
  135: "Neighbor Solicitation",
  136: "Neighbor Advertisement",
  137: "Redirect",
  138: "Router Renumbering",
  139: "Node Information Query",
  140: "Node Information Reply",
  141: "Inverse Neighbor Discovery Solicitation",
  142: "Inverse Neighbor Discovery Advertisement",
  143: "Multicast Listener Report Message v2",
  144: "Home Agent Address Discovery Request",
  145: "Home Agent Address Discovery Reply",
  146: "Mobile Prefix Solicitation",
  147: "Mobile Prefix Advertisement",
  148: "Certification Path Solicitation",
  149: "Certification Path Advertisement",
  150: "Experimental Mobility",
  151: "Multicast Router Advertisement",
  152: "Multicast Router Solicitation",
  153: "Multicast Router Termination",
  154: "FMIPv6",
  155: "RPL Control",
  156: "Locator Update",
  157: "Duplicate Address Request",
  158: "Duplicate Address Confirmation",
  159: "MPL Control Message",
  160: "Extended Echo request",
  161: "Extended Echo reply",
  200: "Private experimentation",
  201: "Private experimentation",
  255: "Reserved for expansion of ICMPv6 informational messages",
};

/** Codes of the types whose code is printed. */
const CODES: Readonly<Record<number, readonly string[]>> = {
  1: [
    "no route to destination",
    "Administratively prohibited",
    "Beyond scope of source address",
    "Address unreachable",
    "Port unreachable",
    "Source address failed ingress/egress policy",
    "Reject route to destination",
    "Error in Source Routing Header",
  ],
  3: ["hop limit exceeded in transit", "fragment reassembly time exceeded"],
  4: [
    "erroneous header field encountered",
    "unrecognized Next Header type encountered",
    "unrecognized IPv6 option encountered",
    "IPv6 First Fragment has incomplete IPv6 Header Chain",
  ],
  138: ["Command", "Result"],
  139: ["Query subject = IPv6 addresses", "Query subject = DNS name or empty", "Query subject = IPv4 addresses"],
  140: ["Successful", "Refused", "Unknown query type"],
  155: [
    "DODAG Information Solicitation",
    "DODAG Information Object",
    "Destination Advertisement Object",
    "Destination Advertisement Object Acknowledgment",
    "P2P Discovery Reply Object",
    "P2P Discovery Reply Object Acknowledgement",
  ],
  160: ["No error"],
  161: ["No error", "Malformed Query", "No Such Interface", "No Such Table Entry", "Multiple Interfaces Satisfy Query"],
};

/** "": the type's code is not printed. */
function codeText(type: number, code: number): string {
  const codes = CODES[type];
  if (codes === undefined) return "";
  return codes[code] ?? (type === 1 ? "Unknown" : `Unknown (${code})`);
}

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
const LISTENER_REPORT_2 = 143;

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
  sink.text(TYPES[type] ?? `Unknown (${type})`);
  if (have < 2) {
    printStop(line, icmp.end);
    return;
  }
  const code = codeText(type, icmp.code);
  if (code !== "") sink.text(` (${code})`);
  if (have < (LENGTHS[type] ?? 4)) {
    printStop(line, icmp.end);
    return;
  }
  if (type === ICMPV6_ECHO || type === ICMPV6_ECHO_REPLY) printEcho(line);
  else if (type >= 133 && type <= 137) printNeighbour(line);
  else if (type === LISTENER_REPORT_2) printReports(line);
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

const SOLICITATION = 135;
const ADVERTISEMENT = 136;
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
  if (icmp.type === SOLICITATION || icmp.type === ADVERTISEMENT) {
    sink.text(icmp.type === SOLICITATION ? " for " : " ");
    printIpv6(sink, frame.bytes, icmp.at + 8);
  }
  if (icmp.type === ADVERTISEMENT) sink.text(ADVERTISEMENT_FLAGS[icmp.rest >>> 29] ?? "");
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
