import path from "node:path";
import { diagnoseAll } from "../../src/diagnosis/diagnose.ts";
import type { Verdict } from "../../src/diagnosis/verdict.ts";
import type { Connection } from "../../src/flow/connection.ts";
import { Analysis, readCaptures } from "../../src/pipeline.ts";

/** Captures that are kept beside the project. */
export const SHARED: string = path.join(import.meta.dirname, "../../../shared");

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
