const FIRST_CAPACITY = 1024;

/** The records of all slots, of `recordWords` words each, in a larger array that has room for the one of `slot`. */
export function enlargedFor(words: Int32Array, slot: number, recordWords: number): Int32Array<ArrayBuffer> {
  let capacity = Math.max(FIRST_CAPACITY, (2 * words.length) / recordWords);
  while (capacity <= slot) capacity *= 2;
  const larger = new Int32Array(capacity * recordWords);
  larger.set(words);
  return larger;
}
