/**
 * The record of a frame in an index (see `frame-index.ts`). This file is compiled twice, for JavaScript and for
 * WebAssembly: it has nothing but numbers.
 */

/** Words (32 bits) of a record: one cache line. */
export const INDEX_WORDS = 16;

// Of every frame: indices of its first byte and one past its last, length and time, as in `Frame`.
export const START = 0;
export const END = 1;
export const WIRE_LENGTH = 2;
export const SECONDS = 3;
export const NANOSECONDS = 4;
/** Bits, and the TTL and the window above them. */
export const KIND = 5;
// Of a plain segment, as in `PlainSegment`.
export const SEQUENCE = 6;
export const ACKNOWLEDGMENT = 7;
export const TSVAL = 8;
export const PAYLOAD_LENGTH = 9;
export const PACKET_LENGTH = 10;
export const IDENTIFICATION = 11;
/** Over IPv4 the hash of the key and its three words, of a segment that is not plain, too; over IPv6 where the addresses are and the ports. */
export const HASH = 12;
export const KEY_0 = 13;
export const KEY_1 = 14;
export const KEY_2 = 15;
export const SOURCE_AT = 12;
export const DESTINATION_AT = 13;
export const PORTS = 14;

// Bits of KIND.
export const PLAIN = 1;
/** Hash and key are set, as of every unfragmented packet with TCP and without IP options whose headers were captured; SECOND: the second end of the key is the sender. */
export const KEYED = 2;
export const SECOND = 4;
export const TIMESTAMPS = 8;
export const TTL_SHIFT = 8;
export const WINDOW_SHIFT = 16;
