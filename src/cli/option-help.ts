import type { Schema } from "../report/schema/schema.ts";
import { print } from "./output.ts";

/** What --where and --fields were given, of the options of a command. */
interface HelpOptions {
  readonly where?: string;
  readonly fields?: string;
}

/** --where help, --fields help */
export function asksForHelp({ where, fields }: HelpOptions): boolean {
  return where === "help" || fields === "help";
}

/** Prints what --where knows, or else the keys that --fields knows. */
export async function printHelp(
  { where }: HelpOptions,
  fieldList: () => Promise<string>,
  schema: () => Promise<Schema>,
): Promise<void> {
  if (where === "help") {
    print(await fieldList());
    return;
  }
  const [{ keyList }, keys] = await Promise.all([import("./columns.ts"), schema()]);
  print(keyList(keys));
}

/** The fields of connections, for `printHelp`. */
export async function connectionFields(): Promise<string> {
  const { connectionFieldList } = await import("./connection-where.ts");
  return connectionFieldList();
}
