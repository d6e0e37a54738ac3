/**
 * What is told of a block of records beside their index. This file is compiled twice, for JavaScript and for
 * WebAssembly: it has nothing but numbers.
 */

// Words (32 bits): how many records, where the last one ends in the block's bytes, and whether no block comes after it.
// Frames are counted in integers: what is read as a double makes doubles of all frame numbers.
export const COUNT = 0;
export const END = 1;
export const IS_LAST = 2;
export const COUNT_WORDS = 4;
