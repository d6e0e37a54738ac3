import { ACK, FIN, RST, SYN } from "../wire/tcp.ts";
import type { Connection } from "./connection.ts";
import type { End } from "./end.ts";
import type { Segment } from "./segment.ts";
import { less, lessOrEqual } from "./sequence.ts";
import { enlargedFor } from "./slot-records.ts";
import { CLIENT, type EndIndex, SERVER } from "./states.ts";

// Words (32 bits) of one end's record.
/** 0: nothing is predicted, the record is not in use; else `CLIENT_SENDS` or `SERVER_SENDS`. */
const SENDER = 0;
const BASE = 1;
const NEXT = 2;
const LAST_ACK = 3;
const WINDOW = 4;
const WINDOW_SCALE = 5;
const PACKETS = 6;
/** Frame of the last acknowledgment that moved on; 0: none did since the record was loaded. */
const MOVED_FRAME = 7;
// The same record in numbers of 64 bits.
const NEXT_TIME = 4;
const LAST_TIME = 5;

/** One cache line an end. */
const WORDS = 16;
const DOUBLES = WORDS / 2;
const RECORD_WORDS = 2 * WORDS;

const CLIENT_SENDS = 1;
const SERVER_SENDS = 2;

const MAX_PACKETS = 0x7fffffff;
/**
 * Header prediction for who wants Wireshark's names and relative numbers alone: nearly every
 * segment is the next data in order or acknowledges something new, and has no name. What it changes
 * is kept here, in one cache line for each end; `store` brings the connection up to date before anything else looks at it.
 *
 * Ends are in the order of the table's key: `second` says which one sends.
 */
export class NamePrediction {
  #words: Int32Array = new Int32Array(0);
  #doubles: Float64Array = new Float64Array(0);

  /** Which end of the connection in `slot` sends; -1: nothing is predicted of it. */
  senderOf(slot: number, second: boolean): EndIndex | -1 {
    const at = (2 * slot + (second ? 1 : 0)) * WORDS;
    const sender = at < this.#words.length ? this.#words[at + SENDER] : 0;
    return sender === CLIENT_SENDS ? CLIENT : sender === SERVER_SENDS ? SERVER : -1;
  }

  /** Takes the segment of the connection in `slot`, which has no name, and sets its relative numbers and window; false: nothing was done. */
  take(segment: Segment, slot: number, second: boolean): boolean {
    const words = this.#words;
    const sender = 2 * slot + (second ? 1 : 0);
    const at = sender * WORDS;
    const other = (sender ^ 1) * WORDS;
    const { sequence, acknowledgment, payloadLength, window } = segment;
    if ((segment.flags & (ACK | SYN | FIN | RST)) !== ACK || window === 0) return false;
    if (sequence !== words[at + NEXT]! || words[at + PACKETS] === MAX_PACKETS) return false;
    const moves = acknowledgment !== words[at + LAST_ACK]!;
    // What the other end has not sent is acknowledged.
    if (less(words[other + NEXT]!, acknowledgment)) return false;
    const scale = words[at + WINDOW_SCALE]!;
    if (payloadLength === 0) {
      // Duplicate acknowledgments and window updates.
      if (!moves) return false;
    } else {
      const end = (sequence + payloadLength) | 0;
      if (words[other + WINDOW] === 0 || isNotable(end, words, other)) return false;
      words[at + NEXT] = end;
      this.#doubles[sender * DOUBLES + NEXT_TIME] = segment.timeNs;
    }
    if (moves) {
      words[at + LAST_ACK] = acknowledgment;
      words[at + MOVED_FRAME] = segment.frame;
    }
    words[at + WINDOW] = window;
    words[at + PACKETS] = words[at + PACKETS]! + 1;
    this.#doubles[sender * DOUBLES + LAST_TIME] = segment.timeNs;
    segment.forwardBase = words[at + BASE]!;
    segment.reverseBase = words[other + BASE]!;
    segment.scaledWindow = scale > 0 ? window << scale : window;
    return true;
  }

  /** Takes over the connection's numbers, if its next segments can be predicted. */
  load(connection: Connection): void {
    if (!isPredictable(connection)) return;
    const { slot, client, server, clientIsSecond } = connection;
    if (slot * RECORD_WORDS >= this.#words.length) this.#grow(slot);
    const clientIndex = 2 * slot + (clientIsSecond ? 1 : 0);
    this.#loadEnd(clientIndex, client, CLIENT_SENDS);
    this.#loadEnd(clientIndex ^ 1, server, SERVER_SENDS);
  }

  #loadEnd(index: number, end: End, sender: number): void {
    const words = this.#words;
    const at = index * WORDS;
    words[at + SENDER] = sender;
    words[at + BASE] = end.base;
    words[at + NEXT] = end.names.next;
    words[at + LAST_ACK] = end.lastAck;
    words[at + WINDOW] = end.window;
    words[at + WINDOW_SCALE] = end.windowScale;
    words[at + PACKETS] = 0;
    words[at + MOVED_FRAME] = 0;
    this.#doubles[index * DOUBLES + NEXT_TIME] = end.names.nextTimeNs;
  }

  /** Brings the connection's own numbers up to date; nothing is predicted until the next `load`. */
  store(connection: Connection): void {
    const { slot, client, server, clientIsSecond } = connection;
    if (slot < 0 || slot * RECORD_WORDS >= this.#words.length) return;
    const clientIndex = 2 * slot + (clientIsSecond ? 1 : 0);
    this.#storeEnd(clientIndex, client);
    this.#storeEnd(clientIndex ^ 1, server);
  }

  #storeEnd(index: number, end: End): void {
    const words = this.#words;
    const at = index * WORDS;
    const wasLoaded = words[at + SENDER] !== 0;
    words[at + SENDER] = 0;
    if (!wasLoaded || words[at + PACKETS] === 0) return;
    const names = end.ownNames();
    names.next = words[at + NEXT]!;
    names.contiguous = names.next;
    names.nextTimeNs = this.#doubles[index * DOUBLES + NEXT_TIME]!;
    end.lastTimeNs = this.#doubles[index * DOUBLES + LAST_TIME]!;
    end.lastAck = words[at + LAST_ACK]!;
    end.hasLastAck = true;
    end.window = words[at + WINDOW]!;
    end.windowOfSyn = false;
    names.lastAnalysis = 0;
    if (words[at + MOVED_FRAME] === 0) return;
    names.lastNonDuplicateAckFrame = words[at + MOVED_FRAME]!;
    names.duplicateAcks = 0;
    names.lossTold = false;
  }

  #grow(slot: number): void {
    const words = enlargedFor(this.#words, slot, RECORD_WORDS);
    this.#words = words;
    this.#doubles = new Float64Array(words.buffer);
  }
}

/** Whether data up to `end` fills the window of the end whose record is at `other`, or was acknowledged by it before. */
function isNotable(end: number, words: Int32Array, other: number): boolean {
  const lastAck = words[other + LAST_ACK]!;
  if (lessOrEqual(end, lastAck)) return true;
  const scale = words[other + WINDOW_SCALE]!;
  return scale !== -1 && end === ((lastAck + (words[other + WINDOW]! << Math.max(0, scale))) | 0);
}

function isPredictable(connection: Connection): boolean {
  const { slot, client, server, analysisInitialRttNs, lastSynTimeNs } = connection;
  const isTimed = analysisInitialRttNs !== 0 || lastSynTimeNs === Number.NEGATIVE_INFINITY;
  return slot >= 0 && isTimed && isWhole(client) && isWhole(server);
}

/** Nothing that the end sent is missing, and it has sent more than a SYN. */
function isWhole(end: End): boolean {
  return (
    end.hasBase &&
    end.names.hasNext &&
    end.names.hasContiguous &&
    end.hasLastAck &&
    end.names.next === end.names.contiguous &&
    !end.windowOfSyn
  );
}
