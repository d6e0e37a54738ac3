import { ICMP_ROUTER_ADVERTISEMENT } from "../../wire/icmp.ts";

/** What Wireshark calls the types and codes of ICMP (IANA "ICMP Parameters"). */

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
const CODES: Readonly<Record<number, Readonly<Record<number, string>>>> = {
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
  9: { 0: "Normal router advertisement", 16: "Does not route common traffic" },
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

export function isIcmpType(type: number): boolean {
  return TYPES[type] !== undefined;
}

export function icmpTypeName(type: number): string {
  return TYPES[type] ?? "Unknown ICMP (obsolete or malformed?)";
}

/** " (Host unreachable)"; nothing for a type whose code is not printed. */
export function icmpCodeText(type: number, code: number): string {
  const names = CODES[type];
  return names === undefined ? "" : ` (${names[code] ?? `Unknown code: ${code}`})`;
}

/** What the code of a router advertisement says that Wireshark takes for a mobility agent's (RFC 5944 section 2.1); undefined: a router's. */
export function mobilityAgentText(code: number): string | undefined {
  return CODES[ICMP_ROUTER_ADVERTISEMENT]![code];
}
