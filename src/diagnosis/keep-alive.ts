import type { Reset } from "../flow/connection.ts";
import { CLIENT, SERVER } from "../flow/states.ts";
import type { Attempt } from "./attempt.ts";
import * as causes from "./causes.ts";
import { laterOf } from "./later-calls.ts";
import { durationText } from "./text.ts";
import type { ScheduleMatch, Verdict } from "./verdict.ts";

/** Fewer unanswered probes may be a moment's loss. */
const UNANSWERED = 3;
/** Probes that Linux sends before it gives up (net.ipv4.tcp_keepalive_probes). */
const DEFAULT_PROBES = 9;

/** Keep-alive probes stay unanswered when the capture ends: the kernel will give the connection up, or has without a sign. */
export function unansweredKeepAlives(attempt: Attempt): Verdict | undefined {
  const { connection, context } = attempt;
  const probes = connection.ends[CLIENT].repetitions.keepAlives;
  const first = probes?.times[0];
  const last = probes?.times[probes.length - 1];
  if (probes === undefined || first === undefined || last === undefined || probes.length < UNANSWERED) return undefined;
  if (!connection.ends[SERVER].hasSent || connection.resets.length > 0 || connection.ends[CLIENT].finSeen)
    return undefined;
  const interval = (last - first) / (probes.length - 1);
  const isOver = context.lastTimeNs - last > 1.5 * interval;
  const givesUp = isOver ? last + interval : first + Math.max(DEFAULT_PROBES, probes.length + 1) * interval;
  const at = attempt.since(givesUp);
  return attempt.verdict({
    cause: causes.KEEPALIVE_TIMEOUT,
    call: "recv",
    errno: "ETIMEDOUT",
    seconds: at,
    predicted: true,
    confidence: "possible",
    doubt: isOver
      ? "the RST with which the kernel gives up is not in the capture"
      : "the capture ends while the kernel still probes",
    schedule: keepAliveSchedule(attempt, at),
    failures: [{ end: CLIENT, call: "recv", errno: "ETIMEDOUT", at }],
    later: laterOf([{ end: CLIENT, call: "recv", errno: "ETIMEDOUT", at }]),
    evidence: probes.frames.map((frame) => ({ frame, note: "keep-alive probe, unanswered" })),
    summary: `recv() on the connection to ${attempt.serverText} fails: ETIMEDOUT after ${durationText(at)} – ${probes.length} keep-alive probes went unanswered`,
    ...textsOf(attempt),
  });
}

function textsOf({ serverAddress }: Attempt): { likelyCauses: string[]; next: string[] } {
  return {
    likelyCauses: ["the server is gone, or the path to it", "a device on the way dropped the idle connection"],
    next: [
      `ping -c 3 ${serverAddress}`,
      "sysctl net.ipv4.tcp_keepalive_time net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes",
    ],
  };
}

/** The kernel gave the connection up after its probes, and said so with a RST. */
export function keepAliveDeath(attempt: Attempt, rst: Reset, at: number): Verdict {
  const probes = attempt.connection.ends[CLIENT].repetitions.keepAlives;
  return attempt.verdict({
    cause: causes.KEEPALIVE_TIMEOUT,
    call: "recv",
    errno: "ETIMEDOUT",
    seconds: at,
    schedule: keepAliveSchedule(attempt, at),
    failures: [{ end: CLIENT, call: "recv", errno: "ETIMEDOUT", at }],
    later: laterOf([{ end: CLIENT, call: "recv", errno: "ETIMEDOUT", at }]),
    evidence: [
      ...(probes?.frames ?? []).map((frame) => ({ frame, note: "keep-alive probe, unanswered" })),
      { frame: rst.frame, note: "RST: the kernel gives the connection up" },
    ],
    summary: `recv() on the connection to ${attempt.serverText} failed: ETIMEDOUT after ${durationText(at)} – ${probes?.length ?? 0} keep-alive probes went unanswered`,
    ...textsOf(attempt),
  });
}

/** Probes at one interval: TCP_KEEPINTVL apart, as many as TCP_KEEPCNT. */
function keepAliveSchedule(attempt: Attempt, at: number): ScheduleMatch | null {
  const times = attempt.connection.ends[CLIENT].repetitions.keepAlives?.times ?? [];
  const first = times[0];
  const last = times[times.length - 1];
  if (first === undefined || last === undefined || times.length < 2) return null;
  const interval = (last - first) / (times.length - 1) / 1e9;
  return {
    kind: "keep-alive",
    stack: `TCP_KEEPINTVL (net.ipv4.tcp_keepalive_intvl) ${Math.round(interval)} s, TCP_KEEPCNT ${times.length}`,
    retries: times.length,
    nextSyn: null,
    givesUp: at - attempt.since(first),
  };
}
