import { alignedSize, functionsOf, ModuleMemory } from "../wire/module-memory.ts";
import { INDEX_WORDS } from "../wire/index-record.ts";
import { IPV4_KEY_WORDS } from "../wire/tuple.ts";
import { PREDICTION_CODE } from "./prediction-code.ts";
import { SEGMENT_WORDS, WORDS } from "./prediction-record.ts";
import { recencyWords } from "./recency.ts";
import { BUCKET_ROOM, ROOM } from "./round-trip-record.ts";
import { RoundTripRooms } from "./round-trip-rooms.ts";

/** The functions of `assembly/header-prediction.ts`; places are in bytes. */
interface PredictionCode {
  prepare(
    records: number,
    recency: number,
    roundTrips: number,
    buckets: number,
    rooms: number,
    roomCount: number,
  ): void;
  setKeys(at: number, count: number): void;
  setStart(seconds: number, nanoseconds: number): void;
  follow(at: number, count: number, number: number): number;
  take(at: number, slot: number, number: number, now: number): number;
  takeRoundTrips(end: number): void;
  addSent(end: number, start: number, next: number, number: number, time: number): void;
  forgetSent(end: number): void;
}

/** Connections that are predicted at most: the memory of WebAssembly has 4 GiB. */
const MOST_SLOTS = 2 ** 22;
const WORD = Int32Array.BYTES_PER_ELEMENT;
/** At the start, for what is told of a segment that is not taken. */
const HEADER = 64;
/** Segments that wait for their acknowledgment at most, beyond the only one of an end. */
const ROOMS = 2 ** 18;
/** Ends that have a room for their round trips at most. */
const ROUND_TRIP_ROOMS = 2 ** 13;
/** Of a place in IPv4's `KeyTable`. A table has at most four places a key, and leaves the room of all smaller ones behind. */
const PLACE = (IPV4_KEY_WORDS + 1) * WORD;
const PLACES_PER_KEY = 8;
/** Places of the first tables. */
const FIRST_PLACES = 8192;

/** The memory of header prediction, and the code that works in it. */
export class PredictionMemory extends ModuleMemory {
  readonly code: PredictionCode;
  /** Where the record of an index is put that comes from elsewhere, in words. */
  readonly stagedAt: number;
  /** Where the records of ends are, in words. */
  readonly recordsAt: number;
  /** For the list of `Recency`. */
  readonly recency: Int32Array<SharedArrayBuffer>;
  /** For ends with more round trips than their records have room for. */
  readonly roundTrips: RoundTripRooms;

  private constructor(slots: number, extra: number) {
    const staged = INDEX_WORDS * WORD;
    const records = 2 * slots * WORDS * WORD;
    const rooms = ROOMS * SEGMENT_WORDS * WORD;
    const roundTrips = ROUND_TRIP_ROOMS * ROOM;
    const buckets = ROUND_TRIP_ROOMS * BUCKET_ROOM;
    const recency = recencyWords(slots) * WORD;
    const keys = (PLACES_PER_KEY * slots + FIRST_PLACES) * PLACE;
    const parts = [HEADER, staged, records, rooms, roundTrips, buckets, recency, keys, extra];
    super(parts.reduce((sum, size) => sum + alignedSize(size), 0));
    this.reserve(HEADER);
    this.stagedAt = this.reserve(staged) / WORD;
    this.recordsAt = this.reserve(records) / WORD;
    const roomsAt = this.reserve(rooms);
    const roundTripsAt = this.reserve(roundTrips);
    const bucketsAt = this.reserve(buckets);
    this.roundTrips = new RoundTripRooms(this, roundTripsAt, bucketsAt, ROUND_TRIP_ROOMS);
    const recencyAt = this.reserve(recency);
    this.recency = this.words.subarray(recencyAt / WORD, (recencyAt + recency) / WORD);
    this.code = functionsOf<PredictionCode>(PREDICTION_CODE, this.shared);
    this.code.prepare(this.recordsAt * WORD, recencyAt, roundTripsAt, bucketsAt, roomsAt, ROOMS);
  }

  /**
   * `slots`: connections that are followed at once; `extra`: bytes for others to reserve. Undefined where
   * there is not so much room, as with `ulimit -v`.
   */
  static create(slots: number, extra: number): PredictionMemory | undefined {
    if (slots > MOST_SLOTS) return undefined;
    try {
      return new PredictionMemory(slots, extra);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** Room of so many words, all 0, for a table of keys. */
  roomForKeys(words: number): Int32Array<SharedArrayBuffer> {
    const at = this.reserve(words * WORD) / WORD;
    return this.words.subarray(at, at + words);
  }
}
