import {
  LITERAL_LENGTH_BITS,
  LITERAL_LENGTHS,
  MATCH_LENGTH_BITS,
  MATCH_LENGTHS,
  PREDEFINED_LITERAL_LENGTH,
  PREDEFINED_MATCH_LENGTH,
  PREDEFINED_OFFSET,
} from "./codes.ts";
import { FieldTable } from "./field-table.ts";
import { HuffmanTable } from "./huffman.ts";
import { BackwardBits, ZstdDamage } from "./states.ts";

/** Longest block, compressed or not, in bytes (RFC 8878 section 3.1.1.2.4). */
export const BLOCK_MAXIMUM = 131072;

// Kinds of literals (section 3.1.1.3.1.1).
const RAW_LITERALS = 0;
const RLE_LITERALS = 1;
const COMPRESSED_LITERALS = 2;

const LENGTH_LOG = 9;
const OFFSET_LOG = 8;
const MAXIMUM_OFFSET_CODE = 27;

/** Decodes compressed blocks (RFC 8878 section 3.1.1.3); what one block leaves for the next is kept here. */
export class BlockDecoder {
  readonly #literals = new Uint8Array(BLOCK_MAXIMUM);
  #literalCount = 0;
  readonly #huffman = new HuffmanTable();
  readonly #literalLength = new FieldTable(LENGTH_LOG, 35, PREDEFINED_LITERAL_LENGTH);
  readonly #offset = new FieldTable(OFFSET_LOG, MAXIMUM_OFFSET_CODE, PREDEFINED_OFFSET);
  readonly #matchLength = new FieldTable(LENGTH_LOG, 52, PREDEFINED_MATCH_LENGTH);
  readonly #stream = new BackwardBits();
  // The three offsets used last (section 3.1.1.5).
  #last = 1;
  #second = 4;
  #third = 8;

  /** Forgets everything: a frame begins. */
  reset(): void {
    this.#huffman.bits = 0;
    this.#literalLength.reset();
    this.#offset.reset();
    this.#matchLength.reset();
    this.#last = 1;
    this.#second = 4;
    this.#third = 8;
  }

  /**
   * Decodes the block in `[at, end)` of `view` to `output[from]` and on, and says
   * where that ends. What is before `from` may be referred to; there is room for
   * `BLOCK_MAXIMUM` bytes. Throws `ZstdDamage`.
   */
  decode(view: DataView, at: number, end: number, output: Uint8Array, from: number): number {
    const sequences = this.#readLiterals(view, at, end);
    if (sequences >= end) throw new ZstdDamage("a block has no sequences section");
    return this.#readSequences(view, sequences, end, output, from);
  }

  #readLiterals(view: DataView, at: number, end: number): number {
    const first = view.getUint32(at, true);
    const kind = first & 3;
    const format = (first >>> 2) & 3;
    if (kind === RAW_LITERALS || kind === RLE_LITERALS) {
      const header = format === 3 ? 3 : format === 1 ? 2 : 1;
      const count = header === 3 ? (first >>> 4) & 0xfffff : header === 2 ? (first >>> 4) & 0xfff : (first >>> 3) & 31;
      const start = at + header;
      const next = start + (kind === RLE_LITERALS ? 1 : count);
      if (count > BLOCK_MAXIMUM || next > end) throw new ZstdDamage("literals do not fit into their block");
      if (kind === RLE_LITERALS) this.#literals.fill(view.getUint8(start), 0, count);
      else this.#literals.set(new Uint8Array(view.buffer, view.byteOffset + start, count));
      this.#literalCount = count;
      return next;
    }
    const width = format < 2 ? 10 : format === 2 ? 14 : 18;
    const header = format < 2 ? 3 : format + 2;
    const fields = (first >>> 4) + view.getUint8(at + 4) * 2 ** 28;
    const count = fields % 2 ** width;
    const size = Math.floor(fields / 2 ** width) % 2 ** width;
    const start = at + header;
    const next = start + size;
    if (count > BLOCK_MAXIMUM || next > end) throw new ZstdDamage("literals do not fit into their block");
    const streams = kind === COMPRESSED_LITERALS ? this.#huffman.read(view, start, next) : start;
    if (this.#huffman.bits === 0) throw new ZstdDamage("literals need a tree that was never given");
    if (format === 0) this.#huffman.decode(view, streams, next, this.#literals, 0, count);
    else this.#readFourStreams(view, streams, next, count);
    this.#literalCount = count;
    return next;
  }

  /** Section 3.1.1.3.1.6: the sizes of three of them come first. */
  #readFourStreams(view: DataView, at: number, end: number, count: number): void {
    const share = (count + 3) >> 2;
    if (at + 6 > end || share * 3 > count) throw new ZstdDamage("literal streams do not fit into their block");
    let start = at + 6;
    for (let stream = 0; stream < 4; stream++) {
      const next = stream === 3 ? end : start + view.getUint16(at + stream * 2, true);
      if (next > end) throw new ZstdDamage("literal streams do not fit into their block");
      const to = stream === 3 ? count : share * (stream + 1);
      this.#huffman.decode(view, start, next, this.#literals, share * stream, to);
      start = next;
    }
  }

  #readSequences(view: DataView, at: number, end: number, output: Uint8Array, from: number): number {
    const first = view.getUint8(at);
    let count = first;
    let position = at + 1;
    if (first === 255) {
      count = view.getUint16(at + 1, true) + 0x7f00;
      position = at + 3;
    } else if (first > 127) {
      count = ((first - 128) << 8) + view.getUint8(at + 1);
      position = at + 2;
    }
    if (count === 0) {
      if (position !== end) throw new ZstdDamage("a block is longer than its literals");
      return this.#copyLiterals(0, output, from, from);
    }
    const modes = view.getUint8(position);
    if ((modes & 3) !== 0) throw new ZstdDamage("reserved bits of a block are set");
    position = this.#literalLength.read(modes >> 6, view, position + 1, end);
    position = this.#offset.read((modes >> 4) & 3, view, position, end);
    position = this.#matchLength.read((modes >> 2) & 3, view, position, end);
    if (position >= end) throw new ZstdDamage("a block has no sequences");
    this.#stream.open(view, position, end);
    return this.#execute(count, output, from);
  }

  /** Section 3.1.1.4: literals and matches in turn, then the literals that are left. */
  #execute(count: number, output: Uint8Array, from: number): number {
    const stream = this.#stream;
    const lengths = this.#literalLength.current;
    const offsets = this.#offset.current;
    const matches = this.#matchLength.current;
    const limit = from + BLOCK_MAXIMUM;
    let lengthEntry = lengths.entries[stream.read(lengths.log)]!;
    let offsetEntry = offsets.entries[stream.read(offsets.log)]!;
    let matchEntry = matches.entries[stream.read(matches.log)]!;
    let taken = 0;
    let position = from;
    for (let left = count; ;) {
      const offsetCode = offsetEntry & 0xff;
      if (offsetCode > MAXIMUM_OFFSET_CODE) throw new ZstdDamage("a match is too far back");
      const high = offsetCode > 16 ? stream.read(offsetCode - 16) : 0;
      const low = stream.read(offsetCode > 16 ? 16 : offsetCode);
      const offsetValue = (1 << offsetCode) + (offsetCode > 16 ? high << 16 : 0) + low;
      const matchCode = matchEntry & 0xff;
      const match = MATCH_LENGTHS[matchCode]! + stream.read(MATCH_LENGTH_BITS[matchCode]!);
      const lengthCode = lengthEntry & 0xff;
      const length = LITERAL_LENGTHS[lengthCode]! + stream.read(LITERAL_LENGTH_BITS[lengthCode]!);
      const offset = this.#useOffset(offsetValue, length === 0);
      if (stream.left < 0 || taken + length > this.#literalCount || position + length + match > limit) {
        throw new ZstdDamage("a sequence does not fit into its block");
      }
      copy(this.#literals, taken, output, position, length);
      taken += length;
      position += length;
      if (offset > position) throw new ZstdDamage("a match is too far back");
      copyMatch(output, position, offset, match);
      position += match;
      if (--left === 0) break;
      lengthEntry = lengths.entries[(lengthEntry >>> 16) + stream.read((lengthEntry >>> 8) & 0xff)]!;
      matchEntry = matches.entries[(matchEntry >>> 16) + stream.read((matchEntry >>> 8) & 0xff)]!;
      offsetEntry = offsets.entries[(offsetEntry >>> 16) + stream.read((offsetEntry >>> 8) & 0xff)]!;
    }
    if (stream.left !== 0) throw new ZstdDamage("a block's sequences do not end with it");
    return this.#copyLiterals(taken, output, position, from);
  }

  /** Section 3.1.1.5: values up to 3 stand for offsets used before. */
  #useOffset(value: number, noLiterals: boolean): number {
    if (value > 3) {
      this.#third = this.#second;
      this.#second = this.#last;
      this.#last = value - 3;
      return this.#last;
    }
    const which = noLiterals ? value + 1 : value;
    if (which === 1) return this.#last;
    const offset = which === 2 ? this.#second : which === 3 ? this.#third : this.#last - 1;
    if (offset === 0) throw new ZstdDamage("a match has offset 0");
    if (which > 2) this.#third = this.#second;
    this.#second = this.#last;
    this.#last = offset;
    return offset;
  }

  #copyLiterals(taken: number, output: Uint8Array, position: number, from: number): number {
    const length = this.#literalCount - taken;
    if (position + length > from + BLOCK_MAXIMUM) throw new ZstdDamage("a block is too long");
    copy(this.#literals, taken, output, position, length);
    return position + length;
  }
}

/** Lengths from which the engine's own copy is faster than a loop. */
const LONG = 48;

function copy(source: Uint8Array, at: number, target: Uint8Array, to: number, length: number): void {
  if (length >= LONG) {
    target.set(source.subarray(at, at + length), to);
    return;
  }
  for (let index = 0; index < length; index++) target[to + index] = source[at + index]!;
}

/** Copies what is `offset` bytes back; a match may reach into itself. */
function copyMatch(output: Uint8Array, to: number, offset: number, length: number): void {
  const at = to - offset;
  if (length >= LONG && offset >= length) {
    output.copyWithin(to, at, at + length);
    return;
  }
  for (let index = 0; index < length; index++) output[to + index] = output[at + index]!;
}
