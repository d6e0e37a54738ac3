import type { Fault } from "./fault.ts";

/** User Datagram Protocol header (RFC 768). */

export const UDP_HEADER = 8;

/** A UDP datagram, read in place; moved from frame to frame with `read`. */
export class UdpDatagram {
  at = 0;
  /** Where the payload ends: by the length field where it says less than the layer below. */
  end = 0;
  limit = 0;
  #view: DataView = new DataView(new ArrayBuffer(0));

  read(view: DataView, at: number, end: number, limit: number): Fault | undefined {
    this.#view = view;
    this.at = at;
    this.end = end;
    this.limit = limit;
    const have = Math.min(end, limit) - at;
    if (have < UDP_HEADER) {
      return {
        kind: limit < end ? "truncated" : "malformed",
        layer: "udp",
        field: "header",
        at,
        need: UDP_HEADER,
        have: Math.max(0, have),
      };
    }
    const length = view.getUint16(at + 4);
    if (length !== 0 && length < UDP_HEADER) {
      return { kind: "malformed", layer: "udp", field: "length", at, need: UDP_HEADER, have: length };
    }
    if (length !== 0 && at + length < end) this.end = at + length;
    return undefined;
  }

  get sourcePort(): number {
    return this.#view.getUint16(this.at);
  }

  get destinationPort(): number {
    return this.#view.getUint16(this.at + 2);
  }

  /** Length of header and payload as sent, in bytes; 0 in a jumbogram (RFC 2675 section 4). */
  get length(): number {
    return this.#view.getUint16(this.at + 4);
  }

  /** 0 over IPv4: none was computed. */
  get checksum(): number {
    return this.#view.getUint16(this.at + 6);
  }

  /** Where the payload starts. */
  get payloadAt(): number {
    return this.at + UDP_HEADER;
  }
}
