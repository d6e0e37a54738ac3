import type { Command } from "commander";
import type { CaptureError } from "../capture/error.ts";
import { STATUS_UNREADABLE, UsageError } from "./status.ts";

/** Collects the values of an option that may be given several times. */
export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** The options by which every reading command is told what to read. */
export function addReadingOptions(command: Command): Command {
  return command.option("-r, --read <file>", "read the capture FILE (several times; - is standard input)", collect);
}

/** The files to read; without any, a sentence that says what to do. */
export function filesOf(read: readonly string[] | undefined, rest: readonly string[]): readonly string[] {
  if (rest.length > 0) {
    throw new UsageError(`filter expressions are not supported (${rest.join(" ")}): filter with tcpdump -w - EXPRESSION | tcpscope -r -`);
  }
  if (read === undefined || read.length === 0) {
    throw new UsageError("nothing to read: name a capture with -r FILE (- is standard input); see tcpscope --help");
  }
  return read;
}

/** After everything that was read has been printed: the one line that says why it is not all. */
export function reportUnreadable(error: CaptureError | undefined): void {
  if (error === undefined) return;
  process.stderr.write(`tcpscope: ${error.message}\n`);
  process.exitCode = STATUS_UNREADABLE;
}
