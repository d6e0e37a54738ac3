import fs from "node:fs";
import { type Command, Option } from "commander";
import { addExpressionOptions } from "./expression.ts";
import type { ColourChoice } from "./colour.ts";
import { UsageError } from "./status.ts";
import { suggestCommand } from "./suggest.ts";

/** Collects the values of an option that may be given several times. */
export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** The options by which every reading command is told what to read. */
export function addReadingOptions(command: Command): Command {
  command
    .option("-r, --read <file>", "read the capture FILE (several times; - is standard input)", collect)
    .usage("[options] -r FILE [expression]")
    .argument("[expression...]", "only frames that match this pcap-filter expression: tcp port 80 and host 10.0.0.1");
  return addExpressionOptions(command);
}

/** The options of commands that report on connections. */
export function addReportOptions(command: Command): Command {
  return command
    .option("--json", "one JSON object per line")
    .option("-n, --numeric", "addresses and ports as numbers (always so: names are not looked up)")
    .addOption(colourOption());
}

/** What `addReportOptions` adds. */
export interface ReportOptions {
  readonly read?: string[];
  /** -F */
  readonly F?: string;
  readonly json?: boolean;
  readonly color: ColourChoice;
}

/** --color, of every command that prints for people. */
export function colourOption(): Option {
  return new Option("--color <when>", "colour: auto is on a terminal, unless NO_COLOR is set")
    .choices(["auto", "always", "never"])
    .default("auto");
}

/** The files to read; without any, a sentence that says what to do. `words` are those of the expression. */
export function filesOf(read: readonly string[] | undefined, words: readonly string[]): readonly string[] {
  if (words.length === 1) refuseCommand(words);
  if (read === undefined || read.length === 0) throw new UsageError(nothingToRead(words));
  return read;
}

/** A word that is nearly a command was meant as one: there is no expression of one word like that, but a host's name. */
function refuseCommand([first = ""]: readonly string[]): void {
  const command = suggestCommand(first);
  if (command !== undefined) throw new UsageError(`unknown command ${first} (did you mean ${command}?)`);
}

function nothingToRead(words: readonly string[]): string {
  refuseCommand(words);
  const [first = ""] = words;
  if (words.length === 1 && fs.existsSync(first)) return `${first}: a capture is named with -r: tcpscope -r ${first}`;
  return "nothing to read: name a capture with -r FILE (- is standard input); see tcpscope --help";
}
