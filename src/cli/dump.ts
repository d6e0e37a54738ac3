import { Command } from "commander";
import { addDumpOptions, type DumpOptions } from "./dump-options.ts";
import { addReadingOptions } from "./reading.ts";

export function dumpCommand(): Command {
  const command = new Command("dump").description(
    "print packets as tcpdump does (the default when no command is named)",
  );
  const counts = addDumpOptions(addReadingOptions(command));
  command.action(async (rest: string[], options: DumpOptions) => {
    const { runDump } = await import("./run-dump.ts");
    await runDump(options, counts, rest);
  });
  return command;
}
