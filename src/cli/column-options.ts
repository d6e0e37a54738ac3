import type { Command } from "commander";

/** How the objects of --json can be printed as lines of values, as commander gives it. */
export interface ColumnOptions {
  readonly json?: boolean;
  readonly fields?: string;
  readonly csv?: boolean;
}

/** Adds --fields and --csv. */
export function addColumnOptions(command: Command, example: string): Command {
  return command
    .option("--fields <keys>", `only these keys of --json, between tabs: ${example}; help lists them`)
    .option("--csv", "the same as CSV with a line of names; without --fields the most usual ones");
}

/** Whether values are asked for instead of objects or text. */
export function wantsColumns({ fields, csv }: ColumnOptions): boolean {
  return fields !== undefined || csv === true;
}
