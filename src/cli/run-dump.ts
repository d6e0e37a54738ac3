import type { Schema } from "../report/schema/schema.ts";
import { wantsColumns } from "./column-options.ts";
import { AT_ONCE, SOON } from "../capture/live/options.ts";
import { checkDumpOptions, type Counts, type DumpOptions, listedFiles } from "./dump-options.ts";
import { dumpVisitor } from "./dump-visitor.ts";
import { expressionOf, filterOf } from "./expression.ts";
import { standardOutput } from "./output.ts";
import { readInputs, reportUnreadable } from "./inputs.ts";
import { asksForHelp, printHelp } from "./option-help.ts";
import { liveInput } from "./live.ts";
import type { AnalysisLoader, SharedAnalysis } from "./shared-analysis.ts";
import type { PacketTest } from "./where.ts";
import { filesOf } from "./reading.ts";

export async function runDump(options: DumpOptions, counts: Counts, rest: readonly string[]): Promise<void> {
  checkDumpOptions(options, counts);
  const read = options.V === undefined ? options.read : listedFiles(options.V);
  if (counts.d > 0) return printProgram(options, counts.d, read ?? [], rest);
  if (asksForHelp(options)) return printHelp(options, packetFields, schema);
  if (options.listInterfaces === true || options.listDataLinkTypes === true || options.listTimeStampTypes === true) {
    const { printLists } = await import("./live-lists.ts");
    return printLists(options, standardOutput());
  }
  const printsMeanwhile = options.write === undefined || options.print === true;
  const live = liveInput({ ...options, ...(read && { read }) }, rest, {
    gathering: printsMeanwhile || options.packetBuffered === true ? AT_ONCE : SOON,
    isVerbose: counts.v > 0,
  });
  const files = live === undefined ? filesOf(read, rest) : [];
  const filter = live === undefined ? await filterOf(rest, options) : undefined;
  const shared = analysisLoader();
  const where = await whereOf(options, shared);
  if (options.write !== undefined) {
    const { refuseOverwriting } = await import("./dump-writing.ts");
    refuseOverwriting(options.write, files);
  }
  if (options.resolve === true && printsMeanwhile && options.count !== true) {
    const { askForFirstNames } = await import("./first-names.ts");
    const own = analysisLoader();
    await askForFirstNames(options, counts, { files, filter, where: await whereOf(options, own), shared: own });
  }
  const visitor = await dumpVisitor(options, counts, standardOutput(), files, shared);
  const limit = options.c ?? Number.POSITIVE_INFINITY;
  let seen = 0;
  const error = await readInputs(
    live === undefined ? files : [live.open],
    (frame, source) => {
      if (where !== undefined && !where(frame, source)) {
        visitor.pass?.(frame, source);
        return true;
      }
      return visitor.frame(frame, source) !== false && ++seen < limit;
    },
    {
      filter,
      expression: live?.expression,
      onOpen: (source) => visitor.open(source),
      onIdle: () => visitor.idle(),
      printsMeanwhile,
    },
  ).finally(() => visitor.end());
  reportUnreadable(error);
  await live?.report();
}

function analysisLoader(): AnalysisLoader {
  let shared: SharedAnalysis | undefined = undefined;
  return async () => {
    const { SharedAnalysis } = await import("./shared-analysis.ts");
    return (shared ??= new SharedAnalysis());
  };
}

/** --where: which of the frames that match the expression are wanted. */
async function whereOf(options: DumpOptions, shared: AnalysisLoader): Promise<PacketTest | undefined> {
  if (options.where === undefined) return undefined;
  const { packetTest } = await import("./where.ts");
  return packetTest(
    options.where,
    await shared(),
    options.json === true || options.annotate === true || wantsColumns(options),
  );
}

async function packetFields(): Promise<string> {
  const { packetFieldList } = await import("./where.ts");
  return packetFieldList();
}

async function schema(): Promise<Schema> {
  const { PACKET_SCHEMA } = await import("../report/schema/packet-schema.ts");
  return PACKET_SCHEMA;
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
