import type { ObjectWriter } from "./object-writer.ts";

/** The numbers of a form, beside others. */
export type Numbers = Readonly<Record<number, number>>;

/** Longer times (11 days) are not for forms: the shortest text of such a number of seconds may need fewer digits than its nanoseconds. */
export const LONG_NS = 1e15;

/** There is no such phrase yet. */
export const NO_PHRASE = 0;

/** What is the same each time, as phrases or forms of `JsonTape`: first in its object or list, and behind a comma. Made when it is first written. */
export class Phrases {
  first: number = NO_PHRASE;
  next: number = NO_PHRASE;
}

/** The key of a value. Whoever writes it often keeps it: looking a name up takes longer than writing it. */
export class Key {
  readonly name: string;
  readonly phrases: Phrases = new Phrases();
  /** The word that was written last as its value, and the phrase for that: mostly it is the same the next time. */
  lastWord = "";
  lastPhrase: number = NO_PHRASE;

  constructor(name: string) {
    this.name = name;
  }
}

/** A key for each name. */
export function keysOf<Name extends string>(...names: readonly Name[]): Readonly<Record<Name, Key>> {
  const entries = names.map((name) => [name, new Key(name)] as const);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.fromEntries forgets the names.
  return Object.fromEntries(entries) as Record<Name, Key>;
}

/**
 * A stretch of an object that has the same keys each time, in whole or but for numbers that are left out: at least one
 * key, or the beginning of an object. `write` writes it with the numbers in `values` from `at` on, each of them once.
 */
export class Form {
  /** How many numbers it has; such as are written by `number` are not negative. */
  readonly count: number;
  readonly write: (to: ObjectWriter, values: Numbers, at: number) => void;
  readonly phrases: Phrases = new Phrases();
  /** Whether what follows it is the first of its object or list. */
  followedByFirst = false;

  constructor(count: number, write: (to: ObjectWriter, values: Numbers, at: number) => void) {
    this.count = count;
    this.write = write;
  }
}
