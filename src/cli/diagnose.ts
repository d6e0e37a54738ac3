import { Command, Option } from "commander";
import { diagnoseAll } from "../diagnosis/diagnose.ts";
import type { Connection } from "../flow/connection.ts";
import { Analysis, readCaptures } from "../pipeline.ts";
import { verdictObject } from "../report/verdict-json.ts";
import { isFailure, summaryText, verdictText } from "../report/verdict-text.ts";
import { type ColourChoice, colourOf, standardOutput } from "./output.ts";
import { addReadingOptions, filesOf, reportUnreadable } from "./reading.ts";
import { STATUS_FAILED } from "./status.ts";

interface DiagnoseOptions {
  readonly read?: string[];
  readonly json?: boolean;
  readonly only?: "failed";
  readonly color: ColourChoice;
}

export function diagnoseCommand(): Command {
  const command = new Command("diagnose").alias("why").description("why connections failed: verdict, errno, evidence, causes, what to run next");
  addReadingOptions(command)
    .option("--json", "one JSON object per line")
    .option("-n, --numeric", "addresses and ports as numbers (names are never looked up)")
    .addOption(new Option("--only <which>", "only these verdicts").choices(["failed"]))
    .addOption(new Option("--color <when>", "colour the text").choices(["auto", "always", "never"]).default("auto"))
    .argument("[expression...]", "not supported yet")
    .addHelpText("after", "\nExit status: 0 nothing failed, 3 some connection failed.")
    .action((rest: string[], options: DiagnoseOptions) => runDiagnose(options, rest));
  return command;
}

async function runDiagnose(options: DiagnoseOptions, rest: readonly string[]): Promise<void> {
  const connections: Connection[] = [];
  const analysis = new Analysis({ onFinished: (connection) => connections.push(connection) });
  const error = await readCaptures(filesOf(options.read, rest), (frame) => {
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
    sink.text([...(summary === "" ? [] : [summary]), ...verdicts.map((verdict) => verdictText(verdict, colour))].join("\n\n"));
    if (all.length > 0) sink.char(0x0a);
  }
  sink.flush();
  if (all.some(isFailure)) process.exitCode = STATUS_FAILED;
  reportUnreadable(error);
}
