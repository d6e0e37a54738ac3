import type { Fault } from "./fault.ts";

/**
 * Radiotap header before an IEEE 802.11 frame (radiotap.org): version, padding,
 * length, words that say which fields are present, and the fields, each aligned
 * as its type asks, counted from the start of the header. All numbers are little-endian.
 */

const LENGTH = 2;
const PRESENT = 4;
/** Length of the shortest header, in bytes. */
export const RADIOTAP_MIN_HEADER = 8;

/** Fields by their bit of the first present word. */
export const TSFT = 0;
export const FLAGS = 1;
export const RATE = 2;
export const CHANNEL = 3;
export const FHSS = 4;
export const DBM_SIGNAL = 5;
export const DBM_NOISE = 6;
export const LOCK_QUALITY = 7;
export const TX_ATTENUATION = 8;
export const DB_TX_ATTENUATION = 9;
export const DBM_TX_POWER = 10;
export const ANTENNA = 11;
export const DB_SIGNAL = 12;
export const DB_NOISE = 13;
export const RX_FLAGS = 14;
export const EXTENDED_CHANNEL = 18;
export const MCS = 19;
export const A_MPDU = 20;
export const VHT = 21;
const RADIOTAP_NAMESPACE = 29;
const VENDOR_NAMESPACE = 30;
const MORE_WORDS = 31;

/** Bits of the flags field. */
export const FLAG_CFP = 0x01;
export const FLAG_SHORT_PREAMBLE = 0x02;
export const FLAG_WEP = 0x04;
export const FLAG_FRAGMENTED = 0x08;
/** The frame ends with its frame check sequence. */
export const FLAG_FCS = 0x10;
/** Padding follows the 802.11 header, up to a multiple of four bytes. */
export const FLAG_PADDED = 0x20;
export const FLAG_BAD_FCS = 0x40;

/**
 * Alignment and size of each known field, in bytes. dB TX attenuation is two bytes
 * by radiotap.org and one by tcpdump: as it is printed as tcpdump does, it is one here.
 */
const LAYOUT: readonly (readonly [align: number, size: number] | undefined)[] = [
  [8, 8],
  [1, 1],
  [1, 1],
  [2, 4],
  [1, 2],
  [1, 1],
  [1, 1],
  [2, 2],
  [2, 2],
  [1, 1],
  [1, 1],
  [1, 1],
  [1, 1],
  [1, 1],
  [2, 2],
  undefined,
  undefined,
  undefined,
  [4, 8],
  [1, 3],
  [4, 8],
  [2, 12],
];

/** Organisation, sub-namespace, and how many bytes of fields follow. */
const VENDOR_HEADER = 6;

/** A radiotap header, read in place; `next` steps through its fields. */
export class RadiotapHeader {
  at = 0;
  /** Length of the header, in bytes, as it says itself. */
  length = 0;
  /** The field that `next` found, and where it is. */
  field = 0;
  fieldAt = 0;
  /** Why `next` found no more: no field is left, one is longer than the header, or one is not known: its number is `field`. */
  stop: "end" | "cut" | "unknown" = "end";
  #view: DataView = new DataView(new ArrayBuffer(0));
  #wordAt = 0;
  #bit = 0;
  /** Fields in words before of the same namespace. */
  #base = 0;
  #isVendor = false;
  #fieldsEnd = 0;

  /** Moves to the header at `at`, before `limit`, and before its first field. */
  read(view: DataView, at: number, limit: number): Fault | undefined {
    this.#view = view;
    this.at = at;
    const have = limit - at;
    this.length = have < PRESENT ? RADIOTAP_MIN_HEADER : view.getUint16(at + LENGTH, true);
    const need = Math.max(RADIOTAP_MIN_HEADER, this.length);
    if (this.length < RADIOTAP_MIN_HEADER)
      return { kind: "malformed", layer: "radiotap", field: "length", at, need, have: this.length };
    if (have < need) return { kind: "truncated", layer: "radiotap", field: "header", at, need, have };
    let next = at + PRESENT;
    while (view.getInt32(next, true) < 0) {
      next += 4;
      if (next + 4 > at + this.length)
        return {
          kind: "malformed",
          layer: "radiotap",
          field: "present",
          at,
          need: next + 4 - at,
          have: this.length,
        };
    }
    this.fieldAt = next + 4;
    this.#fieldsEnd = next + 4;
    this.#wordAt = at + PRESENT;
    this.#bit = 0;
    this.#base = 0;
    this.#isVendor = false;
    return undefined;
  }

  /** Moves to the next field that is known; false when there is none, or it is not wholly there. */
  next(): boolean {
    for (;;) {
      const word = this.#view.getUint32(this.#wordAt, true);
      while (this.#bit < RADIOTAP_NAMESPACE) {
        const bit = this.#bit++;
        if (((word >>> bit) & 1) !== 0 && !this.#isVendor) return this.#take(this.#base + bit);
      }
      this.#bit = 0;
      if (!this.#nextWord(word)) return false;
    }
  }

  /** Whether the present word of the field that `next` found says that this field of the first word is there too. */
  hasBeside(field: number): boolean {
    return ((this.#view.getUint32(this.#wordAt, true) >>> field) & 1) !== 0;
  }

  #take(field: number): boolean {
    this.field = field;
    const layout = LAYOUT[field];
    if (layout === undefined) {
      this.stop = "unknown";
      return false;
    }
    this.fieldAt = this.#aligned(layout[0]);
    this.#fieldsEnd = this.fieldAt + layout[1];
    this.stop = "cut";
    return this.#fieldsEnd <= this.at + this.length;
  }

  #aligned(size: number): number {
    const offset = this.#fieldsEnd - this.at;
    return this.at + Math.ceil(offset / size) * size;
  }

  /** Moves to the next present word and the namespace that it is in. */
  #nextWord(word: number): boolean {
    const isRadiotap = ((word >>> RADIOTAP_NAMESPACE) & 1) !== 0;
    const isVendor = ((word >>> VENDOR_NAMESPACE) & 1) !== 0;
    this.stop = "end";
    if (isVendor && !isRadiotap) {
      const vendorAt = this.#aligned(2);
      const end = this.at + this.length;
      if (vendorAt + VENDOR_HEADER > end) {
        this.stop = "cut";
        return false;
      }
      const skipped = this.#view.getUint16(vendorAt + 4, true);
      this.#fieldsEnd = vendorAt + VENDOR_HEADER + skipped;
      if (this.#fieldsEnd > end) return false;
    }
    if (word >>> MORE_WORDS === 0) return false;
    // Both at once contradict each other: the namespace stays.
    if (isRadiotap !== isVendor) {
      this.#isVendor = isVendor;
      this.#base = 0;
    } else if (!isRadiotap) this.#base += 32;
    this.#wordAt += 4;
    return true;
  }
}

/** The flags of the frame in the header that was just read; 0 where it has none. It is read on up to them. */
export function radiotapFlags(view: DataView, header: RadiotapHeader): number {
  while (header.next() && header.field <= FLAGS) if (header.field === FLAGS) return view.getUint8(header.fieldAt);
  return 0;
}
