import { errnoAt, errnoByOs } from "../diagnosis/errno.ts";
import type { Verdict } from "../diagnosis/verdict.ts";
import { END_NAMES } from "./flow-keys.ts";

/** Seconds with microseconds: more would be noise of a prediction. */
function rounded(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 1e6) / 1e6;
}

/** One verdict as `diagnose --json` prints it (OUTPUT.md). */
export function verdictObject(verdict: Verdict): Record<string, unknown> {
  return {
    stream: verdict.stream,
    client: verdict.client,
    server: verdict.server,
    cause: verdict.cause.word,
    code: verdict.cause.code,
    call: verdict.call,
    errno: verdict.errno,
    errnoByOs: verdict.errno === null ? null : errnoByOs(verdict.errno, verdict.cause),
    errnoHere: verdict.errno === null ? null : errnoAt(verdict.stacks[0], errnoByOs(verdict.errno, verdict.cause)),
    seconds: rounded(verdict.seconds),
    predicted: verdict.predicted,
    phase: verdict.phase,
    confidence: verdict.confidence,
    ...(verdict.doubt === "" ? {} : { doubt: verdict.doubt }),
    vantage: verdict.vantage.at,
    vantageReason: verdict.vantage.reason,
    stacks: { client: verdict.stacks[0], server: verdict.stacks[1] },
    provenance: verdict.provenance,
    group: verdict.group,
    evidence: verdict.evidence,
    schedule:
      verdict.schedule === null
        ? null
        : {
            ...verdict.schedule,
            nextSyn: rounded(verdict.schedule.nextSyn),
            givesUp: rounded(verdict.schedule.givesUp),
          },
    failures: verdict.failures.map((each) => ({
      end: END_NAMES[each.end],
      call: each.call,
      errno: each.errno,
      at: rounded(each.at),
    })),
    then: verdict.later.map((each) => ({ end: END_NAMES[each.end], call: each.call, returns: each.returns })),
    summary: verdict.summary,
    remarks: verdict.remarks,
    ...(verdict.otherEnd === "" ? {} : { otherEnd: verdict.otherEnd }),
    likelyCauses: verdict.likelyCauses,
    next: verdict.next,
  };
}
