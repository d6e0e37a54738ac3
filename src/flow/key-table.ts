/** Slots of a new table; a power of two. */
const FIRST_CAPACITY = 1024;

/**
 * A hash table from keys of a fixed number of 32-bit words to small integers:
 * open addressing in typed arrays, linear probing, removal by backward shift,
 * hashed with a seed of this process so that traffic cannot be made to collide.
 *
 * Stage a key in `key`, then call `find`, `insert` or `remove`.
 */
export class KeyTable {
  /** The key that the next call is about. */
  readonly key: Uint32Array;
  /** Number of keys in the table. */
  size = 0;
  readonly #words: number;
  readonly #seed: number;
  #capacity = FIRST_CAPACITY;
  #keys: Uint32Array;
  #values: Int32Array;

  /** `words`: 3 or more. */
  constructor(words: number) {
    this.#words = words;
    this.key = new Uint32Array(words);
    // V8 seeds Math.random from the system's entropy.
    this.#seed = (Math.random() * 0x100000000) | 0;
    this.#keys = new Uint32Array(FIRST_CAPACITY * words);
    this.#values = new Int32Array(FIRST_CAPACITY).fill(-1);
  }

  /** The value stored under the staged key, or -1. */
  find(): number {
    return this.#values[this.#slot()] ?? -1;
  }

  /** Stores `value` (0 or more) under the staged key, replacing what is there. */
  insert(value: number): void {
    if (2 * this.size >= this.#capacity) this.#grow();
    const slot = this.#slot();
    if ((this.#values[slot] ?? -1) < 0) {
      this.size++;
      this.#keys.set(this.key, slot * this.#words);
    }
    this.#values[slot] = value;
  }

  /** Removes the staged key, if it is there. */
  remove(): void {
    let hole = this.#slot();
    if ((this.#values[hole] ?? -1) < 0) return;
    this.size--;
    const mask = this.#capacity - 1;
    for (let slot = (hole + 1) & mask; (this.#values[slot] ?? -1) >= 0; slot = (slot + 1) & mask) {
      const home = this.#hash(this.#keys, slot * this.#words) & mask;
      // Move back only what does not start its probe between hole and slot.
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      this.#keys.copyWithin(hole * this.#words, slot * this.#words, (slot + 1) * this.#words);
      this.#values[hole] = this.#values[slot] ?? -1;
      hole = slot;
    }
    this.#values[hole] = -1;
  }

  /** Removes every key. */
  clear(): void {
    this.size = 0;
    this.#values.fill(-1);
  }

  /** Slot of the staged key, or the empty one where it belongs. */
  #slot(): number {
    const words = this.#words;
    const mask = this.#capacity - 1;
    const keys = this.#keys;
    const key = this.key;
    const values = this.#values;
    let slot = this.#hash(key, 0) & mask;
    // The first three words are all that IPv4 has, and mostly tell.
    while (values[slot]! >= 0) {
      const base = slot * words;
      if (keys[base] === key[0] && keys[base + 1] === key[1] && keys[base + 2] === key[2] && this.#restEquals(base)) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #restEquals(base: number): boolean {
    for (let i = 3; i < this.#words; i++) if (this.#keys[base + i] !== this.key[i]) return false;
    return true;
  }

  #hash(words: Uint32Array, from: number): number {
    let hash = this.#seed;
    for (let i = from; i < from + this.#words; i++) {
      hash = Math.imul(hash ^ words[i]!, 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash, 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    const staged = this.key.slice();
    this.#capacity *= 2;
    this.#keys = new Uint32Array(this.#capacity * this.#words);
    this.#values = new Int32Array(this.#capacity).fill(-1);
    values.forEach((value, slot) => {
      if (value < 0) return;
      this.key.set(keys.subarray(slot * this.#words, (slot + 1) * this.#words));
      const free = this.#slot();
      this.#keys.set(this.key, free * this.#words);
      this.#values[free] = value;
    });
    this.key.set(staged);
  }
}
