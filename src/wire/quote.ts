import { Ipv4Header } from "./ipv4.ts";
import { Ipv6Header } from "./ipv6.ts";
import { PROTOCOL_TCP, PROTOCOL_UDP } from "./protocol.ts";

/**
 * The packet that an ICMP error quotes: its IP header and at least 8 bytes
 * after it (RFC 792), enough for ports and sequence number of a TCP segment.
 */
export class QuotedPacket {
  /** 4 or 6; 0: no IP header could be read. */
  version = 0;
  protocol = 0;
  sourceAt = 0;
  destinationAt = 0;
  addressLength = 0;
  ttl = 0;
  identification = 0;
  /** IP length of the quoted packet as its header says, in bytes. */
  length = 0;
  /** Whether the source port, and both ports, could be read (TCP or UDP). */
  hasSourcePort = false;
  hasPorts = false;
  sourcePort = 0;
  destinationPort = 0;
  /** Whether the TCP sequence number could be read. */
  hasSequence = false;
  sequence = 0;
  /** Where the transport header starts. */
  transportAt = 0;
  readonly #ipv4: Ipv4Header = new Ipv4Header();
  readonly #ipv6: Ipv6Header = new Ipv6Header();

  /** Reads the quote in `view[at, limit)`; false when there is no IP header. The quote is cut by design: that is no fault. */
  read(view: DataView, at: number, limit: number): boolean {
    this.version = 0;
    this.hasSourcePort = false;
    this.hasPorts = false;
    this.hasSequence = false;
    if (at >= limit) return false;
    const version = view.getUint8(at) >> 4;
    const read = version === 4 ? this.#readIpv4(view, at, limit) : version === 6 && this.#readIpv6(view, at, limit);
    if (!read) return false;
    this.version = version;
    const transport = this.transportAt;
    const hasPorts = this.protocol === PROTOCOL_TCP || this.protocol === PROTOCOL_UDP;
    if (hasPorts && transport + 2 <= limit) {
      this.hasSourcePort = true;
      this.sourcePort = view.getUint16(transport);
    }
    if (hasPorts && transport + 4 <= limit) {
      this.hasPorts = true;
      this.destinationPort = view.getUint16(transport + 2);
      if (this.protocol === PROTOCOL_TCP && transport + 8 <= limit) {
        this.hasSequence = true;
        this.sequence = view.getUint32(transport + 4);
      }
    }
    return true;
  }

  #readIpv4(view: DataView, at: number, limit: number): boolean {
    const ip = this.#ipv4;
    if (ip.read(view, at, Number.MAX_SAFE_INTEGER, limit) !== undefined) return false;
    if (ip.fragmentOffset > 0) return false;
    this.protocol = ip.protocol;
    this.sourceAt = ip.sourceAt;
    this.destinationAt = ip.destinationAt;
    this.addressLength = 4;
    this.ttl = ip.ttl;
    this.identification = ip.identification;
    this.length = ip.totalLength;
    this.transportAt = at + ip.headerLength;
    return true;
  }

  #readIpv6(view: DataView, at: number, limit: number): boolean {
    const ip = this.#ipv6;
    const fault = ip.read(view, at, Number.MAX_SAFE_INTEGER, limit);
    if (fault !== undefined || ip.fragmentOffset > 0) return false;
    this.protocol = ip.protocol;
    this.sourceAt = ip.sourceAt;
    this.destinationAt = ip.destinationAt;
    this.addressLength = 16;
    this.ttl = ip.hopLimit;
    this.identification = 0;
    this.length = ip.payloadLength + 40;
    this.transportAt = ip.payloadAt;
    return true;
  }
}
