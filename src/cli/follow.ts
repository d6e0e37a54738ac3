import type { Connection } from "../flow/connection.ts";
import { Analysis } from "../pipeline.ts";
import { filterOf } from "./expression.ts";
import { readInputs } from "./inputs.ts";
import { type LiveInput, liveInput } from "./live.ts";
import { filesOf, type ReportOptions } from "./reading.ts";

/** What a report is made of. */
export interface Followed {
  /** In the order of their first segment. */
  readonly connections: readonly Connection[];
  readonly analysis: Analysis;
  /** Why the input could not be read to its end. */
  readonly error: Awaited<ReturnType<typeof readInputs>>;
  /** The capture that was read, when it was no file; its counts are reported last. */
  readonly live: LiveInput | undefined;
}

/** Reads the inputs of a report and follows their connections to the end. */
export async function followInputs(options: ReportOptions, words: readonly string[]): Promise<Followed> {
  const connections: Connection[] = [];
  const analysis = new Analysis({ analysis: false, onFinished: (connection) => connections.push(connection) });
  const live = liveInput(options, words);
  const inputs = live === undefined ? filesOf(options.read, words) : [live.open];
  const filter = live === undefined ? await filterOf(words, options) : undefined;
  const error = await readInputs(inputs, (frame) => void analysis.observe(frame), {
    filter,
    expression: live?.expression,
  });
  analysis.finish();
  connections.sort((a, b) => a.firstStream - b.firstStream);
  return { connections, analysis, error, live };
}
