import { ArpPacket } from "./arp.ts";
import { EthernetHeader, SNAP_HEADER, snapEtherType } from "./ethernet.ts";
import type { Fault } from "./fault.ts";
import { Frame } from "./frame.ts";
import { IcmpMessage } from "./icmp.ts";
import { Ieee80211Header } from "./ieee80211.ts";
import { finalDestinationAt } from "./ipv4-options.ts";
import { IPV4_MIN_HEADER, Ipv4Header } from "./ipv4.ts";
import { Ipv6Header } from "./ipv6.ts";
import { PppHeader } from "./ppp.ts";
import * as p from "./protocol.ts";
import { RadioHeader } from "./radio-header.ts";
import { CookedHeader, SLL_802_2 } from "./sll.ts";
import { TcpSegment } from "./tcp.ts";
import { MAX_NESTING, Tunnels } from "./tunnel.ts";
import { UdpDatagram } from "./udp.ts";

/** A type field up to this is the length of an 802.2 frame (IEEE 802.3 section 3.2.6). */
const MAX_LENGTH_FIELD = 0x5dc;

/** Frame control and two addresses, in bytes. */
const FDDI_HEADER = 13;

/**
 * One frame taken apart: views of its layers, moved onto the bytes by `decode`.
 * Where an IP packet carries another (tunnels), the views show the innermost.
 * A layer's view holds only while its `has…` is true and until the next `decode`.
 */
export class Packet {
  frame: Frame = new Frame();
  readonly ethernet: EthernetHeader = new EthernetHeader();
  readonly cooked: CookedHeader = new CookedHeader();
  readonly radio: RadioHeader = new RadioHeader();
  readonly ieee80211: Ieee80211Header = new Ieee80211Header();
  readonly arp: ArpPacket = new ArpPacket();
  readonly ipv4: Ipv4Header = new Ipv4Header();
  readonly ipv6: Ipv6Header = new Ipv6Header();
  readonly tcp: TcpSegment = new TcpSegment();
  readonly udp: UdpDatagram = new UdpDatagram();
  readonly icmp: IcmpMessage = new IcmpMessage();
  readonly tunnels: Tunnels = new Tunnels();
  hasEthernet = false;
  hasCooked = false;
  hasIeee80211 = false;
  hasArp = false;
  /** 4 or 6: which IP view holds; 0: neither. */
  ipVersion: 0 | 4 | 6 = 0;
  hasTcp = false;
  hasUdp = false;
  hasIcmp = false;
  /** The packet is one of several fragments; its transport header is not decoded. */
  isFragment = false;
  /** Where source and final destination address (the end of a source route) are, and how long they are (4 or 16 bytes). */
  sourceAt = 0;
  destinationAt = 0;
  addressLength = 0;
  /** Transport protocol of the IP packet. */
  protocol = 0;
  /** Why decoding stopped; the layers before it hold. */
  fault: Fault | undefined = undefined;
  readonly #pppHeader = new PppHeader();
  #nesting = 0;

  /** Takes `frame` apart. Never throws; stops at the first fault and keeps what it has. */
  decode(frame: Frame): void {
    this.frame = frame;
    this.hasEthernet = false;
    this.hasCooked = false;
    this.hasIeee80211 = false;
    this.hasArp = false;
    this.ipVersion = 0;
    this.hasTcp = false;
    this.hasUdp = false;
    this.hasIcmp = false;
    this.isFragment = false;
    this.protocol = 0;
    this.fault = undefined;
    this.tunnels.count = 0;
    this.#nesting = 0;
    this.#link(frame.linkType, frame.start, frame.start + frame.wireLength);
  }

  #link(linkType: number, at: number, end: number): void {
    switch (linkType) {
      case p.LINKTYPE_ETHERNET:
        this.#ethernetFrame(at, end);
        break;
      case p.LINKTYPE_LINUX_SLL:
        this.#cookedFrame(1, at, end);
        break;
      case p.LINKTYPE_LINUX_SLL2:
        this.#cookedFrame(2, at, end);
        break;
      case p.LINKTYPE_RAW:
      case p.LINKTYPE_RAW_BSD:
      case p.LINKTYPE_RAW_OPENBSD:
      case p.LINKTYPE_IPV4:
      case p.LINKTYPE_IPV6:
        this.#ip(at, end);
        break;
      case p.LINKTYPE_NULL:
      case p.LINKTYPE_LOOP:
        if (this.#has("null", at, 4)) this.#ip(at + 4, end);
        break;
      case p.LINKTYPE_FDDI:
        if (this.#has("ethernet", at, FDDI_HEADER)) this.#logicalLink(at + FDDI_HEADER, end);
        break;
      case p.LINKTYPE_PPP:
      case p.LINKTYPE_PPP_HDLC:
        this.#ppp(at, end);
        break;
      case p.LINKTYPE_PPPOE:
        this.#network(p.ETHERTYPE_PPPOE_SESSION, at, end);
        break;
      case p.LINKTYPE_CISCO_HDLC:
        if (this.#has("ppp", at, 4)) this.#network(this.frame.view.getUint16(at + 2), at + 4, end);
        break;
      case p.LINKTYPE_IEEE802_11:
      case p.LINKTYPE_RADIOTAP:
      case p.LINKTYPE_PRISM:
      case p.LINKTYPE_AVS:
        this.#wireless(linkType, at, end);
        break;
      default:
    }
  }

  /** Whether `need` bytes are captured at `at`; sets the fault otherwise. */
  #has(layer: Fault["layer"], at: number, need: number): boolean {
    const have = this.frame.end - at;
    if (have >= need) return true;
    this.fault = { kind: "truncated", layer, field: "header", at, need, have: Math.max(0, have) };
    return false;
  }

  #ethernetFrame(at: number, end: number): void {
    const ethernet = this.ethernet;
    const fault = ethernet.read(this.frame.view, at, end, this.frame.end);
    this.hasEthernet = fault === undefined || fault.layer !== "ethernet";
    if (fault !== undefined) {
      this.fault = fault;
      return;
    }
    this.#network(ethernet.etherType, ethernet.payloadAt, ethernet.end);
  }

  #cookedFrame(version: 1 | 2, at: number, end: number): void {
    const cooked = this.cooked;
    const view = this.frame.view;
    this.fault = cooked.read(view, at, this.frame.end, version);
    if (this.fault !== undefined) return;
    this.hasCooked = true;
    if (cooked.protocol === SLL_802_2) this.#logicalLink(cooked.payloadAt, end);
    else this.#typed(cooked.protocol, cooked.payloadAt, end);
  }

  /** An IEEE 802.11 frame, with or without what the radio says of it. */
  #wireless(linkType: number, at: number, end: number): void {
    const { radio, ieee80211, frame } = this;
    this.fault = radio.read(frame.view, linkType, at, frame.end);
    if (this.fault !== undefined) return;
    this.fault = ieee80211.read(frame.view, radio.payloadAt, end, frame.end, radio.flags);
    this.hasIeee80211 = ieee80211.isWhole;
    this.fault ??= ieee80211.findPayload(frame.end);
    if (this.fault !== undefined || ieee80211.payloadAt === 0) return;
    const type = snapEtherType(frame.view, ieee80211.payloadAt, Math.min(ieee80211.end, frame.end));
    if (type >= 0) this.#typed(type, ieee80211.payloadAt + SNAP_HEADER, ieee80211.end);
  }

  /** An 802.2 header without an Ethernet header before it. */
  #logicalLink(at: number, end: number): void {
    this.#typed(Math.min(end - at, MAX_LENGTH_FIELD), at, end);
  }

  /** What follows an EtherType, VLAN tags included. */
  #typed(type: number, at: number, end: number): void {
    const ethernet = this.ethernet;
    this.fault = ethernet.readType(this.frame.view, type, at, end, this.frame.end);
    if (this.fault === undefined) this.#network(ethernet.etherType, ethernet.payloadAt, end);
  }

  #ppp(at: number, end: number): void {
    if (!this.#has("ppp", at, 4)) return;
    this.#pppHeader.read(this.frame.view, at);
    this.#network(this.#pppHeader.etherType, this.#pppHeader.payloadAt, end);
  }

  #pppoe(at: number, end: number): void {
    const view = this.frame.view;
    if (!this.#has("pppoe", at, 8)) return;
    this.tunnels.add("pppoe", view.getUint16(at + 2));
    this.#pppHeader.readProtocol(view, at + 6);
    this.#network(this.#pppHeader.etherType, this.#pppHeader.payloadAt, Math.min(end, at + 6 + view.getUint16(at + 4)));
  }

  #network(etherType: number, at: number, end: number): void {
    switch (etherType) {
      case p.ETHERTYPE_IPV4:
      case p.ETHERTYPE_IPV6:
        this.#ip(at, end);
        break;
      case p.ETHERTYPE_ARP:
      case p.ETHERTYPE_REVERSE_ARP:
        this.fault = this.arp.read(this.frame.view, at, end, this.frame.end);
        this.hasArp = this.fault === undefined;
        break;
      case p.ETHERTYPE_MPLS:
      case p.ETHERTYPE_MPLS_MULTICAST:
        this.#mpls(at, end);
        break;
      case p.ETHERTYPE_PPPOE_SESSION:
        this.#pppoe(at, end);
        break;
      default:
    }
  }

  #mpls(at: number, end: number): void {
    const view = this.frame.view;
    for (let next = at; this.#has("mpls", next, 5); next += 4) {
      const entry = view.getUint32(next);
      this.tunnels.add("mpls", entry >>> 12);
      if ((entry & 0x100) !== 0) {
        this.#mplsPayload(next + 4, end);
        return;
      }
    }
  }

  /** What is below the bottom of the stack is told by its first nibble (RFC 4928 section 3); 0 is a pseudowire control word (RFC 4385). */
  #mplsPayload(at: number, end: number): void {
    const nibble = this.frame.view.getUint8(at) >> 4;
    if (nibble === 4 || nibble === 6) this.#ip(at, end);
    else if (nibble === 0 && this.frame.end - at >= 18) this.#innerEthernet(at + 4, end);
  }

  #innerEthernet(at: number, end: number): void {
    if (this.#nesting++ >= MAX_NESTING) return;
    this.#ethernetFrame(at, end);
  }

  #ip(at: number, end: number): void {
    if (this.#nesting++ >= MAX_NESTING || !this.#has(this.ipVersion === 6 ? "ipv6" : "ipv4", at, 1)) return;
    const version = this.frame.view.getUint8(at) >> 4;
    if (version === 6) this.#ipv6Packet(at, end);
    else this.#ipv4Packet(at, end);
  }

  #ipv4Packet(at: number, end: number): void {
    const ip = this.ipv4;
    const { at: outerAt, end: outerEnd } = ip;
    const fault = ip.read(this.frame.view, at, end, this.frame.end);
    if (fault !== undefined) {
      this.fault = fault;
      // The view goes back to the header around.
      if (this.ipVersion === 4) ip.read(this.frame.view, outerAt, outerEnd, this.frame.end);
      return;
    }
    this.ipVersion = 4;
    this.sourceAt = ip.sourceAt;
    this.destinationAt = ip.destinationAt;
    this.addressLength = 4;
    if (ip.headerLength > IPV4_MIN_HEADER)
      this.destinationAt = finalDestinationAt(
        this.frame.view,
        at + IPV4_MIN_HEADER,
        at + ip.headerLength,
        this.frame.end,
        ip.destinationAt,
      );
    this.isFragment = ip.isFragment;
    this.#transport(ip.protocol, at + ip.headerLength, ip.end);
  }

  #ipv6Packet(at: number, end: number): void {
    const ip = this.ipv6;
    const { at: outerAt, end: outerEnd } = ip;
    const fault = ip.read(this.frame.view, at, end, this.frame.end);
    if (fault !== undefined && (fault.field === "header" || fault.field === "version")) {
      this.fault = fault;
      if (this.ipVersion === 6) ip.read(this.frame.view, outerAt, outerEnd, this.frame.end);
      return;
    }
    this.ipVersion = 6;
    this.sourceAt = ip.sourceAt;
    this.destinationAt = ip.finalDestinationAt;
    this.addressLength = 16;
    this.isFragment = ip.isFragment;
    this.fault = fault;
    if (fault === undefined) this.#transport(ip.protocol, ip.payloadAt, ip.end);
  }

  #transport(protocol: number, at: number, end: number): void {
    this.protocol = protocol;
    if (this.isFragment) return;
    const view = this.frame.view;
    switch (protocol) {
      case p.PROTOCOL_TCP:
        this.fault = this.tcp.read(view, at, end, this.frame.end);
        // A header whose options are cut still has its fixed fields.
        this.hasTcp = this.fault === undefined || this.fault.field === "options";
        break;
      case p.PROTOCOL_UDP:
        this.fault = this.udp.read(view, at, end, this.frame.end);
        this.hasUdp = this.fault === undefined;
        if (this.hasUdp) this.#udpTunnel(end);
        break;
      case p.PROTOCOL_ICMP:
      case p.PROTOCOL_ICMPV6:
        this.fault = this.icmp.read(view, at, end, this.frame.end, protocol === p.PROTOCOL_ICMP ? 4 : 6);
        this.hasIcmp = this.fault === undefined;
        break;
      case p.PROTOCOL_IPV4:
      case p.PROTOCOL_IPV6:
        this.tunnels.add(protocol === p.PROTOCOL_IPV4 ? "ipip" : "6in4", 0);
        this.#ip(at, end);
        break;
      case p.PROTOCOL_GRE:
        this.#gre(at, end);
        break;
      case p.PROTOCOL_MPLS:
        this.#mpls(at, end);
        break;
      case p.PROTOCOL_AH:
        this.#authenticated(at, end);
        break;
      default:
    }
  }

  /** Authentication Header in IPv4 (RFC 4302 section 2); in IPv6 it is an extension header. */
  #authenticated(at: number, end: number): void {
    if (this.#nesting++ >= MAX_NESTING || this.frame.end - at < 12) return;
    const view = this.frame.view;
    this.#transport(view.getUint8(at), at + 4 * (view.getUint8(at + 1) + 2), end);
  }

  #gre(at: number, end: number): void {
    const next = this.tunnels.gre(this.frame.view, at, this.frame.end);
    if (next !== 0) this.#inner(next, end);
  }

  /** Where the payload of the datagram is a tunnel, the views move on to what it carries, if that is anything known. */
  #udpTunnel(end: number): void {
    const udp = this.udp;
    const limit = Math.min(udp.end, this.frame.end);
    const next = this.tunnels.udp(this.frame.view, udp.sourcePort, udp.destinationPort, udp.payloadAt, limit);
    if (next === 0 || next >= limit) return;
    const outerAt = this.sourceAt;
    this.hasUdp = false;
    this.#inner(next, Math.min(end, udp.end));
    if (this.sourceAt !== outerAt || this.hasArp) return;
    this.hasUdp = true;
    this.fault = undefined;
  }

  #inner(next: number, end: number): void {
    const type = this.tunnels.innerType;
    if (type === p.ETHERTYPE_TRANSPARENT_BRIDGING) this.#innerEthernet(next, end);
    else if (type === p.ETHERTYPE_PPP) this.#ppp(next, end);
    else this.#network(type, next, end);
  }
}
