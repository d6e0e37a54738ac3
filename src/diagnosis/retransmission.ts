import type { IcmpError } from "../flow/connection.ts";
import { less } from "../flow/sequence.ts";
import { CLIENT, type EndIndex, SERVER } from "../flow/states.ts";
import { type Attempt } from "./attempt.ts";
import * as causes from "./causes.ts";
import { icmpErrno } from "../flow/icmp-errno.ts";
import { icmpWords } from "./errno.ts";
import type { EvidenceFrame, Verdict } from "./verdict.ts";

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
  const repeats = end.repeats;
  if (!connection.established || repeats === undefined || repeats.length < DEAD_AFTER || connection.resets.length > 0)
    return undefined;
  // What was repeated got through after all.
  if (less(end.repeatSequence, other.lastAck)) return undefined;
  // Anything that the other end sent after the first repetition shows that it lives.
  if (other.lastTimeNs > (repeats.times[0] ?? 0)) return blackHole(attempt, from);
  const soft = connection.icmpErrors.findLast((error) => error.to === from && icmpErrno(error) !== "");
  const errno = soft === undefined ? "ETIMEDOUT" : icmpErrno(soft);
  const givesUp = attempt.since(
    lastWait(repeats.times, end.repeatFirstTimeNs, soft !== undefined && revertsBackOff(soft)),
  );
  const ended = attempt.since(attempt.context.lastTimeNs);
  const evidence = evidenceOf(end.repeatFirstFrame, repeats.frames);
  if (soft !== undefined)
    evidence.push({
      frame: soft.frame,
      note: `ICMP ${icmpWords(soft)} from ${soft.router}: kept until the kernel gives up`,
    });
  return attempt.verdict({
    cause: soft === undefined ? causes.PEER_VANISHED : causes.PEER_UNREACHABLE,
    call: from === CLIENT ? "send" : null,
    errno: from === CLIENT ? errno : null,
    seconds: from === CLIENT ? givesUp : null,
    confidence: ended > givesUp ? "likely" : "possible",
    doubt:
      ended > givesUp
        ? "the moment of giving up leaves no packet"
        : "the capture ends while the kernel still tries (tcp_retries2)",
    failures: ended > givesUp ? [{ end: from, call: "send", errno, at: givesUp }] : [],
    evidence,
    summary:
      `send() on the connection to ${attempt.serverText} fails: ${errno} – data sent again ${repeats.length} times was never acknowledged` +
      (soft === undefined ? "" : `, ${soft.router} says ${icmpWords(soft)}`),
    likelyCauses: [
      "the peer is gone: crashed, or without power",
      "the path to it broke after the handshake",
      "a firewall began to drop the connection",
    ],
    next: [`on ${attempt.clientAddress}: ss -ti dst ${attempt.serverAddress}`, `ping -c 3 ${attempt.serverAddress}`],
  });
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

/** The peer answers, but this one large segment never gets through: ICMP "fragmentation needed" is lost somewhere. */
function blackHole(attempt: Attempt, from: EndIndex): Verdict | undefined {
  const { connection } = attempt;
  const end = connection.ends[from];
  const size = ((end.highest - end.repeatSequence) >>> 0) | 0;
  if (size < LARGE_SEGMENT || end.repeats === undefined) return undefined;
  return attempt.verdict({
    cause: causes.PMTU_BLACK_HOLE,
    confidence: "possible",
    doubt: "small segments pass and full-size ones do not; only a capture beyond the bottleneck proves it",
    evidence: evidenceOf(end.repeatFirstFrame, end.repeats.frames),
    summary: `the connection to ${attempt.serverText} stalls: small segments pass, full-size ones are sent again ${end.repeats.length} times – a path MTU black hole`,
    likelyCauses: ["a tunnel with a smaller MTU, and ICMP filtered on the way", "the MSS is not clamped at the tunnel"],
    next: [
      `tracepath ${attempt.serverAddress}`,
      `ping -M do -s 1472 ${attempt.serverAddress}`,
      "sysctl net.ipv4.tcp_mtu_probing=1",
    ],
  });
}

function evidenceOf(firstFrame: number, frames: readonly number[]): EvidenceFrame[] {
  return [
    { frame: firstFrame, note: "data" },
    ...frames.map((frame, index) => ({ frame, note: `the same data again, number ${index + 1}` })),
  ];
}
