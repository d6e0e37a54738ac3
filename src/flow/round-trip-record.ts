/**
 * How round trips are kept (see `round-trips.ts`), and the room that can have many of them. This file is compiled
 * twice, for JavaScript and for WebAssembly: it has nothing but numbers.
 */

/** So many samples are kept, in numbers of 64 bits after their count. */
export const MOST_KEPT = 31;

// Of more, sums are kept in the same place, numbers of 64 bits, and a histogram.
export const COUNT = 0;
export const SUM = 1;
export const SQUARES = 2;
export const MINIMUM = 3;
export const MAXIMUM = 4;
/** Number of the first bucket. */
export const OFFSET = 5;
export const SUMS = 6;

/** Smallest difference that the histogram knows, in nanoseconds. */
export const UNIT = 64;
/** Buckets of an octave: one is 1/16 to 1/32 of its value wide. */
export const STEPS = 16;
export const STEP_BITS = 4;
/** What lasts longer (137 s) is in the last bucket. */
export const MOST_UNITS = 0x7fffffff;
/** Buckets of a histogram at most, of 32 bits. */
export const BUCKETS = 448;

/** Bytes of a room: for samples or sums, and elsewhere for all buckets, so that few samples do not touch as much memory as many. */
export const ROOM = 256;
export const BUCKET_ROOM = 1792;
