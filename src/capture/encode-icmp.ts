import * as i from "../wire/icmp.ts";
import { addressBytes, checked, joined, macBytes, payloadBytes, type Checksum, type Payload } from "./encode-bytes.ts";

/** An ICMP (in IPv4) or ICMPv6 (in IPv6) message (RFC 792, RFC 4443 section 2.1). */
export interface IcmpFields {
  readonly protocol: "icmp";
  readonly type: number;
  readonly code: number;
  /** Bytes 4 to 7: identifier and sequence number, gateway, next-hop MTU or pointer, by type; 0 when left out. */
  readonly rest?: number;
  /** What follows the 8 bytes of the header: a quoted packet, echo data, the rest of a neighbour message. */
  readonly payload?: Payload;
  readonly checksum?: Checksum;
}

/** Most bytes of the IPv4 packet that reports an error (RFC 1812 section 4.3.2.3). */
const MAX_ERROR_PACKET = 576;
/** Most bytes of the IPv6 packet that reports an error (RFC 4443 section 3.1). */
const MAX_ERROR_PACKET_6 = 1280;

const IPV4_HEADER = 20;
const IPV6_HEADER = 40;

/** A message with its checksum field 0. */
export function icmpBytes(fields: IcmpFields): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(i.ICMP_HEADER);
  const view = new DataView(header.buffer);
  view.setUint8(0, checked(fields.type, 0xff, "icmp type"));
  view.setUint8(1, checked(fields.code, 0xff, "icmp code"));
  view.setUint32(4, checked(fields.rest ?? 0, 0xffffffff, "icmp header"));
  return joined(header, payloadBytes(fields.payload));
}

/**
 * An error message about the IP packet `quoted`: all of it is quoted that fits
 * in 576 bytes (IPv4) or 1280 (IPv6) with the headers, or `quoteLength` bytes.
 * `rest` is the next-hop MTU, the gateway or the pointer, by type.
 */
export function icmpError(type: number, code: number, quoted: Uint8Array, rest = 0, quoteLength?: number): IcmpFields {
  const version6 = (quoted[0] ?? 0) >> 4 === 6;
  const room = version6 ? MAX_ERROR_PACKET_6 - IPV6_HEADER : MAX_ERROR_PACKET - IPV4_HEADER;
  const payload = quoted.slice(0, quoteLength ?? room - i.ICMP_HEADER);
  return { protocol: "icmp", type, code, rest, payload };
}

/** An echo request or its reply (RFC 792, RFC 4443 section 4). */
export function icmpEcho(
  version: 4 | 6,
  what: "request" | "reply",
  identifier: number,
  sequence: number,
  payload: Payload = 56,
): IcmpFields {
  const request = version === 4 ? i.ICMP_ECHO : i.ICMPV6_ECHO;
  const reply = version === 4 ? i.ICMP_ECHO_REPLY : i.ICMPV6_ECHO_REPLY;
  const rest = checked(identifier, 0xffff, "icmp identifier") * 0x10000 + checked(sequence, 0xffff, "icmp sequence");
  return { protocol: "icmp", type: what === "request" ? request : reply, code: 0, rest, payload };
}

/** A Neighbour Solicitation for `target` with the sender's link-layer address (RFC 4861 section 4.3). */
export function neighbourSolicitation(target: string, senderMac: string): IcmpFields {
  const payload = joined(target6(target), Uint8Array.of(1, 1), macBytes(senderMac));
  return { protocol: "icmp", type: i.ICMPV6_NEIGHBOUR_SOLICITATION, code: 0, payload };
}

/** Bits of a Neighbour Advertisement (RFC 4861 section 4.4). */
const ADVERTISEMENT_SOLICITED = 0x40000000;
const ADVERTISEMENT_OVERRIDE = 0x20000000;

/** A Neighbour Advertisement of `target`, solicited and overriding. */
export function neighbourAdvertisement(target: string, targetMac: string): IcmpFields {
  const rest = ADVERTISEMENT_SOLICITED + ADVERTISEMENT_OVERRIDE;
  const payload = joined(target6(target), Uint8Array.of(2, 1), macBytes(targetMac));
  return { protocol: "icmp", type: i.ICMPV6_NEIGHBOUR_ADVERTISEMENT, code: 0, rest, payload };
}

function target6(text: string): Uint8Array {
  const bytes = addressBytes(text);
  if (bytes.length !== 16) throw new RangeError(`neighbour message: target ${text} is not an IPv6 address`);
  return bytes;
}
