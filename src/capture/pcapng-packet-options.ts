import type { Frame } from "../wire/frame.ts";
import type { BlockBuilder } from "./pcapng-block.ts";
import { PACKET_DATA } from "./pcapng-format.ts";
import { eachOption } from "./pcapng-options.ts";

// Options of a packet whose values are numbers, or begin with one (draft-ietf-opsawg-pcapng sections 3.5 and 4.3).
const PACKET_FLAGS = 2;
const DROP_COUNT = 4;
const PACKET_ID = 5;
const QUEUE = 6;
/** Custom options: a private enterprise number comes first. */
const CUSTOM: ReadonlySet<number> = new Set([2988, 2989, 19372, 19373]);

/** Bytes at the start of an option's value that are one number. */
function numberLength(code: number, length: number): number {
  if (code === PACKET_FLAGS || code === QUEUE) return length === 4 ? 4 : 0;
  if (code === DROP_COUNT || code === PACKET_ID) return length === 8 ? 8 : 0;
  return CUSTOM.has(code) && length >= 4 ? 4 : 0;
}

/** Adds the options of a frame that was read from pcapng to its new block, and their end. */
export function copyPacketOptions(frame: Frame, block: BlockBuilder): void {
  const { view, bytes, optionsStart, optionsEnd } = frame;
  const blockAt = frame.start - PACKET_DATA;
  // The type of the block is a small number: read the wrong way round it is a large one.
  const littleEndian = view.getUint32(blockAt, true) <= 0xffff;
  eachOption({ view, bytes, at: blockAt, end: optionsEnd, littleEndian }, optionsStart, (code, at, length) => {
    const value = bytes.slice(at, at + length);
    if (!littleEndian) value.subarray(0, numberLength(code, length)).reverse();
    block.option(code, value);
  });
  block.endOptions();
}
