import { addressText } from "../wire/address.ts";
import { optionText, padded, type BlockBytes } from "./pcapng-options.ts";
import type { RecordedName } from "./source.ts";

/** Names kept of a capture at most. */
const MAXIMUM_NAMES = 65536;

const RECORDS = 8;
const RECORD_END = 0;
const RECORD_IPV4 = 1;
const RECORD_IPV6 = 2;

/**
 * Adds the names of a Name Resolution Block (draft-ietf-opsawg-pcapng section
 * 4.5), in the order of the block, until there are `MAXIMUM_NAMES`. Records of
 * other addresses are passed over; a record that does not fit ends the block.
 */
export function readNames(block: BlockBytes, names: RecordedName[]): void {
  const { view, end, littleEndian } = block;
  let position = block.at + RECORDS;
  while (position + 4 <= end) {
    const type = view.getUint16(position, littleEndian);
    const length = view.getUint16(position + 2, littleEndian);
    if (type === RECORD_END || position + 4 + length > end) return;
    if (type === RECORD_IPV4) addNames(block.bytes, position + 4, length, 4, names);
    else if (type === RECORD_IPV6) addNames(block.bytes, position + 4, length, 16, names);
    position += 4 + padded(length);
  }
}

/** One record: an address, then names that each end with a zero byte. */
function addNames(bytes: Uint8Array, at: number, length: number, addressLength: number, names: RecordedName[]): void {
  if (length < addressLength) return;
  const end = at + length;
  const address = addressText(bytes, at, addressLength);
  let position = at + addressLength;
  while (position < end && names.length < MAXIMUM_NAMES) {
    const zero = bytes.indexOf(0, position);
    const next = zero === -1 || zero > end ? end : zero;
    if (next > position) names.push({ address, name: optionText(bytes, position, next - position) });
    position = next + 1;
  }
}
