import fs from "node:fs";
import { type Command, Option } from "commander";
import type { CaptureError } from "../capture/error.ts";
import type { CaptureSource } from "../capture/source.ts";
import { type FrameVisitor, readCaptures } from "../pipeline.ts";
import { Interrupt } from "./interrupt.ts";
import type { ColourChoice } from "./output.ts";
import { Progress } from "./progress.ts";
import { STATUS_UNREADABLE, UsageError } from "./status.ts";
import { suggestCommand } from "./suggest.ts";

/** Collects the values of an option that may be given several times. */
export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** The options by which every reading command is told what to read. */
export function addReadingOptions(command: Command): Command {
  return command
    .option("-r, --read <file>", "read the capture FILE (several times; - is standard input)", collect)
    .usage("[options] -r FILE")
    .argument("[expression...]");
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
  readonly json?: boolean;
  readonly color: ColourChoice;
}

function colourOption(): Option {
  return new Option("--color <when>", "colour: auto is on a terminal, unless NO_COLOR is set")
    .choices(["auto", "always", "never"])
    .default("auto");
}

/** The files to read; without any, a sentence that says what to do. `rest` are the words that are no options. */
export function filesOf(read: readonly string[] | undefined, rest: readonly string[]): readonly string[] {
  if (rest.length > 0) throw new UsageError(refusedWords(rest));
  if (read === undefined || read.length === 0) {
    throw new UsageError("nothing to read: name a capture with -r FILE (- is standard input); see tcpscope --help");
  }
  return read;
}

function refusedWords(rest: readonly string[]): string {
  const [first = ""] = rest;
  const command = suggestCommand(first);
  if (command !== undefined) return `unknown command ${first} (did you mean ${command}?)`;
  if (rest.length === 1 && fs.existsSync(first)) return `${first}: a capture is named with -r: tcpscope -r ${first}`;
  return `filter expressions are not supported (${rest.join(" ")}): filter with tcpdump -r FILE -w - EXPRESSION | tcpscope -r -`;
}

/** What a command wants to know besides the frames. */
export interface ReadingHooks {
  readonly onOpen?: (source: CaptureSource) => void;
  readonly onIdle?: () => void;
  /** Whether standard output is written while reading: then a terminal shows no progress between its lines. */
  readonly printsMeanwhile?: boolean;
}

/** Reads as every command does: ^C ends the reading, not the program, and a terminal shows how far a long read is. */
export async function readInputs(
  files: readonly string[],
  visit: FrameVisitor,
  hooks: ReadingHooks = {},
): Promise<CaptureError | undefined> {
  const interrupt = new Interrupt();
  const shown = process.stderr.isTTY && !(hooks.printsMeanwhile === true && process.stdout.isTTY);
  const progress = new Progress((text) => process.stderr.write(text), shown);
  try {
    return await readCaptures(files, visit, {
      signal: interrupt.signal,
      onOpen(source) {
        interrupt.reads(source);
        hooks.onOpen?.(source);
      },
      onIdle(source) {
        hooks.onIdle?.();
        progress.update(source);
      },
    });
  } finally {
    interrupt.release();
    progress.end();
  }
}

/** After everything that was read has been printed: the one line that says why it is not all. */
export function reportUnreadable(error: CaptureError | undefined): void {
  // Whoever read what -w - wrote has seen enough.
  if (error === undefined || error.code === "broken-pipe") return;
  process.stderr.write(`tcpscope: ${error.message}\n`);
  process.exitCode = STATUS_UNREADABLE;
}
