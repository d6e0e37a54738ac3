import { diagnoseAll } from "../diagnosis/diagnose.ts";
import type { Verdict } from "../diagnosis/verdict.ts";
import { isFailure } from "../report/verdict-fields.ts";
import { verdictObject } from "../report/verdict-json.ts";
import type { DiagnoseOptions } from "./diagnose.ts";
import { followInputs } from "./follow.ts";
import { standardOutput } from "./output.ts";
import { reportUnreadable } from "./inputs.ts";
import { reportEvicted, STATUS_FAILED, STATUS_UNREADABLE } from "./status.ts";

export async function runDiagnose(options: DiagnoseOptions, rest: readonly string[]): Promise<void> {
  const stories = options.json === true ? undefined : await import("./tell-verdicts.ts");
  const log = stories?.logFor(options, rest);
  const followed = await followInputs(options, rest, log && ((segment) => log.add(segment)));
  const { connections, analysis, error } = followed;
  const all = diagnoseAll(connections, analysis.evidence, analysis.connections.lastTimeNs);
  const verdicts = all.filter((verdict) => isWanted(verdict, options));
  if (stories === undefined) printObjects(verdicts);
  else await stories.tellVerdicts({ all, verdicts, followed, log }, options, rest);
  if (options.flow === undefined ? all.some(isFailure) : verdicts.some(isFailure)) process.exitCode = STATUS_FAILED;
  if (options.flow !== undefined && error === undefined && !all.some(({ stream }) => stream === options.flow)) {
    process.stderr.write(`tcpscope: no connection has number ${options.flow}: see tcpscope flows\n`);
    process.exitCode = STATUS_UNREADABLE;
  }
  reportEvicted(analysis.connections.evicted);
  reportUnreadable(error);
}

function isWanted(verdict: Verdict, { only, flow }: DiagnoseOptions): boolean {
  if (flow !== undefined && verdict.stream !== flow) return false;
  return only !== "failed" || isFailure(verdict);
}

function printObjects(verdicts: readonly Verdict[]): void {
  const sink = standardOutput();
  for (const verdict of verdicts) {
    sink.text(JSON.stringify(verdictObject(verdict)));
    sink.char(0x0a);
  }
  sink.flush();
}
