import type { End } from "../flow/end.ts";
import { CLIENT, SERVER } from "../flow/states.ts";
import type { Attempt } from "./attempt.ts";
import { durationText } from "./text.ts";
import { ADVICE } from "./advice.ts";
import * as causes from "./causes.ts";
import { isFlooded } from "./crowd.ts";
import { icmpWords } from "./errno.ts";
import { matchSchedules, type ScheduleFit } from "../flow/syn-schedule.ts";
import { NEVER } from "../flow/time.ts";
import { guessStack } from "./stack.ts";
import type { Cause, Confidence, EvidenceFrame, ScheduleMatch, Verdict } from "./verdict.ts";

/** Every stack has sent its SYN again after this many seconds where it follows the default of Linux, BSD or macOS. */
const OVERDUE = 1.1;

/** A SYN that nothing accepted: unanswered, or its SYN-ACK never reached the socket. */
export function silence(attempt: Attempt): Verdict | undefined {
  const { connection } = attempt;
  const { times } = attempt.syns;
  if (connection.established || times.length === 0 || goesOn(attempt)) return undefined;
  if (connection.resets.some((reset) => reset.from === CLIENT) && connection.synAckTimeNs !== NEVER) return undefined;
  if (connection.synAckTimeNs !== NEVER && !repeatsAfterSynAck(attempt)) return undefined;
  const seconds = times.map((time) => attempt.since(time));
  return endedUnseen(attempt, seconds) ?? judge(attempt, seconds, ofStack(connection.client, matchSchedules(seconds)));
}

const FAMILY_WORDS: Readonly<Record<string, string>> = { linux: "Linux", windows: "Windows", bsd: "BSD" };

/** Schedules of the client's own system alone, where its SYN tells which that is and one of them fits. */
export function ofStack(client: End, fits: readonly ScheduleFit[]): readonly ScheduleFit[] {
  const stack = guessStack(client);
  const word = stack === null || stack.confidence === "possible" ? undefined : FAMILY_WORDS[stack.family];
  if (word === undefined) return fits;
  const own = fits.filter(({ schedule }) => schedule.stack.includes(word));
  return own.length > 0 ? own : fits;
}

/** The client sends more than SYNs though the server's SYN-ACK was not captured, or is damaged: it is connected. */
function goesOn({ connection }: Attempt): boolean {
  const client = connection.ends[CLIENT];
  if (client.hasSentData || client.finSeen) return client.hasLastAck;
  const only = (client.synSends?.length ?? 0) + client.rstSent;
  return !connection.ends[SERVER].hasSent && client.packets > only && client.hasLastAck;
}

/** The client went on repeating its SYN although the SYN-ACK is in the capture. */
function repeatsAfterSynAck(attempt: Attempt): boolean {
  const { times } = attempt.syns;
  return (times[times.length - 1] ?? 0) > attempt.connection.synAckTimeNs;
}

/**
 * The capture lacks what comes to this client (it acknowledges elsewhere what
 * was not captured), and the SYN was due again but was not sent: something ended
 * the connect(), and a RST is the only answer after which the client is silent.
 */
function endedUnseen(attempt: Attempt, seconds: readonly number[]): Verdict | undefined {
  const { connection, context } = attempt;
  if (seconds.length > 1 || connection.ends[SERVER].hasSent) return undefined;
  if (!context.oneSided.clients.has(attempt.clientAddress)) return undefined;
  if (connection.icmpErrors.length > 0 || attempt.since(context.lastTimeNs) < OVERDUE) return undefined;
  return attempt.connectFailed("ECONNREFUSED", 0, {
    cause: causes.ONE_DIRECTION,
    confidence: "possible",
    doubt:
      "what came back was not captured; that the SYN was not sent again speaks for a RST, or for a program that gave up at once",
    predicted: true,
    evidence: [
      { frame: connection.firstFrame, note: "the only SYN; the client sent it not again, though it was due after 1 s" },
    ],
    summary: `connect() to ${attempt.serverText} failed, most likely: ECONNREFUSED – the capture has one direction only, and the SYN was not sent again`,
  });
}

function judge(attempt: Attempt, seconds: readonly number[], fits: readonly ScheduleFit[]): Verdict {
  const ended = attempt.since(attempt.context.lastTimeNs);
  const whole = fits.find((fit) => fit.complete && seconds.length > 1);
  const goesOn = fits.find((fit) => !fit.complete);
  const overdue = goesOn === undefined || ended > (goesOn.nextSyn ?? 0) + 0.5;
  if (whole !== undefined) return timedOut(attempt, seconds, whole, confidenceOf(whole, ended, overdue));
  if (goesOn === undefined) return unknownSchedule(attempt, seconds, ended);
  if (!overdue) return waiting(attempt, seconds, goesOn, ended);
  return gaveUp(attempt, seconds, goesOn, ended);
}

/** The capture ends before the next SYN is due: nothing has failed yet. */
function waiting(attempt: Attempt, seconds: readonly number[], fit: ScheduleFit, ended: number): Verdict {
  const verdict = timedOut(attempt, seconds, fit, ["possible", "the capture ends before the next SYN is due"]);
  const last = seconds[seconds.length - 1] ?? 0;
  const syns = seconds.length === 1 ? "the only SYN" : `SYN number ${seconds.length}`;
  return {
    ...verdict,
    likelyCauses: ["the answer came after the capture had ended", ...verdict.likelyCauses],
    summary:
      `connect() to ${attempt.serverText} has no answer yet: the capture ends ${durationText(ended - last)} after ${syns}; ` +
      `if none comes, ETIMEDOUT after ${durationText(fit.givesUp)}`,
  };
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
  const why = reasonOf(cause, attempt);
  const guessed = cause === causes.ACCEPT_QUEUE_FULL && confidence === "certain";
  return attempt.connectFailed("ETIMEDOUT", fit.givesUp, {
    cause,
    predicted: true,
    remarks: remarksOf(attempt),
    summary:
      `connect() to ${attempt.serverText} failed: ETIMEDOUT after ${durationText(fit.givesUp)} – ` +
      `${seconds.length === 1 ? "one SYN" : `${seconds.length} SYNs`} at ${timesText(seconds)}: ${why}`,
    confidence: guessed ? "likely" : confidence,
    doubt: guessed
      ? "ETIMEDOUT is certain; that the queue is full is the likely reason, a rule against this client looks the same"
      : doubt,
    evidence: evidenceOf(attempt),
    schedule: scheduleOf(fit),
    likelyCauses: likelyCauses(cause, attempt),
    next: nextCommands(cause, attempt),
  });
}

function causeOf(attempt: Attempt): Cause {
  const { connection } = attempt;
  if (connection.synAckTimeNs !== NEVER) {
    const { at } = attempt.vantage;
    return at === "server" || at === "middle" ? causes.SYNACK_LOST : causes.SYNACK_DROPPED_LOCALLY;
  }
  if (connection.notes?.challenges.some(({ withSyn }) => withSyn) === true) return causes.SYNACK_WRONG_ACK;
  if ((connection.notes?.challenges.length ?? 0) > 0)
    return staleInTimeWait(attempt) ? causes.TIME_WAIT_REUSE : causes.SYN_TO_HALF_OPEN;
  if (staleInTimeWait(attempt)) return causes.TIME_WAIT_REUSE;
  if (tooLarge(attempt)) return causes.FRAGMENTATION_NEEDED;
  return answersOthers(attempt) ? causes.ACCEPT_QUEUE_FULL : causes.SYN_UNANSWERED;
}

/** The server keeps the old connection in TIME_WAIT, and the SYN looks older than that: it is dropped (RFC 6191, RFC 7323 section 5.3). */
function staleInTimeWait({ connection }: Attempt): boolean {
  const reuse = connection.notes?.reuse;
  return reuse !== undefined && reuse.states[1] === "TIME_WAIT" && reuse.newerTimestamp === false;
}

/** Every SYN came back as too large for the path. */
function tooLarge({ connection }: Attempt): boolean {
  return connection.icmpErrors.some(
    ({ version, type, code, matches }) => matches && (version === 4 ? type === 3 && code === 4 : type === 2),
  );
}

/** The port answered other clients, or this one at other times. */
function answersOthers({ listener, connection }: Attempt): boolean {
  const last = connection.ends[CLIENT].lastTimeNs;
  // Answers that came only later say nothing of the time of these SYNs.
  return listener !== undefined && listener.answered > 0 && listener.firstAnswerNs <= last;
}

function reasonOf(cause: Cause, attempt: Attempt): string {
  switch (cause) {
    case causes.SYNACK_DROPPED_LOCALLY:
      return "the SYN-ACK is in the capture but never reached the socket";
    case causes.SYNACK_LOST:
      return "the server answered, and its SYN-ACK never reached the client";
    case causes.SYNACK_WRONG_ACK:
      return "the only SYN-ACKs acknowledge another SYN";
    case causes.SYN_TO_HALF_OPEN:
      return "the server still holds an old connection on these ports and answers with challenge ACKs";
    case causes.TIME_WAIT_REUSE:
      return "the server still has these ports in TIME_WAIT, and the SYN's timestamp is older than the old connection's";
    case causes.FRAGMENTATION_NEEDED:
      return "every SYN came back as too large for the path (ICMP fragmentation needed)";
    case causes.ACCEPT_QUEUE_FULL: {
      const { listener } = attempt;
      const flood = isFlooded(listener) ? "; a SYN flood fills its queue" : "";
      return `the same port answered ${listener?.answered ?? 0} of ${listener?.attempts ?? 0} attempts: its accept queue is full, or it drops this client${flood}`;
    }
    default:
      return "nothing answered any SYN";
  }
}

function remarksOf(attempt: Attempt): string[] {
  const { listener, connection } = attempt;
  const remarks: string[] = [];
  const lastSyn = connection.ends[CLIENT].lastTimeNs;
  if (listener !== undefined && listener.answered > 0 && listener.lastAnswerNs < connection.firstTimeNs)
    remarks.push("the port answered others before, and nobody since");
  if (listener !== undefined && listener.firstAnswerNs > lastSyn) remarks.push("the port answered others only later");
  if (attempt.context.oneSided.clients.has(attempt.clientAddress))
    remarks.push("what comes to this client was not captured: an answer may have been there");
  return remarks;
}

/** The SYNs follow no schedule that is known: what can be said is that nothing answered. */
function unknownSchedule(attempt: Attempt, seconds: readonly number[], ended: number): Verdict {
  const cause = causeOf(attempt);
  return attempt.connectFailed("ETIMEDOUT", ended, {
    cause,
    predicted: true,
    remarks: remarksOf(attempt),
    summary: `connect() to ${attempt.serverText} failed: ETIMEDOUT – ${seconds.length} SYNs at ${timesText(seconds)} were not answered`,
    confidence: "possible",
    doubt: "the intervals fit no known stack, so the end cannot be predicted",
    evidence: evidenceOf(attempt),
    likelyCauses: likelyCauses(cause, attempt),
    next: nextCommands(cause, attempt),
  });
}

function gaveUp(attempt: Attempt, seconds: readonly number[], fit: ScheduleFit, ended: number): Verdict {
  const cause = causeOf(attempt);
  const due = fit.nextSyn ?? 0;
  return attempt.verdict({
    cause: cause === causes.SYN_UNANSWERED ? causes.APPLICATION_GAVE_UP : cause,
    summary:
      `connect() to ${attempt.serverText} was given up by the application between ${durationText(seconds[seconds.length - 1] ?? 0)} ` +
      `and ${durationText(due)} – ${seconds.length === 1 ? "its SYN was" : `${seconds.length} SYNs were`} not answered` +
      (cause === causes.SYN_UNANSWERED ? "" : `; ${reasonOf(cause, attempt)}`),
    confidence: "likely",
    doubt: `the kernel would have sent another SYN at ${durationText(due)}; the capture goes on to ${durationText(ended)} without it`,
    evidence: evidenceOf(attempt),
    schedule: scheduleOf(fit),
    likelyCauses: ["a connect timeout of the program is shorter than the kernel's", ...likelyCauses(cause, attempt)],
    next: nextCommands(cause, attempt),
  });
}

function scheduleOf(fit: ScheduleFit): ScheduleMatch {
  return {
    kind: "syn",
    stack: fit.schedule.setting === "" ? fit.schedule.stack : `${fit.schedule.stack} (${fit.schedule.setting})`,
    retries: fit.schedule.gaps.length,
    nextSyn: fit.nextSyn,
    givesUp: fit.givesUp,
  };
}

function timesText(seconds: readonly number[]): string {
  return `${seconds.map((second) => Number(second.toFixed(second < 10 ? 2 : 1))).join(", ")} s`;
}

function evidenceOf(attempt: Attempt): EvidenceFrame[] {
  const { connection } = attempt;
  const syns = attempt.syns.frames;
  const answers = connection.ends[SERVER].synAckSends?.frames ?? [];
  return [
    ...syns.map((frame, index) => ({ frame, note: index === 0 ? "SYN" : `SYN again, number ${index + 1}` })),
    ...answers.map((frame) => ({ frame, note: "SYN-ACK that the client's socket never saw" })),
    ...(connection.notes?.challenges ?? []).map(({ frame, withSyn }) => ({
      frame,
      note: withSyn ? "SYN-ACK that acknowledges another SYN" : "bare ACK of an old connection (challenge ACK)",
    })),
    ...connection.icmpErrors.map((error) => ({
      frame: error.frame,
      note: `ICMP ${icmpWords(error)} from ${error.router}`,
    })),
  ].sort((a, b) => a.frame - b.frame);
}

function likelyCauses(cause: Cause, attempt: Attempt): string[] {
  if (cause === causes.SYNACK_DROPPED_LOCALLY) {
    return [
      "a firewall on the client drops what comes in",
      "reverse path filtering (rp_filter) on the client",
      "the SYN-ACK's checksum or acknowledgment number is wrong",
    ];
  }
  if (cause === causes.ACCEPT_QUEUE_FULL) {
    return [
      ...(isFlooded(attempt.listener) ? ["a SYN flood fills the SYN queue of the service"] : []),
      "the accept queue of the service is full: it accepts too slowly or its backlog is small",
      "a connection table or a limit per source is full",
      "a policy drops this client's packets",
    ];
  }
  return ADVICE[cause.word]?.likely(attempt.place) ?? [];
}

function nextCommands(cause: Cause, attempt: Attempt): string[] {
  if (cause === causes.SYNACK_DROPPED_LOCALLY) {
    return ["nstat -az | grep -E 'IPReverse|CsumErr|PAWSActive'", "nft list ruleset; iptables -vnL INPUT"];
  }
  if (cause === causes.ACCEPT_QUEUE_FULL) {
    return [
      `on ${attempt.serverAddress}: ss -ltn 'sport = :${attempt.serverPort}'; nstat -az 'TcpExtListen*'`,
      `on ${attempt.serverAddress}: dmesg | grep -E 'conntrack|SYN flooding'`,
    ];
  }
  return ADVICE[cause.word]?.next(attempt.place) ?? [];
}
