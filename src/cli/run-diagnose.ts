import { diagnoseAll } from "../diagnosis/diagnose.ts";
import { verdictObject } from "../report/verdict-json.ts";
import { isFailure, summaryText, verdictText } from "../report/verdict-text.ts";
import type { DiagnoseOptions } from "./diagnose.ts";
import { followInputs } from "./follow.ts";
import { standardOutput } from "./output.ts";
import { reportUnreadable } from "./inputs.ts";
import { reportEvicted, STATUS_FAILED } from "./status.ts";

export async function runDiagnose(options: DiagnoseOptions, rest: readonly string[]): Promise<void> {
  // Before root is given up, who then may not read us.
  const colours = options.json === true ? undefined : await import("./colour.ts");
  const { connections, analysis, error, live } = await followInputs(options, rest);
  const all = diagnoseAll(connections, analysis.evidence, analysis.connections.lastTimeNs);
  const verdicts = options.only === "failed" ? all.filter(isFailure) : all;
  const sink = standardOutput();
  if (colours === undefined) {
    for (const verdict of verdicts) {
      sink.text(JSON.stringify(verdictObject(verdict)));
      sink.char(0x0a);
    }
  } else {
    const colour = colours.colourOf(options.color);
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
  await live?.report();
}
