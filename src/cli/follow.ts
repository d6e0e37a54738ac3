import type { Connection } from "../flow/connection.ts";
import type { Segment } from "../flow/segment.ts";
import { Analysis, type FrameVisitor } from "../pipeline.ts";
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

/** Reads the inputs of a report and follows their connections to the end; `onSegment` sees every segment, with Wireshark's findings when it `analyses`. */
export async function followInputs(
  options: ReportOptions,
  words: readonly string[],
  onSegment?: (segment: Segment) => void,
  analyses = false,
): Promise<Followed> {
  const connections: Connection[] = [];
  const analysis = new Analysis({
    analysis: analyses,
    onFinished: (connection) => connections.push(connection),
  });
  const files = filesOf(options.read, words);
  const filter = await filterOf(words, options);
  const visit: FrameVisitor =
    onSegment === undefined
      ? (frame) => void analysis.observe(frame)
      : (frame) => {
          const segment = analysis.observe(frame);
          if (segment !== undefined) onSegment(segment);
        };
  const error = await readInputs(files, visit, { filter });
  analysis.finish();
  connections.sort((a, b) => a.firstStream - b.firstStream);
  return { connections, analysis, error };
}
