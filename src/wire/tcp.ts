import type { Fault } from "./fault.ts";

/**
 * Transmission Control Protocol header (RFC 9293 section 3.1).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   |          Source Port          |       Destination Port        |
 *   |                        Sequence Number                        |
 *   |                    Acknowledgment Number                      |
 *   | Offset|Rsrv |A|C|E|U|A|P|R|S|F|            Window             |
 *   |           Checksum            |        Urgent Pointer         |
 *   |                    [Options] and padding                      |
 */

// Offsets, in bytes from the start of the header.
const SOURCE_PORT = 0;
const DESTINATION_PORT = 2;
const SEQUENCE = 4;
const ACKNOWLEDGMENT = 8;
const DATA_OFFSET = 12;
const FLAGS = 13;
const WINDOW = 14;
const CHECKSUM = 16;
const URGENT_POINTER = 18;

/** Length of a header without options, in bytes. */
export const TCP_MIN_HEADER = 20;

// Control bits (RFC 9293 section 3.1; AE: RFC 9768, formerly NS of RFC 3540).
export const FIN = 0x001;
export const SYN = 0x002;
export const RST = 0x004;
export const PSH = 0x008;
export const ACK = 0x010;
export const URG = 0x020;
export const ECE = 0x040;
export const CWR = 0x080;
export const AE = 0x100;

/**
 * A TCP segment, read in place: getters fetch from the frame, nothing is copied.
 *
 * One instance is moved from frame to frame with `read`. Its fields hold until
 * the next `read`; whoever keeps a segment keeps the numbers, not the view.
 */
export class TcpSegment {
  /** Where the header starts, in bytes from the start of the buffer. */
  at = 0;
  /** Where the payload ends by the lengths of the layers below; beyond `limit` when the snap length cut it. */
  end = 0;
  /** One past the last captured byte. */
  limit = 0;
  /** Where the payload starts. */
  payloadAt = 0;
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** Moves to the segment in `view[at, end)` of which `limit` is captured. After `undefined`, every getter is in bounds. */
  read(view: DataView, at: number, end: number, limit: number): Fault | undefined {
    this.#view = view;
    this.at = at;
    this.end = end;
    this.limit = limit;
    this.payloadAt = at;
    const have = Math.min(end, limit) - at;
    if (have < TCP_MIN_HEADER) {
      return this.#fault(limit < end ? "truncated" : "malformed", "header", TCP_MIN_HEADER, Math.max(0, have));
    }
    const headerLength = (view.getUint8(at + DATA_OFFSET) >> 4) * 4;
    this.payloadAt = at + headerLength;
    if (headerLength < TCP_MIN_HEADER) {
      this.payloadAt = at + TCP_MIN_HEADER;
      return this.#fault("malformed", "data offset", TCP_MIN_HEADER, headerLength);
    }
    if (this.payloadAt > end) {
      return this.#fault("malformed", "data offset", headerLength, end - at);
    }
    if (this.payloadAt > limit) {
      return this.#fault("truncated", "options", headerLength, have);
    }
    return undefined;
  }

  #fault(kind: Fault["kind"], field: string, need: number, have: number): Fault {
    return { kind, layer: "tcp", field, at: this.at, need, have };
  }

  get sourcePort(): number {
    return this.#view.getUint16(this.at + SOURCE_PORT);
  }

  get destinationPort(): number {
    return this.#view.getUint16(this.at + DESTINATION_PORT);
  }

  /** Both ports as one number: source in the high 16 bits. */
  get ports(): number {
    return this.#view.getUint32(this.at + SOURCE_PORT);
  }

  get sequence(): number {
    return this.#view.getUint32(this.at + SEQUENCE);
  }

  get acknowledgment(): number {
    return this.#view.getUint32(this.at + ACKNOWLEDGMENT);
  }

  /** Header length with options, in bytes, as the data offset says (0 to 60). */
  get headerLength(): number {
    return (this.#view.getUint8(this.at + DATA_OFFSET) >> 4) * 4;
  }

  /** The eight control bits of byte 13: CWR (0x80) to FIN (0x01). */
  get flags(): number {
    return this.#view.getUint8(this.at + FLAGS);
  }

  /** All twelve bits after the data offset: three reserved, AE (0x100), and the eight control bits. */
  get flagsWithReserved(): number {
    return this.#view.getUint16(this.at + DATA_OFFSET) & 0xfff;
  }

  /** Window as sent, before scaling (RFC 7323 section 2.2). */
  get window(): number {
    return this.#view.getUint16(this.at + WINDOW);
  }

  get checksum(): number {
    return this.#view.getUint16(this.at + CHECKSUM);
  }

  get urgentPointer(): number {
    return this.#view.getUint16(this.at + URGENT_POINTER);
  }

  /** Payload bytes on the wire. */
  get payloadLength(): number {
    return this.end > this.payloadAt ? this.end - this.payloadAt : 0;
  }

  /** Payload bytes that were captured. */
  get capturedPayloadLength(): number {
    return Math.max(0, Math.min(this.end, this.limit) - this.payloadAt);
  }
}
