/** What header prediction needs of `src/flow/recency.ts`: the same list, in the same memory. */
import * as list from "../src/flow/recency-record.ts";

let words: usize = 0;

/** Where the list is. */
export function prepareRecency(at: usize): void {
  words = at;
}

/** `Recency.touch`. */
export function touch(slot: i32): void {
  const at = placeOf(slot);
  const clock = load<i32>(words, list.CLOCK << 2) + 1;
  store<i32>(words, clock, list.CLOCK << 2);
  if (clock - load<i32>(at, list.TOUCHED << 2) <= load<i32>(words, list.TOUCH_INTERVAL << 2)) return;
  store<i32>(at, clock, list.TOUCHED << 2);
  const newest = load<i32>(words, list.NEWEST << 2);
  if (slot === newest) return;
  remove(at);
  store<i32>(at, newest, list.OLDER << 2);
  store<i32>(at, -1, list.NEWER << 2);
  store<i32>(placeOf(newest), slot, list.NEWER << 2);
  store<i32>(words, slot, list.NEWEST << 2);
}

/** Takes out a slot that is not the newest. */
function remove(at: usize): void {
  const older = load<i32>(at, list.OLDER << 2);
  const newer = load<i32>(at, list.NEWER << 2);
  if (older >= 0) store<i32>(placeOf(older), newer, list.NEWER << 2);
  else store<i32>(words, newer, list.OLDEST << 2);
  store<i32>(placeOf(newer), older, list.OLDER << 2);
}

/** When the slot was last moved. */
export function lastUse(slot: i32): i32 {
  return load<i32>(placeOf(slot), list.TOUCHED << 2);
}

function placeOf(slot: i32): usize {
  return words + ((<usize>(list.SLOTS + slot * list.SLOT_WORDS)) << 2);
}
