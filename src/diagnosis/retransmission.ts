import type { IcmpError } from "../flow/connection.ts";
import type { End } from "../flow/end.ts";
import type { SendTimes } from "../flow/send-times.ts";
import { less } from "../flow/sequence.ts";
import { CLIENT, type EndIndex, SERVER } from "../flow/states.ts";
import type { Attempt } from "./attempt.ts";
import { backoffSchedule, patternOf } from "./backoff.ts";
import { durationText } from "./text.ts";
import * as causes from "./causes.ts";
import { laterOf } from "./later-calls.ts";
import { icmpErrno } from "../flow/icmp-errno.ts";
import { icmpWords } from "./errno.ts";
import type { Cause, EvidenceFrame, ScheduleMatch, Verdict } from "./verdict.ts";

/** Repetitions of one segment without any answer before the connection counts as dead. */
const DEAD_AFTER = 4;
/** A segment of at least this many bytes that never gets through, while small ones do, points at the path MTU. */
const LARGE_SEGMENT = 1000;

/** Data that is sent again and again without any answer until the kernel gives up (RFC 1122 section 4.2.3.5). */
export function unansweredData(attempt: Attempt): Verdict | undefined {
  return unansweredFrom(attempt, CLIENT) ?? unansweredFrom(attempt, SERVER);
}

function unansweredFrom(attempt: Attempt, from: EndIndex): Verdict | undefined {
  const { connection } = attempt;
  const end = connection.ends[from];
  const other = connection.ends[from === CLIENT ? SERVER : CLIENT];
  const { repeats, repeatSequence } = end.repetitions;
  if (!connection.established || repeats === undefined || repeats.length < DEAD_AFTER || connection.resets.length > 0)
    return undefined;
  // What was repeated got through after all.
  if (less(repeatSequence, other.lastAck)) return undefined;
  // Anything that the other end sent after the first repetition shows that it lives.
  if (other.lastTimeNs > repeats.firstTimeNs) return stalled(attempt, from);
  return abandoned(attempt, from, repeats);
}

/** Nothing of the other end any more: the kernel gives up, or the program before it. */
function abandoned(attempt: Attempt, from: EndIndex, repeats: SendTimes): Verdict {
  const { connection } = attempt;
  const end = connection.ends[from];
  const soft = connection.icmpErrors.findLast((error) => error.to === from && icmpErrno(error) !== "");
  const errno = soft === undefined ? "ETIMEDOUT" : icmpErrno(soft);
  const reverts = soft !== undefined && revertsBackOff(soft);
  const givesUp = attempt.since(lastWait(repeats.times, end.repetitions.repeatFirstTimeNs, reverts));
  const ended = attempt.since(attempt.context.lastTimeNs);
  const over = ended > givesUp;
  const cause = soft === undefined ? silentCause(attempt, from) : causes.PEER_UNREACHABLE;
  // An end whose program has closed has nobody left to be told (the kernel counts tcp_orphan_retries).
  const orphan = end.finSeen;
  const evidence = dataEvidence(end.repetitions.repeatFirstFrame, repeats.frames);
  if (soft !== undefined)
    evidence.push({
      frame: soft.frame,
      note: `ICMP ${icmpWords(soft)} from ${soft.router}: kept until the kernel gives up`,
    });
  const atClient = from === CLIENT && !orphan;
  const schedule = dataSchedule(attempt, end, repeats, ended, reverts);
  return attempt.verdict({
    cause,
    call: atClient ? "send" : null,
    errno: atClient ? errno : null,
    seconds: atClient ? givesUp : null,
    predicted: true,
    confidence: over && cause !== causes.PMTU_BLACK_HOLE && cause !== causes.FIRST_DATA_BLOCKED ? "likely" : "possible",
    doubt: over
      ? "the moment of giving up leaves no packet"
      : `the capture ends before the next time-out at ${durationText(givesUp)}: with net.ipv4.tcp_retries2=15 the kernel goes on to about ${durationText(schedule.givesUp)}`,
    schedule,
    failures: over && !orphan ? [{ end: from, call: "send", errno, at: givesUp }] : [],
    later: orphan ? [] : laterOf([{ end: from, call: "send", errno, at: givesUp }]),
    evidence,
    summary:
      (orphan
        ? `the ${from === CLIENT ? "client" : "server"} closed the connection to ${attempt.serverText} and its last data was never acknowledged: nobody is left to get an error – `
        : `send() on the connection to ${attempt.serverText} fails: ${errno} – `) +
      `data sent again ${repeats.length} times was never acknowledged${reasonOf(cause)}` +
      (soft === undefined ? "" : `, ${soft.router} says ${icmpWords(soft)}`),
    ...silentTexts(attempt, cause),
  });
}

/** What the silence after data means: the first data that is dropped, only large segments, a server that never took the connection, or a peer that is gone. */
export function silentCause(attempt: Attempt, from: EndIndex): Cause {
  const { connection } = attempt;
  const end = connection.ends[from];
  const server = connection.ends[SERVER];
  const repeat = connection.notes?.repeat;
  const forgotten = from === CLIENT && !server.hasSentData && server.lastFrame === connection.synAckFrame;
  const { listener } = attempt;
  if (forgotten && listener !== undefined && (listener.ignored > 0 || listener.overflowed > 0))
    return causes.ACCEPT_QUEUE_FULL_AT_ACK;
  if (repeat === undefined || repeat.from !== from) return causes.PEER_VANISHED;
  const size = Math.max(repeat.payloadLength, 0);
  const acknowledged = (end.repetitions.repeatSequence - end.synBase - 1) >>> 0;
  if (repeat.isFirstData && (repeat.isClientHello || size < LARGE_SEGMENT) && forgotten)
    return repeat.isClientHello ? causes.FIRST_DATA_BLOCKED : causes.PEER_VANISHED;
  // Everything that got through before was smaller.
  const neverLarge = end.synSeen && acknowledged < LARGE_SEGMENT;
  return size >= LARGE_SEGMENT && neverLarge ? causes.PMTU_BLACK_HOLE : causes.PEER_VANISHED;
}

function reasonOf(cause: Cause): string {
  switch (cause) {
    case causes.ACCEPT_QUEUE_FULL_AT_ACK:
      return ": the server never took the connection, its accept queue is full (SYN cookies)";
    case causes.FIRST_DATA_BLOCKED:
      return ": it is the first data, a TLS client hello, and the server has been silent since the handshake";
    case causes.PMTU_BLACK_HOLE:
      return ": only small segments ever got through, this is a full-size one – a path MTU black hole";
    default:
      return "";
  }
}

/** Likely causes and commands for it. */
export function silentTexts(attempt: Attempt, cause: Cause): { likelyCauses?: string[]; next?: string[] } {
  const server = attempt.serverAddress;
  switch (cause) {
    case causes.FIRST_DATA_BLOCKED:
      return {};
    case causes.ACCEPT_QUEUE_FULL_AT_ACK:
      return {
        likelyCauses: ["the accept queue of the service is full: it accepts too slowly or its backlog is small"],
        next: [`on ${server}: ss -ltn 'sport = :${attempt.serverPort}'; nstat -az 'TcpExtListen*' 'TcpExtSyncookies*'`],
      };
    case causes.PMTU_BLACK_HOLE:
      return blackHoleTexts(server);
    default:
      return {
        likelyCauses: [
          "the peer is gone: crashed, or without power",
          "the path to it broke after the handshake",
          "a firewall began to drop the connection",
        ],
        next: [`on ${attempt.clientAddress}: ss -ti dst ${server}`, `ping -c 3 ${server}`],
      };
  }
}

/** `ended`: until when the capture goes on, in seconds; `even`: the time-outs do not double. */
export function dataSchedule(
  attempt: Attempt,
  end: End,
  repeats: SendTimes,
  ended: number,
  even = false,
): ScheduleMatch {
  const { repeatFirstTimeNs } = end.repetitions;
  const first = attempt.since(repeatFirstTimeNs);
  const times = [repeatFirstTimeNs, ...repeats.times].map((time) => attempt.since(time) - first);
  return backoffSchedule(end.finSeen ? "fin" : "data", times, ended - first, even ? "even" : patternOf(times));
}

/** When the next repetition would be due: twice the last gap after the last one, or the same gap when the back-off is reverted. */
function lastWait(times: readonly number[], firstTimeNs: number, reverted: boolean): number {
  const last = times[times.length - 1] ?? firstTimeNs;
  const before = times[times.length - 2] ?? firstTimeNs;
  return last + (reverted ? 1 : 2) * (last - before);
}

/** Net and host unreachable take back the doubling of the retransmission time-out (RFC 6069 section 4; Linux tcp_ld_RTO_revert). */
function revertsBackOff(error: IcmpError): boolean {
  return error.version === 4 ? error.type === 3 && error.code <= 1 : error.type === 1 && error.code === 0;
}

/** The peer answers, but one segment never gets through. */
function stalled(attempt: Attempt, from: EndIndex): Verdict | undefined {
  const { connection } = attempt;
  const end = connection.ends[from];
  const { repeats, repeatSequence, repeatFirstFrame } = end.repetitions;
  const repeat = connection.notes?.repeat;
  if (repeats === undefined) return undefined;
  if (repeat?.from === from && repeat.isFirstData && repeat.isClientHello && from === CLIENT) return blocked(attempt);
  const size = Math.max(repeat?.payloadLength ?? 0, (end.highest - repeatSequence) >>> 0);
  if (size < LARGE_SEGMENT) return undefined;
  return attempt.verdict({
    cause: causes.PMTU_BLACK_HOLE,
    confidence: "possible",
    doubt: "small segments pass and full-size ones do not; only a capture beyond the bottleneck proves it",
    evidence: dataEvidence(repeatFirstFrame, repeats.frames),
    summary: `the connection to ${attempt.serverText} stalls: small segments pass, full-size ones are sent again ${repeats.length} times – a path MTU black hole`,
    ...blackHoleTexts(from === CLIENT ? attempt.serverAddress : attempt.clientAddress),
  });
}

/** The first data is a TLS client hello and never acknowledged, though the server is there. */
function blocked(attempt: Attempt): Verdict {
  const { repeats, repeatFirstFrame } = attempt.connection.ends[CLIENT].repetitions;
  return attempt.verdict({
    cause: causes.FIRST_DATA_BLOCKED,
    confidence: "likely",
    doubt: "that a device looks into the data is a guess; a capture at the server shows whether it arrives",
    evidence: dataEvidence(repeatFirstFrame, repeats?.frames ?? []),
    summary: `the connection to ${attempt.serverText} stalls at once: the TLS client hello was sent again ${repeats?.length ?? 0} times and never acknowledged, though the server answers`,
  });
}

function blackHoleTexts(peer: string): { likelyCauses: string[]; next: string[] } {
  return {
    likelyCauses: ["a tunnel with a smaller MTU, and ICMP filtered on the way", "the MSS is not clamped at the tunnel"],
    next: [`tracepath ${peer}`, `ping -M do -s 1472 ${peer}`, "sysctl net.ipv4.tcp_mtu_probing=1"],
  };
}

/** The data and its repetitions. */
export function dataEvidence(firstFrame: number, frames: readonly number[]): EvidenceFrame[] {
  return [
    { frame: firstFrame, note: "data" },
    ...frames.map((frame, index) => ({ frame, note: `the same data again, number ${index + 1}` })),
  ];
}
