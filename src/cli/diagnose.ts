import { Command, Option } from "commander";
import { diagnoseAll } from "../diagnosis/diagnose.ts";
import type { Connection } from "../flow/connection.ts";
import { Analysis } from "../pipeline.ts";
import { verdictObject } from "../report/verdict-json.ts";
import { isFailure, summaryText, verdictText } from "../report/verdict-text.ts";
import { colourOf, standardOutput } from "./output.ts";
import { addReadingOptions, addReportOptions, filesOf, readInputs, type ReportOptions, reportUnreadable } from "./reading.ts";
import { reportEvicted, STATUS_FAILED } from "./status.ts";

interface DiagnoseOptions extends ReportOptions {
  readonly only?: "failed";
}

export function diagnoseCommand(): Command {
  const command = new Command("diagnose").alias("why").description("why connections failed: verdict, errno, evidence, causes, what to run next");
  return addReportOptions(addReadingOptions(command))
    .addOption(new Option("--only <which>", "only these verdicts").choices(["failed"]))
    .addHelpText("after", "\nExit status: 0 nothing failed, 1 the input could not be read to its end, 3 some connection failed.")
    .action((rest: string[], options: DiagnoseOptions) => runDiagnose(options, rest));
}

async function runDiagnose(options: DiagnoseOptions, rest: readonly string[]): Promise<void> {
  const connections: Connection[] = [];
  const analysis = new Analysis({ analysis: false, onFinished: (connection) => connections.push(connection) });
  const error = await readInputs(filesOf(options.read, rest), (frame) => {
    analysis.observe(frame);
  });
  analysis.finish();
  const all = diagnoseAll(connections, analysis.evidence, analysis.connections.lastTimeNs);
  const verdicts = options.only === "failed" ? all.filter(isFailure) : all;
  const sink = standardOutput();
  if (options.json === true) {
    for (const verdict of verdicts) {
      sink.text(JSON.stringify(verdictObject(verdict)));
      sink.char(0x0a);
    }
  } else {
    const colour = colourOf(options.color);
    const summary = summaryText(all, colour);
    if (summary !== "") sink.text(`${summary}\n`);
    for (const [index, verdict] of verdicts.entries()) {
      const gap = index > 0 || summary !== "" ? "\n" : "";
      sink.text(`${gap}${verdictText(verdict, colour)}\n`);
    }
  }
  sink.flush();
  if (all.some(isFailure)) process.exitCode = STATUS_FAILED;
  reportEvicted(analysis.connections.evicted);
  reportUnreadable(error);
}
