import { checkDumpOptions, type Counts, type DumpOptions, listedFiles } from "./dump-options.ts";
import { dumpVisitor, refuseOverwriting } from "./dump-visitor.ts";
import { expressionOf, filterOf } from "./expression.ts";
import { standardOutput } from "./output.ts";
import { readInputs, reportUnreadable } from "./inputs.ts";
import { liveInput } from "./live.ts";
import { filesOf } from "./reading.ts";

export async function runDump(options: DumpOptions, counts: Counts, rest: readonly string[]): Promise<void> {
  checkDumpOptions(options, counts);
  const read = options.V === undefined ? options.read : listedFiles(options.V);
  if (counts.d > 0) return printProgram(options, counts.d, read ?? [], rest);
  if (options.listInterfaces === true || options.listDataLinkTypes === true || options.listTimeStampTypes === true) {
    const { printLists } = await import("./live-lists.ts");
    return printLists(options, standardOutput());
  }
  const live = liveInput({ ...options, ...(read && { read }) }, rest, counts.v > 0);
  const files = live === undefined ? filesOf(read, rest) : [];
  const filter = live === undefined ? await filterOf(rest, options) : undefined;
  refuseOverwriting(options.write, files);
  const visitor = await dumpVisitor(options, counts, standardOutput());
  const limit = options.c ?? Number.POSITIVE_INFINITY;
  let seen = 0;
  const error = await readInputs(
    live === undefined ? files : [live.open],
    (frame, source) => {
      visitor.frame(frame, source);
      return ++seen < limit;
    },
    {
      filter,
      expression: live?.expression,
      onOpen: (source) => visitor.open(source),
      onIdle: () => visitor.idle(),
      printsMeanwhile: options.write === undefined || options.print === true,
    },
  ).finally(() => visitor.end());
  reportUnreadable(error);
  await live?.report();
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
