import type { PlainSegment } from "../wire/plain-segment.ts";
import type { Connection } from "./connection.ts";
import type { End } from "./end.ts";
import type { RoundTrips } from "./round-trips.ts";
import { NEVER } from "./time.ts";
import type { UnacknowledgedSegments } from "./unacknowledged.ts";

// Words (32 bits) of one end's record.
const HIGHEST = 0;
const LAST_ACK = 1;
const WINDOW = 2;
/** What it may send: bits of `Connection.ordinarySeen`, the second end's moved down; 0: nothing, the record is not in use. */
const ALLOWED = 3;
const PACKETS = 4;
const REPEATED_ACKS = 5;
const TTL = 6;
const IDENTIFICATION = 7;
const HAS_TSVAL = 8;
const TSVAL = 9;
// The same record in numbers of 64 bits.
const LAST_TIME = 5;
const LAST_FRAME = 6;
const BYTES_AND_PAYLOAD = 7;

/** One cache line an end. */
const WORDS = 16;
const DOUBLES = WORDS / 2;
const RECORD_WORDS = 2 * WORDS;

/** Bytes of packets in the low part, of their payload in the high part of a number: each stays below this between two `store`s. */
const PAYLOAD_UNIT = 2 ** 26;
/** A packet has at most this many bytes (BIG TCP is not plain): so many packets fit. */
const MAX_PACKETS = PAYLOAD_UNIT / 65_536 - 1;

const FIRST_CAPACITY = 1024;

const ACKNOWLEDGMENT_SEEN = 1;
const DATA_SEEN = 2;

/**
 * Header prediction (V. Jacobson, 4BSD): nearly every segment of an established
 * connection is the one that the numbers of both ends predict: the next data in
 * order, or a pure acknowledgment. What such a segment changes is few numbers,
 * kept here in one cache line for each end instead of the objects of the
 * connection, which are brought up to date (`store`) before anything else looks
 * at them. Measured: a predicted segment costs a third of the others.
 *
 * Ends are in the order of the table's key: `second` says which one sends.
 */
export class HeaderPrediction {
  #words: Int32Array = new Int32Array(0);
  #doubles: Float64Array = new Float64Array(0);
  readonly #lists: (UnacknowledgedSegments | undefined)[] = [];
  readonly #roundTrips: (RoundTrips | undefined)[] = [];

  /** Takes the segment, if it is a predicted one of the connection in `slot`; false: nothing was done. */
  take(segment: PlainSegment, slot: number, second: boolean, frame: number, timeNs: number): boolean {
    const sender = 2 * slot + (second ? 1 : 0);
    const at = sender * WORDS;
    const words = this.#words;
    const { payloadLength, sequence, acknowledgment, window } = segment;
    const needed = payloadLength > 0 ? DATA_SEEN : ACKNOWLEDGMENT_SEEN;
    if (at >= words.length || (words[at + ALLOWED]! & needed) === 0 || words[at + HIGHEST] !== sequence) return false;
    // A window that closes is looked at.
    if (window === 0) return false;
    if (words[at + PACKETS] === MAX_PACKETS) return false;
    // What acknowledges more than was sent is looked at.
    if (((words[(sender ^ 1) * WORDS + HIGHEST]! - acknowledgment) | 0) < 0) return false;
    if (payloadLength > 0) {
      const end = (sequence + payloadLength) | 0;
      words[at + HIGHEST] = end;
      words[at + IDENTIFICATION] = segment.identification;
      words[at + HAS_TSVAL] = segment.hasTimestamps ? 1 : 0;
      words[at + TSVAL] = segment.tsval;
      this.#lists[sender]!.add(sequence, end, frame, timeNs);
    }
    if (words[at + LAST_ACK] !== acknowledgment) {
      words[at + LAST_ACK] = acknowledgment;
      words[at + REPEATED_ACKS] = 0;
    } else if (payloadLength === 0 && words[at + WINDOW] === window) {
      words[at + REPEATED_ACKS] = words[at + REPEATED_ACKS]! + 1;
    }
    words[at + WINDOW] = window;
    words[at + TTL] = segment.ttl;
    words[at + PACKETS] = words[at + PACKETS]! + 1;
    const doubles = this.#doubles;
    const double = sender * DOUBLES;
    doubles[double + LAST_TIME] = timeNs;
    doubles[double + LAST_FRAME] = frame;
    doubles[double + BYTES_AND_PAYLOAD] =
      doubles[double + BYTES_AND_PAYLOAD]! + segment.packetLength + payloadLength * PAYLOAD_UNIT;
    this.#measure(sender ^ 1, acknowledgment, timeNs);
    return true;
  }

  /** The round trip that ends with this acknowledgment, if it ends one. */
  #measure(receiver: number, acknowledgment: number, timeNs: number): void {
    const list = this.#lists[receiver]!;
    if (list.length === 0) return;
    list.acknowledge(acknowledgment);
    if (list.matchedFrame > 0 && !list.ambiguous) this.#roundTrips[receiver]!.add(timeNs - list.matchedTimeNs);
  }

  /** Takes over the connection's numbers, if its next segments can be predicted. */
  load(connection: Connection): void {
    const { slot } = connection;
    if (!isPredictable(connection)) return;
    if (slot * RECORD_WORDS >= this.#words.length) this.#grow(slot);
    const { client, server, ordinarySeen } = connection;
    const clientAt = 2 * slot + (connection.clientIsSecond ? 1 : 0);
    this.#loadEnd(clientAt, client, ordinarySeen & 3);
    this.#loadEnd(clientAt ^ 1, server, ordinarySeen >> 2);
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
    words[at + HAS_TSVAL] = end.hasHighestTsval ? 1 : 0;
    words[at + TSVAL] = end.highestTsval;
    this.#doubles[index * DOUBLES + BYTES_AND_PAYLOAD] = 0;
    this.#lists[index] = end.unacknowledgedList();
    this.#roundTrips[index] = end.rtt;
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
    words[at + ALLOWED] = 0;
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
    end.lastTtl = words[at + TTL]!;
    end.highest = words[at + HIGHEST]!;
    end.highestIdentification = words[at + IDENTIFICATION]!;
    end.hasHighestTsval = words[at + HAS_TSVAL] === 1;
    end.highestTsval = words[at + TSVAL]!;
    end.lastAck = words[at + LAST_ACK]!;
    end.hasLastAck = true;
    end.repeatedAcks = words[at + REPEATED_ACKS]!;
    end.window = words[at + WINDOW]!;
    end.windowOfSyn = false;
    end.sackBlocks = 0;
  }

  #grow(slot: number): void {
    let capacity = Math.max(FIRST_CAPACITY, this.#words.length / RECORD_WORDS);
    while (capacity <= slot) capacity *= 2;
    const words = new Int32Array(capacity * RECORD_WORDS);
    words.set(this.#words);
    this.#words = words;
    this.#doubles = new Float64Array(words.buffer);
    // Without holes: an array that is written far beyond its end becomes a hash table.
    while (this.#lists.length < 2 * capacity) this.#lists.push(undefined);
    while (this.#roundTrips.length < 2 * capacity) this.#roundTrips.push(undefined);
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
