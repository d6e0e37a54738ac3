/** Back to the first column, and all below erased (ECMA-48 ED). */
const ERASE = "\r\u001B[J";
const MAX_LINES = 5;

/** Some lines at the end of a terminal that are drawn again and again, while other lines are printed above them. */
export class StatusLines {
  readonly #write: (text: string) => void;
  readonly #columns: () => number;
  #lines: readonly string[] = [];
  #shown = 0;

  constructor(write: (text: string) => void, columns: () => number) {
    this.#write = write;
    this.#columns = columns;
  }

  /** Prints text, of whole lines, in their place; they come back with the next `show`. */
  print(text: string): void {
    this.#write(this.#erased() + text);
  }

  /** Shows these lines instead of those before. */
  show(lines: readonly string[]): void {
    const more = lines.length - MAX_LINES;
    this.#lines = more > 0 ? [...lines.slice(0, MAX_LINES), `… and ${more} more`] : lines;
    this.#draw(this.#erased());
  }

  #draw(before: string): void {
    // The last column stays free: some terminals go on to the next line with it.
    const most = Math.max(1, this.#columns() - 1);
    const text = this.#lines.map((line) => line.slice(0, most)).join("\n");
    this.#shown = this.#lines.length;
    if (before + text !== "") this.#write(before + text);
  }

  #erased(): string {
    if (this.#shown === 0) return "";
    const up = this.#shown > 1 ? `\u001B[${this.#shown - 1}A` : "";
    this.#shown = 0;
    return up + ERASE;
  }
}
