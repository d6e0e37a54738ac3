import type { CaptureSource } from "../capture/source.ts";

/** Time before the first line and between lines, in milliseconds. */
const INTERVAL = 1000;
const MIB = 1024 * 1024;
/** Back to the first column, and the rest of the line erased (ECMA-48 EL). */
const CLEAR = "\r\u001B[K";

/** One line on a terminal that says once a second how far the reading is. */
export class Progress {
  readonly #write: (text: string) => void;
  readonly #shown: boolean;
  readonly #now: () => number;
  #next: number;
  #visible = false;

  /** `now` gives milliseconds. */
  constructor(write: (text: string) => void, shown: boolean, now: () => number = () => performance.now()) {
    this.#write = write;
    this.#shown = shown;
    this.#now = now;
    this.#next = shown ? now() + INTERVAL : Number.POSITIVE_INFINITY;
  }

  update(source: CaptureSource): void {
    if (!this.#shown) return;
    const now = this.#now();
    if (now < this.#next) return;
    this.#next = now + INTERVAL;
    this.#visible = true;
    this.#write(`${CLEAR}${progressText(source)}`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#visible) this.#write(CLEAR);
    this.#visible = false;
  }
}

function progressText({ name, bytesRead, size, live }: CaptureSource): string {
  if (live !== undefined)
    return `${name}: ${Math.floor(bytesRead / MIB)} MiB captured; ^C ends the capture and shows the result`;
  if (size > 0) return `${name}: ${Math.floor((100 * bytesRead) / size)} % read`;
  return `${name}: ${Math.floor(bytesRead / MIB)} MiB read`;
}
