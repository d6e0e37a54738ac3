import { HASH_SEED, hashThree, hashWords, IPV4_KEY_WORDS } from "../wire/tuple.ts";

/** Slots of a new table; a power of two. */
const FIRST_CAPACITY = 1024;

/** What follows the key in a slot: the value and one, so that 0 is an empty slot. */
const VALUE_WORDS = 1;

/**
 * A hash table from keys of a fixed number of 32-bit words to small integers:
 * open addressing in one typed array, linear probing, removal by backward shift,
 * hashed with the seed of this process. A
 * key lies beside its value: with many connections, memory is what a packet waits for.
 *
 * Stage a key in `key`, then call `find`, `insert` or `remove`.
 */
export class KeyTable {
  /** The key that the next call is about. */
  readonly key: Int32Array;
  /** Number of keys in the table. */
  size = 0;
  readonly #words: number;
  readonly #stride: number;
  readonly #room: (words: number) => Int32Array;
  #capacity = FIRST_CAPACITY;
  #slots: Int32Array;

  /** `words`: 3 or more; `room`: gives room of so many words, all 0. */
  constructor(words: number, room: (words: number) => Int32Array = (words) => new Int32Array(words)) {
    this.#words = words;
    this.#stride = words + VALUE_WORDS;
    this.#room = room;
    this.key = new Int32Array(words);
    this.#slots = room(FIRST_CAPACITY * this.#stride);
  }

  /** The table itself: each slot has a key, then the value and one; another one when it has grown. */
  get slots(): Int32Array {
    return this.#slots;
  }

  /** The value stored under the staged key, or -1. */
  find(): number {
    if (this.#words === IPV4_KEY_WORDS) {
      const [first, second, third] = [this.key[0]!, this.key[1]!, this.key[2]!];
      return this.findHashed(hashThree(first, second, third, HASH_SEED), first, second, third);
    }
    return this.#slots[this.#place() + this.#words]! - 1;
  }

  /** The same for a key of three words with this hash (see `hashWords`), which need not be staged. */
  findHashed(hash: number, first: number, second: number, third: number): number {
    const stride = this.#stride;
    const mask = this.#capacity - 1;
    const slots = this.#slots;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = slot * stride;
      const filled = slots[at + 3]!;
      if (filled === 0) return -1;
      if (slots[at] === first && slots[at + 1] === second && slots[at + 2] === third) return filled - 1;
    }
  }

  /** Stores `value` (0 or more) under the staged key, replacing what is there. */
  insert(value: number): void {
    if (2 * this.size >= this.#capacity) this.#grow();
    const at = this.#place();
    if (this.#isEmpty(at)) {
      this.size++;
      this.#slots.set(this.key, at);
    }
    this.#slots[at + this.#words] = value + 1;
  }

  /** Removes the staged key, if it is there. */
  remove(): void {
    const slots = this.#slots;
    const stride = this.#stride;
    const mask = this.#capacity - 1;
    const at = this.#place();
    if (this.#isEmpty(at)) return;
    this.size--;
    let hole = at / stride;
    for (let slot = (hole + 1) & mask; !this.#isEmpty(slot * stride); slot = (slot + 1) & mask) {
      const home = hashWords(slots, slot * stride, this.#words, HASH_SEED) & mask;
      // Move back only what does not start its probe between hole and slot.
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots.copyWithin(hole * stride, slot * stride, (slot + 1) * stride);
      hole = slot;
    }
    slots[hole * stride + this.#words] = 0;
  }

  /** Removes every key. */
  clear(): void {
    this.size = 0;
    this.#slots.fill(0);
  }

  #isEmpty(at: number): boolean {
    return this.#slots[at + this.#words] === 0;
  }

  /** Where the slot of the staged key starts, or the empty one where it belongs. */
  #place(): number {
    const words = this.#words;
    const stride = this.#stride;
    const mask = this.#capacity - 1;
    const slots = this.#slots;
    const key = this.key;
    let slot = hashWords(key, 0, words, HASH_SEED) & mask;
    let at = slot * stride;
    // The first three words are all that IPv4 has, and mostly tell.
    while (slots[at + words] !== 0) {
      if (slots[at] === key[0] && slots[at + 1] === key[1] && slots[at + 2] === key[2] && this.#restEquals(at)) {
        return at;
      }
      slot = (slot + 1) & mask;
      at = slot * stride;
    }
    return at;
  }

  #restEquals(at: number): boolean {
    for (let i = 3; i < this.#words; i++) if (this.#slots[at + i] !== this.key[i]) return false;
    return true;
  }

  #grow(): void {
    const before = this.#slots;
    const stride = this.#stride;
    const staged = this.key.slice();
    this.#capacity *= 2;
    this.#slots = this.#room(this.#capacity * stride);
    for (let at = 0; at < before.length; at += stride) {
      const filled = before[at + this.#words]!;
      if (filled === 0) continue;
      this.key.set(before.subarray(at, at + this.#words));
      const free = this.#place();
      this.#slots.set(this.key, free);
      this.#slots[free + this.#words] = filled;
    }
    this.key.set(staged);
  }
}
