import { ICMPV6_UNREACHABLE } from "../../wire/icmp.ts";

/** What Wireshark calls the types and codes of ICMPv6 (IANA "ICMPv6 Parameters"). */

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

/** Name of a type; undefined where Wireshark has none. */
export function icmpv6TypeName(type: number): string | undefined {
  return TYPES[type];
}

/** " (Port unreachable)"; nothing for a type whose code is not printed. */
export function icmpv6CodeText(type: number, code: number): string {
  const names = CODES[type];
  if (names === undefined) return "";
  return ` (${names[code] ?? (type === ICMPV6_UNREACHABLE ? "Unknown" : `Unknown (${code})`)})`;
}
