import { checkDumpOptions, type Counts, type DumpOptions, listedFiles } from "./dump-options.ts";
import { dumpVisitor } from "./dump-visitor.ts";
import { expressionOf, filterOf } from "./expression.ts";
import { standardOutput } from "./output.ts";
import { readInputs, reportUnreadable } from "./inputs.ts";
import { SharedAnalysis } from "./shared-analysis.ts";
import { filesOf } from "./reading.ts";

export async function runDump(options: DumpOptions, counts: Counts, rest: readonly string[]): Promise<void> {
  checkDumpOptions(options, counts);
  const read = options.V === undefined ? options.read : listedFiles(options.V);
  if (counts.d > 0) return printProgram(options, counts.d, read ?? [], rest);
  const files = filesOf(read, rest);
  const filter = await filterOf(rest, options);
  if (options.write !== undefined) {
    const { refuseOverwriting } = await import("./dump-writing.ts");
    refuseOverwriting(options.write, files);
  }
  const visitor = await dumpVisitor(options, counts, standardOutput(), files, new SharedAnalysis());
  const limit = options.c ?? Number.POSITIVE_INFINITY;
  let seen = 0;
  const error = await readInputs(
    files,
    (frame, source) => {
      return visitor.frame(frame, source) !== false && ++seen < limit;
    },
    {
      filter,
      onOpen: (source) => visitor.open(source),
      onIdle: () => visitor.idle(),
      printsMeanwhile: options.write === undefined || options.print === true,
    },
  ).finally(() => visitor.end());
  reportUnreadable(error);
}

/** -d: the expression's program instead of packets. */
async function printProgram(
  options: DumpOptions,
  count: number,
  files: readonly string[],
  words: readonly string[],
): Promise<void> {
  const { optimize = true, linktype: linkType } = options;
  const expression = expressionOf(words, options);
  const { printListing } = await import("./program-listing.ts");
  return printListing({ expression, count, optimize, files, linkType }, standardOutput());
}
