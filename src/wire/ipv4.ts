import type { Fault } from "./fault.ts";

/**
 * Internet Protocol version 4 header (RFC 791 section 3.1).
 */

// Offsets, in bytes from the start of the header.
const TYPE_OF_SERVICE = 1;
const TOTAL_LENGTH = 2;
const IDENTIFICATION = 4;
const FRAGMENT = 6;
const TTL = 8;
const PROTOCOL = 9;
const CHECKSUM = 10;
const SOURCE = 12;
const DESTINATION = 16;

/** Length of a header without options, in bytes. */
export const IPV4_MIN_HEADER = 20;

// Bits of the flags and fragment offset field.
export const IPV4_RESERVED = 0x8000;
export const IPV4_DONT_FRAGMENT = 0x4000;
export const IPV4_MORE_FRAGMENTS = 0x2000;

/** An IPv4 header, read in place; moved from frame to frame with `read`. */
export class Ipv4Header {
  /** Where the header starts, in bytes from the start of the buffer. */
  at = 0;
  /** Header length with options, in bytes. */
  headerLength = 0;
  /** Where the packet ends, by its total length or, where that is 0 (BIG TCP) or says more, by the layer around it. */
  end = 0;
  limit = 0;
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** Moves to the packet in `view[at, end)` of which `limit` is captured. After `undefined`, every getter is in bounds. */
  read(view: DataView, at: number, end: number, limit: number): Fault | undefined {
    this.#view = view;
    this.at = at;
    this.end = end;
    this.limit = limit;
    const have = Math.min(end, limit) - at;
    if (have < IPV4_MIN_HEADER) {
      return this.#fault(limit < end ? "truncated" : "malformed", "header", IPV4_MIN_HEADER, Math.max(0, have));
    }
    const first = view.getUint8(at);
    if (first >> 4 !== 4) return this.#fault("malformed", "version", 4, first >> 4);
    const headerLength = (first & 0xf) * 4;
    this.headerLength = headerLength;
    if (headerLength < IPV4_MIN_HEADER) return this.#fault("malformed", "IHL", IPV4_MIN_HEADER, headerLength);
    const totalLength = view.getUint16(at + TOTAL_LENGTH);
    if (totalLength !== 0) {
      if (totalLength < headerLength) return this.#fault("malformed", "total length", headerLength, totalLength);
      if (at + totalLength < end) this.end = at + totalLength;
    }
    if (headerLength > have) {
      return this.#fault(limit < end ? "truncated" : "malformed", "options", headerLength, have);
    }
    return undefined;
  }

  #fault(kind: Fault["kind"], field: string, need: number, have: number): Fault {
    return { kind, layer: "ipv4", field, at: this.at, need, have };
  }

  /** DSCP and ECN as one byte (RFC 2474 section 3, RFC 3168 section 5). */
  get typeOfService(): number {
    return this.#view.getUint8(this.at + TYPE_OF_SERVICE);
  }

  get totalLength(): number {
    return this.#view.getUint16(this.at + TOTAL_LENGTH);
  }

  get identification(): number {
    return this.#view.getUint16(this.at + IDENTIFICATION);
  }

  /** Flags (high three bits) and fragment offset in units of 8 bytes, as on the wire. */
  get flagsAndOffset(): number {
    return this.#view.getUint16(this.at + FRAGMENT);
  }

  /** Fragment offset, in bytes. */
  get fragmentOffset(): number {
    return (this.#view.getUint16(this.at + FRAGMENT) & 0x1fff) * 8;
  }

  /** Whether this is a fragment: more follow, or it is not the first. */
  get isFragment(): boolean {
    return (this.#view.getUint16(this.at + FRAGMENT) & 0x3fff) !== 0;
  }

  get ttl(): number {
    return this.#view.getUint8(this.at + TTL);
  }

  get protocol(): number {
    return this.#view.getUint8(this.at + PROTOCOL);
  }

  get checksum(): number {
    return this.#view.getUint16(this.at + CHECKSUM);
  }

  /** Where the source address is: 4 bytes. */
  get sourceAt(): number {
    return this.at + SOURCE;
  }

  /** Where the destination address is: 4 bytes. */
  get destinationAt(): number {
    return this.at + DESTINATION;
  }
}
