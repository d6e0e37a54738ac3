import type { Connection } from "../flow/connection.ts";
import { Analysis } from "../pipeline.ts";
import { filterOf } from "./expression.ts";
import { readInputs } from "./inputs.ts";
import type { LiveInput } from "./live.ts";
import { refuseLiveOptions } from "./live-options.ts";
import { filesOf, type ReportOptions } from "./reading.ts";

/** What a report is made of. */
export interface Followed {
  /** In the order of their first segment; without those that `onOver` was called for. */
  readonly connections: readonly Connection[];
  readonly analysis: Analysis;
  /** Why the input could not be read to its end. */
  readonly error: Awaited<ReturnType<typeof readInputs>>;
  /** The capture that was read, when it was no file; its counts are reported last. */
  readonly live: LiveInput | undefined;
}

/**
 * Reads the inputs of a report and follows their connections to the end.
 * `onOver` is called for connections that are over before the input is, so that nothing of them need be kept.
 */
export async function followInputs(
  options: ReportOptions,
  words: readonly string[],
  onOver?: (connection: Connection, analysis: Analysis) => void,
): Promise<Followed> {
  const connections: Connection[] = [];
  let atEnd = onOver === undefined;
  const analysis: Analysis = new Analysis({
    analysis: false,
    expires: true,
    onFinished(connection) {
      if (atEnd) connections.push(connection);
      else onOver?.(connection, analysis);
    },
  });
  refuseLiveOptions(options);
  const files = filesOf(options.read, words);
  const filter = await filterOf(words, options);
  const error = await readInputs(files, (frame) => analysis.follow(frame), { filter });
  atEnd = true;
  analysis.finish();
  connections.sort((a, b) => a.firstStream - b.firstStream);
  return { connections, analysis, error, live: undefined };
}
