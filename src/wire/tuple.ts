/** Words of a key: two addresses and the ports. */
export const IPV4_KEY_WORDS = 3;
export const IPV6_KEY_WORDS = 9;

/**
 * Seeds the hashes of this process, so that traffic cannot be made to collide. V8 seeds Math.random from the
 * system's entropy. Another thread has another: what is hashed there for here is hashed with this one.
 */
export const HASH_SEED: number = (Math.random() * 0x100000000) | 0;

/**
 * Writes the key of a four-tuple to the start of `key`, the same for both directions: the
 * end with the lower port comes first, with equal ports the lower address.
 * `ports` holds the source port in its high 16 bits. True when source and
 * destination were exchanged for it.
 */
export function stageTuple(
  key: Int32Array,
  view: DataView,
  sourceAt: number,
  destinationAt: number,
  addressLength: number,
  ports: number,
): boolean {
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

/** Hash of `count` words from `words[from]` on, an unsigned 32-bit integer. */
export function hashWords(words: Int32Array, from: number, count: number, seed: number): number {
  let hash = seed;
  for (let i = from; i < from + count; i++) {
    hash = Math.imul(hash ^ words[i]!, 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
