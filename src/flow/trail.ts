/** Trails kept for one root: hostile traffic could make them without end. Beyond, texts are made each time. */
const MAX_TRAILS = 4096;

/**
 * A text that grows at its end, step by step, shared by all who took the same
 * steps: few of those that are possible occur, so most connections make none of their own.
 */
export class Trail {
  readonly text: string;
  readonly #separator: string;
  readonly #next: (Trail | undefined)[] = [];
  /** How many there are with the same root. */
  readonly #count: { trails: number };

  private constructor(text: string, separator: string, count: { trails: number }) {
    this.text = text;
    this.#separator = separator;
    this.#count = count;
  }

  /** An empty one; `separator` stands between the steps' texts. */
  static root(separator: string): Trail {
    return new Trail("", separator, { trails: 1 });
  }

  /** The text with the step's behind it. `step`: 0 to 255; the same text each time. */
  then(step: number, text: string): Trail {
    const known = this.#next[step];
    if (known !== undefined) return known;
    const longer = this.text === "" ? text : this.text + this.#separator + text;
    const next = new Trail(longer, this.#separator, this.#count);
    if (this.#count.trails < MAX_TRAILS) {
      this.#count.trails++;
      this.#next[step] = next;
    }
    return next;
  }
}
