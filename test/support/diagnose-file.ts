import { diagnoseAll } from "../../src/diagnosis/diagnose.ts";
import type { Verdict } from "../../src/diagnosis/verdict.ts";
import type { Connection } from "../../src/flow/connection.ts";
import { Analysis, readCaptures } from "../../src/pipeline.ts";

/** Verdicts on a capture file; what comes before a damaged place counts. */
export async function diagnoseFile(file: string): Promise<readonly Verdict[]> {
  const connections: Connection[] = [];
  const analysis = new Analysis({ analysis: false, onFinished: (connection) => connections.push(connection) });
  await readCaptures([file], (frame) => {
    analysis.follow(frame);
  });
  analysis.finish();
  connections.sort((a, b) => a.firstStream - b.firstStream);
  return diagnoseAll(connections, analysis.evidence, analysis.connections.lastTimeNs);
}
