import type { Frame } from "../wire/frame.ts";
import { readSegment, writeSegment } from "../wire/frame-index.ts";
import { INDEX_WORDS, KIND, NANOSECONDS, PAYLOAD_LENGTH, SECOND, SECONDS } from "../wire/index-record.ts";
import type { ModuleMemory } from "../wire/module-memory.ts";
import { PlainSegment } from "../wire/plain-segment.ts";
import type { Connection } from "./connection.ts";
import type { ConnectionTable } from "./connection-table.ts";
import { noteOrdinary } from "./counters.ts";
import type { End } from "./end.ts";
import type { PredictionMemory } from "./prediction-memory.ts";
import * as record from "./prediction-record.ts";
import { CLIENT, SERVER } from "./states.ts";
import { NEVER } from "./time.ts";
import type { UnacknowledgedSegments } from "./unacknowledged.ts";

/** An end with more segments under way is not predicted: they would be moved to and fro. */
const MOST_UNDER_WAY = 64;
/** An end that has had so many round trips gets a room for what comes: it will soon have a histogram. Measured with 50,000 connections of 20 each: 9 MiB less than with rooms from the seventh on. */
const ENOUGH_FOR_ROOM = 28;
/** Nothing is loaded while there is no room for what both ends may have under way. */
const FEWEST_ROOMS = 2 * (MOST_UNDER_WAY + 2);

const INDEX_BYTES = INDEX_WORDS * 4;

/** There is no such connection. */
const NO_SLOT = -1;

/**
 * Header prediction (V. Jacobson, 4BSD): nearly every segment of an established
 * connection is the one that the numbers of both ends predict: the next data in
 * order, or a pure acknowledgment. What such a segment changes is few numbers,
 * kept in two cache lines for each end instead of the objects of the
 * connection, which are brought up to date (`store`) before anything else looks
 * at them: with thousands of connections, memory is what a segment waits for.
 * The segments themselves are taken by WebAssembly (`assembly/header-prediction.ts`), which need not run for half a
 * second before it is fast. Measured: a predicted segment costs a twentieth of the others.
 *
 * Ends are in the order of the table's key: `PlainSegment.second` says which one sends.
 */
export class HeaderPrediction {
  readonly #memory: PredictionMemory;
  readonly #table: ConnectionTable;
  readonly #plain = new PlainSegment();
  #keys: Int32Array | undefined = undefined;
  #startSeconds = 0;
  #startNanoseconds = 0;
  // The index whose frames are taken: where it is, in bytes.
  #indexAt = 0;
  #count = 0;
  #number = 0;
  /** The last frame of an index that was not taken: it need not be tried again. */
  #refused = 0;
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(memory: PredictionMemory, table: ConnectionTable) {
    this.#memory = memory;
    this.#table = table;
  }

  /** Where an index has to be whose frames are to be taken. */
  get memory(): ModuleMemory {
    return this.#memory;
  }

  /** Time of the first frame; before, nothing is predicted. */
  setStart(seconds: number, nanoseconds: number): void {
    this.#startSeconds = seconds;
    this.#startNanoseconds = nanoseconds;
    this.#memory.code.setStart(seconds, nanoseconds);
  }

  /** Nanoseconds since the first frame, of the newest segment that was taken; 0: none was. */
  get latestNs(): number {
    return this.#memory.doubles[record.LATEST]!;
  }

  /** Takes the frame's segment, if it is a predicted one; false: nothing was done. */
  take(frame: Frame): boolean {
    const { words, stagedAt } = this.#memory;
    const plain = this.#plain;
    if (frame.number === this.#refused || !plain.read(frame)) return false;
    const slot = this.#table.findSegment(frame.view, plain);
    if (slot === NO_SLOT) return false;
    writeSegment(words, stagedAt, plain);
    const seconds = frame.seconds - this.#startSeconds;
    const nowNs = seconds * 1e9 + (frame.nanoseconds - this.#startNanoseconds);
    return this.#takeAt(stagedAt, slot, frame.number, nowNs);
  }

  /** Takes the segment whose record is at word `at`, of the connection in `slot`. */
  #takeAt(at: number, slot: number, number: number, nowNs: number): boolean {
    for (;;) {
      const reason = this.#memory.code.take(at * 4, slot, number, nowNs);
      if (reason === 0) return true;
      if (!this.#makeReady(reason, at)) return false;
    }
  }

  /** Slot of the connection of the segment whose record is at word `at`; which of its ends sends is noted there. */
  #find(at: number, view: DataView): number {
    const { words } = this.#memory;
    const plain = this.#plain;
    readSegment(words, at, plain);
    const slot = this.#table.findSegment(view, plain);
    if (plain.second) words[at + KIND] = words[at + KIND]! | SECOND;
    return slot;
  }

  /** The next frames are those of the index at byte `at`, of `count` records; the first has this number. `view` is of their bytes. */
  begin(at: number, count: number, number: number, view: DataView): void {
    this.#indexAt = at;
    this.#count = count;
    this.#number = number;
    this.#view = view;
  }

  /** Takes frames of the index from `place` on, up to the first that is not predicted: its place, or how many there are. */
  follow(place: number): number {
    const { code } = this.#memory;
    this.#tellKeys();
    let next = place;
    for (;;) {
      const result = code.follow(this.#indexAt + next * INDEX_BYTES, this.#count - next, this.#number + next);
      next += result >> record.REASON_BITS;
      const reason = result & ((1 << record.REASON_BITS) - 1);
      if (reason === 0) return next;
      const at = (this.#indexAt + next * INDEX_BYTES) / 4;
      if (reason === record.UNKEYED) {
        if (!this.#takeUnkeyed(at, this.#number + next)) return this.#refuse(next);
        next++;
      } else if (!this.#makeReady(reason, at)) {
        return this.#refuse(next);
      }
    }
  }

  #refuse(place: number): number {
    this.#refused = this.#number + place;
    return place;
  }

  #tellKeys(): void {
    const keys = this.#table.ipv4Slots;
    if (keys === this.#keys) return;
    this.#keys = keys;
    this.#memory.code.setKeys(keys.byteOffset, keys.length / 4);
  }

  /** The same for a segment over IPv6, whose record is at word `at`. */
  #takeUnkeyed(at: number, number: number): boolean {
    const { words } = this.#memory;
    const slot = this.#find(at, this.#view);
    if (slot === NO_SLOT) return false;
    const seconds = (words[at + SECONDS]! >>> 0) - this.#startSeconds;
    return this.#takeAt(at, slot, number, seconds * 1e9 + (words[at + NANOSECONDS]! - this.#startNanoseconds));
  }

  /** Does what has to be done before the segment can be taken whose record is at word `at`; false: it cannot. */
  #makeReady(reason: number, at: number): boolean {
    if (reason === record.UNPREDICTED) return false;
    const { words } = this.#memory;
    const index = words[record.SUBJECT]!;
    const connection = this.#table.at(index >> 1)!;
    const isClient = (index & 1) === (connection.clientIsSecond ? 1 : 0);
    if (reason === record.FULL) this.#takeRoundTrips(index, isClient ? connection.client : connection.server);
    else this.#noteFirst(index, connection, isClient, words[at + PAYLOAD_LENGTH]! > 0);
    return true;
  }

  /** The end's first data or acknowledgment: the connection itself notes these. */
  #noteFirst(index: number, connection: Connection, isClient: boolean, hasData: boolean): void {
    this.#memory.bytes[this.#allowedAt(index)]! |= hasData ? record.DATA_SEEN : record.ACKNOWLEDGMENT_SEEN;
    noteOrdinary(connection, isClient ? CLIENT : SERVER, hasData);
  }

  #takeRoundTrips(index: number, { rtt }: End): void {
    const { bytes, words, unsigned, code, roundTrips } = this.#memory;
    const at = this.#recordAt(index);
    const countAt = at * 4 + record.ROUND_TRIP_COUNT;
    const count = bytes[countAt]!;
    if (count === 0) return;
    if (rtt.count + count >= ENOUGH_FOR_ROOM) words[at + record.ROUND_TRIP_ROOM] = roundTrips.moveIn(rtt);
    if (words[at + record.ROUND_TRIP_ROOM] !== 0) {
      code.takeRoundTrips(index);
    } else {
      rtt.addAll(unsigned, at + record.ROUND_TRIPS, count);
      bytes[countAt] = 0;
    }
  }

  /** Where the end's record is, in words. */
  #recordAt(index: number): number {
    return this.#memory.recordsAt + index * record.WORDS;
  }

  /** Where what the end may send is, in bytes. */
  #allowedAt(index: number): number {
    return this.#recordAt(index) * 4 + record.ALLOWED;
  }

  /**
   * A connection was put into the slot. Its records are written before anything reads them (`lookAhead` does): memory that
   * is read first is mapped twice, and the second time all cores are interrupted: 1 to 2 % of the main thread's time with 50,000 connections.
   */
  open(slot: number): void {
    const { bytes } = this.#memory;
    bytes[this.#allowedAt(2 * slot)] = 0;
    bytes[this.#allowedAt(2 * slot + 1)] = 0;
  }

  /** Takes over the connection's numbers, if its next segments can be predicted. */
  load(connection: Connection): void {
    if (!isPredictable(connection) || this.#memory.words[record.ROOMS]! < FEWEST_ROOMS) return;
    const { slot, client, server, ordinarySeen } = connection;
    connection.predicted = true;
    const clientAt = 2 * slot + (connection.clientIsSecond ? 1 : 0);
    const always = connection.established ? record.LOADED | record.FIRST_ALLOWED : record.LOADED;
    this.#loadEnd(clientAt, client, (ordinarySeen & 3) | always);
    this.#loadEnd(clientAt ^ 1, server, (ordinarySeen >> 2) | always);
  }

  #loadEnd(index: number, end: End, allowed: number): void {
    const { words, doubles, bytes, roundTrips } = this.#memory;
    const at = this.#recordAt(index);
    words[at + record.HIGHEST] = end.highest;
    words[at + record.LAST_ACK] = end.lastAck;
    words[at + record.WINDOW] = end.window;
    bytes[this.#allowedAt(index)] = allowed;
    words[at + record.REPEATED_ACKS] = end.repeatedAcks;
    words[at + record.IDENTIFICATION] = end.highestIdentification;
    words[at + record.TSVAL] = end.highestTsval;
    words[at + record.TTL_AND_TSVAL] = end.hasHighestTsval ? 1 << record.TTL_BITS : 0;
    words[at + record.ROUND_TRIP_ROOM] = roundTrips.placeOf(end.rtt);
    doubles[at / 2 + record.BYTES_AND_PAYLOAD] = 0;
    const list = end.unacknowledged;
    if (list === undefined || list.length === 0) return;
    const { code } = this.#memory;
    for (let i = 0; i < list.length; i++)
      code.addSent(index, list.start(i), list.end(i), list.frame(i), list.timeNs(i));
    list.clear();
  }

  /** Brings the connection's own numbers up to date; nothing is predicted until the next `load`. */
  store(connection: Connection): void {
    if (!connection.predicted) return;
    connection.predicted = false;
    const { slot } = connection;
    const clientAt = 2 * slot + (connection.clientIsSecond ? 1 : 0);
    this.#storeEnd(clientAt, connection.client);
    this.#storeEnd(clientAt ^ 1, connection.server);
  }

  /** Brings the connection's own numbers up to date for the last time: it leaves nothing behind. */
  release(connection: Connection): void {
    this.store(connection);
    this.#memory.roundTrips.moveOut(connection.client.rtt);
    this.#memory.roundTrips.moveOut(connection.server.rtt);
  }

  #storeEnd(index: number, end: End): void {
    const { words, doubles, bytes } = this.#memory;
    bytes[this.#allowedAt(index)] = 0;
    this.#takeRoundTrips(index, end);
    this.#storeSent(index, end);
    const at = this.#recordAt(index);
    const packets = words[at + record.PACKETS]!;
    if (packets === 0) return;
    words[at + record.PACKETS] = 0;
    const double = at / 2;
    const bytesAndPayload = doubles[double + record.BYTES_AND_PAYLOAD]!;
    const payload = Math.floor(bytesAndPayload / record.PAYLOAD_UNIT);
    end.packets += packets;
    end.bytes += bytesAndPayload - payload * record.PAYLOAD_UNIT;
    end.payloadBytes += payload;
    end.lastTimeNs = doubles[double + record.LAST_TIME]!;
    end.lastFrame = doubles[double + record.LAST_FRAME]!;
    end.lastTtl = words[at + record.TTL_AND_TSVAL]! & ((1 << record.TTL_BITS) - 1);
    end.highest = words[at + record.HIGHEST]!;
    end.highestIdentification = words[at + record.IDENTIFICATION]!;
    end.hasHighestTsval = words[at + record.TTL_AND_TSVAL]! >>> record.TTL_BITS === 1;
    end.highestTsval = words[at + record.TSVAL]!;
    end.lastAck = words[at + record.LAST_ACK]!;
    end.hasLastAck = true;
    end.repeatedAcks = words[at + record.REPEATED_ACKS]!;
    end.window = words[at + record.WINDOW]!;
    end.windowOfSyn = false;
    end.sackBlocks = 0;
  }

  /** What is under way goes back to the end's own list. */
  #storeSent(index: number, end: End): void {
    const { words, doubles, code } = this.#memory;
    const at = this.#recordAt(index);
    const frame = doubles[at / 2 + record.SENT_FRAME]!;
    if (frame === record.NOTHING) return;
    const list = end.unacknowledgedList();
    if (frame === record.LISTED) {
      // Places are in bytes.
      for (let room = words[at + record.OLDEST]! >>> 2; room !== 0; room = words[room + record.SEGMENT_NEXT]! >>> 2) {
        const [sent, time] = [doubles[room / 2 + record.SEGMENT_FRAME]!, doubles[room / 2 + record.SEGMENT_TIME]!];
        list.add(words[room + record.SEGMENT_START]!, words[room + record.SEGMENT_END]!, sent, time);
      }
    } else {
      list.add(words[at + record.START]!, words[at + record.END]!, frame, doubles[at / 2 + record.SENT_TIME]!);
    }
    code.forgetSent(index);
  }
}

/** Both ends are established, and nothing is under way that the next segment would change. */
function isPredictable(connection: Connection): boolean {
  if (connection.finished || connection.slot < 0 || connection.findings?.doubt !== undefined) return false;
  if (!connection.established && connection.synAckTimeNs !== NEVER) return false;
  return isQuiet(connection.client) && isQuiet(connection.server);
}

function isQuiet(end: End): boolean {
  return (
    end.state === "ESTABLISHED" &&
    !end.finSeen &&
    end.hasBase &&
    end.hasHighest &&
    end.hasSent &&
    end.repetitions.resends?.isPending !== true &&
    end.window !== 0 &&
    end.repetitions.keepAlives === undefined &&
    end.repetitions.windowProbes === undefined &&
    (end.unacknowledged === undefined || isOrdinary(end.unacknowledged))
  );
}

/** Each segment starts where the one before it ends, or later, and there are not many. */
function isOrdinary(list: UnacknowledgedSegments): boolean {
  return list.length === 0 || (list.isSorted && list.length <= MOST_UNDER_WAY);
}
