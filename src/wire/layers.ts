import {
  ETHERNET_HEADER,
  isVlanType,
  MIN_ETHERTYPE,
  NO_SNAP,
  OTHER_SNAP,
  SNAP_HEADER,
  snapEtherType,
} from "./ethernet.ts";
import type { Layer } from "./fault.ts";
import type { Frame } from "./frame.ts";
import { IcmpMessage } from "./icmp.ts";
import { Ieee80211Header } from "./ieee80211.ts";
import { finalDestinationAt } from "./ipv4-options.ts";
import { IPV4_MIN_HEADER, Ipv4Header } from "./ipv4.ts";
import { Ipv6Header } from "./ipv6.ts";
import { PppHeader } from "./ppp.ts";
import * as p from "./protocol.ts";
import { RadioHeader } from "./radio-header.ts";
import { SLL2_HEADER, SLL_802_2, SLL_HEADER } from "./sll.ts";
import { MAX_NESTING, Tunnels } from "./tunnel.ts";
import { UdpDatagram } from "./udp.ts";

/** What a layer of a frame is. `data`: bytes that no decoder takes. */
export type LayerKind = Exclude<Layer, "frame"> | "raw" | "igmp" | "data";

/** How many layers of one frame are told apart. */
const MAX_LAYERS = 48;

const NO_IP = -1;

/**
 * All layers of one frame, outermost first, also those inside of tunnels and of
 * packets that ICMP errors quote: where each starts and ends. `Packet` shows the innermost only.
 */
export class Layers {
  count = 0;
  readonly kinds: LayerKind[] = Array.from({ length: MAX_LAYERS }, () => "data");
  /** Where a layer starts, and where it ends by the lengths of the headers around it and its own. */
  readonly at: Float64Array = new Float64Array(MAX_LAYERS);
  readonly end: Float64Array = new Float64Array(MAX_LAYERS);
  /** How many ICMP errors quote it. */
  readonly depth: Uint8Array = new Uint8Array(MAX_LAYERS);
  /** Index of the IP layer around it; -1: none. */
  readonly ip: Int8Array = new Int8Array(MAX_LAYERS);
  /** EtherType that announced it, tag protocol identifier of a `vlan`; 0: none. */
  readonly type: Uint16Array = new Uint16Array(MAX_LAYERS);
  #frame!: Frame;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #limit = 0;
  #depth = 0;
  #ip = NO_IP;
  #nesting = 0;
  readonly #ipv4: Ipv4Header = new Ipv4Header();
  readonly #ipv6: Ipv6Header = new Ipv6Header();
  readonly #radio: RadioHeader = new RadioHeader();
  readonly #ieee80211: Ieee80211Header = new Ieee80211Header();
  readonly #ppp: PppHeader = new PppHeader();
  readonly #icmp: IcmpMessage = new IcmpMessage();
  readonly #datagram: UdpDatagram = new UdpDatagram();
  readonly #tunnels: Tunnels = new Tunnels();

  /** Takes `frame` apart. Never throws; a layer that is cut is the last. */
  read(frame: Frame): void {
    this.count = 0;
    this.#frame = frame;
    this.#view = frame.view;
    this.#limit = frame.end;
    this.#depth = 0;
    this.#ip = NO_IP;
    this.#nesting = 0;
    this.#link(frame.linkType, frame.start, frame.start + frame.wireLength);
  }

  /** False when there is no room for another. */
  #add(kind: LayerKind, at: number, end: number, type = 0): boolean {
    const i = this.count;
    if (i >= MAX_LAYERS) return false;
    this.kinds[i] = kind;
    this.at[i] = at;
    this.end[i] = end;
    this.depth[i] = this.#depth;
    this.ip[i] = this.#ip;
    this.type[i] = type;
    this.count = i + 1;
    return true;
  }

  /** Whether `need` bytes are captured at `at`, before `end`. */
  #has(at: number, end: number, need: number): boolean {
    return Math.min(end, this.#limit) - at >= need;
  }

  #data(at: number, end: number): void {
    if (this.#has(at, end, 1)) this.#add("data", at, end);
  }

  #link(linkType: number, at: number, end: number): void {
    switch (linkType) {
      case p.LINKTYPE_ETHERNET:
        this.#ethernet(at, end);
        break;
      case p.LINKTYPE_LINUX_SLL:
        this.#cooked("sll", at, end, SLL_HEADER, 14);
        break;
      case p.LINKTYPE_LINUX_SLL2:
        this.#cooked("sll2", at, end, SLL2_HEADER, 0);
        break;
      case p.LINKTYPE_RAW:
      case p.LINKTYPE_RAW_BSD:
      case p.LINKTYPE_RAW_OPENBSD:
        this.#add("raw", at, end);
        this.#version(at, end);
        break;
      case p.LINKTYPE_IPV4:
      case p.LINKTYPE_IPV6:
        this.#version(at, end);
        break;
      case p.LINKTYPE_NULL:
      case p.LINKTYPE_LOOP:
        this.#add("null", at, end);
        if (this.#has(at, end, 5)) this.#version(at + 4, end);
        break;
      case p.LINKTYPE_PPP:
      case p.LINKTYPE_PPP_HDLC:
        this.#pointToPoint(at, end);
        break;
      case p.LINKTYPE_PPPOE:
        this.#network(p.ETHERTYPE_PPPOE_SESSION, at, end);
        break;
      case p.LINKTYPE_IEEE802_11:
      case p.LINKTYPE_RADIOTAP:
      case p.LINKTYPE_PRISM:
      case p.LINKTYPE_AVS:
        this.#wireless(linkType, at, end);
        break;
      default:
        this.#data(at, end);
    }
  }

  #ethernet(at: number, end: number): void {
    if (!this.#add("ethernet", at, end) || !this.#has(at, end, ETHERNET_HEADER)) return;
    this.#typed(this.#view.getUint16(at + 12), at + ETHERNET_HEADER, end);
  }

  #wireless(linkType: number, at: number, end: number): void {
    const radio = this.#radio;
    const header = this.#ieee80211;
    const fault = radio.read(this.#view, linkType, at, this.#limit);
    if (radio.kind !== "none") this.#add(radio.kind, at, Math.min(end, radio.payloadAt));
    if (fault !== undefined) return;
    const broken = header.read(this.#view, radio.payloadAt, end, this.#limit, radio.flags);
    this.#add("ieee80211", radio.payloadAt, header.end);
    if (broken !== undefined || header.findPayload(this.#limit) !== undefined) return;
    if (header.payloadAt === 0) this.#data(header.bodyAt, header.end);
    else this.#logicalLink(header.payloadAt, header.end);
  }

  #cooked(kind: "sll" | "sll2", at: number, end: number, length: number, typeAt: number): void {
    this.#add(kind, at, end);
    if (!this.#has(at, end, length)) return;
    const type = this.#view.getUint16(at + typeAt);
    if (type === SLL_802_2) this.#logicalLink(at + length, end);
    else this.#typed(type, at + length, end);
  }

  /** What follows a field that is an EtherType or the length of an 802.2 frame. */
  #typed(type: number, at: number, end: number): void {
    if (type >= MIN_ETHERTYPE) this.#network(type, at, end);
    else this.#logicalLink(at, Math.min(end, at + type));
  }

  #logicalLink(at: number, end: number): void {
    if (!this.#add("llc", at, end)) return;
    const type = snapEtherType(this.#view, at, Math.min(end, this.#limit));
    if (type === NO_SNAP) {
      const isUnnumbered = this.#has(at, end, 3) && (this.#view.getUint8(at + 2) & 3) === 3;
      this.#data(at + (isUnnumbered ? 3 : 4), end);
    } else if (type === OTHER_SNAP) {
      this.#data(at + SNAP_HEADER, end);
    } else {
      this.#network(type, at + SNAP_HEADER, end);
    }
  }

  #network(type: number, at: number, end: number): void {
    if (isVlanType(type)) {
      if (this.#add("vlan", at, end, type) && this.#has(at, end, 4))
        this.#typed(this.#view.getUint16(at + 2), at + 4, end);
      return;
    }
    switch (type) {
      case p.ETHERTYPE_IPV4:
        this.#ipPacket("ipv4", at, end);
        break;
      case p.ETHERTYPE_IPV6:
        this.#ipPacket("ipv6", at, end);
        break;
      case p.ETHERTYPE_ARP:
      case p.ETHERTYPE_REVERSE_ARP:
        this.#address(at, end, type);
        break;
      case p.ETHERTYPE_MPLS:
      case p.ETHERTYPE_MPLS_MULTICAST:
        this.#labels(at, end);
        break;
      case p.ETHERTYPE_PPPOE_SESSION:
        this.#session(at, end);
        break;
      default:
        this.#data(at, end);
    }
  }

  #address(at: number, end: number, type: number): void {
    const view = this.#view;
    const length = this.#has(at, end, 6) ? 8 + 2 * (view.getUint8(at + 4) + view.getUint8(at + 5)) : 8;
    this.#add("arp", at, Math.min(end, at + length), type);
  }

  #labels(at: number, end: number): void {
    let next = at;
    for (;;) {
      if (!this.#add("mpls", next, end) || !this.#has(next, end, 4)) return;
      const isBottom = (this.#view.getUint8(next + 2) & 1) !== 0;
      next += 4;
      if (isBottom) break;
    }
    const nibble = this.#has(next, end, 1) ? this.#view.getUint8(next) >> 4 : -1;
    if (nibble === 4) this.#ipPacket("ipv4", next, end);
    else if (nibble === 6) this.#ipPacket("ipv6", next, end);
    else this.#data(next, end);
  }

  #session(at: number, end: number): void {
    if (!this.#has(at, end, 6)) {
      this.#add("pppoe", at, end);
      return;
    }
    const inner = Math.min(end, at + 6 + this.#view.getUint16(at + 4));
    if (this.#add("pppoe", at, inner)) this.#pointToPoint(at + 6, inner);
  }

  #pointToPoint(at: number, end: number): void {
    if (!this.#add("ppp", at, end) || !this.#has(at, end, 4)) return;
    this.#ppp.read(this.#view, at);
    const { etherType, payloadAt } = this.#ppp;
    if (etherType === 0) this.#data(payloadAt, end);
    else this.#network(etherType, payloadAt, end);
  }

  #version(at: number, end: number): void {
    const version = this.#has(at, end, 1) ? this.#view.getUint8(at) >> 4 : 0;
    if (version === 6) this.#ipPacket("ipv6", at, end);
    else if (version === 4) this.#ipPacket("ipv4", at, end);
    else this.#data(at, end);
  }

  #ipPacket(kind: "ipv4" | "ipv6", at: number, end: number): void {
    if (this.#nesting++ >= MAX_NESTING) return;
    const ip = kind === "ipv4" ? this.#ipv4 : this.#ipv6;
    const fault = ip.read(this.#view, at, end, this.#limit);
    if (!this.#add(kind, at, ip.end) || fault !== undefined) return;
    const outer = this.#ip;
    this.#ip = this.count - 1;
    const payloadAt = kind === "ipv4" ? at + this.#ipv4.headerLength : this.#ipv6.payloadAt;
    if (ip.isFragment && (ip.fragmentOffset > 0 || !this.#isQuoted)) this.#data(payloadAt, ip.end);
    else this.#transport(ip.protocol, payloadAt, ip.end);
    this.#ip = outer;
  }

  get #isQuoted(): boolean {
    return this.#depth > 0;
  }

  #transport(protocol: number, at: number, end: number): void {
    // Quotes often end with the IP header.
    if (this.#isQuoted && !this.#has(at, end, 1)) return;
    switch (protocol) {
      case p.PROTOCOL_TCP:
        this.#tcp(at, end);
        break;
      case p.PROTOCOL_UDP:
        this.#udp(at, end);
        break;
      case p.PROTOCOL_ICMP:
        this.#message("icmp", at, end);
        break;
      case p.PROTOCOL_ICMPV6:
        this.#message("icmpv6", at, end);
        break;
      case p.PROTOCOL_IGMP:
        this.#add("igmp", at, end);
        break;
      case p.PROTOCOL_IPV4:
        this.#ipPacket("ipv4", at, end);
        break;
      case p.PROTOCOL_IPV6:
        this.#ipPacket("ipv6", at, end);
        break;
      case p.PROTOCOL_GRE:
        this.#gre(at, end);
        break;
      case p.PROTOCOL_MPLS:
        this.#labels(at, end);
        break;
      case p.PROTOCOL_NO_NEXT_HEADER:
        break;
      default:
        this.#data(at, end);
    }
  }

  #tcp(at: number, end: number): void {
    if (!this.#add("tcp", at, end) || !this.#has(at, end, 20)) return;
    const length = (this.#view.getUint8(at + 12) >> 4) * 4;
    if (length >= 20) this.#data(at + length, end);
  }

  #udp(at: number, end: number): void {
    const udp = this.#datagram;
    const fault = udp.read(this.#view, at, end, this.#limit);
    if (this.#add("udp", at, end) && fault === undefined) this.#udpPayload(udp);
  }

  #udpPayload({ sourcePort, destinationPort, payloadAt: at, end }: UdpDatagram): void {
    const tunnels = this.#tunnels;
    tunnels.count = 0;
    const next = tunnels.udp(this.#view, sourcePort, destinationPort, at, Math.min(end, this.#limit));
    const kind = next === 0 ? "" : tunnels.kinds[0];
    if ((kind !== "vxlan" && kind !== "geneve") || this.#nesting++ >= MAX_NESTING || !this.#add(kind, at, end)) {
      this.#data(at, end);
    } else {
      this.#inner(next, end);
    }
  }

  #gre(at: number, end: number): void {
    if (!this.#add("gre", at, end)) return;
    const tunnels = this.#tunnels;
    tunnels.count = 0;
    const next = this.#nesting++ >= MAX_NESTING ? 0 : tunnels.gre(this.#view, at, Math.min(end, this.#limit));
    if (next === 0) return;
    if (tunnels.kinds[0] === "gre" && tunnels.count > 1) this.#data(next, end);
    else this.#inner(next, end);
  }

  /** What the last tunnel header carries. */
  #inner(at: number, end: number): void {
    const type = this.#tunnels.innerType;
    if (type === p.ETHERTYPE_TRANSPARENT_BRIDGING) this.#ethernet(at, end);
    else if (type === p.ETHERTYPE_PPP) this.#pointToPoint(at, end);
    else this.#network(type, at, end);
  }

  #message(kind: "icmp" | "icmpv6", at: number, end: number): void {
    if (!this.#add(kind, at, end) || !this.#has(at, end, 9) || this.#depth > 0) return;
    const icmp = this.#icmp;
    if (icmp.read(this.#view, at, end, this.#limit, kind === "icmp" ? 4 : 6) !== undefined || !icmp.quotesPacket)
      return;
    this.#depth++;
    if (kind === "icmp") this.#ipPacket("ipv4", icmp.quoteAt, end);
    else this.#ipPacket("ipv6", icmp.quoteAt, end);
    this.#depth--;
  }

  /** Where the address is that the IPv4 packet of layer `i` finally goes to: the end of a source route, or its destination. */
  finalDestinationAt(i: number): number {
    const at = this.at[i]!;
    const length = 4 * (this.#view.getUint8(at) & 15);
    if (length <= IPV4_MIN_HEADER) return at + 16;
    const optionsAt = at + IPV4_MIN_HEADER;
    return finalDestinationAt(this.#view, optionsAt, at + length, this.#limit, at + 16);
  }

  /** Bytes that the layer around layer `i` leaves for it. */
  room(i: number): number {
    const outer = i === 0 ? this.#frame.start + this.#frame.wireLength : this.end[i - 1]!;
    return outer - this.at[i]!;
  }

  get frame(): Frame {
    return this.#frame;
  }
}
