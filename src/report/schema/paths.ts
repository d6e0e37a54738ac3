import type { Schema, SchemaType } from "./schema.ts";

/** A key of an object by its dotted path: `tcp.flags`, `clientToServer.rtt.mean`. */
export interface KeyPath {
  readonly path: string;
  readonly keys: readonly string[];
  readonly schema: Schema;
  /** Not counting null. */
  readonly type: SchemaType;
  /** There may be several values of it: it is, or is within, a list. */
  readonly isMany: boolean;
}

/** All keys that a schema describes, those of nested objects and of objects in lists included, in its order. */
export function keyPaths(schema: Schema): KeyPath[] {
  return below(schema, [], false);
}

function below(schema: Schema, keys: readonly string[], isMany: boolean): KeyPath[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
    const path = [...keys, key];
    const type = [child.type ?? "object"].flat().find((each) => each !== "null") ?? "null";
    const item = type === "array" && child.items !== undefined ? child.items : child;
    const many = isMany || type === "array";
    return [{ path: path.join("."), keys: path, schema: child, type, isMany: many }, ...below(item, path, many)];
  });
}

/** What a path leads to in an object: every value, in order; lists on the way are gone through. */
export function valuesAt(object: unknown, keys: readonly string[]): unknown[] {
  let values: unknown[] = [object];
  for (const key of keys) values = values.flatMap((value) => child(value, key));
  return values;
}

function child(value: unknown, key: string): unknown[] {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return [];
  const found: unknown = Reflect.get(value, key);
  if (found === null || found === undefined) return [];
  return Array.isArray(found) ? found : [found];
}
