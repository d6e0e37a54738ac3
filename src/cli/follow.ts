import type { Connection } from "../flow/connection.ts";
import type { Segment } from "../flow/segment.ts";
import { Analysis, type FrameVisitor } from "../pipeline.ts";
import { filterOf } from "./expression.ts";
import { readInputs } from "./inputs.ts";
import { type LiveInput, liveInput } from "./live.ts";
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

/** Who wants to see what while a report reads. */
export interface FollowHooks {
  /** Called for connections that are over before the input is, so that nothing of them need be kept. */
  readonly onOver?: (connection: Connection, analysis: Analysis) => void;
  /** Called for every segment. */
  readonly onSegment?: ((segment: Segment) => void) | undefined;
  /** Whether segments have Wireshark's findings. */
  readonly analyses?: boolean;
}

/** Reads the inputs of a report and follows their connections to the end. */
export async function followInputs(
  options: ReportOptions,
  words: readonly string[],
  { onOver, onSegment, analyses = false }: FollowHooks = {},
): Promise<Followed> {
  const connections: Connection[] = [];
  let atEnd = onOver === undefined;
  const analysis: Analysis = new Analysis({
    analysis: analyses,
    expires: true,
    onFinished(connection) {
      if (atEnd) connections.push(connection);
      else onOver?.(connection, analysis);
    },
  });
  const live = liveInput(options, words);
  const inputs = live === undefined ? filesOf(options.read, words) : [live.open];
  const filter = live === undefined ? await filterOf(words, options) : undefined;
  const visit: FrameVisitor =
    onSegment === undefined
      ? (frame) => analysis.follow(frame)
      : (frame) => {
          const segment = analysis.observe(frame);
          if (segment !== undefined) onSegment(segment);
        };
  const error = await readInputs(inputs, visit, { filter, expression: live?.expression });
  atEnd = true;
  analysis.finish();
  connections.sort((a, b) => a.firstStream - b.firstStream);
  return { connections, analysis, error, live };
}
