import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { CaptureError } from "../capture/error.ts";
import { diagnoseCommand } from "./diagnose.ts";
import { dumpCommand } from "./dump.ts";
import { flowsCommand } from "./flows.ts";
import { isErrno } from "./output.ts";
import { STATUS_DONE, STATUS_UNREADABLE, STATUS_USAGE, UsageError } from "./status.ts";

const EXAMPLES = `
Examples:
  tcpscope -nnr trace.pcap              print packets as tcpdump does
  tcpscope -#ttttvr trace.pcapng.gz     numbered, with dates, in detail
  tcpscope flows -r trace.pcap          one row per TCP connection
  tcpscope diagnose -r trace.pcap       why connections failed; exit status 3 if some did
  tcpdump -w - | tcpscope diagnose -r - from a pipe

Exit status: 0 done, 1 the input could not be read to its end, 2 wrong usage, 3 a connection failed (diagnose).`;

/** Version of the package, from its package.json. */
export function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const manifest: unknown = JSON.parse(text);
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) return String(manifest.version);
  return "unknown";
}

/** The whole program: `dump` where no command is named, as tcpdump behaves. */
export function program(): Command {
  const command = new Command("tcpscope")
    .description("TCP analyser: prints packets like tcpdump, follows both ends of every connection, says why connect() failed")
    .version(`tcpscope ${version()}`, "--version", "print the version")
    .enablePositionalOptions()
    .addHelpText("after", EXAMPLES)
    .exitOverride();
  for (const sub of [dumpCommand(), flowsCommand(), diagnoseCommand()]) {
    sub.exitOverride();
    command.addCommand(sub, { isDefault: sub.name() === "dump" });
  }
  return command;
}

/** Runs the program on arguments without node and script; resolves to the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync([...args], { from: "user" });
    return Number(process.exitCode ?? STATUS_DONE);
  } catch (error) {
    return statusOf(error);
  }
}

/** Tells people what went wrong, once; a bug keeps its stack. */
function statusOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? STATUS_DONE : STATUS_USAGE;
  // Whoever read the output has seen enough.
  if (isErrno(error, "EPIPE")) return STATUS_DONE;
  if (error instanceof UsageError) {
    process.stderr.write(`tcpscope: ${error.message}\n`);
    return STATUS_USAGE;
  }
  if (error instanceof CaptureError) {
    process.stderr.write(`tcpscope: ${error.message}\n`);
    return STATUS_UNREADABLE;
  }
  throw error;
}
