import { StateTable, ZstdDamage } from "./states.ts";

// How the table of a field of the sequences is given (section 3.1.1.3.2.1).
const PREDEFINED = 0;
const SINGLE = 1;
const REPEATED = 3;

/** The table of one field: as predefined, or its own; kept for blocks that repeat it. */
export class FieldTable {
  /** The table to use; of no meaning before `read` was called for this frame. */
  current: StateTable;
  #given = false;
  readonly #own: StateTable;
  readonly #predefined: StateTable;
  readonly #maximumLog: number;
  readonly #maximumSymbol: number;

  constructor(maximumLog: number, maximumSymbol: number, standard: StateTable) {
    this.current = standard;
    this.#own = new StateTable(maximumLog);
    this.#predefined = standard;
    this.#maximumLog = maximumLog;
    this.#maximumSymbol = maximumSymbol;
  }

  /** A frame begins: nothing to repeat yet. */
  reset(): void {
    this.#given = false;
  }

  /** Takes the table that a block gives in `[at, end)`, and says where that ends. */
  read(mode: number, view: DataView, at: number, end: number): number {
    if (mode === REPEATED) {
      if (!this.#given) throw new ZstdDamage("a table is repeated that was never given");
      return at;
    }
    this.#given = true;
    if (mode === PREDEFINED) {
      this.current = this.#predefined;
      return at;
    }
    if (mode === SINGLE) {
      const symbol = at < end ? view.getUint8(at) : 0xff;
      if (symbol > this.#maximumSymbol) throw new ZstdDamage("a sequence code is unknown");
      this.#own.setSingle(symbol);
      this.current = this.#own;
      return at + 1;
    }
    if (at >= end) throw new ZstdDamage("an entropy table is missing");
    this.current = this.#own;
    return this.#own.read(view, at, end, this.#maximumLog, this.#maximumSymbol);
  }
}
