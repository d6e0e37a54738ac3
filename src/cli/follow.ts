import type { Connection } from "../flow/connection.ts";
import type { Segment } from "../flow/segment.ts";
import type { Frame } from "../wire/frame.ts";
import type { Packet } from "../wire/packet.ts";
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

/** Reads the inputs of a report and follows their connections to the end. `onSegment`: called for each segment, which makes it slower. */
export async function followInputs(
  options: ReportOptions,
  words: readonly string[],
  onSegment?: (segment: Segment, packet: Packet) => void,
): Promise<Followed> {
  const connections: Connection[] = [];
  const analysis = new Analysis({ analysis: false, onFinished: (connection) => connections.push(connection) });
  const files = filesOf(options.read, words);
  const filter = await filterOf(words, options);
  const visit = onSegment === undefined ? (frame: Frame) => analysis.follow(frame) : visitor(analysis, onSegment);
  const error = await readInputs(files, visit, { filter });
  analysis.finish();
  connections.sort((a, b) => a.firstStream - b.firstStream);
  return { connections, analysis, error };
}

function visitor(analysis: Analysis, onSegment: (segment: Segment, packet: Packet) => void): (frame: Frame) => void {
  return (frame) => {
    const segment = analysis.observe(frame);
    if (segment !== undefined) onSegment(segment, analysis.packet);
  };
}
