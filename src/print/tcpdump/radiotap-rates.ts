/**
 * Data rates of the modulation and coding schemes (MCS) of 802.11n: IEEE Std 802.11-2020 section 19.5.
 * A symbol carries so many data bits, and takes 4 µs, or 3.6 µs with the short guard interval.
 */

/**
 * Data bits of a symbol in a 20 MHz channel, in units of 26, by MCS: 0 to 7 for one stream, and all
 * streams alike; 33 to 76 for streams that differ.
 */
const ONE_STREAM: readonly number[] = [1, 2, 3, 4, 6, 8, 9, 10];
const UNEQUAL: readonly number[] = [
  6, 8, 10, 9, 12, 15, 8, 10, 10, 12, 14, 14, 16, 12, 15, 15, 18, 21, 21, 24, 10, 12, 14, 12, 14, 16, 18, 16, 18, 20,
  20, 22, 15, 18, 21, 18, 21, 24, 27, 24, 27, 30, 30, 33,
];
const FIRST_UNEQUAL = 33;
/** One stream, sent twice in a 40 MHz channel: 6 Mbit/s. */
const DUPLICATE = 32;

const BITS_20_MHZ = 26;
const BITS_40_MHZ = 54;
const DUPLICATE_BITS = 24;
const SYMBOL = 4;
const SHORT_SYMBOL = 3.6;

/** Rate of an MCS in Mbit/s; 0: there is none. */
export function mcsRate(mcs: number, isWide: boolean, hasShortGuard: boolean): number {
  const bits = mcs === DUPLICATE ? (isWide ? DUPLICATE_BITS : 0) : units(mcs) * (isWide ? BITS_40_MHZ : BITS_20_MHZ);
  return bits / (hasShortGuard ? SHORT_SYMBOL : SYMBOL);
}

function units(mcs: number): number {
  if (mcs < DUPLICATE) return ONE_STREAM[mcs & 7]! * ((mcs >> 3) + 1);
  return UNEQUAL[mcs - FIRST_UNEQUAL] ?? 0;
}
