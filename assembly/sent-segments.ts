/** Segments of an end that are not acknowledged: one in the end's record, several in a list of rooms of their own. */
import * as record from "../src/flow/prediction-record.ts";

/** The time of no segment. */
export const NO_TIME: f64 = -Infinity;

const ROOM: usize = record.SEGMENT_WORDS << 2;

/** Rooms that were given back, each with the next one's place; then those that were never used. */
let given: usize = 0;
let fresh: usize = 0;

/** `from`: where the rooms are, aligned to 8 bytes, not 0. */
export function prepareRooms(from: usize, count: i32): void {
  fresh = from;
  store<i32>(0, count, record.ROOMS << 2);
}

/** Whether another segment can be remembered. */
export function hasRoom(end: usize): bool {
  return load<f64>(end, record.SENT_FRAME << 3) === record.NOTHING || load<i32>(0, record.ROOMS << 2) >= 2;
}

/** The end sent [start, next) in frame `number`; to be called when `hasRoom`. */
export function remember(end: usize, start: i32, next: i32, number: f64, now: f64): void {
  const frame = load<f64>(end, record.SENT_FRAME << 3);
  if (frame === record.NOTHING) {
    store<i32>(end, start, record.START << 2);
    store<i32>(end, next, record.END << 2);
    store<f64>(end, now, record.SENT_TIME << 3);
    store<f64>(end, number, record.SENT_FRAME << 3);
    return;
  }
  if (frame !== record.LISTED) {
    store<i32>(end, 0, record.OLDEST << 2);
    store<i32>(end, 0, record.LISTED_SEGMENTS << 2);
    store<f64>(end, record.LISTED, record.SENT_FRAME << 3);
    const time = load<f64>(end, record.SENT_TIME << 3);
    append(end, load<i32>(end, record.START << 2), load<i32>(end, record.END << 2), frame, time);
  }
  append(end, start, next, number, now);
}

function append(end: usize, start: i32, next: i32, frame: f64, time: f64): void {
  const count = load<i32>(end, record.LISTED_SEGMENTS << 2);
  if (count >= record.MAX_SEGMENTS) return;
  const room = taken();
  store<i32>(room, start, record.SEGMENT_START << 2);
  store<i32>(room, next, record.SEGMENT_END << 2);
  store<u32>(room, 0, record.SEGMENT_NEXT << 2);
  store<f64>(room, time, record.SEGMENT_TIME << 3);
  store<f64>(room, frame, record.SEGMENT_FRAME << 3);
  if (load<u32>(end, record.OLDEST << 2) === 0) store<u32>(end, <u32>room, record.OLDEST << 2);
  else store<u32>(load<u32>(end, record.NEWEST << 2), <u32>room, record.SEGMENT_NEXT << 2);
  store<u32>(end, <u32>room, record.NEWEST << 2);
  store<i32>(end, count + 1, record.LISTED_SEGMENTS << 2);
}

function taken(): usize {
  changeRooms(-1);
  const room = given;
  if (room !== 0) {
    given = load<u32>(room, record.SEGMENT_NEXT << 2);
    return room;
  }
  fresh += ROOM;
  return fresh - ROOM;
}

/** When the segment was sent that ends with this acknowledgment; `NO_TIME`: none does. */
export function timeOf(end: usize, acknowledgment: i32): f64 {
  const frame = load<f64>(end, record.SENT_FRAME << 3);
  if (frame === record.NOTHING) return NO_TIME;
  if (frame !== record.LISTED) {
    return load<i32>(end, record.END << 2) === acknowledgment ? load<f64>(end, record.SENT_TIME << 3) : NO_TIME;
  }
  let room: usize = load<u32>(end, record.OLDEST << 2);
  for (; room !== 0; room = load<u32>(room, record.SEGMENT_NEXT << 2)) {
    const beyond = load<i32>(room, record.SEGMENT_END << 2) - acknowledgment;
    if (beyond === 0) return load<f64>(room, record.SEGMENT_TIME << 3);
    if (beyond > 0) break;
  }
  return NO_TIME;
}

/** Forgets what `acknowledgment` covers; a segment that it covers in part keeps its rest. */
export function acknowledge(end: usize, acknowledgment: i32): void {
  const frame = load<f64>(end, record.SENT_FRAME << 3);
  if (frame === record.NOTHING) return;
  if (frame === record.LISTED) {
    acknowledgeListed(end, acknowledgment);
  } else if (load<i32>(end, record.END << 2) - acknowledgment <= 0) {
    store<f64>(end, record.NOTHING, record.SENT_FRAME << 3);
  } else if (acknowledgment - load<i32>(end, record.START << 2) > 0) {
    store<i32>(end, acknowledgment, record.START << 2);
  }
}

function acknowledgeListed(end: usize, acknowledgment: i32): void {
  let room: usize = load<u32>(end, record.OLDEST << 2);
  let count = load<i32>(end, record.LISTED_SEGMENTS << 2);
  while (room !== 0 && load<i32>(room, record.SEGMENT_END << 2) - acknowledgment <= 0) {
    const next = load<u32>(room, record.SEGMENT_NEXT << 2);
    giveBack(room);
    count--;
    room = next;
  }
  store<i32>(end, count, record.LISTED_SEGMENTS << 2);
  store<u32>(end, <u32>room, record.OLDEST << 2);
  if (room === 0) store<f64>(end, record.NOTHING, record.SENT_FRAME << 3);
  else if (acknowledgment - load<i32>(room, record.SEGMENT_START << 2) > 0)
    store<i32>(room, acknowledgment, record.SEGMENT_START << 2);
}

function giveBack(room: usize): void {
  store<u32>(room, <u32>given, record.SEGMENT_NEXT << 2);
  given = room;
  changeRooms(1);
}

function changeRooms(by: i32): void {
  store<i32>(0, load<i32>(0, record.ROOMS << 2) + by, record.ROOMS << 2);
}

/** Forgets all of them. */
export function forget(end: usize): void {
  if (load<f64>(end, record.SENT_FRAME << 3) === record.LISTED) {
    let room: usize = load<u32>(end, record.OLDEST << 2);
    while (room !== 0) {
      const next = load<u32>(room, record.SEGMENT_NEXT << 2);
      giveBack(room);
      room = next;
    }
  }
  store<f64>(end, record.NOTHING, record.SENT_FRAME << 3);
}
