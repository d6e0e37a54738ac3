/** What a field's values are, and so what they can be compared with. */
type FieldType =
  /** Whole numbers: decimal, 0x… or 0…. */
  | "number"
  /** Numbers with a fraction: seconds. */
  | "seconds"
  | "boolean"
  | "ipv4"
  | "ipv6"
  /** Either of them, written as text. */
  | "address"
  /** Six bytes. */
  | "ethernet"
  | "text"
  /** Bytes of the packet: there or not, and searched by contains and matches. */
  | "bytes";

/** What every field has; `C` is what a query is asked of: a packet, or a connection. */
interface Named<C> {
  readonly name: string;
  readonly type: FieldType;
  /** What it means: units, range, when it is absent. */
  readonly about: string;
  /** Other names of it. */
  readonly aliases?: readonly string[];
  /** Values that a subject can have at most, all of them or this one; 1 when left out. */
  readonly values?: number | ((subject: C) => number);
}

/** Numbers and booleans (0, 1): NaN when there is no value of that index. */
export interface NumberField<C> extends Named<C> {
  readonly type: "number" | "seconds" | "boolean";
  /** The name alone asks whether it is true, not whether there is such a value. */
  readonly isCondition?: boolean;
  readonly read: (subject: C, index: number) => number;
}

/** Bytes in the packet: where they are (-1: nowhere), how many, and in what. */
export interface BytesField<C> extends Named<C> {
  readonly type: "ipv4" | "ipv6" | "ethernet" | "bytes";
  readonly at: (subject: C, index: number) => number;
  readonly length: (subject: C, index: number) => number;
  readonly bytes: (subject: C) => Uint8Array;
}

/** Texts; undefined when there is no value of that index. */
export interface TextField<C> extends Named<C> {
  readonly type: "text" | "address";
  /** All values that there are, where they are few. */
  readonly choices?: readonly string[] | undefined;
  readonly text: (subject: C, index: number) => string | undefined;
}

export type Field<C> = NumberField<C> | BytesField<C> | TextField<C>;

/** How many values of a field to look at. */
export function counter<C>({ values = 1 }: Field<C>): (subject: C) => number {
  return typeof values === "number" ? () => values : values;
}

/** Fields by all of their names. */
export interface FieldTable<C> {
  readonly fields: readonly Field<C>[];
  readonly find: (name: string) => Field<C> | undefined;
  /** A sentence for a name that is a field of something else; undefined when it is nothing known. */
  readonly hint: (name: string) => string | undefined;
}

/** A table; later fields never hide earlier ones. */
export function fieldTable<C>(
  fields: readonly Field<C>[],
  hint: (name: string) => string | undefined = () => undefined,
): FieldTable<C> {
  const byName = new Map<string, Field<C>>();
  for (const field of fields) {
    for (const name of [field.name, ...(field.aliases ?? [])]) if (!byName.has(name)) byName.set(name, field);
  }
  return { fields, find: (name) => byName.get(name), hint };
}
