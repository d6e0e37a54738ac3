import type { Output } from "./output.ts";

const POINTER = 0xc0;
const EXTENDED = 0x40;
const BIT_STRING = 0x41;
const RESERVED = 0x80;

/** Prints domain names, compressed or not (RFC 1035 section 4.1.4). */
export class NameReader {
  readonly #out: Output;
  readonly #isOutsideDns: boolean;

  /** `isOutsideDns`: the names stand in another protocol, where there are no pointers. */
  constructor(out: Output, isOutsideDns = false) {
    this.#out = out;
    this.#isOutsideDns = isOutsideDns;
  }

  /** Prints the name at `from` of a message that starts at `messageAt`; where it ends, or -1 when it is bad. */
  print(from: number, messageAt: number): number {
    const out = this.#out;
    const sink = out.sink;
    let at = from;
    let after = -1;
    // Pointers must lead backwards, so that they cannot lead in a circle.
    let bound = out.limit - messageAt;
    if (!out.has(at, 1)) return -1;
    let length = out.u8(at++);
    if (length === 0) {
      sink.text(".");
      return at;
    }
    while (length !== 0) {
      if ((length & POINTER) === POINTER) {
        if (this.#isOutsideDns) return -1;
        if (after < 0) after = at + 1;
        if (!out.has(at, 1)) return -1;
        const offset = ((length & 0x3f) << 8) | out.u8(at);
        if (offset >= bound) {
          sink.text("<BAD PTR>");
          return -1;
        }
        bound = offset;
        at = messageAt + offset;
        if (!out.has(at, 1)) return -1;
        length = out.u8(at++);
        continue;
      }
      const next = this.#printLabel(at, length);
      if (next < 0) return -1;
      at = next;
      sink.text(".");
      if (!out.has(at, 1)) return -1;
      length = out.u8(at++);
    }
    return after < 0 ? at : after;
  }

  #printLabel(at: number, length: number): number {
    const out = this.#out;
    if ((length & POINTER) === EXTENDED) {
      if (length !== BIT_STRING) {
        out.sink.text(`<ELT ${length & 0x3f}>`);
        return -1;
      }
      return this.#printBits(at);
    }
    if (this.#isOutsideDns && (length & POINTER) === RESERVED) {
      out.sink.text("<BAD LABEL TYPE>");
      return -1;
    }
    if (!out.has(at, length)) {
      out.safeText(at, length);
      return -1;
    }
    out.safeText(at, length);
    return at + length;
  }

  /** A bit-string label (RFC 2673). */
  #printBits(at: number): number {
    const out = this.#out;
    const sink = out.sink;
    if (!out.has(at, 1)) return -1;
    const bits = out.u8(at) === 0 ? 256 : out.u8(at);
    const bytes = Math.ceil(bits / 8);
    sink.text("\\[x");
    for (let i = 0; i < bytes; i++) {
      if (!out.has(at + 1 + i, 1)) return -1;
      sink.hex(out.u8(at + 1 + i), 2);
    }
    sink.text(`/${bits}]`);
    return at + 1 + bytes;
  }

  /** Where the name at `from` ends, without printing it; -1 when it is cut. */
  skip(from: number): number {
    const out = this.#out;
    let at = from;
    for (;;) {
      if (!out.has(at, 1)) return -1;
      const length = out.u8(at++);
      if ((length & POINTER) === POINTER) return at + 1;
      if (length === 0) return at;
      if ((length & POINTER) === EXTENDED) {
        if (length !== BIT_STRING || !out.has(at, 1)) return -1;
        const bits = out.u8(at) === 0 ? 256 : out.u8(at);
        at += 1 + Math.ceil(bits / 8);
      } else {
        at += length;
      }
    }
  }
}
