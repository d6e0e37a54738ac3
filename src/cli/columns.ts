import type { TextSink } from "../print/sink.ts";
import { type ColumnFormat, columnsText, headerText, lineEnd } from "../report/columns.ts";
import { type KeyPath, keyPaths } from "../report/schema/paths.ts";
import type { Schema } from "../report/schema/schema.ts";
import type { ColumnOptions } from "./column-options.ts";
import { UsageError } from "./status.ts";
import { nearestPath } from "./suggest.ts";

/** Prints objects as lines of values. */
export class ColumnPrinter {
  readonly #sink: TextSink;
  readonly #columns: readonly KeyPath[];
  readonly #format: ColumnFormat;

  /** Throws a `UsageError` for a key that the objects never have. */
  constructor(sink: TextSink, options: ColumnOptions, schema: Schema, usual: readonly string[]) {
    if (options.json === true) throw new UsageError("--json and --fields or --csv exclude each other");
    this.#sink = sink;
    this.#format = options.csv === true ? "csv" : "tabs";
    this.#columns = columnsOf(options.fields?.split(",").map((name) => name.trim()) ?? usual, schema);
    if (this.#format === "csv") this.#line(headerText(this.#columns));
  }

  print(object: unknown): void {
    this.#line(columnsText(object, this.#columns, this.#format));
  }

  #line(text: string): void {
    this.#sink.text(text + lineEnd(this.#format));
  }
}

function columnsOf(names: readonly string[], schema: Schema): KeyPath[] {
  const known = keyPaths(schema);
  return names.map((name) => {
    const found = known.find(({ path }) => path === name);
    if (found !== undefined) return found;
    const near = nearestPath(
      name,
      known.map(({ path }) => path),
    );
    const advice = near === undefined ? "--fields help lists them" : `did you mean ${near}?`;
    throw new UsageError(`--fields: there is no key ${JSON.stringify(name)}; ${advice}`);
  });
}

/** --fields help: each key with its type and its meaning. */
export function keyList(schema: Schema): string {
  const rows = keyPaths(schema).map(({ path, type, schema: { description = "" } }) => [path, type, description]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(([path = "", type = "", about = ""]) => `${path.padEnd(widths[0]!)}  ${type.padEnd(widths[1]!)}  ${about}\n`)
    .join("");
}
