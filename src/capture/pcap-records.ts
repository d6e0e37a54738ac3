import type { Match } from "../filter/match.ts";
import type { Frame } from "../wire/frame.ts";

/** Which of a record's two lengths comes first changed twice in the format's history. */
export type LengthOrder = "captured-first" | "wire-first" | "smaller-is-captured";

/** What the header of a pcap file says of its records. */
export interface PcapFormat {
  readonly littleEndian: boolean;
  /** Bytes of a record's header. */
  readonly recordHeader: number;
  /** Nanoseconds in a unit of a record's second time field. */
  readonly unit: number;
  readonly order: LengthOrder;
  readonly linkType: number;
  readonly snapLength: number;
  /** More captured bytes are damage. */
  readonly maximum: number;
}

// Offsets in a record's header.
const FRACTION = 4;
const FIRST_LENGTH = 8;
const SECOND_LENGTH = 12;

/** `next`: the record is not whole; `need` says how many bytes from its start on it has. */
export const NOT_WHOLE = 0;
/** `next`: the record cannot be one; `captured` is the length that it claims. */
export const IMPOSSIBLE = -1;

/** Reads records of a pcap file out of a buffer. */
export class PcapRecords {
  need = 0;
  captured = 0;
  /** Records that `find` passed over. */
  passed = 0;
  readonly #format: PcapFormat;

  constructor(format: PcapFormat) {
    this.#format = format;
  }

  /** Moves `frame` to the record at `at` in the buffer with `have` bytes, and says where it ends; or `NOT_WHOLE` or `IMPOSSIBLE`. Number, view and bytes of the frame are left to the caller. */
  next(view: DataView, at: number, have: number, frame: Frame): number {
    const { littleEndian, recordHeader, order, snapLength } = this.#format;
    const start = at + recordHeader;
    if (start > have) {
      this.need = recordHeader;
      return NOT_WHOLE;
    }
    let captured = view.getUint32(at + FIRST_LENGTH, littleEndian);
    let wire = view.getUint32(at + SECOND_LENGTH, littleEndian);
    if (order !== "captured-first" && (order === "wire-first" || captured > wire)) {
      const first = captured;
      captured = wire;
      wire = first;
    }
    if (captured > this.#format.maximum) {
      this.captured = captured;
      return IMPOSSIBLE;
    }
    const end = start + captured;
    if (end > have) {
      this.need = end - at;
      return NOT_WHOLE;
    }
    frame.hasTime = true;
    frame.seconds = view.getUint32(at, littleEndian);
    frame.nanoseconds = view.getUint32(at + FRACTION, littleEndian) * this.#format.unit;
    frame.start = start;
    // As libpcap does it: what is beyond the snap length is passed over.
    frame.end = captured > snapLength ? start + snapLength : end;
    frame.wireLength = wire;
    frame.linkType = this.#format.linkType;
    frame.interfaceIndex = 0;
    frame.direction = -1;
    frame.optionsStart = 0;
    frame.optionsEnd = 0;
    return end;
  }

  /** Where the first record from `at` on is that matches, or the first that is not whole or impossible. The format's lengths are in the usual order. */
  find(view: DataView, at: number, have: number, match: Match): number {
    const { littleEndian, recordHeader, maximum, snapLength } = this.#format;
    let passed = 0;
    let position = at;
    while (position + recordHeader <= have) {
      const captured = view.getUint32(position + FIRST_LENGTH, littleEndian);
      const start = position + recordHeader;
      if (captured > maximum || start + captured > have) break;
      const wire = view.getUint32(position + SECOND_LENGTH, littleEndian);
      if (match(view, start, captured > snapLength ? snapLength : captured, wire) !== 0) break;
      passed++;
      position = start + captured;
    }
    this.passed = passed;
    return position;
  }
}
