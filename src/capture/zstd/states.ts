/** Compressed data that contradicts itself; `unzstd` makes a `CaptureError` of it. */
export class ZstdDamage extends Error {}

/** Zero bytes that must follow compressed data in their buffer, so that a read of four bytes never leaves it. */
export const SLACK = 8;

/** Symbols that an entropy table can have. */
export const MAXIMUM_SYMBOLS = 256;

/**
 * A bit stream that is read from its end to its start (RFC 8878 section 4.1):
 * a final 1 bit marks where it ends.
 */
export class BackwardBits {
  /** Bits that are not read yet; negative after reading more than there was. */
  left = 0;
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Where the stream starts, in bytes. */
  #start = 0;

  /** Moves to the stream in `[start, end)`. */
  open(view: DataView, start: number, end: number): void {
    const last = end > start ? view.getUint8(end - 1) : 0;
    if (last === 0) throw new ZstdDamage("a bit stream has no end mark");
    this.#view = view;
    this.#start = start;
    this.left = (end - start) * 8 - 1 - Math.clz32(last) + 24;
  }

  /** The next `count` bits, up to 24; zeros for what is not there. */
  read(count: number): number {
    this.left -= count;
    if (this.left < 0) return this.#readPastStart(count);
    const word = this.#view.getUint32(this.#start + (this.left >>> 3), true);
    return (word >>> (this.left & 7)) & ((1 << count) - 1);
  }

  #readPastStart(count: number): number {
    const have = this.left + count;
    if (have <= 0) return 0;
    const word = this.#view.getUint32(this.#start, true);
    return (word & ((1 << have) - 1)) << -this.left;
  }
}

/** A decoding table of finite state entropy (RFC 8878 section 4.1). */
export class StateTable {
  /** Bits that the first state is read with. */
  log = 0;
  /** For each state: the symbol, from bit 8 on the bits to read for the next state, from bit 16 on what to add to them. */
  readonly entries: Uint32Array;
  readonly #counts = new Int16Array(MAXIMUM_SYMBOLS);
  readonly #next = new Uint16Array(MAXIMUM_SYMBOLS);

  constructor(maximumLog: number) {
    this.entries = new Uint32Array(1 << maximumLog);
  }

  /** Makes the table of one symbol that takes no bits. */
  setSingle(symbol: number): void {
    this.log = 0;
    this.entries[0] = symbol;
  }

  /** Makes the table of a known distribution. */
  setCounts(counts: readonly number[], log: number): void {
    this.#counts.set(counts);
    this.#build(counts.length, log);
  }

  /** Makes the table that is described in `[at, end)`, and says where the description ends. */
  read(view: DataView, at: number, end: number, maximumLog: number, maximumSymbol: number): number {
    const log = (view.getUint8(at) & 15) + 5;
    if (log > maximumLog) throw new ZstdDamage("an entropy table is too large");
    const counts = this.#counts;
    let position = at * 8 + 4;
    let remaining = (1 << log) + 1;
    let threshold = 1 << log;
    let width = log + 1;
    let symbol = 0;
    while (remaining > 1) {
      if (symbol > maximumSymbol || position > end * 8) throw new ZstdDamage("an entropy table does not fit");
      const value = bitsAt(view, position) & ((threshold << 1) - 1);
      const low = value & (threshold - 1);
      const few = 2 * threshold - 1 - remaining;
      const short = low < few;
      const count = (short ? low : value >= threshold ? value - few : value) - 1;
      position += short ? width - 1 : width;
      remaining -= Math.abs(count);
      counts[symbol++] = count;
      if (count === 0) {
        // Runs of symbols that do not occur, three at a time.
        for (let run = 3; run === 3;) {
          run = bitsAt(view, position) & 3;
          position += 2;
          if (symbol + run > maximumSymbol + 1) throw new ZstdDamage("an entropy table does not fit");
          counts.fill(0, symbol, symbol + run);
          symbol += run;
        }
      }
      while (remaining < threshold && threshold > 1) {
        width--;
        threshold >>= 1;
      }
    }
    const next = (position + 7) >>> 3;
    if (remaining !== 1 || next > end) throw new ZstdDamage("an entropy table does not fit");
    this.#build(symbol, log);
    return next;
  }

  /** Section 4.1.1: spreads the symbols over the states. */
  #build(symbols: number, log: number): void {
    const size = 1 << log;
    const entries = this.entries;
    const counts = this.#counts;
    let high = size - 1;
    for (let symbol = 0; symbol < symbols; symbol++) {
      const count = counts[symbol]!;
      if (count === -1) entries[high--] = symbol;
      this.#next[symbol] = Math.abs(count);
    }
    const step = (size >> 1) + (size >> 3) + 3;
    let position = 0;
    for (let symbol = 0; symbol < symbols; symbol++) {
      for (let count = counts[symbol]!; count > 0; count--) {
        entries[position] = symbol;
        do position = (position + step) & (size - 1);
        while (position > high);
      }
    }
    for (let state = 0; state < size; state++) {
      const symbol = entries[state]!;
      const next = this.#next[symbol]!;
      this.#next[symbol] = next + 1;
      const bits = log - 31 + Math.clz32(next);
      entries[state] = symbol | (bits << 8) | (((next << bits) - size) << 16);
    }
    this.log = log;
  }
}

/** At least 24 bits from bit `position` on, counted from the start. */
function bitsAt(view: DataView, position: number): number {
  return view.getUint32(position >>> 3, true) >>> (position & 7);
}
