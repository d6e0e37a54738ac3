import type { Frame } from "../wire/frame.ts";
import { PACKET_DATA } from "./pcapng-format.ts";

const OPTION_END = 0;
const OPTION_COMMENT = 1;

/** epb_flags (section 4.3.1); the obsolete Packet Block has them as an option of the same number. */
const PACKET_FLAGS = 2;
const DIRECTION_BITS = 3;
const INBOUND = 1;
const OUTBOUND = 2;

/** Options visited of one block at most; a block of 16 MiB could hold four million empty ones. */
const MAXIMUM_OPTIONS = 4096;

const WORD = 4294967296;
const UTF8 = new TextDecoder();

/** A whole block of pcapng in the reader's buffer. */
export interface BlockBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where the block starts, an index into `bytes`. */
  readonly at: number;
  /** Where its body ends: where its second total length is. */
  readonly end: number;
  readonly littleEndian: boolean;
}

/**
 * Calls `visit` with each option from `at` on (draft-ietf-opsawg-pcapng section
 * 3.5): its code, where its value starts and the value's length in bytes. Ends
 * at an option that does not fit into the block.
 */
export function eachOption(
  block: BlockBytes,
  at: number,
  visit: (code: number, at: number, length: number) => void,
): void {
  const { view, end, littleEndian } = block;
  let position = at;
  for (let count = 0; count < MAXIMUM_OPTIONS && position + 4 <= end; count++) {
    const code = view.getUint16(position, littleEndian);
    const length = view.getUint16(position + 2, littleEndian);
    if (code === OPTION_END || position + 4 + length > end) return;
    visit(code, position + 4, length);
    position += 4 + padded(length);
  }
}

/** A length with the bytes that fill it up to the next multiple of four. */
export function padded(length: number): number {
  return (length + 3) & ~3;
}

/** Text of `bytes[at, at + length)`: UTF-8, up to the zero byte that some writers end it with. */
export function optionText(bytes: Uint8Array, at: number, length: number): string {
  const zero = bytes.indexOf(0, at);
  const end = zero === -1 ? at + length : Math.min(zero, at + length);
  return UTF8.decode(bytes.subarray(at, end));
}

/** A count of 64 bits; above 2^53 the nearest double. */
export function unsigned64(view: DataView, at: number, littleEndian: boolean): number {
  const first = view.getUint32(at, littleEndian);
  const second = view.getUint32(at + 4, littleEndian);
  return littleEndian ? second * WORD + first : first * WORD + second;
}

/** A signed number of 64 bits; beyond 2^53 the nearest double. */
export function signed64(view: DataView, at: number, littleEndian: boolean): number {
  const high = view.getInt32(littleEndian ? at + 4 : at, littleEndian);
  const low = view.getUint32(littleEndian ? at : at + 4, littleEndian);
  return high * WORD + low;
}

/** Whether the packet whose options are in `[at, end)` was sent (1) or received (0); -1 when not recorded. */
export function packetDirection(view: DataView, at: number, end: number, littleEndian: boolean): -1 | 0 | 1 {
  for (let position = at; position + 8 <= end;) {
    const code = view.getUint16(position, littleEndian);
    const length = view.getUint16(position + 2, littleEndian);
    if (code === OPTION_END) return -1;
    if (code === PACKET_FLAGS && length === 4) {
      const direction = view.getUint32(position + 4, littleEndian) & DIRECTION_BITS;
      if (direction === OUTBOUND) return 1;
      return direction === INBOUND ? 0 : -1;
    }
    position += 4 + padded(length);
  }
  return -1;
}

/**
 * The comments of a frame, one after the other on lines of their own; "" when
 * there are none. Holds for the frame as a reader has just moved it.
 */
export function frameComment(frame: Frame): string {
  if (frame.optionsStart === frame.optionsEnd) return "";
  const { view, bytes } = frame;
  const at = frame.start - PACKET_DATA;
  // The type of the block is a small number: read the wrong way round it is a large one.
  const littleEndian = view.getUint32(at, true) <= 0xffff;
  const comments: string[] = [];
  eachOption({ view, bytes, at, end: frame.optionsEnd, littleEndian }, frame.optionsStart, (code, at, length) => {
    if (code === OPTION_COMMENT) comments.push(optionText(bytes, at, length));
  });
  return comments.join("\n");
}
