import type { KeyTable } from "./key-table.ts";

/** Words of a key: two addresses and the ports. */
export const IPV4_KEY_WORDS = 3;
export const IPV6_KEY_WORDS = 9;

/**
 * Stages the key of a four-tuple in `table`, the same for both directions: the
 * end with the lower port comes first, with equal ports the lower address.
 * `ports` holds the source port in its high 16 bits. True when source and
 * destination were exchanged for it.
 */
export function stageTuple(
  table: KeyTable,
  view: DataView,
  sourceAt: number,
  destinationAt: number,
  addressLength: number,
  ports: number,
): boolean {
  const key = table.key;
  const words = addressLength >> 2;
  const sourcePort = ports >>> 16;
  const destinationPort = ports & 0xffff;
  let order = sourcePort - destinationPort;
  for (let i = 0; order === 0 && i < words; i++) {
    order = view.getUint32(sourceAt + 4 * i) - view.getUint32(destinationAt + 4 * i);
  }
  const reversed = order > 0;
  const firstAt = reversed ? destinationAt : sourceAt;
  const secondAt = reversed ? sourceAt : destinationAt;
  for (let i = 0; i < words; i++) {
    key[i] = view.getUint32(firstAt + 4 * i);
    key[words + i] = view.getUint32(secondAt + 4 * i);
  }
  key[2 * words] = reversed ? (destinationPort << 16) | sourcePort : ports;
  return reversed;
}
