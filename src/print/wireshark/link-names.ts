/** Names that the list and the tree share for link headers other than Ethernet's. */

/** Service access points of 802.2 (IEEE "LLC Address" registry), without the lowest bit. */
const ACCESS_POINTS: Readonly<Record<number, string>> = {
  0x00: "NULL LSAP",
  0x02: "LLC Sub-Layer Management",
  0x04: "SNA Path Control",
  0x06: "TCP/IP",
  0x08: "SNA",
  0x0c: "SNA",
  0x0e: "PROWAY (IEC955) Network Management and Initialization",
  0x10: "NetWare (unofficial?)",
  0x14: "ISO Network Layer (OSLAN 1)",
  0x18: "Texas Instruments",
  0x20: "ISO Network Layer (unofficial?)",
  0x34: "ISO Network Layer (unofficial?)",
  0x42: "Spanning Tree BPDU",
  0x4e: "EIA RS-511 Manufacturing Message Service",
  0x54: "ISO Network Layer (OSLAN 2)",
  0x7e: "ISO 8208 (X.25 over 802.2)",
  0x80: "XNS",
  0x82: "BACnet",
  0x86: "Nestar",
  0x8e: "PROWAY (IEC955) Active Station List Maintenance",
  0x98: "ARP",
  0xaa: "SNAP",
  0xb4: "HP JetDirect Printer",
  0xba: "Banyan Vines",
  0xbc: "Banyan Vines",
  0xe0: "NetWare",
  0xf0: "NetBIOS",
  0xf4: "IBM Net Management",
  0xf8: "HP Extended LLC",
  0xfa: "Ungermann-Bass",
  0xfc: "Remote Program Load",
  0xfe: "ISO Network Layer",
};

/** Name of a service access point, whatever its lowest bit; undefined where Wireshark has none. */
export function accessPointName(value: number): string | undefined {
  return ACCESS_POINTS[value & 0xfe];
}

/** For whom a cooked frame was, by number (pcap-linktype(7), LINKTYPE_LINUX_SLL). */
const PACKET_TYPES: readonly string[] = [
  "Unicast to us",
  "Broadcast",
  "Multicast",
  "Unicast to another host",
  "Sent by us",
];

/** Name of a packet type; undefined where there is none. */
export function packetTypeName(type: number): string | undefined {
  return PACKET_TYPES[type];
}
