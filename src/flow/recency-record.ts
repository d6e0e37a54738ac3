/**
 * The list of `Recency`. This file is compiled twice, for JavaScript and for WebAssembly: it has nothing but numbers.
 */

// Words (32 bits) at its start: the slot that was used last, the one that was not used for longest (-1: none), the
// number of uses of all slots (modulo 2^32) and after how many a slot is moved to the newest place again.
export const NEWEST = 0;
export const OLDEST = 1;
export const CLOCK = 2;
export const TOUCH_INTERVAL = 3;
/** Where the first slot's record is. */
export const SLOTS = 4;

// Words of a slot: the slots that were used before and after it, and the use at which it was last moved.
export const OLDER = 0;
export const NEWER = 1;
export const TOUCHED = 2;
export const SLOT_WORDS = 4;
