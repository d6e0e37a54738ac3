import type { Connection } from "../flow/connection.ts";
import { Analysis } from "../pipeline.ts";
import { filterOf } from "./expression.ts";
import { readInputs } from "./inputs.ts";
import { filesOf, type ReportOptions } from "./reading.ts";

/** What a report is made of. */
export interface Followed {
  /** In the order of their first segment. */
  readonly connections: readonly Connection[];
  readonly analysis: Analysis;
  /** Why the input could not be read to its end. */
  readonly error: Awaited<ReturnType<typeof readInputs>>;
}

/** Reads the inputs of a report and follows their connections to the end. */
export async function followInputs(options: ReportOptions, words: readonly string[]): Promise<Followed> {
  const connections: Connection[] = [];
  const analysis = new Analysis({ analysis: false, onFinished: (connection) => connections.push(connection) });
  const files = filesOf(options.read, words);
  const filter = await filterOf(words, options);
  const error = await readInputs(files, (frame) => analysis.follow(frame), { filter });
  analysis.finish();
  connections.sort((a, b) => a.firstStream - b.firstStream);
  return { connections, analysis, error };
}
