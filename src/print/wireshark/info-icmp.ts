import { ICMP_ECHO, ICMP_ECHO_REPLY } from "../../wire/icmp.ts";
import { type Line, printRequest, printStop } from "./line.ts";
import { isQuoteCut } from "./quote.ts";

/** Types by number (IANA "ICMP Type Numbers"), as Wireshark's list names them. */
const TYPES: Readonly<Record<number, string>> = {
  0: "Echo (ping) reply",
  1: "Reserved",
  2: "Reserved",
  3: "Destination unreachable",
  4: "Source quench (flow control)",
  5: "Redirect",
  6: "Alternate host address",
  8: "Echo (ping) request",
  9: "Router advertisement",
  10: "Router solicitation",
  11: "Time-to-live exceeded",
  12: "Parameter problem",
  13: "Timestamp request",
  14: "Timestamp reply",
  15: "Information request",
  16: "Information reply",
  17: "Address mask request",
  18: "Address mask reply",
  19: "Reserved (for security)",
  30: "Traceroute",
  31: "Datagram Conversion Error",
  32: "Mobile Host Redirect",
  33: "IPv6 Where-Are-You",
  34: "IPv6 I-Am-Here",
  35: "Mobile Registration Request",
  36: "Mobile Registration Reply",
  37: "Domain Name Request",
  38: "Domain Name Reply",
  39: "SKIP",
  40: "Photuris",
  41: "Experimental mobility protocols",
  42: "Extended Echo request",
  43: "Extended Echo reply",
};

/** Codes of the types whose code is printed. */
const CODES: Readonly<Record<number, readonly string[]>> = {
  3: [
    "Network unreachable",
    "Host unreachable",
    "Protocol unreachable",
    "Port unreachable",
    "Fragmentation needed",
    "Source route failed",
    "Destination network unknown",
    "Destination host unknown",
    "Source host isolated",
    "Network administratively prohibited",
    "Host administratively prohibited",
    "Network unreachable for TOS",
    "Host unreachable for TOS",
    "Communication administratively filtered",
    "Host precedence violation",
    "Precedence cutoff in effect",
  ],
  5: ["Redirect for network", "Redirect for host", "Redirect for TOS and network", "Redirect for TOS and host"],
  6: ["Alternate address for host"],
  9: [],
  11: ["Time to live exceeded in transit", "Fragment reassembly time exceeded"],
  12: ["Pointer indicates the error", "Required option missing", "Bad length"],
  40: [
    "Bad SPI",
    "Authentication Failed",
    "Decompression Failed",
    "Decryption Failed",
    "Need Authentication",
    "Need Authorization",
  ],
  42: ["No error"],
  43: ["No error", "Malformed Query", "No Such Interface", "No Such Table Entry", "Multiple Interfaces Satisfy Query"],
};

const TYPE_WIDTH = 20;

/** Router advertisements that Wireshark takes for those of mobility agents (RFC 5944 section 2.1), by code. */
const ROUTER_ADVERTISEMENT = 9;
const AGENT_CODES: Readonly<Record<number, string>> = {
  0: "Normal router advertisement",
  16: "Does not route common traffic",
};

/** Info of an ICMP message. */
export function icmpInfo(line: Line): void {
  const { sink, packet } = line;
  const { icmp } = packet;
  const have = Math.min(icmp.end, icmp.limit) - icmp.at;
  if (have < 6) {
    printStop(line, icmp.end);
    return;
  }
  const { type } = icmp;
  const agent = type === ROUTER_ADVERTISEMENT ? AGENT_CODES[icmp.code] : undefined;
  if (agent !== undefined) {
    sink.text(`Mobile IP Advertisement (${agent})`);
    return;
  }
  sink.text((TYPES[type] ?? "Unknown ICMP (obsolete or malformed?)").padEnd(TYPE_WIDTH));
  const codes = CODES[type];
  if (codes !== undefined) sink.text(` (${codes[icmp.code] ?? `Unknown code: ${icmp.code}`})`);
  if (have < 8) {
    printStop(line, icmp.end);
    return;
  }
  if (type === ICMP_ECHO || type === ICMP_ECHO_REPLY || (type >= 13 && type <= 18)) printIdentifier(line);
  printRequest(line);
  if (icmp.quotesPacket && isQuoteCut(packet)) printStop(line, icmp.end);
}

function printIdentifier({ sink, packet }: Line): void {
  const { rest } = packet.icmp;
  const sequence = rest & 0xffff;
  sink.text(" id=0x");
  sink.hex(rest >>> 16, 4);
  sink.text(", seq=");
  sink.decimal(sequence);
  sink.char(0x2f);
  sink.decimal((sequence >> 8) | ((sequence & 0xff) << 8));
  sink.text(", ttl=");
  sink.decimal(packet.ipVersion === 6 ? packet.ipv6.hopLimit : packet.ipv4.ttl);
}
