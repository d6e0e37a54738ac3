import fs from "node:fs";
import { type Command, Option } from "commander";
import { addColumnOptions, type ColumnOptions } from "./column-options.ts";
import { addExpressionOptions } from "./expression.ts";
import type { ColourChoice } from "./colour.ts";
import { addLiveOptions, type LiveCommandOptions } from "./live-options.ts";
import { UsageError } from "./status.ts";
import { addWhereOption } from "./where-option.ts";
import { suggestCommand } from "./suggest.ts";
import { wholeNumber } from "./write-options.ts";

/** Collects the values of an option that may be given several times. */
export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** The options by which every reading command is told what to read. */
export function addReadingOptions(command: Command): Command {
  command
    .option("-r, --read <file>", "read the capture FILE (several times; - is standard input)", collect)
    .usage("[options] -r FILE | -i INTERFACE [expression]")
    .argument("[expression...]", "only frames that match this pcap-filter expression: tcp port 80 and host 10.0.0.1");
  return addLiveOptions(addExpressionOptions(command));
}

/** The options of commands that report on connections. */
export function addReportOptions(command: Command, example: { fields: string; where: string }): Command {
  addColumnOptions(command.option("--json", "one JSON object per line"), example.fields);
  return addConnectionOptions(addWhereOption(command, example.where));
}

/** The same without those that choose connections or what is said of them. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option("-n, --numeric", "addresses and ports as numbers (always so: names are not looked up)")
    .option("-y, --linktype <type>", "with -i: the link type; -L of dump lists them")
    .option(
      "--max-connections <n>",
      "follow and keep at most N at once (1000000; fewer where memory has no room, 262144 with -i)",
      wholeNumber,
    )
    .addOption(colourOption());
}

/** What `addReportOptions` adds. */
export interface ReportOptions extends ColumnOptions, LiveCommandOptions {
  readonly read?: string[];
  /** -F */
  readonly F?: string;
  readonly where?: string;
  readonly maxConnections?: number;
  readonly color: ColourChoice;
}

/** When to colour; property `color`. */
export function colourOption(): Option {
  return new Option("--color <when>", "colour: auto is on a terminal, unless NO_COLOR is set")
    .choices(["auto", "always", "never"])
    .default("auto");
}

/** The files to read; without any, a sentence that says what to do. `words` are those of the expression. */
export function filesOf(read: readonly string[] | undefined, words: readonly string[]): readonly string[] {
  if (read === undefined || read.length === 0) {
    refuseMistakenWords(words);
    throw new UsageError(nothingToRead());
  }
  if (words.length === 1) refuseCommand(words);
  return read;
}

/** Refuses words of an expression that were meant as something else, when no file was named to read. */
export function refuseMistakenWords(words: readonly string[], isLive = false): void {
  if (!isLive || words.length === 1) refuseCommand(words);
  const [first = ""] = words;
  if (!isLive && words.length === 1 && fs.existsSync(first))
    throw new UsageError(`${first}: a capture is named with -r: tcpscope -r ${first}`);
}

/** A word that is nearly a command was meant as one: there is no expression of one word like that, but a host's name. */
function refuseCommand([first = ""]: readonly string[]): void {
  const command = suggestCommand(first);
  if (command !== undefined) throw new UsageError(`unknown command ${first} (did you mean ${command}?)`);
}

export function nothingToRead(): string {
  return "nothing to read: name a capture with -r FILE (- is standard input), or capture: sudo tcpscope -i INTERFACE; see tcpscope --help";
}
