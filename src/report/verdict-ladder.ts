import type { Evidence } from "../diagnosis/evidence.ts";
import { hostAndPort } from "../diagnosis/text.ts";
import type { Verdict } from "../diagnosis/verdict.ts";
import type { Connection } from "../flow/connection.ts";
import { CLIENT } from "../flow/states.ts";
import { decisiveFrames, lostFrames, numbered } from "./decisive.ts";
import { withFailures } from "./ladder-calls.ts";
import { flagNames } from "./ladder-label.ts";
import type { Ladder, LadderRow } from "./ladder-row.ts";
import { icmpRow, ladderOf } from "./ladder.ts";
import type { KeptSegment } from "./segment-record.ts";

/** The ladder of a verdict's decisive frames; undefined when nothing of them can be drawn. `kept`: segments by frame. */
export function verdictLadder(
  verdict: Verdict,
  connection: Connection | undefined,
  kept: ReadonlyMap<number, KeptSegment>,
  evidence: Evidence,
): Ladder | undefined {
  if (connection === undefined) return ladderWithoutSegments(verdict, evidence);
  const frames = decisiveFrames(verdict, connection);
  const segments = frames.flatMap((frame) => kept.get(frame) ?? []);
  if (segments.length === 0) return undefined;
  const left = verdict.evidence.map(({ frame }) => frame).filter((frame) => !frames.includes(frame));
  const remarks = remarksOf(verdict, segments);
  return ladderOf(connection, numbered(segments, connection, left), verdict, remarks, lostFrames(connection));
}

/** What the evidence says of each frame, where it is more than the name of the segment. */
function remarksOf(verdict: Verdict, segments: readonly KeptSegment[]): Map<number, string> {
  const names = new Map(segments.map(({ frame, flags }) => [frame, flagNames(flags)]));
  const telling = verdict.evidence.filter(({ frame, note }) => !isName(note, names.get(frame) ?? ""));
  // What the ICMP error says, and who sent it, is in its row.
  return new Map(telling.map(({ frame, note }) => [frame, note.replace(/^ICMP .*?: /, "")]));
}

/** "data", "SYN", "SYN 3", "SYN-ACK", "RST from the client" and the words of an ICMP error say what the arrow says. */
function isName(note: string, name: string): boolean {
  if (note === "data") return true;
  const text = note.replace(/ \d+$/, "").replace(/^RST from the (?:client|server|server's address)$/, "RST");
  return (
    text.replaceAll("-", " ") === name ||
    name.startsWith(`${text} `) ||
    (text.startsWith("ICMP ") && !text.includes(": "))
  );
}

const UNSEEN = { notes: [], lost: false, repeated: false, states: ["SYN_SENT", "?"], calls: [] } as const;

/** The rows of an attempt of which only ICMP errors or unanswered questions for a neighbour were captured. */
function ladderWithoutSegments(verdict: Verdict, evidence: Evidence): Ladder | undefined {
  const rows = [...orphanRows(verdict, evidence), ...neighbourRows(verdict, evidence)].sort(
    (a, b) => a.frame - b.frame,
  );
  if (rows.length === 0) return undefined;
  return {
    ends: [
      `client ${endOf(verdict.client)}`,
      `${verdict.server.port === null ? "neighbour" : "server"} ${endOf(verdict.server)}`,
    ],
    states: ["SYN_SENT", "?"],
    rows: withFailures(rows, verdict).map(closed),
  };
}

/** After a failing connect() the client's end is closed. */
function closed(row: LadderRow): LadderRow {
  return row.calls.some((call) => call.failed && call.end === CLIENT)
    ? { ...row, states: ["CLOSED", row.states[1]] }
    : row;
}

function endOf({ address, port }: Verdict["client"]): string {
  return address === null ? "?" : port === null ? address : hostAndPort(address, port);
}

function orphanRows(verdict: Verdict, evidence: Evidence): LadderRow[] {
  const frames = new Set(verdict.evidence.map(({ frame }) => frame));
  const errors = [...evidence.orphans.values()].flatMap((orphan) =>
    orphan.errors.filter(({ frame }) => frames.has(frame)),
  );
  return errors.map((error) => ({ ...icmpRow(error, verdict.timeNs), states: UNSEEN.states }));
}

function neighbourRows(verdict: Verdict, evidence: Evidence): LadderRow[] {
  const notes = new Map(verdict.evidence.map(({ frame, note }) => [frame, note]));
  return [...evidence.neighbours.values()].flatMap((query) =>
    query.frames.flatMap((frame, index) => {
      if (!notes.has(frame)) return [];
      const label = query.version === 4 ? `ARP who-has ${query.target}` : `who has ${query.target}`;
      return [
        {
          ...UNSEEN,
          kind: "neighbour" as const,
          frame,
          at: ((query.times[index] ?? 0) - verdict.timeNs) / 1e9,
          from: CLIENT,
          labels: [label, query.version === 4 ? "ARP" : "NS"],
          lost: true,
        },
      ];
    }),
  );
}
