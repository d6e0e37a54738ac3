import { Command } from "commander";
import { readInputs, addReadingOptions, filesOf, reportUnreadable } from "./reading.ts";
import { standardOutput } from "./output.ts";
import { addDumpOptions, checkDumpOptions, type Counts, type DumpOptions, listedFiles } from "./dump-options.ts";
import { dumpVisitor, refuseOverwriting } from "./dump-visitor.ts";

export function dumpCommand(): Command {
  const command = new Command("dump").description("print packets as tcpdump does (the default when no command is named)");
  const counts = addDumpOptions(addReadingOptions(command));
  command.action((rest: string[], options: DumpOptions) => runDump(options, counts, rest));
  return command;
}

async function runDump(options: DumpOptions, counts: Counts, rest: readonly string[]): Promise<void> {
  checkDumpOptions(options, counts);
  const files = filesOf(options.V === undefined ? options.read : listedFiles(options.V), rest);
  refuseOverwriting(options.write, files);
  const visitor = dumpVisitor(options, counts, standardOutput());
  const limit = options.c ?? Number.POSITIVE_INFINITY;
  let seen = 0;
  const error = await readInputs(
    files,
    (frame, source) => {
      visitor.frame(frame, source);
      return ++seen < limit;
    },
    {
      onOpen: (source) => visitor.open(source),
      onIdle: () => visitor.idle(),
      printsMeanwhile: options.write === undefined || options.print === true,
    },
  ).finally(() => visitor.end());
  reportUnreadable(error);
}
