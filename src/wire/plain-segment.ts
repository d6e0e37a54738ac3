import type { Frame } from "./frame.ts";
import * as p from "./protocol.ts";
import { ETHERNET_HEADER } from "./ethernet.ts";
import { readSegment } from "./frame-index.ts";
import { IPV4_MIN_HEADER } from "./ipv4.ts";
import { IPV6_HEADER } from "./ipv6.ts";
import { SLL2_HEADER, SLL_HEADER } from "./sll.ts";
import { NOP_NOP_TIMESTAMPS } from "./tcp-options.ts";
import { ACK, FIN, RST, SYN, TCP_MIN_HEADER } from "./tcp.ts";

/** Version 4, header of five words: no options. */
const IPV4_PLAIN = 0x45;
/** A header with nothing but two NOPs and timestamps. */
const TIMESTAMPS_HEADER = 32;

/**
 * A TCP segment as nearly all are: over Ethernet (with at most one 802.1Q tag), a cooked
 * or no link-layer header, IPv4 without options and whole or IPv6 without
 * extension headers, no TCP options but timestamps, ACK and none of SYN, FIN and
 * RST, and all of that captured. It is read at one go; `Packet` reads the same, and everything else.
 */
export class PlainSegment {
  /** 4 or 16 bytes. */
  addressLength: 4 | 16 = 4;
  sourceAt = 0;
  destinationAt = 0;
  /** Source port in the high 16 bits. */
  ports = 0;
  /** As signed 32-bit integers. */
  sequence = 0;
  acknowledgment = 0;
  /** As sent, before scaling. */
  window = 0;
  payloadLength = 0;
  /** Length of the IP packet, in bytes. */
  packetLength = 0;
  ttl = 0;
  /** Of IPv4; 0 in IPv6. */
  identification = 0;
  hasTimestamps = false;
  /** As a signed 32-bit integer; 0 without timestamps. */
  tsval = 0;
  /** What an index knows besides: the hash and the words of the key of an IPv4 four-tuple (see `stageTuple`); then neither addresses nor ports are set. */
  isKeyed = false;
  hash = 0;
  key0 = 0;
  key1 = 0;
  key2 = 0;
  /** The second end of the key is the sender; holds when `isKeyed`, or once the key was staged. */
  second = false;

  /** Whether the frame is one; only then do the fields hold. */
  read(frame: Frame): boolean {
    if (frame.index !== undefined) return readSegment(frame.index, frame.indexAt, this);
    const { view, end: limit } = frame;
    const at = networkAt(frame);
    this.isKeyed = false;
    if (limit - at < IPV4_MIN_HEADER + TCP_MIN_HEADER) return false;
    const first = view.getUint8(at);
    if (first === IPV4_PLAIN) return this.#readIpv4(view, at, limit, frame.start + frame.wireLength);
    return first >> 4 === 6 && this.#readIpv6(view, at, limit, frame.start + frame.wireLength);
  }

  #readIpv4(view: DataView, at: number, limit: number, end: number): boolean {
    const length = view.getUint16(at + 2);
    const identificationAndFragment = view.getUint32(at + 4);
    const ttlAndProtocol = view.getUint16(at + 8);
    if ((ttlAndProtocol & 0xff) !== p.PROTOCOL_TCP || (identificationAndFragment & 0x3fff) !== 0) return false;
    if (at + length > end) return false;
    this.addressLength = 4;
    this.sourceAt = at + 12;
    this.destinationAt = at + 16;
    this.packetLength = length;
    this.ttl = ttlAndProtocol >>> 8;
    this.identification = identificationAndFragment >>> 16;
    return this.#readTcp(view, at + IPV4_MIN_HEADER, limit, at + length);
  }

  #readIpv6(view: DataView, at: number, limit: number, end: number): boolean {
    if (limit - at < IPV6_HEADER + TCP_MIN_HEADER || view.getUint8(at + 6) !== p.PROTOCOL_TCP) return false;
    const length = view.getUint16(at + 4);
    if (length === 0 || at + IPV6_HEADER + length > end) return false;
    this.addressLength = 16;
    this.sourceAt = at + 8;
    this.destinationAt = at + 24;
    this.packetLength = IPV6_HEADER + length;
    this.ttl = view.getUint8(at + 7);
    this.identification = 0;
    return this.#readTcp(view, at + IPV6_HEADER, limit, at + IPV6_HEADER + length);
  }

  #readTcp(view: DataView, at: number, limit: number, end: number): boolean {
    const offsetAndFlags = view.getUint16(at + 12);
    if ((offsetAndFlags & (ACK | SYN | FIN | RST)) !== ACK) return false;
    const headerLength = (offsetAndFlags >>> 12) * 4;
    if (headerLength === TIMESTAMPS_HEADER) {
      if (at + TIMESTAMPS_HEADER > limit || view.getUint32(at + TCP_MIN_HEADER) !== NOP_NOP_TIMESTAMPS) return false;
      this.hasTimestamps = true;
      this.tsval = view.getInt32(at + TCP_MIN_HEADER + 4);
    } else if (headerLength === TCP_MIN_HEADER) {
      this.hasTimestamps = false;
      this.tsval = 0;
    } else {
      return false;
    }
    this.payloadLength = end - at - headerLength;
    this.ports = view.getUint32(at);
    this.sequence = view.getInt32(at + 4);
    this.acknowledgment = view.getInt32(at + 8);
    this.window = view.getUint16(at + 14);
    return this.payloadLength >= 0;
  }
}

/** Where the IP header of a frame without anything unusual before it starts; beyond its end otherwise. */
export function networkAt(frame: Frame): number {
  const { view, start, end } = frame;
  const none = end + 1;
  switch (frame.linkType) {
    case p.LINKTYPE_ETHERNET: {
      if (end - start < ETHERNET_HEADER + 4) return none;
      const type = view.getUint16(start + ETHERNET_HEADER - 2);
      if (isIp(type)) return start + ETHERNET_HEADER;
      const isTagged = type === p.ETHERTYPE_VLAN && isIp(view.getUint16(start + ETHERNET_HEADER + 2));
      return isTagged ? start + ETHERNET_HEADER + 4 : none;
    }
    case p.LINKTYPE_RAW:
    case p.LINKTYPE_IPV4:
    case p.LINKTYPE_IPV6:
      return start;
    case p.LINKTYPE_LINUX_SLL:
      return end - start >= SLL_HEADER && isIp(view.getUint16(start + 14)) ? start + SLL_HEADER : none;
    case p.LINKTYPE_LINUX_SLL2:
      return end - start >= SLL2_HEADER && isIp(view.getUint16(start)) ? start + SLL2_HEADER : none;
    default:
      return none;
  }
}

function isIp(etherType: number): boolean {
  return etherType === p.ETHERTYPE_IPV4 || etherType === p.ETHERTYPE_IPV6;
}
