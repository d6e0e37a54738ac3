// Tables of what numbers and bytes are printed as: words of four characters, big-endian.

const SPACE = 0x20;
const DOT = 0x2e;

/** The hexadecimal digits. */
export const HEX: Uint8Array = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));
/** The two digits of each byte. */
export const HEX_PAIRS: Uint16Array = Uint16Array.from(
  { length: 256 },
  (_, byte) => (HEX[byte >> 4]! << 8) | HEX[byte & 0xf]!,
);

/** ASCII text as big-endian words of 4 bytes, the last one filled up with zeros. */
export function wordsOf(text: string): Int32Array {
  const words = new Int32Array(Math.ceil(text.length / 4));
  for (let i = 0; i < text.length; i++) words[i >> 2]! |= text.charCodeAt(i) << (24 - 8 * (i & 3));
  return words;
}

/** The digits of 0 to 9999 as one word each: all four of them, and without leading zeros. */
export const FOUR_DIGITS: Int32Array = new Int32Array(10000);
// Each digit in front of what the digits behind it give: every start waits for this.
FOUR_DIGITS[0] = 0x30303030;
for (let step = 1, shift = 0; step < 10000; step *= 10, shift += 8) {
  for (let i = step; i < 10 * step; i++) FOUR_DIGITS[i] = FOUR_DIGITS[i - step]! + (1 << shift);
}
export const SHORT_DIGITS: Int32Array = FOUR_DIGITS.slice();
for (let i = 0; i < 1000; i++) SHORT_DIGITS[i]! <<= i < 10 ? 24 : i < 100 ? 16 : 8;

/** How many digits 0 to 9999 have. */
export const DIGIT_COUNTS: Uint8Array = new Uint8Array(10000);
for (let i = 0; i < 10000; i++) DIGIT_COUNTS[i] = i < 10 ? 1 : i < 100 ? 2 : i < 1000 ? 3 : 4;

/** 0 to 999 as three digits without the zeros at the end, and how many are left. */
export const FRACTIONS: Int32Array = new Int32Array(1000);
export const FRACTION_LENGTHS: Uint8Array = new Uint8Array(1000);
for (let i = 1; i < 1000; i++) {
  FRACTIONS[i] = FOUR_DIGITS[i]! << 8;
  FRACTION_LENGTHS[i] = i % 100 === 0 ? 1 : i % 10 === 0 ? 2 : 3;
}

/** 0 to 255 with a dot behind, and how many bytes that is. */
export const OCTETS: Int32Array = new Int32Array(256);
export const OCTET_LENGTHS: Uint8Array = new Uint8Array(256);
for (let i = 0; i < 256; i++) {
  OCTETS[i] = wordsOf(`${i}.`)[0]!;
  OCTET_LENGTHS[i] = String(i).length + 1;
}

/** What stands for a byte among text: itself, or a dot. */
export const SHOWN: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= SPACE && byte < 0x7f ? byte : DOT,
);
