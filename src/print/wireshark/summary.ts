import type { Fault } from "../../wire/fault.ts";
import type { Packet } from "../../wire/packet.ts";
import * as p from "../../wire/protocol.ts";
import { arpInfo, arpProtocol } from "./info-arp.ts";
import { icmpInfo } from "./info-icmp.ts";
import { icmpv6Info } from "./info-icmpv6.ts";
import { igmpInfo, igmpProtocol } from "./info-igmp.ts";
import { brokenIpInfo, fragmentInfo, greInfo, ipProtocolInfo } from "./info-ip.ts";
import { wirelessFault, wirelessSummary } from "./info-ieee80211.ts";
import { cookedInfo, etherTypeInfo, ethernetLinkInfo } from "./info-link.ts";
import { tcpInfo } from "./info-tcp.ts";
import { hasMultipath } from "./info-tcp-options.ts";
import { udpInfo } from "./info-udp.ts";
import { type Line, stopText, type Summary } from "./line.ts";
import { pppProtocolName } from "./ppp-protocol-names.ts";

const TCP: Summary = { protocol: "TCP", info: tcpInfo };
const MPTCP: Summary = { protocol: "MPTCP", info: tcpInfo };
const UDP: Summary = { protocol: "UDP", info: udpInfo };
const ICMP: Summary = { protocol: "ICMP", info: icmpInfo };
const ICMPV6: Summary = { protocol: "ICMPv6", info: icmpv6Info };
const ARP: Summary = { protocol: "ARP", info: arpInfo };
const GRE: Summary = { protocol: "GRE", info: greInfo };
const RAW: Summary = { protocol: "N/A", info: ({ sink }) => sink.text("Raw packet data") };
const NULL: Summary = { protocol: "N/A", info: ({ sink }) => sink.text("Null/Loopback") };

const FRAGMENT = ofVersion(fragmentInfo);
const IP_PROTOCOL = ofVersion(ipProtocolInfo);
const IP_STOP = ofVersion(stopInfo);
const IP_BROKEN = ofVersion(brokenIpInfo);

/** Ports are shown when so many bytes of a transport header are there. */
const PORTS = 4;

function ofVersion(info: (line: Line) => void): { readonly 4: Summary; readonly 6: Summary } {
  return { 4: { protocol: "IPv4", info }, 6: { protocol: "IPv6", info } };
}

/** Protocol and Info of the packet, by its innermost layer that is decoded. */
export function summaryOf(packet: Packet): Summary {
  if (packet.hasTcp) return hasMultipath(packet) ? MPTCP : TCP;
  if (packet.hasUdp) return UDP;
  if (packet.hasIcmp) return packet.icmp.version === 4 ? ICMP : ICMPV6;
  if (packet.hasArp) return { protocol: arpProtocol(packet.arp.operation), info: arpInfo };
  if (packet.fault !== undefined) return faultSummary(packet, packet.fault);
  return undecodedSummary(packet);
}

function faultSummary(packet: Packet, fault: Fault): Summary {
  const version = packet.ipVersion === 6 ? 6 : 4;
  switch (fault.layer) {
    case "tcp":
      return fault.have < PORTS && fault.field === "header" ? noPortsSummary(packet) : TCP;
    case "udp":
      return fault.have < PORTS && fault.field === "header" ? noPortsSummary(packet) : UDP;
    case "icmp":
      return packet.icmp.end === packet.icmp.at ? IP_PROTOCOL[version] : ICMP;
    case "icmpv6":
      return ICMPV6;
    case "arp":
      return ARP;
    case "ipv4":
    case "ipv6":
      return brokenIpSummary(packet, fault);
    case "mpls":
      return { protocol: "MPLS", info: stopAfter("MPLS Label Switched Packet") };
    case "pppoe":
      return { protocol: "PPPoES", info: stopAfter("Session Data") };
    case "llc":
      return { protocol: "LLC", info: stopInfo };
    case "sll":
    case "sll2":
      return { protocol: "SLL", info: stopInfo };
    case "null":
    case "ppp":
      return { protocol: fault.layer === "null" ? "Null/Loopback" : "PPP", info: stopInfo };
    case "radiotap":
    case "prism":
    case "avs":
    case "ieee80211":
      return wirelessFault(packet, fault.layer);
    default:
      return { protocol: "Ethernet", info: stopInfo };
  }
}

/** A transport header without its ports: the line stays that of IP, which says nothing of an empty payload. */
function noPortsSummary({ ipVersion, ipv4 }: Packet): Summary {
  if (ipVersion === 6) return IP_STOP[6];
  return ipv4.end === ipv4.at + ipv4.headerLength ? IP_PROTOCOL[4] : IP_STOP[4];
}

function brokenIpSummary(packet: Packet, fault: Fault): Summary {
  if (fault.field === "version") {
    const isRaw = !packet.hasEthernet && !packet.hasCooked && packet.ipVersion === 0;
    if (isRaw && packet.frame.linkType !== p.LINKTYPE_IPV4 && packet.frame.linkType !== p.LINKTYPE_IPV6) {
      return packet.frame.linkType === p.LINKTYPE_NULL || packet.frame.linkType === p.LINKTYPE_LOOP ? NULL : RAW;
    }
    if (packet.ethernet.etherType === p.ETHERTYPE_IPV6 && packet.hasEthernet)
      return { protocol: hexProtocol(p.ETHERTYPE_IPV6), info: ({ sink }) => sink.text("IPv6") };
  }
  return IP_BROKEN[fault.layer === "ipv6" ? 6 : 4];
}

function stopInfo({ sink, packet }: Line): void {
  sink.text(stopText(packet.fault?.kind === "truncated" && isCut(packet)));
}

function isCut({ frame }: Packet): boolean {
  return frame.end - frame.start < frame.wireLength;
}

function stopAfter(text: string): (line: Line) => void {
  return (line) => {
    line.sink.text(text);
    stopInfo(line);
  };
}

function undecodedSummary(packet: Packet): Summary {
  const { ipVersion, tunnels } = packet;
  if (ipVersion !== 0 && !isInnerFrame(packet)) {
    if (packet.isFragment) return FRAGMENT[ipVersion];
    if (packet.protocol === p.PROTOCOL_IGMP) return { protocol: igmpProtocol(packet), info: igmpInfo };
    if (tunnels.count > 0 && tunnels.kinds[tunnels.count - 1] === "gre") return GRE;
    return IP_PROTOCOL[ipVersion];
  }
  if (tunnels.count > 0) {
    const kind = tunnels.kinds[tunnels.count - 1];
    if (kind === "mpls") return { protocol: "MPLS", info: ({ sink }) => sink.text("MPLS Label Switched Packet") };
    if (kind === "pppoe")
      return pppSummary(packet, (packet.hasEthernet ? packet.ethernet.payloadAt : packet.frame.start) + 6);
  }
  return linkSummary(packet);
}

/** Whether the innermost layer is a frame that a tunnel carried. */
export function isInnerFrame({ hasEthernet, ethernet, ipVersion, sourceAt }: Packet): boolean {
  return hasEthernet && ipVersion !== 0 && ethernet.at > sourceAt;
}

function linkSummary(packet: Packet): Summary {
  const { frame, ethernet } = packet;
  if (packet.hasIeee80211) return wirelessSummary(packet);
  if (packet.hasCooked) return { protocol: hexProtocol(packet.cooked.protocol), info: cookedInfo };
  if (packet.hasEthernet) {
    if (ethernet.etherType !== 0) return { protocol: hexProtocol(ethernet.etherType), info: etherTypeInfo };
    const isRaw = frame.view.getUint16(ethernet.payloadAt) === 0xffff;
    return { protocol: isRaw ? "Ethernet" : "LLC", info: ethernetLinkInfo };
  }
  switch (frame.linkType) {
    case p.LINKTYPE_NULL:
    case p.LINKTYPE_LOOP:
      return NULL;
    case p.LINKTYPE_PPP:
    case p.LINKTYPE_PPP_HDLC:
      return pppSummary(packet, frame.start + (frame.view.getUint16(frame.start) === 0xff03 ? 2 : 0));
    case p.LINKTYPE_RAW:
    case p.LINKTYPE_RAW_BSD:
    case p.LINKTYPE_RAW_OPENBSD:
      return RAW;
    default:
      return { protocol: "UNKNOWN", info: ({ sink }) => sink.text(`link type ${frame.linkType} is not decoded`) };
  }
}

/** A PPP packet of a protocol that is not decoded; its number is at `at`. */
function pppSummary({ frame }: Packet, at: number): Summary {
  if (at + 2 > frame.end) return { protocol: "PPP", info: stopInfo };
  const first = frame.view.getUint8(at);
  const protocol = (first & 1) === 1 ? first : frame.view.getUint16(at);
  const number = hexProtocol(protocol);
  return { protocol: number, info: ({ sink }) => sink.text(`PPP ${pppProtocolName(protocol)} (${number})`) };
}

function hexProtocol(value: number): string {
  return `0x${value.toString(16).padStart(4, "0")}`;
}
