import { type Command, CommanderError } from "commander";
import { CaptureError } from "../capture/error.ts";
import { isReadByThread } from "../capture/open.ts";
import { FilterError } from "../filter/error.ts";
import { noteOthers } from "./helper-threads.ts";
import { OutputError } from "./output.ts";
import { dumpProgram, isDump } from "./root-command.ts";
import { STATUS_DONE, STATUS_UNREADABLE, STATUS_USAGE, statusOfFilter, UsageError } from "./status.ts";

/** Commands for which a thread reads large files ahead; others look at every segment. */
const READ_AHEAD: ReadonlySet<string | undefined> = new Set(["flows", "diagnose", "why"]);

/** Runs the program on arguments without node and script; resolves to the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const command = isDump(args) ? dumpProgram() : await otherProgram(args);
    await command.parseAsync([...args], { from: "user" });
    return Number(process.exitCode ?? STATUS_DONE);
  } catch (error) {
    return statusOf(error);
  }
}

/** The program with another command than `dump`. Before it is loaded, what other threads can do meanwhile is begun. */
async function otherProgram(args: readonly string[]): Promise<Command> {
  noteOthers();
  // Whether it will indeed be read is not known yet.
  if (READ_AHEAD.has(args[0]) && args.some(isReadByThread)) (await import("./read-ahead.ts")).beginReadingAhead();
  return (await import("./program.ts")).program(args[0]);
}

/** Tells people what went wrong, once; a bug keeps its stack. */
function statusOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? STATUS_DONE : STATUS_USAGE;
  // Whoever read the output has seen enough.
  if (error instanceof OutputError && error.isUnread) return STATUS_DONE;
  if (error instanceof CaptureError && error.code === "broken-pipe") return STATUS_DONE;
  if (error instanceof UsageError) {
    process.stderr.write(`tcpscope: ${error.message}\n`);
    return STATUS_USAGE;
  }
  if (error instanceof CaptureError || error instanceof OutputError) {
    process.stderr.write(`tcpscope: ${error.message}\n`);
    return STATUS_UNREADABLE;
  }
  if (error instanceof FilterError) {
    process.stderr.write(`tcpscope: ${error.message}\n`);
    return statusOfFilter(error);
  }
  throw error;
}
