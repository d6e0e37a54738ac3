import { type ExpressionCompiler, findCompiler } from "./compiler.ts";
import { FilterError } from "./error.ts";
import type { Match } from "./match.ts";
import { matcher } from "./matcher.ts";

/** What programs are made for when no snap length is known, in bytes: tcpdump's default. */
export const DEFAULT_SNAP_LENGTH = 262144;

/** How an expression is compiled. */
export interface FilterOptions {
  /** Whether libpcap may make the program shorter; true when left out. It matches the same. */
  readonly optimize?: boolean;
}

/** A pcap-filter expression for frames of files; it is compiled once for each link type that is met. */
export class Filter {
  readonly expression: string;
  readonly #compiler: ExpressionCompiler;
  readonly #optimize: boolean;
  /** By link type and byte order. */
  readonly #matches = new Map<number, Match>();
  /** Why the expression rejects all frames of some link type; undefined while it does not. */
  #rejection: FilterError | undefined = undefined;
  #littleEndian = true;
  /** The link type of the latest frame, and its function. */
  #linkType = -1;
  #match: Match = rejectAll;

  constructor(compiler: ExpressionCompiler, expression: string, options: FilterOptions = {}) {
    this.expression = expression;
    this.#compiler = compiler;
    this.#optimize = options.optimize ?? true;
  }

  /** Rejects with a `FilterError` when nothing on this system compiles expressions. */
  static async load(expression: string, options: FilterOptions = {}): Promise<Filter> {
    return new Filter(await findCompiler(), expression, options);
  }

  /**
   * Makes ready for a capture: its link type (LINKTYPE_ value, others may follow; -1 when it is not known
   * yet) and the byte order of its writer. Throws a `FilterError` when the expression cannot be compiled for it.
   */
  prepare(linkType: number, littleEndian: boolean): void {
    this.#littleEndian = littleEndian;
    this.#linkType = -1;
    if (linkType >= 0) this.#select(linkType);
  }

  /** Throws a `FilterError` if the expression rejects all frames of all link types met so far, and there were some. */
  refuseImpossible(): void {
    if (this.#rejection === undefined) return;
    for (const match of this.#matches.values()) if (match !== rejectAll) return;
    throw this.#rejection;
  }

  /**
   * Whether a frame matches; its captured bytes are `view[start, start +
   * capturedLength)`. Throws a `FilterError` at the first frame of a link type for which
   * the expression cannot be compiled.
   */
  matches(linkType: number, view: DataView, start: number, capturedLength: number, wireLength: number): boolean {
    if (linkType !== this.#linkType) this.#select(linkType);
    return this.#match(view, start, capturedLength, wireLength) !== 0;
  }

  /** The same as a function, for frames that are all of one link type. Throws as `matches` does. */
  matchOf(linkType: number): Match {
    this.#select(linkType);
    return this.#match;
  }

  #select(linkType: number): void {
    const key = 2 * linkType + Number(this.#littleEndian);
    const match = this.#matches.get(key) ?? this.#compile(linkType);
    this.#matches.set(key, match);
    this.#match = match;
    this.#linkType = linkType;
  }

  #compile(link: number): Match {
    try {
      const { expression } = this;
      return matcher(
        this.#compiler.compile({ expression, link, snapLength: DEFAULT_SNAP_LENGTH, optimize: this.#optimize }),
      );
    } catch (error) {
      if (!(error instanceof FilterError && error.code === "rejects-all")) throw error;
      this.#rejection = error;
      return rejectAll;
    }
  }
}

function rejectAll(): number {
  return 0;
}
