import { BackwardBits, MAXIMUM_SYMBOLS, StateTable, ZstdDamage } from "./states.ts";

const MAXIMUM_BITS = 11;
const WEIGHTS_LOG = 6;

/** A Huffman tree for literals (RFC 8878 section 4.2). */
export class HuffmanTable {
  /** Bits of the longest code; 0 while there is no tree. */
  bits = 0;
  /** For each value of that many bits: the symbol, and from bit 8 on how many bits its code has. */
  readonly #entries = new Uint16Array(1 << MAXIMUM_BITS);
  readonly #weights = new Uint8Array(MAXIMUM_SYMBOLS + 2);
  readonly #starts = new Uint16Array(MAXIMUM_BITS + 2);
  readonly #weightStates = new StateTable(WEIGHTS_LOG);
  readonly #stream = new BackwardBits();

  /** Reads the tree description in `[at, end)`, and says where it ends. */
  read(view: DataView, at: number, end: number): number {
    if (at >= end) throw new ZstdDamage("a Huffman tree is missing");
    const first = view.getUint8(at);
    const direct = first >= 128;
    const next = at + 1 + (direct ? (first - 126) >> 1 : first);
    if (next > end) throw new ZstdDamage("a Huffman tree does not fit");
    const count = direct ? this.#readWeights(view, at + 1, first - 127) : this.#decodeWeights(view, at + 1, next);
    this.#build(count);
    return next;
  }

  /** Decodes the stream in `[at, end)` to `output[from, to)`. */
  decode(view: DataView, at: number, end: number, output: Uint8Array, from: number, to: number): void {
    const stream = this.#stream;
    const entries = this.#entries;
    const width = this.bits;
    const mask = (1 << width) - 1;
    stream.open(view, at, end);
    let left = stream.left;
    let position = from;
    // As long as a whole code's width is there, without asking.
    for (; position < to && left >= width; position++) {
      const low = left - width;
      const entry = entries[(view.getUint32(at + (low >>> 3), true) >>> (low & 7)) & mask]!;
      output[position] = entry;
      left -= entry >>> 8;
    }
    for (; position < to; position++) {
      const rest = view.getUint32(at, true) & ((1 << left) - 1);
      const entry = entries[(rest << (width - left)) & mask]!;
      output[position] = entry;
      left -= entry >>> 8;
      if (left < 0) throw new ZstdDamage("a literal stream is too short");
    }
    if (left !== 0) throw new ZstdDamage("a literal stream is too long");
  }

  #readWeights(view: DataView, at: number, count: number): number {
    for (let index = 0; index < count; index++) {
      const byte = view.getUint8(at + (index >> 1));
      this.#weights[index] = (index & 1) === 0 ? byte >> 4 : byte & 15;
    }
    return count;
  }

  /** Two states take turns on one stream until it is used up (section 4.2.1.2). */
  #decodeWeights(view: DataView, at: number, end: number): number {
    const table = this.#weightStates;
    const entries = table.entries;
    const stream = this.#stream;
    stream.open(view, table.read(view, at, end, WEIGHTS_LOG, MAXIMUM_SYMBOLS - 1), end);
    let one = entries[stream.read(table.log)]!;
    let other = entries[stream.read(table.log)]!;
    if (stream.left < 0) throw new ZstdDamage("a Huffman tree is cut");
    for (let count = 0; count < MAXIMUM_SYMBOLS;) {
      this.#weights[count++] = one;
      const bits = stream.read((one >>> 8) & 0xff);
      if (stream.left < 0) {
        this.#weights[count++] = other;
        return count;
      }
      const next = entries[(one >>> 16) + bits]!;
      one = other;
      other = next;
    }
    throw new ZstdDamage("a Huffman tree has too many symbols");
  }

  #build(count: number): void {
    if (count >= MAXIMUM_SYMBOLS) throw new ZstdDamage("a Huffman tree has too many symbols");
    const weights = this.#weights;
    const starts = this.#starts.fill(0);
    let total = 0;
    for (let symbol = 0; symbol < count; symbol++) {
      const weight = weights[symbol]!;
      if (weight > MAXIMUM_BITS) throw new ZstdDamage("a Huffman code is too long");
      total += (1 << weight) >> 1;
    }
    const bits = 32 - Math.clz32(total);
    const rest = (1 << bits) - total;
    // The last symbol's weight is what is missing to a full tree.
    if (total === 0 || bits > MAXIMUM_BITS || (rest & (rest - 1)) !== 0) {
      throw new ZstdDamage("a Huffman tree is not complete");
    }
    weights[count] = 32 - Math.clz32(rest);
    // Codes are given out from the light weights, which are the long codes, to the heavy ones.
    for (let symbol = 0; symbol <= count; symbol++) {
      const weight = weights[symbol]!;
      if (weight > 0) starts[weight + 1] = starts[weight + 1]! + (1 << (weight - 1));
    }
    for (let weight = 1; weight < starts.length; weight++) starts[weight] = starts[weight]! + starts[weight - 1]!;
    for (let symbol = 0; symbol <= count; symbol++) {
      const weight = weights[symbol]!;
      if (weight === 0) continue;
      const start = starts[weight]!;
      const next = start + (1 << (weight - 1));
      this.#entries.fill(symbol | ((bits + 1 - weight) << 8), start, next);
      starts[weight] = next;
    }
    this.bits = bits;
  }
}
