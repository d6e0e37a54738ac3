import type { Frame } from "../wire/frame.ts";

const LIMB = 65536;
const WORD = 4294967296;

/**
 * What one unit of an interface's times is, and when they begin
 * (draft-ietf-opsawg-pcap section 4.2, if_tsresol and if_tsoffset).
 *
 * The recorded count has 64 bits, more than a double holds exactly; the
 * arithmetic is in steps that are exact, since a BigInt for each packet would
 * cost more than all other work on it.
 */
export class TimeUnit {
  /** A unit in seconds. */
  readonly resolution: number;
  /** Seconds that are added to every time. */
  readonly #offset: number;
  /** Units in a second, at most 10^9, after `#surplus` digits have been taken off. */
  readonly #perSecond: number;
  /** Nanoseconds in such a unit. */
  readonly #nanoseconds: number;
  /** Decimal digits after the ninth. */
  readonly #surplus: number;
  /** For units of a power of 2: what the count's two halves are worth, in seconds; 0 otherwise. */
  readonly #highWorth: number;
  readonly #lowWorth: number;

  /** `tsresol` as recorded: digits after the point, decimal ones or, with the top bit set, binary ones. */
  constructor(tsresol: number, offset: number) {
    const digits = tsresol & 0x7f;
    const binary = tsresol > 0x7f;
    const decimals = Math.min(digits, 9);
    this.resolution = binary ? 2 ** -digits : Number(`1e-${digits}`);
    this.#offset = offset;
    this.#perSecond = 10 ** decimals;
    this.#nanoseconds = 10 ** (9 - decimals);
    this.#surplus = digits - decimals;
    this.#highWorth = binary ? 2 ** (32 - digits) : 0;
    this.#lowWorth = binary ? 2 ** -digits : 0;
  }

  /** Sets the frame's time from the two halves of a count of units. */
  setTime(frame: Frame, high: number, low: number): void {
    if (this.#lowWorth !== 0) {
      this.#setBinaryTime(frame, high, low);
      return;
    }
    if (this.#surplus > 0) {
      this.#setFineTime(frame, high, low);
      return;
    }
    // Long division in digits of 32, 16 and 16 bits.
    const perSecond = this.#perSecond;
    const top = Math.floor(high / perSecond);
    const second = (high - top * perSecond) * LIMB + (low >>> 16);
    const middle = Math.floor(second / perSecond);
    const third = (second - middle * perSecond) * LIMB + (low & 0xffff);
    const bottom = Math.floor(third / perSecond);
    frame.seconds = top * WORD + middle * LIMB + bottom + this.#offset;
    frame.nanoseconds = (third - bottom * perSecond) * this.#nanoseconds;
  }

  /** Scaling by a power of 2 is exact, and so is 10^9 times a fraction of 32 bits: 10^9 is 2^9 times a number of 21 bits. */
  #setBinaryTime(frame: Frame, high: number, low: number): void {
    const first = high * this.#highWorth;
    const second = low * this.#lowWorth;
    const firstWhole = Math.floor(first);
    const secondWhole = Math.floor(second);
    const a = (first - firstWhole) * 1e9;
    const b = (second - secondWhole) * 1e9;
    const aWhole = Math.floor(a);
    const bWhole = Math.floor(b);
    frame.seconds = firstWhole + secondWhole + this.#offset;
    frame.nanoseconds = aWhole + bWhole + Math.floor(a - aWhole + (b - bWhole));
  }

  /** Cuts what is finer than a nanosecond, then divides into seconds. */
  #setFineTime(frame: Frame, high: number, low: number): void {
    let remainder = 0;
    for (let digits = this.#surplus + 9; digits > 0; digits -= 9) {
      // The last step, by 10^9, is the one into seconds; the first takes the odd digits.
      const divisor = digits % 9 === 0 ? 1e9 : 10 ** (digits % 9);
      const top = Math.floor(high / divisor);
      const second = (high - top * divisor) * LIMB + (low >>> 16);
      const middle = Math.floor(second / divisor);
      const third = (second - middle * divisor) * LIMB + (low & 0xffff);
      const bottom = Math.floor(third / divisor);
      remainder = third - bottom * divisor;
      high = top;
      low = middle * LIMB + bottom;
      if (digits % 9 !== 0) digits += 9 - (digits % 9);
    }
    frame.seconds = high * WORD + low + this.#offset;
    frame.nanoseconds = remainder;
  }
}
