import { diagnoseAll } from "../../src/diagnosis/diagnose.ts";
import type { Verdict } from "../../src/diagnosis/verdict.ts";
import type { Connection } from "../../src/flow/connection.ts";
import type { EndIndex } from "../../src/flow/states.ts";
import { Analysis } from "../../src/pipeline.ts";
import { eachFrame } from "./frames.ts";
import { parseScript } from "./script.ts";

export interface Analysed {
  readonly connections: readonly Connection[];
  readonly verdicts: readonly Verdict[];
  readonly analysis: Analysis;
}

/**
 * Follows the packets of a script to their end. `lastSeconds`: the capture goes on
 * without packets until then; `missing`: packets (from 1) that the capture does not hold.
 */
export function analyseScript(script: string, lastSeconds = 0, missing: readonly number[] = []): Analysed {
  const connections: Connection[] = [];
  const analysis = new Analysis({ onFinished: (connection) => connections.push(connection) });
  const packets = parseScript(script).filter((_packet, index) => !missing.includes(index + 1));
  eachFrame(packets, (frame) => {
    analysis.observe(frame);
  });
  analysis.connections.lastTimeNs = Math.max(analysis.connections.lastTimeNs, lastSeconds * 1e9);
  analysis.finish();
  connections.sort((a, b) => a.firstStream - b.firstStream);
  return {
    connections,
    verdicts: diagnoseAll(connections, analysis.evidence, analysis.connections.lastTimeNs),
    analysis,
  };
}

/** The states that an end of the first connection entered, in order. */
export function statesOf(script: string, end: EndIndex, lastSeconds = 0): string {
  const connection = analyseScript(script, lastSeconds).connections[0];
  return (connection?.transitions.list() ?? [])
    .filter((transition) => transition.end === end)
    .map((transition) => transition.state)
    .join(" ");
}

/** The only verdict of a script. */
export function verdictOf(script: string, lastSeconds = 0): Verdict {
  const { verdicts } = analyseScript(script, lastSeconds);
  if (verdicts.length !== 1 || verdicts[0] === undefined)
    throw new Error(`${verdicts.length} verdicts: ${verdicts.map((each) => each.cause.word).join(" ")}`);
  return verdicts[0];
}
