import { CLIENT, SERVER } from "../flow/states.ts";
import { type Attempt, durationText } from "./attempt.ts";
import * as causes from "./causes.ts";
import { matchSchedules, type ScheduleFit } from "../flow/syn-schedule.ts";
import type { Cause, Confidence, EvidenceFrame, ScheduleMatch, Verdict } from "./verdict.ts";

/** A SYN that nothing accepted: unanswered, or its SYN-ACK never reached the socket. */
export function silence(attempt: Attempt): Verdict | undefined {
  const { connection } = attempt;
  const syns = connection.ends[CLIENT].synSends;
  if (connection.established || syns === undefined || syns.length === 0) return undefined;
  if (connection.resets.some((reset) => reset.from === CLIENT) && connection.synAckTimeNs >= 0) return undefined;
  if (connection.synAckTimeNs >= 0 && !repeatsAfterSynAck(attempt)) return undefined;
  const seconds = syns.times.map((time) => attempt.since(time));
  const fits = matchSchedules(seconds);
  return judge(attempt, seconds, fits);
}

/** The client went on repeating its SYN although the SYN-ACK is in the capture. */
function repeatsAfterSynAck({ connection }: Attempt): boolean {
  const syns = connection.ends[CLIENT].synSends?.times ?? [];
  return (syns[syns.length - 1] ?? 0) > connection.synAckTimeNs;
}

function judge(attempt: Attempt, seconds: readonly number[], fits: readonly ScheduleFit[]): Verdict {
  const ended = attempt.since(attempt.context.lastTimeNs);
  const whole = fits.find((fit) => fit.complete && seconds.length > 1);
  const goesOn = fits.find((fit) => !fit.complete);
  const overdue = goesOn === undefined || ended > (goesOn.nextSyn ?? 0) + 0.5;
  if (whole !== undefined) return timedOut(attempt, seconds, whole, confidenceOf(whole, ended, overdue));
  if (goesOn === undefined) return unknownSchedule(attempt, seconds, ended);
  if (!overdue) return timedOut(attempt, seconds, goesOn, ["possible", "the capture ends before the next SYN is due"]);
  return gaveUp(attempt, seconds, goesOn, ended);
}

function confidenceOf(fit: ScheduleFit, ended: number, overdue: boolean): [Confidence, string] {
  if (ended < fit.givesUp) {
    return overdue
      ? ["likely", "the capture ends before the error is due"]
      : ["possible", "the capture ends before it is clear that no further SYN comes"];
  }
  if (fit.schedule.isDefault) return ["certain", ""];
  return ["possible", "the number of SYNs fits a changed setting, or the application's own timer"];
}

function timedOut(
  attempt: Attempt,
  seconds: readonly number[],
  fit: ScheduleFit,
  [confidence, doubt]: [Confidence, string],
): Verdict {
  const cause = causeOf(attempt);
  const why =
    cause === causes.SYNACK_DROPPED_LOCALLY
      ? "the SYN-ACK is in the capture but never reached the socket"
      : cause === causes.ACCEPT_QUEUE_FULL
        ? "the same port answered others: its accept queue is full, or it drops this client"
        : "nothing answered any SYN";
  return attempt.connectFailed("ETIMEDOUT", fit.givesUp, {
    cause,
    summary:
      `connect() to ${attempt.serverText} failed: ETIMEDOUT after ${durationText(fit.givesUp)} – ` +
      `${seconds.length === 1 ? "one SYN" : `${seconds.length} SYNs`} at ${timesText(seconds)}: ${why}`,
    confidence,
    doubt,
    evidence: evidenceOf(attempt),
    schedule: scheduleOf(fit),
    likelyCauses: likelyCauses(cause),
    next: nextCommands(cause, attempt),
  });
}

function causeOf(attempt: Attempt): Cause {
  if (attempt.connection.synAckTimeNs >= 0) return causes.SYNACK_DROPPED_LOCALLY;
  const { listener } = attempt;
  return listener !== undefined && listener.answered > 0 ? causes.ACCEPT_QUEUE_FULL : causes.SYN_UNANSWERED;
}

/** The SYNs follow no schedule that is known: what can be said is that nothing answered. */
function unknownSchedule(attempt: Attempt, seconds: readonly number[], ended: number): Verdict {
  const cause = causeOf(attempt);
  return attempt.connectFailed("ETIMEDOUT", ended, {
    cause,
    summary: `connect() to ${attempt.serverText} failed: ETIMEDOUT – ${seconds.length} SYNs at ${timesText(seconds)} were not answered`,
    confidence: "possible",
    doubt: "the intervals fit no known stack, so the end cannot be predicted",
    evidence: evidenceOf(attempt),
    likelyCauses: likelyCauses(cause),
    next: nextCommands(cause, attempt),
  });
}

function gaveUp(attempt: Attempt, seconds: readonly number[], fit: ScheduleFit, ended: number): Verdict {
  const queue = causeOf(attempt) === causes.ACCEPT_QUEUE_FULL;
  const due = fit.nextSyn ?? 0;
  return attempt.verdict({
    cause: queue ? causes.ACCEPT_QUEUE_FULL : causes.APPLICATION_GAVE_UP,
    summary:
      `connect() to ${attempt.serverText} was given up by the application between ${durationText(seconds[seconds.length - 1] ?? 0)} ` +
      `and ${durationText(due)} – ${seconds.length === 1 ? "its SYN was" : `${seconds.length} SYNs were`} not answered` +
      (queue ? "; the same port answered others: its accept queue is full, or it drops this client" : ""),
    confidence: "likely",
    doubt: `the kernel would have sent another SYN at ${durationText(due)}; the capture goes on to ${durationText(ended)} without it`,
    evidence: evidenceOf(attempt),
    schedule: scheduleOf(fit),
    likelyCauses: [
      "a connect timeout of the program is shorter than the kernel's",
      ...likelyCauses(causes.SYN_UNANSWERED),
    ],
    next: nextCommands(queue ? causes.ACCEPT_QUEUE_FULL : causes.SYN_UNANSWERED, attempt),
  });
}

function scheduleOf(fit: ScheduleFit): ScheduleMatch {
  return {
    stack: fit.schedule.setting === "" ? fit.schedule.stack : `${fit.schedule.stack} (${fit.schedule.setting})`,
    retries: fit.schedule.gaps.length,
    nextSyn: fit.nextSyn,
    givesUp: fit.givesUp,
  };
}

function timesText(seconds: readonly number[]): string {
  return `${seconds.map((second) => Number(second.toFixed(second < 10 ? 2 : 1))).join(", ")} s`;
}

function evidenceOf({ connection }: Attempt): EvidenceFrame[] {
  const syns = connection.ends[CLIENT].synSends?.frames ?? [];
  const answers = connection.ends[SERVER].synAckSends?.frames ?? [];
  return [
    ...syns.map((frame, index) => ({ frame, note: index === 0 ? "SYN" : `SYN again, number ${index + 1}` })),
    ...answers.map((frame) => ({ frame, note: "SYN-ACK that the client's socket never saw" })),
  ].sort((a, b) => a.frame - b.frame);
}

function likelyCauses(cause: Cause): string[] {
  if (cause === causes.SYNACK_DROPPED_LOCALLY) {
    return [
      "a firewall on the client drops what comes in",
      "reverse path filtering (rp_filter) on the client",
      "the SYN-ACK's checksum or acknowledgment number is wrong",
    ];
  }
  if (cause === causes.ACCEPT_QUEUE_FULL) {
    return [
      "the accept queue of the service is full: it accepts too slowly or its backlog is small",
      "a connection table or a limit per source is full",
      "a policy drops this client's packets",
    ];
  }
  return [
    "a firewall drops the SYN, on the way or on the host",
    "the host is down or the address is wrong",
    "the answer takes another way and is lost (no return route)",
  ];
}

function nextCommands(cause: Cause, attempt: Attempt): string[] {
  if (cause === causes.SYNACK_DROPPED_LOCALLY) {
    return ["nstat -az | grep -E 'IPReverse|CsumErr|PAWSActive'", "nft list ruleset; iptables -vnL INPUT"];
  }
  if (cause === causes.ACCEPT_QUEUE_FULL) {
    return [`on ${attempt.serverAddress}: ss -ltn 'sport = :${attempt.serverPort}'; nstat -az 'TcpExtListen*'`];
  }
  return [
    `ping -c 3 ${attempt.serverAddress}; traceroute -T -p ${attempt.serverPort} ${attempt.serverAddress}`,
    `capture at ${attempt.serverAddress}: does the SYN arrive?`,
  ];
}
