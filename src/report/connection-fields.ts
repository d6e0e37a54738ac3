import { type Field, type FieldTable, fieldTable } from "../query/field.ts";
import { packetFieldHint } from "../query/packet-fields.ts";
import { FLOW_SCHEMA } from "./schema/flow-schema.ts";
import { type KeyPath, keyPaths, valuesAt } from "./schema/paths.ts";
import { ADDRESS_PATTERN } from "./schema/schema.ts";
import { VERDICT_SCHEMA } from "./schema/verdict-schema.ts";

/** What a query on connections is asked of: their objects, as `flows --json` and `diagnose --json` print them. */
export class ConnectionSubject {
  readonly #flow: () => unknown;
  readonly #verdict: () => unknown;
  readonly #values = new Map<string, unknown[]>();
  #flowObject: unknown = undefined;
  #verdictObject: unknown = undefined;

  /** Both are made when something asks for them; undefined where there is none. */
  constructor(flow: () => unknown, verdict: () => unknown) {
    this.#flow = flow;
    this.#verdict = verdict;
  }

  /** All values of a key of one of the two. */
  values(name: string, of: "flow" | "verdict", keys: readonly string[]): unknown[] {
    let values = this.#values.get(name);
    if (values === undefined) {
      values = valuesAt(
        of === "flow" ? (this.#flowObject ??= this.#flow()) : (this.#verdictObject ??= this.#verdict()),
        keys,
      );
      this.#values.set(name, values);
    }
    return values;
  }
}

/**
 * Fields of connections: every key of the two objects. Keys of a verdict begin
 * with `verdict.`; those of a connection with `flow.`, which is left out where
 * the key is within another: `flow.outcome`, `handshake.total`.
 */
export const CONNECTION_FIELDS: FieldTable<ConnectionSubject> = fieldTable<ConnectionSubject>(
  [
    ...keyPaths(FLOW_SCHEMA).flatMap((path) => fieldOf(path, "flow")),
    ...keyPaths(VERDICT_SCHEMA).flatMap((path) => fieldOf(path, "verdict")),
  ],
  packetFieldHint,
);

/** Whether one of the fields is of the verdict. */
export function needsVerdict(fields: ReadonlySet<Field<ConnectionSubject>>): boolean {
  for (const { name } of fields) if (name.startsWith("verdict.")) return true;
  return false;
}

function fieldOf(key: KeyPath, of: "flow" | "verdict"): Field<ConnectionSubject>[] {
  const { path, keys, schema, isMany } = key;
  const value = key.type === "array" ? schema.items : schema;
  const type = key.type === "array" ? value?.type : key.type;
  const isNested = of === "flow" && keys.length > 1;
  const named = {
    name: isNested ? path : `${of}.${path}`,
    aliases: isNested ? [`${of}.${path}`] : [],
    about: schema.description ?? "",
    ...(isMany ? { values: (subject: ConnectionSubject) => subject.values(`${of}.${path}`, of, keys).length } : {}),
  };
  const read = (subject: ConnectionSubject, index: number): unknown => subject.values(`${of}.${path}`, of, keys)[index];
  if (type === "integer" || type === "number") {
    return [
      {
        ...named,
        type: type === "integer" ? "number" : "seconds",
        read: (subject, index) => numberOf(read(subject, index)),
      },
    ];
  }
  if (type === "boolean")
    return [{ ...named, type, isCondition: true, read: (subject, index) => numberOf(read(subject, index)) }];
  if (type !== "string") return [];
  const choices = value?.enum?.filter((each) => each !== null);
  const isAddress = value?.pattern === ADDRESS_PATTERN;
  return [
    { ...named, type: isAddress ? "address" : "text", choices, text: (subject, index) => textOf(read(subject, index)) },
  ];
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : typeof value === "boolean" ? Number(value) : Number.NaN;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
