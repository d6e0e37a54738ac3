import type { Verdict } from "../diagnosis/verdict.ts";
import type { Connection } from "../flow/connection.ts";
import { alone, decisiveFrames, keptOfPacket } from "../report/decisive.ts";
import type { KeptSegment, SegmentLog } from "../report/segment-record.ts";
import { Packet } from "../wire/packet.ts";
import { readAgain } from "./again.ts";
import type { ReportOptions } from "./reading.ts";

/** A verdict and the connection that it is about. */
export interface Told {
  readonly verdict: Verdict;
  readonly connection: Connection;
}

/** Where the times of the connections count from. */
interface Start {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/**
 * The segments that the ladders of some verdicts show, by frame: from the log of the first
 * reading where there is one, else by reading again; only those frames are decoded then.
 */
export async function decisiveSegments(
  told: readonly Told[],
  log: SegmentLog | undefined,
  start: Start,
  options: ReportOptions,
  rest: readonly string[],
): Promise<ReadonlyMap<number, KeptSegment>> {
  const wanted = new Map<number, Connection>();
  for (const { verdict, connection } of told) {
    for (const frame of decisiveFrames(verdict, connection)) wanted.set(frame, connection);
  }
  const kept = new Map<number, KeptSegment>();
  for (const segment of log?.framesOf(new Set(wanted.keys())) ?? []) {
    const connection = wanted.get(segment.frame);
    if (connection !== undefined) kept.set(segment.frame, alone(segment, connection));
  }
  if (log !== undefined) return kept;
  if (wanted.size === 0) return kept;
  const last = Math.max(...wanted.keys());
  const packet = new Packet();
  await readAgain(options, rest, (frame) => {
    const connection = wanted.get(frame.number);
    if (connection !== undefined) {
      packet.decode(frame);
      const timeNs = (frame.seconds - start.seconds) * 1e9 + (frame.nanoseconds - start.nanoseconds);
      if (packet.hasTcp) kept.set(frame.number, keptOfPacket(packet, connection, timeNs));
    }
    return frame.number < last;
  });
  return kept;
}
