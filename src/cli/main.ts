import { CommanderError } from "commander";
import { CaptureError } from "../capture/error.ts";
import { isReadByThread } from "../capture/open.ts";
import { FilterError } from "../filter/error.ts";
import { noteOthers } from "./helper-threads.ts";
import { OutputError } from "./output.ts";
import { dumpProgram, isDump } from "./root-command.ts";
import { STATUS_DONE, STATUS_UNREADABLE, STATUS_USAGE, statusOfFilter, UsageError } from "./status.ts";

/** Commands that follow the connections of files. */
const FOLLOWING: ReadonlySet<string | undefined> = new Set(["flows", "diagnose", "why", "report", "ladder"]);

/** Runs the program on arguments without node and script; resolves to the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    if (FOLLOWING.has(args[0])) {
      noteOthers();
      // Whether it will indeed be read is not known yet.
      if (args.some(isReadByThread)) (await import("./read-ahead.ts")).beginReadingAhead();
    }
    const command = isDump(args) ? dumpProgram() : (await import("./program.ts")).program(args[0]);
    await command.parseAsync([...args], { from: "user" });
    return Number(process.exitCode ?? STATUS_DONE);
  } catch (error) {
    return statusOf(error);
  }
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
