/**
 * What header prediction keeps of an end (see `header-prediction.ts`). This file is compiled twice, for JavaScript and
 * for WebAssembly: it has nothing but numbers.
 */

// Words (32 bits) of one end's record.
export const HIGHEST = 0;
export const LAST_ACK = 1;
export const WINDOW = 2;
export const PACKETS = 4;
export const REPEATED_ACKS = 5;
export const IDENTIFICATION = 6;
export const TSVAL = 7;
/** TTL in the low bits, then whether TSVAL holds. */
export const TTL_AND_TSVAL = 8;
/** The segment that is not acknowledged, when it is the only one. */
export const START = 9;
export const END = 10;
/** When there are several: where the oldest and the newest are, and how many. */
export const OLDEST = 11;
export const NEWEST = 12;
export const LISTED_SEGMENTS = 13;
/** Where round trips are taken to, in bytes (see `RoundTripRooms`); 0: to where only JavaScript can. */
export const ROUND_TRIP_ROOM = 24;
/** Round trips since they were last taken: unsigned numbers of nanoseconds. */
export const ROUND_TRIPS = 25;

// Bytes of the word that is left out above.
/** What it may send: bits below; 0: the record is not in use. */
export const ALLOWED = 12;
/** How many round trips there are. */
export const ROUND_TRIP_COUNT = 13;

// The same record in numbers of 64 bits.
export const LAST_TIME = 7;
export const LAST_FRAME = 8;
export const BYTES_AND_PAYLOAD = 9;
/** When the segment that is not acknowledged was sent, and its frame: `NOTHING` or `LISTED` when there is not just one. */
export const SENT_TIME = 10;
export const SENT_FRAME = 11;

/** Words of a record: two cache lines that nearly every segment needs, and one for round trips. */
export const WORDS = 48;

export const TTL_BITS = 8;

// For SENT_FRAME: nothing is to be acknowledged; several segments are.
export const NOTHING = 0;
export const LISTED = -1;

// Bits of ALLOWED: acknowledgments, and data, the first of which was seen; anything, where both were not; the first of both.
export const ACKNOWLEDGMENT_SEEN = 1;
export const DATA_SEEN = 2;
export const LOADED = 4;
export const FIRST_ALLOWED = 8;

/** Bytes of packets in the low part, of their payload in the high part of a number: each stays below this between two `store`s. */
export const PAYLOAD_UNIT = 67_108_864;
/** A packet has at most 65,535 bytes (BIG TCP is not plain): so many fit. */
export const MAX_PACKETS = 1023;
/** Round trips in a record at most. */
export const MAX_ROUND_TRIPS = 23;

// A segment that is not acknowledged, one of several: words, and numbers of 64 bits.
export const SEGMENT_START = 0;
export const SEGMENT_END = 1;
/** Where the next one is; 0: it is the newest. */
export const SEGMENT_NEXT = 2;
export const SEGMENT_TIME = 2;
export const SEGMENT_FRAME = 3;
export const SEGMENT_WORDS = 8;
/** Segments of one end that are remembered: as many as Wireshark's analysis keeps. */
export const MAX_SEGMENTS = 10_000;

// At the start of the memory: words, and a number of 64 bits.
/** The end that the reason is about why a segment was not taken: twice its slot, and 1 for the second end of the key. */
export const SUBJECT = 0;
/** For how many segments of those that are listed there is room. */
export const ROOMS = 1;
/** Nanoseconds since the first frame, of the newest segment that was taken. */
export const LATEST = 1;

/** What was read ahead, so that no compiler leaves the reading out. */
export const READ_AHEAD = 4;

// Why a segment was not taken.
/** It is not a predicted one, or something is to be told of it. */
export const UNPREDICTED = 1;
/** It is over IPv6: its connection has to be looked up. */
export const UNKEYED = 2;
/** It is the first data of the end, or its first acknowledgment: the connection has to note that before. */
export const FIRST = 3;
/** There is no room for another round trip of the end: those that are there have to be taken before. */
export const FULL = 4;
/** Bits of the reason, below the number of segments that were taken. */
export const REASON_BITS = 3;
