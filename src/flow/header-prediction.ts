import type { PlainSegment } from "../wire/plain-segment.ts";
import type { Connection } from "./connection.ts";
import { noteOrdinary } from "./counters.ts";
import type { End } from "./end.ts";
import { bucketOf, type RoundTrips } from "./round-trips.ts";
import { enlargedFor } from "./slot-records.ts";
import { CLIENT, SERVER } from "./states.ts";
import { NEVER, NO_TIME } from "./time.ts";

// Words (32 bits) of one end's record.
const HIGHEST = 0;
const LAST_ACK = 1;
const WINDOW = 2;
/** What it may send: bits of `Connection.ordinarySeen`, the second end's moved down, LOADED and FIRST_ALLOWED; 0: the record is not in use. */
const ALLOWED = 3;
const PACKETS = 4;
const REPEATED_ACKS = 5;
const IDENTIFICATION = 6;
const TSVAL = 7;
/** TTL in the low bits, then whether TSVAL holds. */
const TTL_AND_TSVAL = 8;
/** Round trips since `load` that are in the buckets and the sums. */
const ROUND_TRIPS = 9;
/** The segment that is not acknowledged, when it is the only one. */
const START = 16;
const END = 17;
/** Where the end's buckets of round trips are in their array; and number of the first in the low part, how many in the high part of a number. */
const BUCKETS_AT = 18;
const BUCKETS = 19;
// The same record in numbers of 64 bits.
const LAST_TIME = 5;
const LAST_FRAME = 6;
const BYTES_AND_PAYLOAD = 7;
/** When the segment that is not acknowledged was sent, and its frame: `NOTHING` or `LISTED` when there is not just one. */
const SENT_TIME = 10;
const SENT_FRAME = 11;
const SUM = 12;
const SQUARES = 13;
const MINIMUM = 14;
const MAXIMUM = 15;

/** Two cache lines an end. */
const WORDS = 32;
const DOUBLES = WORDS / 2;
const RECORD_WORDS = 2 * WORDS;

// For SENT_FRAME: nothing is to be acknowledged; what is, is in the end's own list.
const NOTHING = 0;
const LISTED = -1;

const TTL_BITS = 8;
const BUCKET_BITS = 16;
const NO_BUCKETS = new Uint32Array(0);

/** Bytes of packets in the low part, of their payload in the high part of a number: each stays below this between two `store`s. */
const PAYLOAD_UNIT = 2 ** 26;
/** A packet has at most this many bytes (BIG TCP is not plain): so many packets fit. */
const MAX_PACKETS = PAYLOAD_UNIT / 65_536 - 1;

const ACKNOWLEDGMENT_SEEN = 1;
const DATA_SEEN = 2;
const LOADED = 4;
/** The first of its data and of its acknowledgments are predicted, too. */
const FIRST_ALLOWED = 8;

/**
 * Header prediction (V. Jacobson, 4BSD): nearly every segment of an established
 * connection is the one that the numbers of both ends predict: the next data in
 * order, or a pure acknowledgment. What such a segment changes is few numbers,
 * kept here in two cache lines for each end instead of the objects of the
 * connection, which are brought up to date (`store`) before anything else looks
 * at them: with thousands of connections, memory is what a segment waits for.
 * Measured: a predicted segment costs a quarter of the others.
 *
 * Ends are in the order of the table's key: `PlainSegment.second` says which one sends.
 */
export class HeaderPrediction {
  #words: Int32Array = new Int32Array(0);
  #doubles: Float64Array = new Float64Array(0);
  readonly #connections: (Connection | undefined)[] = [];
  readonly #ends: (End | undefined)[] = [];
  /** Of each end: its round trips, which a short connection needs more often than the end itself. */
  readonly #roundTrips: (RoundTrips | undefined)[] = [];
  readonly #buckets: Uint32Array[] = [];
  /** Time of the segment that `take` is given, in nanoseconds; a field, because V8 makes an object of a number with a fraction that it hands over. */
  nowNs: number = NO_TIME;

  /** Takes the segment, if it is a predicted one of the connection in `slot`; false: nothing was done. */
  take(segment: PlainSegment, slot: number, frame: number): boolean {
    const sender = 2 * slot + (segment.second ? 1 : 0);
    const at = sender * WORDS;
    const words = this.#words;
    const { payloadLength, sequence, acknowledgment, window } = segment;
    const needed = payloadLength > 0 ? DATA_SEEN : ACKNOWLEDGMENT_SEEN;
    if (at >= words.length || words[at + HIGHEST] !== sequence) return false;
    const allowed = words[at + ALLOWED]!;
    if ((allowed & (needed | FIRST_ALLOWED)) === 0) return false;
    // A window that closes is looked at.
    if (window === 0) return false;
    if (words[at + PACKETS] === MAX_PACKETS) return false;
    // What acknowledges more than was sent is looked at.
    if (((words[(sender ^ 1) * WORDS + HIGHEST]! - acknowledgment) | 0) < 0) return false;
    if ((allowed & needed) === 0) this.#noteFirst(sender, needed);
    if (payloadLength > 0) {
      const end = (sequence + payloadLength) | 0;
      words[at + HIGHEST] = end;
      words[at + IDENTIFICATION] = segment.identification;
      words[at + TSVAL] = segment.tsval;
      words[at + TTL_AND_TSVAL] = segment.ttl | (segment.hasTimestamps ? 1 << TTL_BITS : 0);
      this.#remember(sender, sequence, end, frame);
    } else {
      words[at + TTL_AND_TSVAL] = (words[at + TTL_AND_TSVAL]! & (1 << TTL_BITS)) | segment.ttl;
    }
    if (words[at + LAST_ACK] !== acknowledgment) {
      words[at + LAST_ACK] = acknowledgment;
      words[at + REPEATED_ACKS] = 0;
    } else if (payloadLength === 0 && words[at + WINDOW] === window) {
      words[at + REPEATED_ACKS] = words[at + REPEATED_ACKS]! + 1;
    }
    words[at + WINDOW] = window;
    words[at + PACKETS] = words[at + PACKETS]! + 1;
    const doubles = this.#doubles;
    const double = sender * DOUBLES;
    doubles[double + LAST_TIME] = this.nowNs;
    doubles[double + LAST_FRAME] = frame;
    doubles[double + BYTES_AND_PAYLOAD] =
      doubles[double + BYTES_AND_PAYLOAD]! + segment.packetLength + payloadLength * PAYLOAD_UNIT;
    this.#measure(sender ^ 1, acknowledgment);
    return true;
  }

  /** The sender's first data or acknowledgment: the connection itself notes these. */
  #noteFirst(sender: number, kind: number): void {
    const words = this.#words;
    words[sender * WORDS + ALLOWED] = words[sender * WORDS + ALLOWED]! | kind;
    const connection = this.#connections[sender >> 1]!;
    const isClient = (sender & 1) === (connection.clientIsSecond ? 1 : 0);
    noteOrdinary(connection, isClient ? CLIENT : SERVER, kind === DATA_SEEN);
  }

  /** A segment [start, end) that is to be acknowledged. */
  #remember(sender: number, start: number, end: number, frame: number): void {
    const doubles = this.#doubles;
    const words = this.#words;
    const at = sender * WORDS;
    const double = sender * DOUBLES;
    const others = doubles[double + SENT_FRAME]!;
    if (others === NOTHING) {
      words[at + START] = start;
      words[at + END] = end;
      doubles[double + SENT_TIME] = this.nowNs;
      doubles[double + SENT_FRAME] = frame;
      return;
    }
    const list = this.#ends[sender]!.unacknowledgedList();
    if (others !== LISTED) {
      list.add(words[at + START]!, words[at + END]!, others, doubles[double + SENT_TIME]!);
      doubles[double + SENT_FRAME] = LISTED;
    }
    list.add(start, end, frame, this.nowNs);
  }

  /** The round trip that ends with this acknowledgment, if it ends one. */
  #measure(receiver: number, acknowledgment: number): void {
    const doubles = this.#doubles;
    const words = this.#words;
    const at = receiver * WORDS;
    const double = receiver * DOUBLES;
    const frame = doubles[double + SENT_FRAME]!;
    if (frame === NOTHING) return;
    if (frame === LISTED) {
      this.#measureListed(receiver, acknowledgment);
      return;
    }
    const end = words[at + END]!;
    if (((end - acknowledgment) | 0) > 0) {
      if (((acknowledgment - words[at + START]!) | 0) > 0) words[at + START] = acknowledgment;
      return;
    }
    doubles[double + SENT_FRAME] = NOTHING;
    if (end === acknowledgment) this.#addRoundTrip(receiver, this.nowNs - doubles[double + SENT_TIME]!);
  }

  #measureListed(receiver: number, acknowledgment: number): void {
    const list = this.#ends[receiver]!.unacknowledgedList();
    list.acknowledge(acknowledgment);
    if (list.length === 0) this.#doubles[receiver * DOUBLES + SENT_FRAME] = NOTHING;
    if (list.matchedFrame > 0 && !list.ambiguous) this.#addRoundTrip(receiver, this.nowNs - list.matchedTimeNs);
  }

  #addRoundTrip(receiver: number, ns: number): void {
    const words = this.#words;
    const at = receiver * WORDS;
    const buckets = words[at + BUCKETS]!;
    const place = bucketOf(ns) - (buckets & ((1 << BUCKET_BITS) - 1));
    if (place < 0 || place >= buckets >>> BUCKET_BITS) {
      const roundTrips = this.#roundTrips[receiver]!;
      roundTrips.add(ns);
      if (roundTrips.bucketCount > 0) this.#loadBuckets(receiver, roundTrips);
      return;
    }
    this.#buckets[receiver]![words[at + BUCKETS_AT]! + place]!++;
    words[at + ROUND_TRIPS] = words[at + ROUND_TRIPS]! + 1;
    const doubles = this.#doubles;
    const double = receiver * DOUBLES;
    doubles[double + SUM] = doubles[double + SUM]! + ns;
    doubles[double + SQUARES] = doubles[double + SQUARES]! + ns * ns;
    if (ns < doubles[double + MINIMUM]!) doubles[double + MINIMUM] = ns;
    if (ns > doubles[double + MAXIMUM]!) doubles[double + MAXIMUM] = ns;
  }

  /** Where round trips are counted: nowhere here while the end keeps each of the few. */
  #loadBuckets(index: number, roundTrips: RoundTrips): void {
    const words = this.#words;
    const at = index * WORDS;
    words[at + BUCKETS] = roundTrips.firstBucket | (roundTrips.bucketCount << BUCKET_BITS);
    words[at + BUCKETS_AT] = roundTrips.bucketsAt;
    this.#buckets[index] = roundTrips.buckets;
  }

  /** Takes over the connection's numbers, if its next segments can be predicted. */
  load(connection: Connection): void {
    const { slot } = connection;
    if (!isPredictable(connection)) return;
    if (slot * RECORD_WORDS >= this.#words.length) this.#grow(slot);
    const { client, server, ordinarySeen } = connection;
    const clientAt = 2 * slot + (connection.clientIsSecond ? 1 : 0);
    const always = connection.established ? LOADED | FIRST_ALLOWED : LOADED;
    this.#connections[slot] = connection;
    this.#loadEnd(clientAt, client, (ordinarySeen & 3) | always);
    this.#loadEnd(clientAt ^ 1, server, (ordinarySeen >> 2) | always);
  }

  #loadEnd(index: number, end: End, allowed: number): void {
    const words = this.#words;
    const at = index * WORDS;
    words[at + HIGHEST] = end.highest;
    words[at + LAST_ACK] = end.lastAck;
    words[at + WINDOW] = end.window;
    words[at + ALLOWED] = allowed;
    words[at + PACKETS] = 0;
    words[at + REPEATED_ACKS] = end.repeatedAcks;
    words[at + IDENTIFICATION] = end.highestIdentification;
    words[at + TSVAL] = end.highestTsval;
    words[at + TTL_AND_TSVAL] = end.hasHighestTsval ? 1 << TTL_BITS : 0;
    words[at + ROUND_TRIPS] = 0;
    const doubles = this.#doubles;
    const double = index * DOUBLES;
    doubles[double + BYTES_AND_PAYLOAD] = 0;
    doubles[double + SENT_FRAME] = (end.unacknowledged?.length ?? 0) === 0 ? NOTHING : LISTED;
    doubles[double + SUM] = 0;
    doubles[double + SQUARES] = 0;
    doubles[double + MINIMUM] = Number.POSITIVE_INFINITY;
    doubles[double + MAXIMUM] = Number.NEGATIVE_INFINITY;
    this.#ends[index] = end;
    this.#roundTrips[index] = end.rtt;
    this.#loadBuckets(index, end.rtt);
  }

  /** Brings the connection's own numbers up to date; nothing is predicted until the next `load`. */
  store(connection: Connection): void {
    const { slot } = connection;
    const words = this.#words;
    if (slot < 0 || slot * RECORD_WORDS >= words.length) return;
    const clientAt = 2 * slot + (connection.clientIsSecond ? 1 : 0);
    this.#storeEnd(clientAt, connection.client);
    this.#storeEnd(clientAt ^ 1, connection.server);
  }

  #storeEnd(index: number, end: End): void {
    const words = this.#words;
    const at = index * WORDS;
    if (words[at + ALLOWED] === 0) return;
    words[at + ALLOWED] = 0;
    this.#storeRoundTrips(index, end);
    const packets = words[at + PACKETS]!;
    if (packets === 0) return;
    words[at + PACKETS] = 0;
    const double = index * DOUBLES;
    const bytesAndPayload = this.#doubles[double + BYTES_AND_PAYLOAD]!;
    const payload = Math.floor(bytesAndPayload / PAYLOAD_UNIT);
    end.packets += packets;
    end.bytes += bytesAndPayload - payload * PAYLOAD_UNIT;
    end.payloadBytes += payload;
    end.lastTimeNs = this.#doubles[double + LAST_TIME]!;
    end.lastFrame = this.#doubles[double + LAST_FRAME]!;
    end.lastTtl = words[at + TTL_AND_TSVAL]! & ((1 << TTL_BITS) - 1);
    end.highest = words[at + HIGHEST]!;
    end.highestIdentification = words[at + IDENTIFICATION]!;
    end.hasHighestTsval = words[at + TTL_AND_TSVAL]! >>> TTL_BITS === 1;
    end.highestTsval = words[at + TSVAL]!;
    end.lastAck = words[at + LAST_ACK]!;
    end.hasLastAck = true;
    end.repeatedAcks = words[at + REPEATED_ACKS]!;
    end.window = words[at + WINDOW]!;
    end.windowOfSyn = false;
    end.sackBlocks = 0;
  }

  #storeRoundTrips(index: number, end: End): void {
    const words = this.#words;
    const doubles = this.#doubles;
    const at = index * WORDS;
    const double = index * DOUBLES;
    const frame = doubles[double + SENT_FRAME]!;
    if (frame > NOTHING) {
      end.unacknowledgedList().add(words[at + START]!, words[at + END]!, frame, doubles[double + SENT_TIME]!);
    }
    const count = words[at + ROUND_TRIPS]!;
    if (count === 0) return;
    end.rtt.addCounted(
      count,
      doubles[double + SUM]!,
      doubles[double + SQUARES]!,
      doubles[double + MINIMUM]!,
      doubles[double + MAXIMUM]!,
    );
  }

  #grow(slot: number): void {
    const words = enlargedFor(this.#words, slot, RECORD_WORDS);
    this.#words = words;
    this.#doubles = new Float64Array(words.buffer);
    const ends = words.length / WORDS;
    // Without holes: an array that is written far beyond its end becomes a hash table.
    while (this.#connections.length < ends / 2) this.#connections.push(undefined);
    while (this.#ends.length < ends) this.#ends.push(undefined);
    while (this.#roundTrips.length < ends) this.#roundTrips.push(undefined);
    while (this.#buckets.length < ends) this.#buckets.push(NO_BUCKETS);
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
    end.resends?.isPending !== true &&
    end.window !== 0 &&
    (end.keepAlives === undefined || end.keepAlives.length === 0) &&
    (end.windowProbes === undefined || end.windowProbes.length === 0)
  );
}
