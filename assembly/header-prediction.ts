/**
 * Header prediction (see `src/flow/header-prediction.ts`) as WebAssembly, by AssemblyScript: TypeScript's syntax, with
 * machine integers and plain memory. It runs at full speed from the first segment on.
 */
import * as record from "../src/flow/prediction-record.ts";
import * as index from "../src/wire/index-record.ts";
import { lastUse, prepareRecency, touch } from "./recency.ts";
import { addRoundTrips, prepareRoundTrips } from "./round-trips.ts";
import * as sent from "./sent-segments.ts";

// Where things are: records of ends, the hash table of IPv4's keys.
let records: usize = 0;
let keys: usize = 0;
let keyMask: i32 = 0;
let looksAhead = false;
// The part of the index whose records were read ahead.
let seenFrom: usize = 0;
let seenTo: usize = 0;
// Time of the first frame.
let startSeconds: f64 = 0;
let startNanoseconds: f64 = 0;

/** A round trip is kept in 32 bits. */
const LONGEST_ROUND_TRIP: f64 = 4_294_967_296;
/** Of a key: three words, then the slot and one. */
const KEY_BYTES: usize = 16;
const INDEX_BYTES: usize = index.INDEX_WORDS << 2;
/** Of a cache. */
const LINE: usize = 64;
/** Segments whose records are read ahead at once. */
const AHEAD: i32 = 16;
/** With fewer places for keys, a core's cache holds most of what is needed. */
const MANY_PLACES: i32 = 8192;
const HAS_TSVAL: u32 = 1 << record.TTL_BITS;

/**
 * `recordsAt`: room for the records of so many slots; `recencyAt`: the list of `Recency`; `roundTripsAt`, `bucketsAt`:
 * rooms for round trips, and for their buckets; `roomsAt`: room for so many segments, aligned to 8 bytes; all 0.
 */
export function prepare(
  recordsAt: usize,
  recencyAt: usize,
  roundTripsAt: usize,
  bucketsAt: usize,
  roomsAt: usize,
  roomCount: i32,
): void {
  records = recordsAt;
  prepareRecency(recencyAt);
  prepareRoundTrips(roundTripsAt, bucketsAt);
  sent.prepareRooms(roomsAt, roomCount);
}

/** Where the slots of IPv4's `KeyTable` are, and how many: a power of two. */
export function setKeys(at: usize, count: i32): void {
  keys = at;
  keyMask = count - 1;
  looksAhead = count >= MANY_PLACES;
}

export function setStart(seconds: f64, nanoseconds: f64): void {
  startSeconds = seconds;
  startNanoseconds = nanoseconds;
}

/**
 * Takes segments, `count` records of an index at `at`, up to the first that is not to be taken; the first is that of
 * frame `number`. How many were taken, shifted by `REASON_BITS`, and in these bits why no more (0: all were).
 */
export function follow(at: usize, count: i32, number: f64): i32 {
  for (let i = 0; i < count; i++) {
    if (looksAhead && (at >= seenTo || at < seenFrom)) lookAhead(at, min(count - i, AHEAD));
    const reason = followOne(at, number);
    if (reason !== 0) return (i << record.REASON_BITS) | reason;
    at += INDEX_BYTES;
    number += 1;
  }
  return count << record.REASON_BITS;
}

/**
 * Reads what the next segments need, all at once: one after the other, each would wait for memory. Measured with 50,000
 * connections, of which 2,000 are open at a time: 4 to 6 % less time of the main thread; with 1,500 it would cost 2 %.
 */
function lookAhead(from: usize, count: i32): void {
  const end = from + <usize>count * INDEX_BYTES;
  seenFrom = from;
  seenTo = end;
  let read: i32 = 0;
  // Where there is no key, any place is read.
  for (let at = from; at < end; at += INDEX_BYTES) {
    read += load<i32>(keys + <usize>(load<i32>(at, index.HASH << 2) & keyMask) * KEY_BYTES);
  }
  for (let at = from; at < end; at += INDEX_BYTES) {
    if ((load<u32>(at, index.KIND << 2) & index.KEYED) === 0) continue;
    const slot = find(at);
    if (slot < 0) continue;
    const first = recordOf(slot << 1);
    const second = recordOf((slot << 1) | 1);
    read += load<i32>(first) + load<i32>(first, LINE) + load<i32>(second) + load<i32>(second, LINE) + lastUse(slot);
    // What closes the connection takes the round trips.
    if ((load<u32>(at, index.KIND << 2) & index.PLAIN) === 0) {
      read += load<i32>(first, 2 * LINE) + load<i32>(second, 2 * LINE);
    }
  }
  store<i32>(0, read, record.READ_AHEAD << 2);
}

function followOne(at: usize, number: f64): i32 {
  const kind = load<u32>(at, index.KIND << 2);
  if ((kind & index.PLAIN) === 0) return record.UNPREDICTED;
  if ((kind & index.KEYED) === 0) return record.UNKEYED;
  const slot = find(at);
  if (slot < 0) return record.UNPREDICTED;
  const seconds = <f64>load<u32>(at, index.SECONDS << 2) - startSeconds;
  const nanoseconds = <f64>load<i32>(at, index.NANOSECONDS << 2) - startNanoseconds;
  return take(at, slot, number, seconds * 1e9 + nanoseconds);
}

/** The slot of the segment's connection, by the key in its record; -1: none. */
function find(at: usize): i32 {
  const first = load<i32>(at, index.KEY_0 << 2);
  const second = load<i32>(at, index.KEY_1 << 2);
  const third = load<i32>(at, index.KEY_2 << 2);
  let place = load<i32>(at, index.HASH << 2);
  while (true) {
    const key = keys + <usize>(place & keyMask) * KEY_BYTES;
    const filled = load<i32>(key, 12);
    if (filled === 0) return -1;
    if (load<i32>(key) === first && load<i32>(key, 4) === second && load<i32>(key, 8) === third) return filled - 1;
    place++;
  }
}

function recordOf(end: i32): usize {
  return records + <usize>end * (record.WORDS << 2);
}

/** Takes the segment at `at`, of the connection in `slot`, at a time in nanoseconds since the first frame; the reason why not, or 0. */
export function take(at: usize, slot: i32, number: f64, now: f64): i32 {
  const kind = load<u32>(at, index.KIND << 2);
  const sending = (slot << 1) | ((kind & index.SECOND) === 0 ? 0 : 1);
  const sender = recordOf(sending);
  const receiver = recordOf(sending ^ 1);
  if (!isPredicted(at, kind, sender, receiver)) return record.UNPREDICTED;
  const acknowledgment = load<i32>(at, index.ACKNOWLEDGMENT << 2);
  const sentTime = sent.timeOf(receiver, acknowledgment);
  const isMeasured = sentTime !== sent.NO_TIME;
  if (isMeasured) {
    if (sentTime > now || now - sentTime >= LONGEST_ROUND_TRIP) return record.UNPREDICTED;
    if (!hasRoomForRoundTrip(receiver)) {
      store<i32>(0, sending ^ 1, record.SUBJECT << 2);
      return record.FULL;
    }
  }
  if ((load<u8>(sender, record.ALLOWED) & neededBy(at)) === 0) {
    store<i32>(0, sending, record.SUBJECT << 2);
    return record.FIRST;
  }
  note(at, kind, sender, number, now);
  sent.acknowledge(receiver, acknowledgment);
  if (isMeasured) noteRoundTrip(receiver, <u32>(now - sentTime));
  touch(slot);
  return 0;
}

/** The bit of ALLOWED for such a segment. */
function neededBy(at: usize): i32 {
  return load<i32>(at, index.PAYLOAD_LENGTH << 2) > 0 ? record.DATA_SEEN : record.ACKNOWLEDGMENT_SEEN;
}

function isPredicted(at: usize, kind: u32, sender: usize, receiver: usize): bool {
  if ((load<u8>(sender, record.ALLOWED) & (neededBy(at) | record.FIRST_ALLOWED)) === 0) return false;
  if (load<i32>(sender, record.HIGHEST << 2) !== load<i32>(at, index.SEQUENCE << 2)) return false;
  // A window that closes is looked at.
  if (kind >>> index.WINDOW_SHIFT === 0) return false;
  if (load<i32>(sender, record.PACKETS << 2) === record.MAX_PACKETS) return false;
  // What acknowledges more than was sent is looked at.
  const unacknowledged = load<i32>(receiver, record.HIGHEST << 2) - load<i32>(at, index.ACKNOWLEDGMENT << 2);
  if (unacknowledged < 0) return false;
  return load<i32>(at, index.PAYLOAD_LENGTH << 2) <= 0 || sent.hasRoom(sender);
}

/** What the segment changes of the end that sends it. */
function note(at: usize, kind: u32, sender: usize, number: f64, now: f64): void {
  const payloadLength = load<i32>(at, index.PAYLOAD_LENGTH << 2);
  const acknowledgment = load<i32>(at, index.ACKNOWLEDGMENT << 2);
  const window = kind >>> index.WINDOW_SHIFT;
  if (payloadLength > 0) noteData(at, kind, sender, payloadLength, number, now);
  else noteTtl(sender, kind, load<u32>(sender, record.TTL_AND_TSVAL << 2) & HAS_TSVAL);
  if (load<i32>(sender, record.LAST_ACK << 2) !== acknowledgment) {
    store<i32>(sender, acknowledgment, record.LAST_ACK << 2);
    store<i32>(sender, 0, record.REPEATED_ACKS << 2);
  } else if (payloadLength === 0 && load<u32>(sender, record.WINDOW << 2) === window) {
    store<i32>(sender, load<i32>(sender, record.REPEATED_ACKS << 2) + 1, record.REPEATED_ACKS << 2);
  }
  store<u32>(sender, window, record.WINDOW << 2);
  store<i32>(sender, load<i32>(sender, record.PACKETS << 2) + 1, record.PACKETS << 2);
  store<f64>(sender, now, record.LAST_TIME << 3);
  store<f64>(sender, number, record.LAST_FRAME << 3);
  const bytes = <f64>load<i32>(at, index.PACKET_LENGTH << 2) + <f64>payloadLength * record.PAYLOAD_UNIT;
  store<f64>(sender, load<f64>(sender, record.BYTES_AND_PAYLOAD << 3) + bytes, record.BYTES_AND_PAYLOAD << 3);
  if (now > load<f64>(0, record.LATEST << 3)) store<f64>(0, now, record.LATEST << 3);
}

function noteData(at: usize, kind: u32, sender: usize, payloadLength: i32, number: f64, now: f64): void {
  const sequence = load<i32>(at, index.SEQUENCE << 2);
  const end = sequence + payloadLength;
  store<i32>(sender, end, record.HIGHEST << 2);
  store<i32>(sender, load<i32>(at, index.IDENTIFICATION << 2), record.IDENTIFICATION << 2);
  store<i32>(sender, load<i32>(at, index.TSVAL << 2), record.TSVAL << 2);
  noteTtl(sender, kind, (kind & index.TIMESTAMPS) === 0 ? 0 : HAS_TSVAL);
  sent.remember(sender, sequence, end, number, now);
}

function noteTtl(sender: usize, kind: u32, hasTsval: u32): void {
  store<u32>(sender, ((kind >>> index.TTL_SHIFT) & 0xff) | hasTsval, record.TTL_AND_TSVAL << 2);
}

function hasRoomForRoundTrip(receiver: usize): bool {
  return (
    <i32>load<u8>(receiver, record.ROUND_TRIP_COUNT) < record.MAX_ROUND_TRIPS ||
    load<u32>(receiver, record.ROUND_TRIP_ROOM << 2) !== 0
  );
}

function noteRoundTrip(receiver: usize, ns: u32): void {
  if (load<u8>(receiver, record.ROUND_TRIP_COUNT) === record.MAX_ROUND_TRIPS) moveRoundTrips(receiver);
  const count = load<u8>(receiver, record.ROUND_TRIP_COUNT);
  store<u32>(receiver + ((<usize>count) << 2), ns, record.ROUND_TRIPS << 2);
  store<u8>(receiver, count + 1, record.ROUND_TRIP_COUNT);
}

/** Several at once: a room is farther away than the record. */
function moveRoundTrips(end: usize): void {
  const room: usize = load<u32>(end, record.ROUND_TRIP_ROOM << 2);
  addRoundTrips(room, end + (record.ROUND_TRIPS << 2), <i32>load<u8>(end, record.ROUND_TRIP_COUNT));
  store<u8>(end, 0, record.ROUND_TRIP_COUNT);
}

/** Moves the end's round trips from its record to its room: it has one. */
export function takeRoundTrips(end: i32): void {
  moveRoundTrips(recordOf(end));
}

/** The end sent [start, next) before its record was loaded; there is room. */
export function addSent(end: i32, start: i32, next: i32, number: f64, time: f64): void {
  sent.remember(recordOf(end), start, next, number, time);
}

/** Forgets what the end sent and was not acknowledged. */
export function forgetSent(end: i32): void {
  sent.forget(recordOf(end));
}
