import type { Command } from "commander";

/** Adds --where. */
export function addWhereOption(command: Command, example: string): Command {
  return command.option(
    "--where <query>",
    `only what matches this query on our own fields: ${example}; help lists them`,
  );
}
