import { diagnoseAll } from "../diagnosis/diagnose.ts";
import type { Verdict } from "../diagnosis/verdict.ts";
import { isFailure } from "../report/verdict-fields.ts";
import { verdictObject } from "../report/verdict-json.ts";
import type { SegmentLog } from "../report/segment-record.ts";
import type { Schema } from "../report/schema/schema.ts";
import { wantsColumns } from "./column-options.ts";
import type { DiagnoseOptions } from "./diagnose.ts";
import { type Followed, followInputs } from "./follow.ts";
import { standardOutput } from "./output.ts";
import { reportUnreadable } from "./inputs.ts";
import { asksForHelp, connectionFields, printHelp } from "./option-help.ts";
import { STATUS_FAILED, UsageError, STATUS_UNREADABLE } from "./status.ts";

export async function runDiagnose(options: DiagnoseOptions, rest: readonly string[]): Promise<void> {
  if (asksForHelp(options)) return printHelp(options, connectionFields, schema);
  if (options.read === undefined) return runLive(options, rest);
  const { print, log } = await printer(options, rest);
  const where = options.where === undefined ? undefined : await import("./connection-where.ts");
  const query = where?.connectionQuery(options.where ?? "");
  const followed = await followInputs(options, rest, {
    flows: options.flow === undefined ? undefined : [options.flow],
    onSegment: log && ((segment) => log.add(segment)),
  });
  const { connections, analysis, error } = followed;
  const all = diagnoseAll(connections, analysis.evidence, analysis.connections.lastTimeNs);
  const matching = query === undefined ? all : where!.matchingVerdicts(query, all, followed);
  const wanted = options.flow === undefined ? matching : matching.filter(({ stream }) => stream === options.flow);
  await print(options.only === "failed" ? wanted.filter(isFailure) : wanted, wanted, followed);
  if (wanted.some(isFailure)) process.exitCode = STATUS_FAILED;
  if (options.flow !== undefined && error === undefined && !all.some(({ stream }) => stream === options.flow)) {
    process.stderr.write(`tcpscope: no connection has number ${options.flow}: see tcpscope flows\n`);
    process.exitCode = STATUS_UNREADABLE;
  }
  followed.reportMissing();
  reportUnreadable(error);
}

/** Verdicts as they become certain; for programs one by one, in the form that is asked for. */
async function runLive(options: DiagnoseOptions, rest: readonly string[]): Promise<void> {
  if (options.flow !== undefined)
    throw new UsageError("option --flow: goes with -r: which one is not known beforehand");
  if (options.markdown === true) throw new UsageError("option --markdown: goes with -r: a page is written at the end");
  const { runLiveDiagnose } = await import("./live-diagnose.ts");
  const print = await programPrinter(options);
  await runLiveDiagnose(options, rest, print && { verdict: (verdict) => print([verdict]), end() {} });
}

/** Prints the verdicts; `all`: those of which the summary speaks. */
type Print = (verdicts: readonly Verdict[], all: readonly Verdict[], followed: Followed) => void | Promise<void>;

/** How verdicts are printed, and where the segments go that it needs. */
interface Printer {
  readonly print: Print;
  readonly log?: SegmentLog | undefined;
}

/** How the verdicts are to be printed; what is asked for wrongly is refused before anything is read. */
async function printer(options: DiagnoseOptions, rest: readonly string[]): Promise<Printer> {
  const print = await programPrinter(options);
  if (print !== undefined) return { print };
  const { logFor, tellVerdicts } = await import("./tell-verdicts.ts");
  const log = logFor(options, rest);
  return { log, print: (verdicts, all, followed) => tellVerdicts({ all, verdicts, followed, log }, options, rest) };
}

/** The same for programs; undefined when people are to read it. */
async function programPrinter(options: DiagnoseOptions): Promise<((verdicts: readonly Verdict[]) => void) | undefined> {
  const sink = standardOutput();
  if (wantsColumns(options)) {
    const { ColumnPrinter } = await import("./columns.ts");
    const { VERDICT_COLUMNS, VERDICT_SCHEMA } = await import("../report/schema/verdict-schema.ts");
    const columns = new ColumnPrinter(sink, options, VERDICT_SCHEMA, VERDICT_COLUMNS);
    return (verdicts) => {
      for (const verdict of verdicts) columns.print(verdictObject(verdict));
      sink.flush();
    };
  }
  if (options.json !== true) return undefined;
  return (verdicts) => {
    for (const verdict of verdicts) sink.text(`${JSON.stringify(verdictObject(verdict))}\n`);
    sink.flush();
  };
}

async function schema(): Promise<Schema> {
  const { VERDICT_SCHEMA } = await import("../report/schema/verdict-schema.ts");
  return VERDICT_SCHEMA;
}
