import fs from "node:fs";
import type { Command } from "commander";
import { FilterError } from "../filter/error.ts";
import type { Filter } from "../filter/filter.ts";
import { suggestCommand } from "./suggest.ts";
import { UsageError } from "./status.ts";

/** Which frames a command is to look at, as commander gives it. */
interface ExpressionOptions {
  /** -F */
  readonly F?: string;
  /** False after -O. */
  readonly optimize?: boolean;
}

/** Adds the options that belong to a filter expression. */
export function addExpressionOptions(command: Command): Command {
  return command.option("-F <file>", "read the filter expression from FILE (# begins a comment)");
}

/** The filter that the words of the command line, or -F, ask for; undefined when all frames are wanted. */
export async function filterOf(words: readonly string[], options: ExpressionOptions): Promise<Filter | undefined> {
  const expression = expressionOf(words, options);
  if (expression === "") return undefined;
  const { Filter } = await import("../filter/filter.ts");
  return Filter.load(expression, { optimize: options.optimize ?? true });
}

/** The expression; "" when there is none. */
export function expressionOf(words: readonly string[], { F: file }: ExpressionOptions): string {
  if (file === undefined) return words.join(" ").trim();
  if (words.length > 0) throw new UsageError("option -F and an expression on the command line exclude each other");
  return expressionInFile(file);
}

/** As tcpdump reads it: what follows # on a line is left out. */
function expressionInFile(path: string): string {
  const name = path === "-" ? "standard input" : path;
  try {
    const text = fs.readFileSync(path === "-" ? 0 : path, "utf8");
    return text.replaceAll(/#.*/g, "").trim();
  } catch (error) {
    throw new UsageError(
      `option -F: ${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** The error for a refused expression; it says so if the first word was probably meant to be something else. */
export function explained(error: FilterError, expression: string | undefined): FilterError {
  if (error.code !== "refused" || expression === undefined) return error;
  const [first = ""] = expression.split(/\s/, 1);
  const command = suggestCommand(first);
  if (command !== undefined)
    return new FilterError(error.code, `${error.message} (did you mean the command ${command}?)`);
  if (first !== expression || !fs.existsSync(first)) return error;
  return new FilterError(error.code, `${error.message} (captures are named with -r: -r ${first})`);
}
