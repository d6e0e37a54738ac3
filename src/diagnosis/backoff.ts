import type { ScheduleKind, ScheduleMatch } from "./verdict.ts";

/** Retransmission time-outs double; timers run a little late, and a probe may come before the first. */
const DOUBLES_FROM = 1.7;
const DOUBLES_TO = 2.4;
/** Linux never waits longer (TCP_RTO_MAX), nor computes its limit from less (TCP_RTO_MIN), in seconds. */
const MAX_WAIT = 120;
const MIN_WAIT = 0.2;
/** Probes at a fixed interval differ by less than this part of it. */
const EVEN = 0.1;
/** Retries that someone may have set. */
const MAX_RETRIES = 15;

/** How long Linux goes on with `retries` (tcp_retries2; tcp_timer.c, tcp_model_timeout), in seconds. */
export function linuxGivesUp(retries: number): number {
  const doublings = Math.floor(Math.log2(MAX_WAIT / MIN_WAIT));
  if (retries <= doublings) return (2 ** (retries + 1) - 1) * MIN_WAIT;
  return (2 ** (doublings + 1) - 1) * MIN_WAIT + (retries - doublings) * MAX_WAIT;
}

/** How the gaps between repetitions go on. */
export type Pattern = "doubling" | "even" | "irregular";

/** `times`: of the first and of each repetition, in seconds. The first gap may be a tail loss probe's (RFC 8985 section 7). */
export function patternOf(times: readonly number[]): Pattern {
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  if (gaps.length < 2) return "irregular";
  const ratios = gaps.slice(1).map((gap, index) => gap / (gaps[index] ?? gap));
  if (ratios.every((ratio) => Math.abs(ratio - 1) < EVEN)) return "even";
  const rest = ratios.length > 1 && !isDouble(ratios[0] ?? 0) ? ratios.slice(1) : ratios;
  return rest.length > 0 && rest.every((ratio, index) => isDouble(ratio) || isCapped(gaps, index))
    ? "doubling"
    : "irregular";
}

function isDouble(ratio: number): boolean {
  return ratio >= DOUBLES_FROM && ratio <= DOUBLES_TO;
}

function isCapped(gaps: readonly number[], index: number): boolean {
  return (gaps[index + 1] ?? 0) >= MAX_WAIT * 0.95;
}

/** When the next repetition is due after `times`, in the same unit. */
export function nextOf(times: readonly number[], pattern: Pattern): number {
  const last = times[times.length - 1] ?? 0;
  const gap = last - (times[times.length - 2] ?? 0);
  return last + Math.min(MAX_WAIT, pattern === "even" ? gap : 2 * gap);
}

/**
 * The settings under which Linux would give up at the repetition that did not
 * come: it stops at the first time-out after the limit of tcp_retries2.
 */
export function retriesOf(lastSeconds: number, dueSeconds: number): number | undefined {
  for (let retries = 1; retries <= MAX_RETRIES; retries++) {
    const limit = linuxGivesUp(retries);
    if (limit > lastSeconds && limit <= dueSeconds) return retries;
  }
  return undefined;
}

/** The first time-out after `limit` seconds that follows `times` by doubling. */
export function giveUpAfter(times: readonly number[], limit: number, pattern: Pattern): number {
  let last = times[times.length - 1] ?? 0;
  let gap = last - (times[times.length - 2] ?? 0);
  while (last < limit && gap > 0) {
    gap = Math.min(MAX_WAIT, pattern === "even" ? gap : 2 * gap);
    last += gap;
  }
  return last;
}

/** `times` in seconds from the first sending; `ended`: until when the capture goes on. */
export function backoffSchedule(
  kind: ScheduleKind,
  times: readonly number[],
  ended: number,
  pattern: Pattern = patternOf(times),
): ScheduleMatch {
  const due = nextOf(times, pattern);
  const over = ended > due;
  const retries = retriesOf(times[times.length - 1] ?? 0, due);
  const givesUp = over ? due : giveUpAfter(times, linuxGivesUp(MAX_RETRIES), pattern);
  return {
    kind,
    stack: stackText(kind, pattern, over ? retries : undefined),
    retries: times.length - 1,
    nextSyn: over ? null : due,
    givesUp,
  };
}

function stackText(kind: ScheduleKind, pattern: Pattern, retries: number | undefined): string {
  if (kind === "keep-alive") return "Linux (TCP_KEEPINTVL, TCP_KEEPCNT)";
  if (pattern === "irregular") return "no known schedule";
  const how =
    pattern === "even"
      ? "time-outs that do not double (RFC 6069: unreachable errors take the back-off back)"
      : "doubling time-outs";
  if (kind === "syn-ack") return `${how} (net.ipv4.tcp_synack_retries)`;
  if (kind === "fin") return `${how} (net.ipv4.tcp_orphan_retries once the program is gone)`;
  return retries === undefined
    ? `${how} (net.ipv4.tcp_retries2=15 when not set)`
    : `${how} (as with net.ipv4.tcp_retries2=${retries}, or TCP_USER_TIMEOUT)`;
}
