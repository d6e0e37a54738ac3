import type { CaptureSource } from "../capture/source.ts";
import type { Names } from "../print/names.ts";
import type { Counts, DumpOptions } from "./dump-options.ts";
import { type LoadedNames, loadNamedHosts, loadNames } from "./names.ts";

/** The names that lines show: with -n those of --hosts only; else of a text trace, those that stood in the text too. */
export class ShownNames {
  readonly #loaded: LoadedNames | undefined;
  readonly #takesOver: boolean;
  /** Names of the input that were added. */
  #added = 0;
  #source: CaptureSource | undefined = undefined;

  constructor(options: DumpOptions, counts: Counts) {
    this.#takesOver = counts.n === 0;
    this.#loaded = counts.n === 0 ? loadNames(options) : loadNamedHosts(options);
  }

  get names(): Names | undefined {
    return this.#loaded?.names;
  }

  /** Takes names over that the input has given since the last frame. */
  update(source: CaptureSource): void {
    if (this.#loaded === undefined || !this.#takesOver || source.format !== "text") return;
    if (source !== this.#source) this.#added = 0;
    this.#source = source;
    for (; this.#added < source.names.length; this.#added++) {
      const recorded = source.names[this.#added];
      if (recorded !== undefined) this.#loaded.names.addHost(recorded.address, recorded.name);
    }
  }

  /** Nothing more is printed. */
  close(): void {
    this.#loaded?.close();
  }
}
