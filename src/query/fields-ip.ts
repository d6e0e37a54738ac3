import { IPV4_DONT_FRAGMENT, IPV4_MORE_FRAGMENTS } from "../wire/ipv4.ts";
import type { Field } from "./field.ts";
import { addressField, eitherField, numberField, partField } from "./fields-link.ts";
import type { PacketSubject } from "./packet-subject.ts";

const hasIpv4 = ({ packet }: PacketSubject): boolean => packet.ipVersion === 4;
const hasIpv6 = ({ packet }: PacketSubject): boolean => packet.ipVersion === 6;
const hasUdp = ({ packet }: PacketSubject): boolean => packet.hasUdp;
const hasIcmp = ({ packet }: PacketSubject): boolean => packet.hasIcmp && packet.icmp.version === 4;
const hasIcmpv6 = ({ packet }: PacketSubject): boolean => packet.hasIcmp && packet.icmp.version === 6;

/** IPv4 and IPv6, the innermost of a tunnel; UDP, ICMP and ICMPv6. */
export const IP_FIELDS: readonly Field<PacketSubject>[] = [
  partField("ip", "IPv4", hasIpv4, ({ packet }) => packet.ipv4.at),
  addressField("ipv4", "ip.src", "source address", hasIpv4, ({ packet }) => packet.ipv4.sourceAt),
  addressField(
    "ipv4",
    "ip.dst",
    "destination: the last one of a source route",
    hasIpv4,
    ({ packet }) => packet.destinationAt,
  ),
  addressField(
    "ipv4",
    "ip.addr",
    "source or destination address",
    hasIpv4,
    ({ packet }) => packet.ipv4.sourceAt,
    ({ packet }) => packet.destinationAt,
  ),
  numberField(
    "number",
    "ip.hdr_len",
    "header with options, in bytes",
    hasIpv4,
    ({ packet }) => packet.ipv4.headerLength,
  ),
  numberField("number", "ip.dsfield", "DSCP and ECN as one byte", hasIpv4, ({ packet }) => packet.ipv4.typeOfService),
  numberField("number", "ip.dsfield.dscp", "DSCP", hasIpv4, ({ packet }) => packet.ipv4.typeOfService >> 2),
  numberField("number", "ip.dsfield.ecn", "ECN", hasIpv4, ({ packet }) => packet.ipv4.typeOfService & 3),
  numberField("number", "ip.len", "total length, in bytes", hasIpv4, ({ packet }) => packet.ipv4.totalLength),
  numberField("number", "ip.id", "identification", hasIpv4, ({ packet }) => packet.ipv4.identification),
  numberField("boolean", "ip.flags.df", "don't fragment", hasIpv4, ({ packet }) =>
    bit(packet.ipv4.flagsAndOffset, IPV4_DONT_FRAGMENT),
  ),
  numberField("boolean", "ip.flags.mf", "more fragments", hasIpv4, ({ packet }) =>
    bit(packet.ipv4.flagsAndOffset, IPV4_MORE_FRAGMENTS),
  ),
  numberField(
    "number",
    "ip.frag_offset",
    "fragment offset, in bytes",
    hasIpv4,
    ({ packet }) => packet.ipv4.fragmentOffset,
  ),
  numberField("number", "ip.ttl", "time to live", hasIpv4, ({ packet }) => packet.ipv4.ttl),
  numberField("number", "ip.proto", "protocol", hasIpv4, ({ packet }) => packet.ipv4.protocol),
  partField("ipv6", "IPv6", hasIpv6, ({ packet }) => packet.ipv6.at),
  addressField("ipv6", "ipv6.src", "source address", hasIpv6, ({ packet }) => packet.ipv6.sourceAt),
  addressField("ipv6", "ipv6.dst", "destination address", hasIpv6, ({ packet }) => packet.ipv6.destinationAt),
  addressField(
    "ipv6",
    "ipv6.addr",
    "source or destination address",
    hasIpv6,
    ({ packet }) => packet.ipv6.sourceAt,
    ({ packet }) => packet.ipv6.destinationAt,
  ),
  numberField(
    "number",
    "ipv6.tclass",
    "traffic class: DSCP and ECN",
    hasIpv6,
    ({ packet }) => packet.ipv6.trafficClass,
  ),
  numberField("number", "ipv6.tclass.dscp", "DSCP", hasIpv6, ({ packet }) => packet.ipv6.trafficClass >> 2),
  numberField("number", "ipv6.tclass.ecn", "ECN", hasIpv6, ({ packet }) => packet.ipv6.trafficClass & 3),
  numberField("number", "ipv6.flow", "flow label", hasIpv6, ({ packet }) => packet.ipv6.flowLabel),
  numberField("number", "ipv6.plen", "payload length, in bytes", hasIpv6, ({ packet }) => packet.ipv6.payloadLength),
  numberField("number", "ipv6.nxt", "next header", hasIpv6, ({ packet }) => packet.ipv6.nextHeader),
  numberField("number", "ipv6.hlim", "hop limit", hasIpv6, ({ packet }) => packet.ipv6.hopLimit),
  partField("udp", "UDP", hasUdp, ({ packet }) => packet.udp.at),
  numberField("number", "udp.srcport", "source port", hasUdp, ({ packet }) => packet.udp.sourcePort),
  numberField("number", "udp.dstport", "destination port", hasUdp, ({ packet }) => packet.udp.destinationPort),
  eitherField(
    "udp.port",
    "source or destination port",
    hasUdp,
    ({ packet }) => packet.udp.sourcePort,
    ({ packet }) => packet.udp.destinationPort,
  ),
  numberField("number", "udp.length", "header and payload, in bytes", hasUdp, ({ packet }) => packet.udp.length),
  numberField("number", "udp.checksum", "checksum as sent", hasUdp, ({ packet }) => packet.udp.checksum),
  partField(
    "udp.payload",
    "payload",
    ({ packet }) => packet.hasUdp && packet.udp.end > packet.udp.payloadAt,
    ({ packet }) => packet.udp.payloadAt,
    ({ packet }) => Math.min(packet.udp.end, packet.frame.end),
  ),
  partField("icmp", "ICMP", hasIcmp, ({ packet }) => packet.icmp.at),
  numberField("number", "icmp.type", "type", hasIcmp, ({ packet }) => packet.icmp.type),
  numberField("number", "icmp.code", "code", hasIcmp, ({ packet }) => packet.icmp.code),
  numberField(
    "number",
    "icmp.mtu",
    "next-hop MTU of “fragmentation needed”, in bytes",
    (subject) => hasIcmp(subject) && subject.packet.icmp.nextHopMtu > 0,
    ({ packet }) => packet.icmp.nextHopMtu,
  ),
  partField("icmpv6", "ICMPv6", hasIcmpv6, ({ packet }) => packet.icmp.at),
  numberField("number", "icmpv6.type", "type", hasIcmpv6, ({ packet }) => packet.icmp.type),
  numberField("number", "icmpv6.code", "code", hasIcmpv6, ({ packet }) => packet.icmp.code),
  numberField(
    "number",
    "icmpv6.mtu",
    "MTU of “packet too big”, in bytes",
    (subject) => hasIcmpv6(subject) && subject.packet.icmp.nextHopMtu > 0,
    ({ packet }) => packet.icmp.nextHopMtu,
  ),
];

function bit(value: number, mask: number): number {
  return (value & mask) === 0 ? 0 : 1;
}
