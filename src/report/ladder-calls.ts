import type { Failure, Verdict } from "../diagnosis/verdict.ts";
import type { Connection } from "../flow/connection.ts";
import { CLIENT, SERVER, type Transition } from "../flow/states.ts";
import type { LadderCall, LadderRow, LadderStates } from "./ladder-row.ts";
import { RST } from "../wire/tcp.ts";
import { otherEnd, type KeptSegment } from "./segment-record.ts";

const call = (end: 0 | 1, text: string): LadderCall => ({ end, text, failed: false });

/** The calls that a change of state shows; `accepts`: the server's program waits in accept(). */
function callsOf({ end, state }: Transition, accepts: boolean): LadderCall[] {
  switch (state) {
    case "SYN_SENT":
      return [call(end, "connect()")];
    case "ESTABLISHED":
      return [call(end, end === SERVER && accepts ? "accept() returns" : "connect() returns 0")];
    case "FIN_WAIT_1":
      return [call(end, "close() or shutdown()")];
    case "CLOSE_WAIT":
      return [call(end, "recv() returns 0")];
    case "LAST_ACK":
      return [call(end, "close()")];
    default:
      return [];
  }
}

/** Calls of the transitions that one frame shows; `start`: the states before the first frame. */
export function transitionCalls(shown: readonly Transition[], start: LadderStates): LadderCall[] {
  return shown.flatMap((each) => callsOf(each, start[SERVER] === "LISTEN"));
}

/** Frames of the first new data of each turn, which make recv() return: who speaks after the other one did. */
export function turns(segments: readonly KeptSegment[]): Set<number> {
  const frames = new Set<number>();
  let speaker = -1;
  for (const [index, { frame, from, payloadLength, retransmissionCause }] of segments.entries()) {
    if (payloadLength === 0 || retransmissionCause !== "" || from === speaker) continue;
    const answer = segments.slice(index + 1).find((each) => each.from !== from);
    if (answer !== undefined && (answer.flags & RST) !== 0) continue;
    speaker = from;
    frames.add(frame);
  }
  return frames;
}

/** The call that the data of a row makes return, unless the other end takes none. */
export function dataCall(row: LadderRow): LadderCall[] {
  const end = otherEnd(row.from);
  const takes = ["ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "?"].includes(row.states[end]);
  return takes && !row.lost ? [call(end, "recv() returns data")] : [];
}

/** Where the verdict is that connect() failed, the client's kernel never saw what the capture shows: no state and no call says otherwise. */
function withoutSuccess(rows: readonly LadderRow[], { failures }: Verdict): LadderRow[] {
  const failure = failures.find((each) => each.end === CLIENT && each.call === "connect");
  if (failure === undefined) return [...rows];
  return rows.map((row) => {
    const state = row.at > failure.at + SAME_SECONDS ? "CLOSED" : "SYN_SENT";
    const calls = row.calls.filter((each) => each.end !== CLIENT || each.text !== "connect() returns 0");
    return row.states[CLIENT] === "ESTABLISHED" ? { ...row, calls, states: [state, row.states[SERVER]] } : row;
  });
}

/** Times of a failure and of the row that shows it differ by rounding. */
const SAME_SECONDS = 1e-6;

/** The failures, or the one that is to come where the capture ends before it. */
function failuresOf({ failures, call, errno, seconds }: Verdict): readonly Failure[] {
  if (failures.length > 0 || call === null || errno === null || seconds === null) return failures;
  return [{ end: CLIENT, call, errno, at: seconds }];
}

/**
 * The rows with the failing calls of a verdict: each at the last row that was there when the
 * call failed, or in a row of its own when nothing on the wire belongs to that moment.
 */
export function withFailures(rows: readonly LadderRow[], verdict: Verdict, connection?: Connection): LadderRow[] {
  const result = withoutSuccess(rows, verdict);
  for (const failure of failuresOf(verdict)) {
    const text = `${failure.call}() fails: ${failure.errno}`;
    const added: LadderCall = { end: failure.end, text, failed: true };
    const index = result.findLastIndex((row) => row.kind !== "gap" && row.at <= failure.at + SAME_SECONDS);
    const row = result[index];
    const travel = connection === undefined ? 0 : connection.delayNs(failure.end) / 1e9;
    if (row !== undefined && failure.at - row.at <= travel + SAME_SECONDS) {
      result[index] = { ...row, calls: [...row.calls, added] };
      continue;
    }
    const states = row?.states ?? ["?", "?"];
    result.splice(index + 1, 0, {
      kind: "event",
      frame: 0,
      at: failure.at,
      from: failure.end,
      labels: [],
      notes: verdict.predicted ? ["predicted, not captured"] : [],
      lost: false,
      repeated: false,
      states: failure.end === CLIENT ? ["CLOSED", states[1]] : [states[0], "CLOSED"],
      calls: [added],
    });
  }
  return result;
}
