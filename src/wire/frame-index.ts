import type { Frame } from "./frame.ts";
import {
  ACKNOWLEDGMENT,
  DESTINATION_AT,
  END,
  HASH,
  IDENTIFICATION,
  KEY_0,
  KEY_1,
  KEY_2,
  KEYED,
  KIND,
  NANOSECONDS,
  PACKET_LENGTH,
  PAYLOAD_LENGTH,
  PLAIN,
  PORTS,
  SECOND,
  SECONDS,
  SEQUENCE,
  SOURCE_AT,
  START,
  TIMESTAMPS,
  TSVAL,
  TTL_SHIFT,
  WINDOW_SHIFT,
  WIRE_LENGTH,
} from "./index-record.ts";
import type { PlainSegment } from "./plain-segment.ts";

/** Writes the segment of the frame whose record is at `at`. */
export function writeSegment(words: Int32Array, at: number, segment: PlainSegment): void {
  words[at + KIND] =
    PLAIN |
    (segment.isKeyed ? KEYED : 0) |
    (segment.second ? SECOND : 0) |
    (segment.hasTimestamps ? TIMESTAMPS : 0) |
    (segment.ttl << TTL_SHIFT) |
    (segment.window << WINDOW_SHIFT);
  words[at + SEQUENCE] = segment.sequence;
  words[at + ACKNOWLEDGMENT] = segment.acknowledgment;
  words[at + TSVAL] = segment.tsval;
  words[at + PAYLOAD_LENGTH] = segment.payloadLength;
  words[at + PACKET_LENGTH] = segment.packetLength;
  words[at + IDENTIFICATION] = segment.identification;
  words[at + HASH] = segment.isKeyed ? segment.hash : segment.sourceAt;
  words[at + KEY_0] = segment.isKeyed ? segment.key0 : segment.destinationAt;
  words[at + KEY_1] = segment.isKeyed ? segment.key1 : segment.ports;
  words[at + KEY_2] = segment.key2;
}

/** Reads where the frame is and when it was captured; number, link type and buffer are not in the record. */
export function readFrame(words: Int32Array, at: number, frame: Frame): void {
  frame.start = words[at + START]!;
  frame.end = words[at + END]!;
  frame.wireLength = words[at + WIRE_LENGTH]! >>> 0;
  frame.seconds = words[at + SECONDS]! >>> 0;
  frame.nanoseconds = words[at + NANOSECONDS]!;
}

/** Reads what `writeSegment` wrote; false: the frame is no plain segment. */
export function readSegment(words: Int32Array, at: number, segment: PlainSegment): boolean {
  const kind = words[at + KIND]!;
  if ((kind & PLAIN) === 0) return false;
  segment.hasTimestamps = (kind & TIMESTAMPS) !== 0;
  segment.ttl = (kind >>> TTL_SHIFT) & 0xff;
  segment.window = kind >>> WINDOW_SHIFT;
  segment.sequence = words[at + SEQUENCE]!;
  segment.acknowledgment = words[at + ACKNOWLEDGMENT]!;
  segment.tsval = words[at + TSVAL]!;
  segment.payloadLength = words[at + PAYLOAD_LENGTH]!;
  segment.packetLength = words[at + PACKET_LENGTH]!;
  segment.identification = words[at + IDENTIFICATION]!;
  segment.isKeyed = (kind & KEYED) !== 0;
  if (segment.isKeyed) {
    segment.addressLength = 4;
    segment.second = (kind & SECOND) !== 0;
    segment.hash = words[at + HASH]!;
    segment.key0 = words[at + KEY_0]!;
    segment.key1 = words[at + KEY_1]!;
    segment.key2 = words[at + KEY_2]!;
  } else {
    segment.addressLength = 16;
    segment.sourceAt = words[at + SOURCE_AT]!;
    segment.destinationAt = words[at + DESTINATION_AT]!;
    segment.ports = words[at + PORTS]! >>> 0;
  }
  return true;
}
