import type { Fault } from "./fault.ts";
import {
  PROTOCOL_AH,
  PROTOCOL_DESTINATION_OPTIONS,
  PROTOCOL_FRAGMENT,
  PROTOCOL_HIP,
  PROTOCOL_HOP_BY_HOP,
  PROTOCOL_MOBILITY,
  PROTOCOL_ROUTING,
  PROTOCOL_SHIM6,
} from "./protocol.ts";

/**
 * Internet Protocol version 6 header and the chain of its extension headers
 * (RFC 8200 sections 3 and 4).
 */

// Offsets, in bytes from the start of the header.
const PAYLOAD_LENGTH = 4;
const NEXT_HEADER = 6;
const HOP_LIMIT = 7;
const SOURCE = 8;
const DESTINATION = 24;

/** Length of the fixed header, in bytes. */
export const IPV6_HEADER = 40;

/** How many extension headers are walked: more is an attack, not traffic. */
const MAX_EXTENSIONS = 32;

// Routing headers that list the addresses still to be visited, last one last (RFC 2460 section 4.4, RFC 6275 section 6.4),
// and the one that lists them backwards (RFC 8754 section 2).
const ROUTING_SOURCE_ROUTE = 0;
const ROUTING_MOBILE = 2;
const ROUTING_SEGMENTS = 4;

/** Jumbo Payload option (RFC 2675 section 2). */
const OPTION_JUMBO = 0xc2;

/** An IPv6 header with its chain of extension headers, read in place; moved from frame to frame with `read`. */
export class Ipv6Header {
  /** Where the header starts, in bytes from the start of the buffer. */
  at = 0;
  /** Where the packet ends, by its payload length, its Jumbo Payload option or the layer around it. */
  end = 0;
  limit = 0;
  /** First protocol that is not an extension header, and where it starts. */
  protocol = 0;
  payloadAt = 0;
  /** Where the Fragment header is; 0: none. */
  fragmentAt = 0;
  /** Where the address of the final destination is: that of the header, or the end of a route; 16 bytes. */
  finalDestinationAt = 0;
  #view: DataView = new DataView(new ArrayBuffer(0));

  /**
   * Moves to the packet in `view[at, end)` of which `limit` is captured and walks
   * its extension headers. After `undefined`, and after a fault that is not in
   * `header` or `version`, every getter is in bounds.
   */
  read(view: DataView, at: number, end: number, limit: number): Fault | undefined {
    this.#view = view;
    this.at = at;
    this.end = end;
    this.limit = limit;
    this.fragmentAt = 0;
    const have = Math.min(end, limit) - at;
    if (have < IPV6_HEADER) {
      return this.#fault(limit < end ? "truncated" : "malformed", "header", IPV6_HEADER, Math.max(0, have));
    }
    const version = view.getUint8(at) >> 4;
    if (version !== 6) return this.#fault("malformed", "version", 6, version);
    const payloadLength = view.getUint16(at + PAYLOAD_LENGTH);
    if (payloadLength !== 0 && at + IPV6_HEADER + payloadLength < end) this.end = at + IPV6_HEADER + payloadLength;
    this.protocol = view.getUint8(at + NEXT_HEADER);
    this.payloadAt = at + IPV6_HEADER;
    this.finalDestinationAt = at + DESTINATION;
    return this.#walk();
  }

  #walk(): Fault | undefined {
    for (let count = 0; isExtension(this.protocol); count++) {
      const at = this.payloadAt;
      const have = Math.min(this.end, this.limit) - at;
      if (count === MAX_EXTENSIONS) return this.#fault("malformed", "extension headers", MAX_EXTENSIONS, count + 1);
      if (have < 8)
        return this.#fault(this.limit < this.end ? "truncated" : "malformed", "extension header", 8, Math.max(0, have));
      const length = extensionLength(this.protocol, this.#view.getUint8(at + 1));
      if (have < length) {
        return this.#fault(this.limit < this.end ? "truncated" : "malformed", "extension header", length, have);
      }
      if (this.protocol === PROTOCOL_FRAGMENT) this.fragmentAt = at;
      if (this.protocol === PROTOCOL_ROUTING) this.#takeRoute(at, length);
      if (this.protocol === PROTOCOL_HOP_BY_HOP && this.payloadLength === 0) this.#takeJumbo(at + 2, at + length);
      this.protocol = this.#view.getUint8(at);
      this.payloadAt = at + length;
      // What follows a later fragment's header is the middle of a payload.
      if (this.fragmentOffset > 0) return undefined;
    }
    return undefined;
  }

  /** The end of the route is where the packet goes, while there are segments left. */
  #takeRoute(at: number, length: number): void {
    const type = this.#view.getUint8(at + 2);
    if (length < 24 || this.#view.getUint8(at + 3) === 0) return;
    if (type === ROUTING_SOURCE_ROUTE || type === ROUTING_MOBILE) {
      this.finalDestinationAt = at + 8 + 16 * (Math.floor((length - 8) / 16) - 1);
    } else if (type === ROUTING_SEGMENTS) {
      this.finalDestinationAt = at + 8;
    }
  }

  #takeJumbo(from: number, to: number): void {
    for (let at = from; at + 1 < to;) {
      const type = this.#view.getUint8(at);
      if (type === 0) {
        at += 1;
        continue;
      }
      const length = this.#view.getUint8(at + 1);
      if (type === OPTION_JUMBO && length === 4 && at + 6 <= to) {
        const end = this.at + IPV6_HEADER + this.#view.getUint32(at + 2);
        if (end < this.end) this.end = end;
        return;
      }
      at += 2 + length;
    }
  }

  #fault(kind: Fault["kind"], field: string, need: number, have: number): Fault {
    const at = field === "extension header" || field === "extension headers" ? this.payloadAt : this.at;
    return { kind, layer: "ipv6", field, at, need, have };
  }

  get version(): number {
    return this.#view.getUint8(this.at) >> 4;
  }

  /** DSCP and ECN as one byte (RFC 8200 section 7). */
  get trafficClass(): number {
    return (this.#view.getUint16(this.at) >> 4) & 0xff;
  }

  get flowLabel(): number {
    return this.#view.getUint32(this.at) & 0xfffff;
  }

  /** Payload length as sent: extension headers count, the fixed header does not; 0 with a Jumbo Payload option. */
  get payloadLength(): number {
    return this.#view.getUint16(this.at + PAYLOAD_LENGTH);
  }

  /** The protocol or extension header that follows the fixed header. */
  get nextHeader(): number {
    return this.#view.getUint8(this.at + NEXT_HEADER);
  }

  get hopLimit(): number {
    return this.#view.getUint8(this.at + HOP_LIMIT);
  }

  /** Where the source address is: 16 bytes. */
  get sourceAt(): number {
    return this.at + SOURCE;
  }

  /** Where the destination address is: 16 bytes. */
  get destinationAt(): number {
    return this.at + DESTINATION;
  }

  /** Fragment offset, in bytes; 0 without a Fragment header (RFC 8200 section 4.5). */
  get fragmentOffset(): number {
    return this.fragmentAt === 0 ? 0 : this.#view.getUint16(this.fragmentAt + 2) & 0xfff8;
  }

  /** Whether this is a fragment of several: an atomic fragment (RFC 6946) is not. */
  get isFragment(): boolean {
    return this.fragmentAt !== 0 && (this.#view.getUint16(this.fragmentAt + 2) & 0xfff9) !== 0;
  }
}

function isExtension(protocol: number): boolean {
  return (
    protocol === PROTOCOL_HOP_BY_HOP ||
    protocol === PROTOCOL_ROUTING ||
    protocol === PROTOCOL_FRAGMENT ||
    protocol === PROTOCOL_DESTINATION_OPTIONS ||
    protocol === PROTOCOL_AH ||
    protocol === PROTOCOL_MOBILITY ||
    protocol === PROTOCOL_HIP ||
    protocol === PROTOCOL_SHIM6
  );
}

/** Length of an extension header in bytes; the Authentication Header counts in words of 4 bytes (RFC 4302 section 2.2). */
function extensionLength(protocol: number, lengthField: number): number {
  if (protocol === PROTOCOL_FRAGMENT) return 8;
  if (protocol === PROTOCOL_AH) return (lengthField + 2) * 4;
  return (lengthField + 1) * 8;
}
