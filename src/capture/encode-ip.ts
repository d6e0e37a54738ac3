import { addWords, foldSum, pseudoHeaderSum } from "../wire/checksum.ts";
import { IPV4_DONT_FRAGMENT, IPV4_MIN_HEADER, IPV4_MORE_FRAGMENTS } from "../wire/ipv4.ts";
import { IPV6_HEADER } from "../wire/ipv6.ts";
import * as p from "../wire/protocol.ts";
import { UDP_HEADER } from "../wire/udp.ts";
import {
  addressBytes,
  checked,
  checksumValue,
  joined,
  payloadBytes,
  type Checksum,
  type Payload,
} from "./encode-bytes.ts";
import { icmpBytes, type IcmpFields } from "./encode-icmp.ts";
import { tcpBytes, type TcpFields } from "./encode-tcp.ts";

/** IP packets from fields, with what they carry; lengths and checksums are right unless the fields say otherwise. */

/** An IPv4 header (RFC 791 section 3.1). What is left out: TTL 64, "don't fragment" set, all else 0. */
interface Ipv4Fields {
  readonly version: 4;
  readonly source: string;
  readonly destination: string;
  readonly ttl?: number;
  readonly identification?: number;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** In bytes, a multiple of 8. */
  readonly fragmentOffset?: number;
  readonly typeOfService?: number;
  /** As on the wire; padded to whole words with zeros, at most 40 bytes. */
  readonly options?: Uint8Array;
  readonly checksum?: Checksum;
}

/** An IPv6 header (RFC 8200 section 3). What is left out: hop limit 64, all else 0. */
interface Ipv6Fields {
  readonly version: 6;
  readonly source: string;
  readonly destination: string;
  readonly hopLimit?: number;
  readonly trafficClass?: number;
  readonly flowLabel?: number;
  /** A Fragment header (RFC 8200 section 4.5); the offset is in bytes. */
  readonly fragment?: { readonly identification: number; readonly offset: number; readonly more: boolean };
}

/** A UDP datagram (RFC 768); over IPv4 `checksum: 0` means that there is none. */
interface UdpFields {
  readonly protocol: "udp";
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload?: Payload;
  readonly checksum?: Checksum;
}

/** Bytes of any protocol, also those of a later fragment. */
interface OtherFields {
  /** Protocol number of the IP header. */
  readonly protocol: number;
  readonly payload: Payload;
}

export type IpFields = Ipv4Fields | Ipv6Fields;
export type TransportFields = TcpFields | UdpFields | IcmpFields | OtherFields;

const NO_CHECKSUM = -1;

/** EtherType of what `encodeIp` makes of these fields. */
export function etherTypeOf(ip: IpFields): number {
  return ip.version === 4 ? p.ETHERTYPE_IPV4 : p.ETHERTYPE_IPV6;
}

/** An IP packet that carries `transport`; RangeError when it would be longer than its length field can tell. */
export function encodeIp(ip: IpFields, transport: TransportFields): Uint8Array<ArrayBuffer> {
  const { bytes: payload, protocol, checksumAt } = transportBytes(transport, ip.version);
  const header = ip.version === 4 ? ipv4Header(ip, protocol, payload.length) : ipv6Header(ip, protocol, payload.length);
  const packet = joined(header, payload);
  if (checksumAt !== NO_CHECKSUM) setChecksum(packet, header.length, checksumAt, protocol, transport, ip.version);
  return packet;
}

interface Encoded {
  readonly bytes: Uint8Array;
  readonly protocol: number;
  /** Where the checksum field is, in bytes from the start of `bytes`. */
  readonly checksumAt: number;
}

function transportBytes(fields: TransportFields, version: 4 | 6): Encoded {
  switch (fields.protocol) {
    case "tcp":
      return { bytes: tcpBytes(fields), protocol: p.PROTOCOL_TCP, checksumAt: 16 };
    case "udp":
      return { bytes: udpBytes(fields), protocol: p.PROTOCOL_UDP, checksumAt: 6 };
    case "icmp": {
      const protocol = version === 4 ? p.PROTOCOL_ICMP : p.PROTOCOL_ICMPV6;
      return { bytes: icmpBytes(fields), protocol, checksumAt: 2 };
    }
    default: {
      const protocol = checked(fields.protocol, 0xff, "ip protocol");
      return { bytes: payloadBytes(fields.payload), protocol, checksumAt: NO_CHECKSUM };
    }
  }
}

function udpBytes(fields: UdpFields): Uint8Array {
  const payload = payloadBytes(fields.payload);
  const view = new DataView(new ArrayBuffer(UDP_HEADER));
  view.setUint16(0, checked(fields.sourcePort, 0xffff, "udp source port"));
  view.setUint16(2, checked(fields.destinationPort, 0xffff, "udp destination port"));
  view.setUint16(4, checked(UDP_HEADER + payload.length, 0xffff, "udp length"));
  return joined(new Uint8Array(view.buffer), payload);
}

/** Fills in the checksum of the transport header at `at`; ICMP alone has no pseudo-header. */
function setChecksum(
  packet: Uint8Array<ArrayBuffer>,
  at: number,
  checksumAt: number,
  protocol: number,
  fields: TransportFields,
  version: 4 | 6,
): void {
  const view = new DataView(packet.buffer);
  const length = packet.length - at;
  const [source, addressLength] = version === 4 ? [12, 4] : [8, 16];
  const covered =
    protocol === p.PROTOCOL_ICMP
      ? 0
      : pseudoHeaderSum(view, source, source + addressLength, addressLength, protocol, length);
  const right = ~foldSum(addWords(view, at, packet.length, covered)) & 0xffff;
  // A computed 0 is sent as all ones: 0 says that there is none (RFC 768).
  const computed = protocol === p.PROTOCOL_UDP && right === 0 ? 0xffff : right;
  view.setUint16(at + checksumAt, checksumValue("checksum" in fields ? fields.checksum : undefined, computed));
}

function ipv4Header(ip: Ipv4Fields, protocol: number, payloadLength: number): Uint8Array {
  const options = ip.options ?? new Uint8Array(0);
  const headerLength = IPV4_MIN_HEADER + ((options.length + 3) & ~3);
  const offset = checked(ip.fragmentOffset ?? 0, 0xfff8, "ipv4 fragment offset");
  if (offset % 8 !== 0) throw new RangeError(`ipv4 fragment offset: ${offset} is not a multiple of 8`);
  const flags = ((ip.dontFragment ?? true) ? IPV4_DONT_FRAGMENT : 0) | (ip.moreFragments ? IPV4_MORE_FRAGMENTS : 0);
  const bytes = new Uint8Array(checked(headerLength, 60, "ipv4 header length"));
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x40 | (headerLength >> 2));
  view.setUint8(1, checked(ip.typeOfService ?? 0, 0xff, "ipv4 type of service"));
  view.setUint16(2, checked(headerLength + payloadLength, 0xffff, "ipv4 total length"));
  view.setUint16(4, checked(ip.identification ?? 0, 0xffff, "ipv4 identification"));
  view.setUint16(6, flags | (offset >> 3));
  view.setUint8(8, checked(ip.ttl ?? 64, 0xff, "ipv4 ttl"));
  view.setUint8(9, protocol);
  bytes.set(ipAddress(ip.source, 4), 12);
  bytes.set(ipAddress(ip.destination, 4), 16);
  bytes.set(options, IPV4_MIN_HEADER);
  const right = ~foldSum(addWords(view, 0, headerLength, 0)) & 0xffff;
  view.setUint16(10, checksumValue(ip.checksum, right));
  return bytes;
}

function ipv6Header(ip: Ipv6Fields, protocol: number, payloadLength: number): Uint8Array {
  const { fragment } = ip;
  const view = new DataView(new ArrayBuffer(IPV6_HEADER + (fragment === undefined ? 0 : 8)));
  const bytes = new Uint8Array(view.buffer);
  const trafficClass = checked(ip.trafficClass ?? 0, 0xff, "ipv6 traffic class");
  view.setUint32(0, 0x60000000 + trafficClass * 0x100000 + checked(ip.flowLabel ?? 0, 0xfffff, "ipv6 flow label"));
  view.setUint16(4, checked(bytes.length - IPV6_HEADER + payloadLength, 0xffff, "ipv6 payload length"));
  view.setUint8(6, fragment === undefined ? protocol : p.PROTOCOL_FRAGMENT);
  view.setUint8(7, checked(ip.hopLimit ?? 64, 0xff, "ipv6 hop limit"));
  bytes.set(ipAddress(ip.source, 6), 8);
  bytes.set(ipAddress(ip.destination, 6), 24);
  if (fragment === undefined) return bytes;
  const offset = checked(fragment.offset, 0xfff8, "ipv6 fragment offset");
  if (offset % 8 !== 0) throw new RangeError(`ipv6 fragment offset: ${offset} is not a multiple of 8`);
  view.setUint8(IPV6_HEADER, protocol);
  view.setUint16(IPV6_HEADER + 2, offset | (fragment.more ? 1 : 0));
  view.setUint32(IPV6_HEADER + 4, checked(fragment.identification, 0xffffffff, "ipv6 fragment identification"));
  return bytes;
}

/** The bytes of an address that must be of `version`. */
export function ipAddress(text: string, version: 4 | 6): Uint8Array {
  const bytes = addressBytes(text);
  if (bytes.length !== (version === 4 ? 4 : 16))
    throw new RangeError(`address: ${text} is not an IPv${version} address`);
  return bytes;
}
