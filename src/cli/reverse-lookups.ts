import type { Resolver } from "node:dns/promises";

/** Questions on their way at once, and waiting. */
const MAX_OPEN = 16;
const MAX_WAITING = 4096;
/** How long an answer is waited for, in milliseconds. */
const TIMEOUT = 2000;

/** Asks the name servers for names of addresses while the program goes on; what has no answer has no name. */
export class ReverseLookups {
  readonly #found: (address: string, name: string) => void;
  readonly #resolver: Resolver;
  readonly #waiting: string[] = [];
  #open = 0;
  #closed = false;
  /** Called when nothing is open any more. */
  #whenAnswered: (() => void) | undefined = undefined;

  constructor(found: (address: string, name: string) => void) {
    this.#found = found;
    // Loaded for who asks only.
    const { Resolver } = process.getBuiltinModule("node:dns/promises");
    this.#resolver = new Resolver({ timeout: TIMEOUT, tries: 1 });
  }

  /** Asks for the name of an address, unless too many questions wait already. */
  ask(address: string): void {
    if (this.#closed || this.#waiting.length >= MAX_WAITING) return;
    this.#waiting.push(address);
    this.#next();
  }

  /** Resolves when all that was asked has its answer, after so many milliseconds at the latest. */
  async answered(patience: number): Promise<void> {
    if (this.#open === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patience);
      this.#whenAnswered = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#whenAnswered = undefined;
  }

  /** Lets go of all questions, so that the program can end. */
  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
    this.#resolver.cancel();
  }

  #next(): void {
    while (this.#open < MAX_OPEN) {
      const address = this.#waiting.shift();
      if (address === undefined) return;
      this.#open++;
      void this.#look(address);
    }
  }

  async #look(address: string): Promise<void> {
    try {
      const [name] = await this.#resolver.reverse(address);
      if (name !== undefined && !this.#closed) this.#found(address, name);
    } catch {
      // No name, no server, no answer in time: the address stays a number.
    } finally {
      this.#open--;
      if (!this.#closed) this.#next();
      if (this.#open === 0) this.#whenAnswered?.();
    }
  }
}
