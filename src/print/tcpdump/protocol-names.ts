/** Names of IP protocols as `-v` prints them (IANA "Assigned Internet Protocol Numbers", the subset that tcpdump knows). */
const NAMES: readonly string[] = Object.assign(
  Array.from({ length: 256 }, () => "unknown"),
  {
    0: "Options",
    1: "ICMP",
    2: "IGMP",
    4: "IPIP",
    6: "TCP",
    8: "EGP",
    9: "IGRP",
    17: "UDP",
    33: "DCCP",
    41: "IPv6",
    43: "Routing",
    44: "Fragment",
    46: "RSVP",
    47: "GRE",
    50: "ESP",
    51: "AH",
    55: "Mobile IP",
    58: "ICMPv6",
    88: "EIGRP",
    89: "OSPF",
    103: "PIM",
    108: "Compressed IP",
    112: "VRRP",
    113: "PGM",
    132: "SCTP",
    135: "Mobility",
    143: "Ethernet",
  },
);

export function protocolName(protocol: number): string {
  return NAMES[protocol & 0xff]!;
}
