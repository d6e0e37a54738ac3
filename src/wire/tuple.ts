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
  if (addressLength === 4) return stageIpv4(key, view.getInt32(sourceAt), view.getInt32(destinationAt), ports);
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

function stageIpv4(key: Int32Array, source: number, destination: number, ports: number): boolean {
  const sourcePort = ports >>> 16;
  const destinationPort = ports & 0xffff;
  const reversed = sourcePort === destinationPort ? source >>> 0 > destination >>> 0 : sourcePort > destinationPort;
  key[0] = reversed ? destination : source;
  key[1] = reversed ? source : destination;
  key[2] = reversed ? (destinationPort << 16) | sourcePort : ports;
  return reversed;
}

/** Hash of `count` words from `words[from]` on, an unsigned 32-bit integer. */
export function hashWords(words: Int32Array, from: number, count: number, seed: number): number {
  let hash = seed;
  for (let i = from; i < from + count; i++) hash = mixed(hash, words[i]!);
  return finished(hash);
}

/** The same of the three words of a key over IPv4. */
export function hashThree(first: number, second: number, third: number, seed: number): number {
  return finished(mixed(mixed(mixed(seed, first), second), third));
}

function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x85ebca6b);
  return product ^ (product >>> 15);
}

function finished(hash: number): number {
  const product = Math.imul(hash, 0xc2b2ae35);
  return (product ^ (product >>> 16)) >>> 0;
}
