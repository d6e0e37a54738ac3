import { END_NAMES } from "./flow-keys.ts";
import type { Ladder } from "./ladder-row.ts";

/** The rows of a ladder as objects, one a line of `ladder --json`. */
export function ladderObjects(ladder: Ladder, stream: number | null): Record<string, unknown>[] {
  return ladder.rows.map((row) => ({
    stream,
    kind: row.kind,
    ...(row.frame > 0 ? { frame: row.frame } : {}),
    seconds: Math.round(row.at * 1e9) / 1e9,
    ...(row.kind === "segment" || row.kind === "icmp" ? { from: END_NAMES[row.from] } : {}),
    ...(row.labels[0] === undefined ? {} : { text: row.labels[0] }),
    ...(row.lost ? { lost: true } : {}),
    ...(row.repeated ? { retransmission: true } : {}),
    notes: row.notes,
    ...(row.kind === "gap" ? {} : { states: { client: row.states[0], server: row.states[1] } }),
    calls: row.calls.map((call) => ({ end: END_NAMES[call.end], text: call.text, failed: call.failed })),
  }));
}
