/** Protocol numbers of IPv4 and IPv6 (IANA "Assigned Internet Protocol Numbers"). */
export const PROTOCOL_HOP_BY_HOP = 0;
export const PROTOCOL_ICMP = 1;
export const PROTOCOL_IGMP = 2;
export const PROTOCOL_IPV4 = 4;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_DCCP = 33;
export const PROTOCOL_IPV6 = 41;
export const PROTOCOL_ROUTING = 43;
export const PROTOCOL_FRAGMENT = 44;
export const PROTOCOL_GRE = 47;
export const PROTOCOL_ESP = 50;
export const PROTOCOL_AH = 51;
export const PROTOCOL_ICMPV6 = 58;
export const PROTOCOL_NO_NEXT_HEADER = 59;
export const PROTOCOL_DESTINATION_OPTIONS = 60;
/** Mobility header before its number was assigned. */
export const PROTOCOL_MOBILITY_OLD = 62;
export const PROTOCOL_ND = 77;
export const PROTOCOL_EIGRP = 88;
export const PROTOCOL_OSPF = 89;
export const PROTOCOL_PIM = 103;
export const PROTOCOL_IPCOMP = 108;
export const PROTOCOL_VRRP = 112;
export const PROTOCOL_SCTP = 132;
export const PROTOCOL_MOBILITY = 135;
export const PROTOCOL_MPLS = 137;
export const PROTOCOL_HIP = 139;
export const PROTOCOL_SHIM6 = 140;
export const PROTOCOL_ETHERNET = 143;

/** EtherTypes (IANA "IEEE 802 Numbers"). */
export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_ARP = 0x0806;
export const ETHERTYPE_TRANSPARENT_BRIDGING = 0x6558;
export const ETHERTYPE_REVERSE_ARP = 0x8035;
export const ETHERTYPE_VLAN = 0x8100;
export const ETHERTYPE_IPV6 = 0x86dd;
export const ETHERTYPE_PPP = 0x880b;
export const ETHERTYPE_MPLS = 0x8847;
export const ETHERTYPE_MPLS_MULTICAST = 0x8848;
export const ETHERTYPE_PPPOE_DISCOVERY = 0x8863;
export const ETHERTYPE_PPPOE_SESSION = 0x8864;
export const ETHERTYPE_PROVIDER_VLAN = 0x88a8;
/** Double tagging before 802.1ad, still met. */
export const ETHERTYPE_OLD_PROVIDER_VLAN = 0x9100;

/** Encapsulated Remote Switched Port Analyzer in GRE, types I and II, and type III. */
export const ETHERTYPE_ERSPAN = 0x88be;
export const ETHERTYPE_ERSPAN_3 = 0x22eb;

/** UDP ports whose payload is a tunnel (RFC 7348, RFC 8926, RFC 4380, 3GPP TS 29.281). */
export const PORT_VXLAN = 4789;
export const PORT_VXLAN_GPE = 4790;
export const PORT_GENEVE = 6081;
export const PORT_TEREDO = 3544;
export const PORT_GTP_USER = 2152;

/** Link types (pcap-linktype(7)). */
export const LINKTYPE_NULL = 0;
export const LINKTYPE_ETHERNET = 1;
export const LINKTYPE_PPP = 9;
export const LINKTYPE_FDDI = 10;
/** What DLT_RAW is on most BSD systems and on OpenBSD: not allotted to files, but met in them. */
export const LINKTYPE_RAW_BSD = 12;
export const LINKTYPE_RAW_OPENBSD = 14;
export const LINKTYPE_PPP_HDLC = 50;
export const LINKTYPE_PPPOE = 51;
export const LINKTYPE_RAW = 101;
export const LINKTYPE_CISCO_HDLC = 104;
export const LINKTYPE_IEEE802_11 = 105;
export const LINKTYPE_LOOP = 108;
export const LINKTYPE_LINUX_SLL = 113;
export const LINKTYPE_PRISM = 119;
export const LINKTYPE_RADIOTAP = 127;
export const LINKTYPE_AVS = 163;
export const LINKTYPE_IPV4 = 228;
export const LINKTYPE_IPV6 = 229;
export const LINKTYPE_LINUX_SLL2 = 276;
