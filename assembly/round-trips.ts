/** What header prediction needs of `src/flow/round-trips.ts`: the same samples, sums and histogram, in rooms of their own. */
import * as record from "../src/flow/round-trip-record.ts";

// Where the rooms are, and those of their buckets.
let rooms: usize = 0;
let bucketRooms: usize = 0;

export function prepareRoundTrips(roomsAt: usize, bucketRoomsAt: usize): void {
  rooms = roomsAt;
  bucketRooms = bucketRoomsAt;
}

/** `RoundTrips.add` of so many samples, unsigned numbers of 32 bits, to those in the room at `at`. */
export function addRoundTrips(at: usize, samples: usize, count: i32): void {
  const end = samples + ((<usize>count) << 2);
  let kept = <i32>load<f64>(at, record.COUNT << 3);
  for (; samples < end && kept < record.MOST_KEPT; samples += 4) {
    kept++;
    store<f64>(at + ((<usize>kept) << 3), <f64>load<u32>(samples));
    store<f64>(at, <f64>kept, record.COUNT << 3);
  }
  if (samples === end) return;
  if (kept === record.MOST_KEPT) summarise(at);
  addMany(at, samples, end);
}

/** From samples to sums and a histogram. */
function summarise(at: usize): void {
  const buckets = bucketsOf(at);
  faultIn(buckets);
  let sum: f64 = 0;
  let squares: f64 = 0;
  let minimum = Infinity;
  let maximum = -Infinity;
  for (let i = 1; i <= record.MOST_KEPT; i++) {
    const ns = load<f64>(at + ((<usize>i) << 3));
    sum += ns;
    squares += ns * ns;
    minimum = min(minimum, ns);
    maximum = max(maximum, ns);
    countIn(buckets, unitsOf(ns));
  }
  storeSums(at, sum, squares, minimum, maximum);
  store<f64>(at, 0, record.OFFSET << 3);
}

/** Adds samples to a histogram. */
function addMany(at: usize, samples: usize, end: usize): void {
  const buckets = bucketsOf(at);
  const count = <f64>((end - samples) >> 2);
  let sum = load<f64>(at, record.SUM << 3);
  let squares = load<f64>(at, record.SQUARES << 3);
  let minimum = load<f64>(at, record.MINIMUM << 3);
  let maximum = load<f64>(at, record.MAXIMUM << 3);
  for (; samples < end; samples += 4) {
    const sample = load<u32>(samples);
    const ns = <f64>sample;
    sum += ns;
    squares += ns * ns;
    minimum = min(minimum, ns);
    maximum = max(maximum, ns);
    countIn(buckets, sample / record.UNIT);
  }
  store<f64>(at, load<f64>(at, record.COUNT << 3) + count, record.COUNT << 3);
  storeSums(at, sum, squares, minimum, maximum);
}

function storeSums(at: usize, sum: f64, squares: f64, minimum: f64, maximum: f64): void {
  store<f64>(at, sum, record.SUM << 3);
  store<f64>(at, squares, record.SQUARES << 3);
  store<f64>(at, minimum, record.MINIMUM << 3);
  store<f64>(at, maximum, record.MAXIMUM << 3);
}

/**
 * Faults the pages of a room in by writing to them: one that is read first gets its memory only when it is written to, and
 * then the other cores are interrupted. Measured with 1,500 connections: 3 % of the time.
 */
function faultIn(buckets: usize): void {
  store<u32>(buckets, 0);
  store<u32>(buckets + record.BUCKET_ROOM - 4, 0);
}

function bucketsOf(at: usize): usize {
  return bucketRooms + (at - rooms) * (record.BUCKET_ROOM / record.ROOM);
}

/** What was added by JavaScript can be any number. */
function unitsOf(ns: f64): u32 {
  if (ns < 0) return 0;
  return ns < <f64>record.MOST_UNITS * record.UNIT ? <u32>(ns / record.UNIT) : record.MOST_UNITS;
}

/** `bucketOf` so many units. */
function countIn(buckets: usize, units: u32): void {
  const shift = units < 2 * record.STEPS ? 0 : 31 - record.STEP_BITS - clz<u32>(units);
  const place = buckets + ((<usize>(shift * record.STEPS + (units >>> shift))) << 2);
  store<u32>(place, load<u32>(place) + 1);
}
