/**
 * What a tape of JSON text holds (see `json-tape.ts`): for each piece of text a head of 64 bits, and for some the numbers
 * behind it. This file is compiled twice, for JavaScript and for WebAssembly: it has nothing but numbers.
 */

// The first word (32 bits) of a head: what comes behind the phrase, and a character behind that, if it is not 0.
export const CHARACTER_SHIFT = 8;
/** Nothing. */
export const PHRASE = 0;
/** A whole number, 0 to 2^53 - 1. */
export const INTEGER = 1;
/** Whole nanoseconds as a number of seconds, below 10^15. */
export const SECONDS = 2;
/** An absolute time: nanoseconds since the start. */
export const TIME = 3;
/** An IPv4 address, as one number. */
export const IPV4 = 4;
/** No phrase: the second word tells where the form is, in bytes of the phrases; its numbers follow. */
export const FORM = 5;

// The second word: where the phrase is, in bytes of the phrases, and how long it is.
export const LENGTH_BITS = 10;
/** Bytes of a phrase. */
export const MAX_LENGTH = 1000;

// A form: words (32 bits) that tell how many pieces and numbers it has, then its pieces, of so many bytes each: a head,
// and which of the numbers it is. What is NaN is left out, with its phrase.
export const FORM_HEAD = 8;
export const FORM_PIECE = 16;
