import type { Phrase } from "../print/sink.ts";
import type { ObjectWriter } from "./object-writer.ts";

/** What is the same each time, as JSON text: first in its object or list, and behind a comma. Made when it is first written. */
export class Phrases {
  first: Phrase | undefined = undefined;
  next: Phrase | undefined = undefined;
}

/** The key of a value. Whoever writes it often keeps it: looking a name up takes longer than writing it. */
export class Key {
  readonly name: string;
  readonly phrases: Phrases = new Phrases();

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

/** A stretch of an object that is the same each time: at least one key, or the beginning of an object. */
export class Stretch {
  readonly phrases: Phrases = new Phrases();
  /** Whether what follows it is the first of its object or list. */
  followedByFirst = false;
  readonly write: (to: ObjectWriter) => void;

  constructor(write: (to: ObjectWriter) => void) {
    this.write = write;
  }
}
