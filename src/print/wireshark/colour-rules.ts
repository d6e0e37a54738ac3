import { ANALYSIS_KEEP_ALIVE, ANALYSIS_KEEP_ALIVE_ACK, ANALYSIS_WINDOW_UPDATE } from "../../flow/analysis.ts";
import type { Segment } from "../../flow/segment.ts";
import type { Frame } from "../../wire/frame.ts";
import type { Packet } from "../../wire/packet.ts";
import * as p from "../../wire/protocol.ts";
import { FIN, RST, SYN } from "../../wire/tcp.ts";

/** A colour: red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** A rule's name as Wireshark's, its background and its text. */
interface ColourRule {
  readonly name: string;
  readonly background: Rgb;
  readonly foreground: Rgb;
}

const DARK: Rgb = [18, 39, 46];
const PINK: Rgb = [247, 135, 135];
const YELLOW: Rgb = [255, 252, 156];
const RED: Rgb = [164, 0, 0];

function rule(name: string, background: Rgb, foreground: Rgb = DARK): ColourRule {
  return { name, background, foreground };
}

/**
 * Wireshark's default colouring rules, in order: the first that fits a packet
 * colours it. "Checksum Errors" fits none, as by default in Wireshark:
 * checksums are not verified, since those of sent packets are often left to the
 * network card and wrong in the capture. Of protocols above TCP and UDP, the port decides.
 */
export const COLOUR_RULES: readonly ColourRule[] = [
  rule("Bad TCP", DARK, PINK),
  rule("HSRP State Change", DARK, YELLOW),
  rule("Spanning Tree Topology  Change", DARK, YELLOW),
  rule("OSPF State Change", DARK, YELLOW),
  rule("ICMP errors", DARK, [183, 247, 116]),
  rule("ARP", [250, 240, 215]),
  rule("ICMP", [252, 224, 255]),
  rule("TCP RST", RED, YELLOW),
  rule("SCTP ABORT", RED, YELLOW),
  rule("TTL low or unexpected", RED, [236, 240, 235]),
  rule("Checksum Errors", DARK, PINK),
  rule("SMB", [254, 255, 208]),
  rule("HTTP", [228, 255, 199]),
  rule("DCERPC", [199, 151, 255]),
  rule("Routing", [255, 243, 214]),
  rule("TCP SYN/FIN", [160, 160, 160]),
  rule("TCP", [231, 230, 255]),
  rule("UDP", [218, 238, 255]),
  rule("Broadcast", [255, 255, 255], [186, 189, 182]),
];

// Places in that list.
const BAD_TCP = 0;
const HSRP_STATE = 1;
const SPANNING_TREE = 2;
const OSPF_STATE = 3;
const ICMP_ERROR = 4;
const ARP = 5;
const ICMP = 6;
const TCP_RST = 7;
const SCTP_ABORT = 8;
const TTL = 9;
const SMB = 11;
const HTTP = 12;
const DCERPC = 13;
const ROUTING = 14;
const SYN_FIN = 15;
const TCP = 16;
const UDP = 17;
const BROADCAST = 18;
/** No rule fits. */
export const NO_RULE = -1;

const NOT_BAD = ANALYSIS_WINDOW_UPDATE | ANALYSIS_KEEP_ALIVE | ANALYSIS_KEEP_ALIVE_ACK;

/** Hot Standby Router Protocol (RFC 2281 section 5): port, and the states that are no change. */
const HSRP_PORT = 1985;
const HSRP_STANDBY = 8;
const HSRP_ACTIVE = 16;

const OSPF_HELLO = 1;
const SCTP_CHUNK_ABORT = 6;
/** IEEE 802.1D section 9.3: BPDU of a topology change, after the LLC header. */
const BPDU_TYPE_OFFSET = 6;
const BPDU_TOPOLOGY_CHANGE = 0x80;
const BPDU_LLC = 0x4242;

/** Rules of headers that are cut or broken. */
const LAYER_RULES: Readonly<Record<string, number>> = { tcp: TCP, udp: UDP, icmp: ICMP, icmpv6: ICMP, arp: ARP };

const LOW_TTL = 5;
const MULTICAST_DNS = 0xe00000fb;

/** Which rule colours the packet: its place in `COLOUR_RULES`, or `NO_RULE`. `frame` is the frame that is listed. */
export function colourRuleOf(frame: Frame, packet: Packet, segment: Segment | undefined): number {
  if (packet.hasTcp) return tcpRule(packet, segment);
  if (packet.hasIcmp) return icmpRule(packet);
  if (packet.hasArp) return ARP;
  const layer = packet.fault === undefined ? undefined : LAYER_RULES[packet.fault.layer];
  if (layer !== undefined) return layer;
  if (packet.ipVersion !== 0) return ipRule(packet);
  if (isTopologyChange(packet)) return SPANNING_TREE;
  return isBroadcast(frame) ? BROADCAST : NO_RULE;
}

function tcpRule(packet: Packet, segment: Segment | undefined): number {
  const { tcp } = packet;
  const analysis = segment === undefined ? 0 : segment.analysis;
  if (analysis !== 0 && (analysis & NOT_BAD) === 0) return BAD_TCP;
  if ((tcp.flags & RST) !== 0) return TCP_RST;
  if (hasOddTtl(packet)) return TTL;
  const hasPayload = tcp.payloadLength > 0;
  if (hasPayload && (usesPort(packet, 139) || usesPort(packet, 445))) return SMB;
  if (usesPort(packet, 80)) return HTTP;
  if (hasPayload && usesPort(packet, 135)) return DCERPC;
  if (hasPayload && usesPort(packet, 179)) return ROUTING;
  return (tcp.flags & (SYN | FIN)) === 0 ? TCP : SYN_FIN;
}

function usesPort({ tcp }: Packet, port: number): boolean {
  return tcp.sourcePort === port || tcp.destinationPort === port;
}

function icmpRule({ icmp }: Packet): number {
  const { type } = icmp;
  if (icmp.version === 6) return type >= 1 && type <= 4 ? ICMP_ERROR : ICMP;
  return (type >= 3 && type <= 5) || type === 11 ? ICMP_ERROR : ICMP;
}

function ipRule(packet: Packet): number {
  const { protocol, frame, ipv4, ipv6, isFragment } = packet;
  const at = packet.ipVersion === 6 ? ipv6.payloadAt : ipv4.at + ipv4.headerLength;
  const has = !isFragment && at + 13 <= frame.end;
  if (packet.hasUdp) return udpRule(packet);
  if (has && protocol === p.PROTOCOL_OSPF && frame.view.getUint8(at + 1) !== OSPF_HELLO) return OSPF_STATE;
  if (has && protocol === p.PROTOCOL_SCTP && frame.view.getUint8(at + 12) === SCTP_CHUNK_ABORT) return SCTP_ABORT;
  if (hasOddTtl(packet)) return TTL;
  if (!isFragment && isRouting(protocol)) return ROUTING;
  return isBroadcast(frame) ? BROADCAST : NO_RULE;
}

function isRouting(protocol: number): boolean {
  return (
    protocol === p.PROTOCOL_IGMP ||
    protocol === p.PROTOCOL_EIGRP ||
    protocol === p.PROTOCOL_OSPF ||
    protocol === p.PROTOCOL_VRRP
  );
}

function udpRule(packet: Packet): number {
  const { udp, frame } = packet;
  const isHsrp = udp.destinationPort === HSRP_PORT && udp.payloadAt + 3 <= frame.end;
  if (isHsrp) {
    const state = frame.view.getUint8(udp.payloadAt + 2);
    if (state !== HSRP_STANDBY && state !== HSRP_ACTIVE) return HSRP_STATE;
  }
  if (hasOddTtl(packet)) return TTL;
  if (udp.sourcePort === 137 || udp.destinationPort === 137) return SMB;
  return isHsrp ? ROUTING : UDP;
}

/** A TTL about to run out, or one of a link-local multicast that could leave the link. */
function hasOddTtl({ ipVersion, ipv4, frame, protocol }: Packet): boolean {
  if (ipVersion !== 4) return false;
  const destination = frame.view.getUint32(ipv4.destinationAt);
  const { ttl } = ipv4;
  if (destination >>> 28 !== 0xe) {
    return ttl < LOW_TTL && protocol !== p.PROTOCOL_PIM && protocol !== p.PROTOCOL_OSPF;
  }
  const isLocal = destination >>> 8 === 0xe00000 && destination !== MULTICAST_DNS;
  return isLocal && ttl !== 1 && protocol !== p.PROTOCOL_VRRP;
}

function isTopologyChange({ hasEthernet, ethernet, frame }: Packet): boolean {
  const at = ethernet.payloadAt;
  return (
    hasEthernet &&
    ethernet.etherType === 0 &&
    at + BPDU_TYPE_OFFSET < frame.end &&
    frame.view.getUint16(at) === BPDU_LLC &&
    frame.view.getUint8(at + BPDU_TYPE_OFFSET) === BPDU_TOPOLOGY_CHANGE
  );
}

function isBroadcast({ linkType, start, end, view }: Frame): boolean {
  return linkType === p.LINKTYPE_ETHERNET && start < end && (view.getUint8(start) & 1) !== 0;
}
