import { icmpWords } from "../diagnosis/errno.ts";
import type { Verdict } from "../diagnosis/verdict.ts";
import type { Connection, IcmpError } from "../flow/connection.ts";
import { CLIENT, SERVER, type Transition } from "../flow/states.ts";
import { NEVER } from "../flow/time.ts";
import { endText } from "./flow-table.ts";
import { dataCall, transitionCalls, turns, withFailures } from "./ladder-calls.ts";
import { bytesText, segmentLabels } from "./ladder-label.ts";
import { notesOf, unacknowledged } from "./ladder-notes.ts";
import type { Ladder, LadderCall, LadderRow, LadderStates } from "./ladder-row.ts";
import { otherEnd, type KeptSegment } from "./segment-record.ts";

/**
 * A connection as a sequence diagram; `segments` are those that were kept of it, in
 * the order of the capture, `remarks` what else is to be said of a frame, and `lost` frames that are known not to have arrived.
 */
export function ladderOf(
  connection: Connection,
  segments: readonly KeptSegment[],
  verdict?: Verdict,
  remarks: ReadonlyMap<number, string> = NO_REMARKS,
  lost: ReadonlySet<number> = NO_FRAMES,
): Ladder {
  const zeroNs = startNs(connection);
  const start = startStates(connection);
  const rows = [
    ...segmentRows(connection, segments, zeroNs, lost),
    ...toldErrors(connection.icmpErrors, remarks).map((error) => icmpRow(error, zeroNs)),
  ].sort((a, b) => a.frame - b.frame);
  const spoken = turns(segments);
  const complete = addStates(rows, connection.transitions.list(), start, zeroNs).map((row) => ({
    ...row,
    notes: withRemark(row.notes, remarks.get(row.frame)),
    calls: spoken.has(row.frame) ? [...dataCall(row), ...row.calls] : row.calls,
  }));
  const gaps = withGaps(complete, segments, zeroNs);
  return {
    ends: [`client ${endText(connection, CLIENT)}`, `server ${endText(connection, SERVER)}`],
    states: start,
    rows: verdict === undefined ? gaps : withFailures(gaps, verdict, connection),
  };
}

/** What the evidence says comes first; that a segment is a repetition is said once. */
function withRemark(notes: readonly string[], remark: string | undefined): readonly string[] {
  if (remark === undefined) return notes;
  const repeats = (text: string): boolean => /\bagain\b/.test(text);
  return [remark, ...notes.filter((note) => !(repeats(note) && repeats(remark)))];
}

/** Of many ICMP errors, the first and the last and those that have a remark. */
function toldErrors(errors: readonly IcmpError[], remarks: ReadonlyMap<number, string>): readonly IcmpError[] {
  if (errors.length <= MAX_ERRORS) return errors;
  return errors.filter((error, index) => index === 0 || index === errors.length - 1 || remarks.has(error.frame));
}

const MAX_ERRORS = 6;
const NO_FRAMES: ReadonlySet<number> = new Set();
const NO_REMARKS: ReadonlyMap<number, string> = new Map();

/** The rows of segments with what is to be said of them; states and calls are added later. */
function segmentRows(
  connection: Connection,
  segments: readonly KeptSegment[],
  zeroNs: number,
  known: ReadonlySet<number>,
): LadderRow[] {
  const lost = unacknowledged(segments);
  const times = new Map(segments.map((each) => [each.frame, each.timeNs]));
  const quoted = new Set(connection.icmpErrors.map((error) => error.quotedFrame));
  return segments.map((segment, index) => {
    const fate = lost.get(segment.frame);
    const notes = notesOf(segment, connection, times);
    // The repetition that follows at once speaks for itself, and so does an ICMP error.
    if (fate !== undefined && fate.againIn === 0 && !quoted.has(segment.frame)) notes.push("never acknowledged");
    if (fate !== undefined && fate.againIn > 0 && segments[index + 1]?.frame !== fate.againIn)
      notes.push(`not acknowledged, sent again in frame ${fate.againIn}`);
    return { ...segmentRow(segment, connection, zeroNs), notes, lost: fate !== undefined || known.has(segment.frame) };
  });
}

/** Where the times of a ladder count from: the first SYN, or the question for its neighbour that it waited for. */
export function startNs({ queuedSinceNs, firstTimeNs }: Connection): number {
  return queuedSinceNs === NEVER ? firstTimeNs : queuedSinceNs;
}

/** What both ends were in before the first segment. */
export function startStates(connection: Connection): LadderStates {
  const transitions = connection.transitions.list();
  const first = (end: 0 | 1): string | undefined => transitions.find((each) => each.end === end)?.state;
  const client = connection.synTimeNs !== NEVER || first(CLIENT) === "SYN_SENT" ? "CLOSED" : "?";
  if (first(SERVER) === "SYN_RCVD") return [client, "LISTEN"];
  if (first(SERVER) === "SYN_SENT") return [client, "CLOSED"];
  const refused =
    connection.synTimeNs !== NEVER &&
    connection.synAckTimeNs === NEVER &&
    connection.resets.some((each) => each.from === SERVER && each.accepted);
  return [client, refused ? "CLOSED" : "?"];
}

const NOTHING = { notes: [], lost: false, repeated: false, states: ["?", "?"], calls: [] } as const;

/** The row of a segment, without states, calls and notes. */
function segmentRow(segment: KeptSegment, connection: Connection, zeroNs: number): LadderRow {
  return {
    ...NOTHING,
    kind: "segment",
    frame: segment.frame,
    at: (segment.timeNs - zeroNs) / 1e9,
    from: segment.from,
    labels: segmentLabels(segment, connection),
    repeated: segment.retransmissionCause !== "",
  };
}

/** The row of an ICMP error. */
export function icmpRow(error: IcmpError, zeroNs: number): LadderRow {
  const words = icmpWords(error);
  const quoted = error.quotedFrame > 0 ? `, quotes frame ${error.quotedFrame}` : "";
  return {
    ...NOTHING,
    kind: "icmp",
    frame: error.frame,
    at: (error.timeNs - zeroNs) / 1e9,
    from: otherEnd(error.to),
    labels: [`ICMP ${words}`, `ICMP ${error.type}/${error.code}`, "ICMP"],
    notes: [`from ${error.router}${quoted}${error.matches ? "" : " with a wrong number: ignored"}`],
  };
}

/** The rows with the states after each of them, and the calls that changes of state show. */
export function addStates(
  rows: readonly LadderRow[],
  shown: readonly Transition[],
  start: LadderStates,
  zeroNs = 0,
): LadderRow[] {
  let before = start;
  let frame = 0;
  return rows.map((row) => {
    const news = shown.filter((each) => each.frame > frame && each.frame <= row.frame);
    const calls: LadderCall[] = transitionCalls(
      news.filter((each) => each.frame === row.frame && each.basis !== "inferred"),
      start,
    );
    const states: [LadderStates[0], LadderStates[1]] = [before[0], before[1]];
    for (const each of news) if (!isTimers(each, row, zeroNs)) states[each.end] = each.state;
    before = states;
    frame = Math.max(frame, row.frame);
    return { ...row, states, calls: [...row.calls, ...calls] };
  });
}

/** What a timer did long after the frame that it is told at: no segment shows it. */
function isTimers({ basis, timeNs }: Transition, { at }: LadderRow, zeroNs: number): boolean {
  return basis === "inferred" && timeNs - zeroNs - at * 1e9 > TIMER_NS;
}

/** Half a round trip, by which times at the far end are estimated, is less. */
const TIMER_NS = 1_000_000_000;

/** Rows for the segments that were left out. */
function withGaps(rows: readonly LadderRow[], segments: readonly KeptSegment[], zeroNs: number): LadderRow[] {
  const byFrame = new Map(segments.map((segment, index) => [segment.frame, index]));
  return rows.flatMap((row) => {
    const index = byFrame.get(row.frame) ?? 0;
    const before = segments[index - 1];
    const segment = segments[index];
    if (row.kind !== "segment" || before === undefined || segment === undefined) return [row];
    const missing = segment.ordinal - before.ordinal - 1;
    if (missing === 0) return [row];
    const label = gapText(missing, before, segment);
    const gap: LadderRow = {
      ...NOTHING,
      kind: "gap",
      frame: 0,
      at: (before.timeNs - zeroNs) / 1e9,
      from: 0,
      labels: [label],
    };
    return [gap, row];
  });
}

function gapText(missing: number, before: KeptSegment, after: KeptSegment): string {
  if (before.bytesBefore === null || after.bytesBefore === null) return "…";
  const { bytesBefore } = before;
  const reached = after.bytesBefore;
  const bytes = ([CLIENT, SERVER] as const).map(
    (end) => reached[end] - bytesBefore[end] - (before.from === end ? before.payloadLength : 0),
  );
  const sent = [`${bytesText(bytes[0] ?? 0)} →`, `${bytesText(bytes[1] ?? 0)} ←`].filter(
    (_, end) => (bytes[end] ?? 0) > 0,
  );
  return [`${missing} more segment${missing === 1 ? "" : "s"}`, ...sent].join(", ");
}
