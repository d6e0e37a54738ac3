import { diagnoseAll } from "../diagnosis/diagnose.ts";
import type { Verdict } from "../diagnosis/verdict.ts";
import { verdictObject } from "../report/verdict-json.ts";
import { isFailure, summaryText, verdictText } from "../report/verdict-text.ts";
import { wantsColumns } from "./column-options.ts";
import type { DiagnoseOptions } from "./diagnose.ts";
import { followInputs } from "./follow.ts";
import { standardOutput } from "./output.ts";
import { reportUnreadable } from "./inputs.ts";
import { reportEvicted, STATUS_FAILED } from "./status.ts";

export async function runDiagnose(options: DiagnoseOptions, rest: readonly string[]): Promise<void> {
  if (options.where === "help" || options.fields === "help") return printHelp(options);
  const print = await printer(options);
  const where = options.where === undefined ? undefined : await import("./connection-where.ts");
  const query = where?.connectionQuery(options.where ?? "");
  const followed = await followInputs(options, rest);
  const { connections, analysis, error, live } = followed;
  const all = diagnoseAll(connections, analysis.evidence, analysis.connections.lastTimeNs);
  const wanted = query === undefined ? all : where!.matchingVerdicts(query, all, followed);
  print(options.only === "failed" ? wanted.filter(isFailure) : wanted, wanted);
  if (wanted.some(isFailure)) process.exitCode = STATUS_FAILED;
  reportEvicted(analysis.connections.evicted);
  reportUnreadable(error);
  await live?.report();
}

/** Prints the verdicts; `all`: those of which the summary speaks. */
type Print = (verdicts: readonly Verdict[], all: readonly Verdict[]) => void;

/** How the verdicts are to be printed; what is asked for wrongly is refused before anything is read. */
async function printer(options: DiagnoseOptions): Promise<Print> {
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
  if (options.json === true) {
    return (verdicts) => {
      for (const verdict of verdicts) sink.text(`${JSON.stringify(verdictObject(verdict))}\n`);
      sink.flush();
    };
  }
  const { colourOf } = await import("./colour.ts");
  const colour = colourOf(options.color);
  return (verdicts, all) => {
    const summary = summaryText(all, colour);
    if (summary !== "") sink.text(`${summary}\n`);
    for (const [index, verdict] of verdicts.entries()) {
      const gap = index > 0 || summary !== "" ? "\n" : "";
      sink.text(`${gap}${verdictText(verdict, colour)}\n`);
    }
    sink.flush();
  };
}

async function printHelp({ where }: DiagnoseOptions): Promise<void> {
  if (where === "help") {
    const { connectionFieldList } = await import("./connection-where.ts");
    process.stdout.write(connectionFieldList());
    return;
  }
  const { keyList } = await import("./columns.ts");
  const { VERDICT_SCHEMA } = await import("../report/schema/verdict-schema.ts");
  process.stdout.write(keyList(VERDICT_SCHEMA));
}
