import { CLOCK, NEWER, NEWEST, OLDER, OLDEST, SLOT_WORDS, SLOTS, TOUCH_INTERVAL, TOUCHED } from "./recency-record.ts";

const FIRST_CAPACITY = 1024;

/** A slot is moved to the newest place again only after so many uses of any, fewer in a small table: who is idle for longest need not be exact. */
const MAX_TOUCH_INTERVAL = 4096;

/** Words of the list of so many slots. */
export function recencyWords(slots: number): number {
  return SLOTS + slots * SLOT_WORDS;
}

/** Small integers (slots of a table) in the order of their last use: a list in one typed array. */
export class Recency {
  #words: Int32Array;

  /** `max`: how many slots there are at most; `room`: `recencyWords` for so many, all 0, which others see, too. */
  constructor(max: number, room: Int32Array = new Int32Array(recencyWords(FIRST_CAPACITY))) {
    this.#words = room;
    room[TOUCH_INTERVAL] = Math.min(MAX_TOUCH_INTERVAL, max >> 3);
    this.clear();
  }

  /** The slot that was used last; -1: none. */
  get newest(): number {
    return this.#words[NEWEST]!;
  }

  /** The slot that was not used for longest; -1: none. */
  get oldest(): number {
    return this.#words[OLDEST]!;
  }

  /** Notes the use of a slot of the list; it is moved only when that was long ago. */
  touch(slot: number): void {
    const words = this.#words;
    const at = placeOf(slot);
    const clock = (words[CLOCK]! + 1) | 0;
    words[CLOCK] = clock;
    if (((clock - words[at + TOUCHED]!) | 0) > words[TOUCH_INTERVAL]!) {
      words[at + TOUCHED] = clock;
      this.use(slot);
    }
  }

  /** The slot that was used just before `slot`, or -1. */
  olderThan(slot: number): number {
    return this.#words[placeOf(slot) + OLDER]!;
  }

  /** Adds a slot that is not in the list, as the newest. */
  add(slot: number): void {
    const at = placeOf(slot);
    while (at >= this.#words.length) this.#words = enlarged(this.#words);
    const words = this.#words;
    const { newest } = this;
    words[at + OLDER] = newest;
    words[at + NEWER] = -1;
    if (newest >= 0) words[placeOf(newest) + NEWER] = slot;
    else words[OLDEST] = slot;
    words[NEWEST] = slot;
  }

  remove(slot: number): void {
    const words = this.#words;
    const at = placeOf(slot);
    const older = words[at + OLDER]!;
    const newer = words[at + NEWER]!;
    if (older >= 0) words[placeOf(older) + NEWER] = newer;
    else words[OLDEST] = newer;
    if (newer >= 0) words[placeOf(newer) + OLDER] = older;
    else words[NEWEST] = older;
  }

  /** Makes a slot of the list the newest. */
  use(slot: number): void {
    if (slot === this.newest) return;
    this.remove(slot);
    this.add(slot);
  }

  clear(): void {
    this.#words[NEWEST] = -1;
    this.#words[OLDEST] = -1;
  }
}

function placeOf(slot: number): number {
  return SLOTS + slot * SLOT_WORDS;
}

function enlarged(words: Int32Array): Int32Array {
  const larger = new Int32Array(2 * words.length);
  larger.set(words);
  return larger;
}
