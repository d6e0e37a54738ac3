import type { Reset } from "../flow/connection.ts";
import { CLIENT, SERVER } from "../flow/states.ts";
import { ACK } from "../wire/tcp.ts";
import { ADVICE } from "./advice.ts";
import type { Attempt } from "./attempt.ts";
import * as causes from "./causes.ts";
import { AT_ONCE_NS, evidenceOf, failuresOf, laterOf, sureOf, sureOfForged } from "./reset-errors.ts";
import { provenanceOf } from "./reset-provenance.ts";
import { durationText } from "./text.ts";
import type { Failure, ScheduleMatch, Verdict } from "./verdict.ts";

/** A side that is still open so long after the other's FIN was left open. */
const LEAK_NS = 1_000_000_000;

/** The client reset the connection: its own program did so, or its kernel gave up on the server. */
export function resetByClient(attempt: Attempt, rst: Reset): Verdict | undefined {
  const { connection } = attempt;
  const probes = connection.ends[CLIENT].keepAlives;
  const at = attempt.since(rst.timeNs);
  if (probes !== undefined && probes.length > 0 && connection.ends[SERVER].lastTimeNs < (probes.times[0] ?? 0)) {
    return keepAliveDeath(attempt, rst, at);
  }
  const failures = failuresOf(attempt, SERVER, rst);
  if (failures.length === 0) return undefined;
  if (connection.ends[CLIENT].finSeen && (rst.flags & ACK) === 0) return lateData(attempt, rst, failures);
  const provenance = provenanceOf(attempt, rst);
  const isForged = provenance.origin === "forged" || provenance.origin === "middlebox";
  const beforeAccept =
    connection.established &&
    rst.timeNs - connection.handshakeAckTimeNs < AT_ONCE_NS &&
    !connection.ends[CLIENT].hasSentData;
  return attempt.verdict({
    cause: isForged ? causes.RESET_FORGED : causes.ABORTED,
    ...(isForged ? sureOfForged(provenance) : sureOf(attempt, rst)),
    provenance,
    ...(beforeAccept
      ? {
          remarks: [
            "the RST may come before accept(): which then returns ECONNABORTED on BSD; on Linux it succeeds, and recv fails with ECONNRESET",
          ],
        }
      : {}),
    failures,
    later: laterOf(failures),
    evidence: evidenceOf(attempt, rst, "RST from the client"),
    summary: `the client aborted the connection to ${attempt.serverText} after ${durationText(at)}: the server's program got ${failures[0]?.errno ?? ""}`,
    likelyCauses: [
      "the client closed with data unread, or with SO_LINGER 0",
      "the client's program was killed with data unread",
    ],
    next: [`on ${attempt.clientAddress}: look at what the program did at that time`],
  });
}

/** The server's data came when the client had closed: at once it is a race, much later the server had never closed its side. */
function lateData(attempt: Attempt, rst: Reset, failures: Failure[]): Verdict {
  const { connection } = attempt;
  const client = connection.ends[CLIENT];
  const waited = rst.timeNs - client.finTimeNs;
  const leak = waited > LEAK_NS && !connection.ends[SERVER].finSeen;
  const cause = leak ? causes.CLOSE_LEAK : causes.WRITE_AFTER_CLOSE;
  return attempt.verdict({
    cause,
    ...sureOf(attempt, rst),
    phase: "close",
    provenance: provenanceOf(attempt, rst),
    failures,
    later: laterOf(failures),
    evidence: [
      { frame: client.finFrame, note: "FIN from the client: it has closed" },
      { frame: rst.frame, note: "RST of the client's kernel: the data came for a socket that is gone" },
    ],
    summary:
      `the server sent data on the connection to ${attempt.serverText} ${durationText(waited / 1e9)} after the client had closed, and got ${failures[0]?.errno ?? ""}` +
      (leak ? ": it had not closed its side in all that time" : ""),
    likelyCauses: leak
      ? (ADVICE["close-leak"]?.likely(attempt.place) ?? [])
      : [
          "the client did not wait for the whole answer (it had enough, or a time-out)",
          "the server's answer was under way",
        ],
    next: [`on ${attempt.serverAddress}: the log of the service at that time`],
  });
}

function keepAliveDeath(attempt: Attempt, rst: Reset, at: number): Verdict {
  const probes = attempt.connection.ends[CLIENT].keepAlives;
  return attempt.verdict({
    cause: causes.KEEPALIVE_TIMEOUT,
    call: "recv",
    errno: "ETIMEDOUT",
    seconds: at,
    schedule: keepAliveSchedule(attempt, at),
    failures: [{ end: CLIENT, call: "recv", errno: "ETIMEDOUT", at }],
    later: [{ end: CLIENT, call: "send", returns: "EPIPE" }],
    evidence: [
      ...(probes?.frames ?? []).map((frame) => ({ frame, note: "keep-alive probe, unanswered" })),
      { frame: rst.frame, note: "RST: the kernel gives the connection up" },
    ],
    summary: `recv() on the connection to ${attempt.serverText} failed: ETIMEDOUT after ${durationText(at)} – ${probes?.length ?? 0} keep-alive probes went unanswered`,
    likelyCauses: ["the server is gone, or the path to it", "a device on the way dropped the idle connection"],
    next: [
      `ping -c 3 ${attempt.serverAddress}`,
      "sysctl net.ipv4.tcp_keepalive_time net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes",
    ],
  });
}

/** Probes at one interval: TCP_KEEPINTVL apart, as many as TCP_KEEPCNT. */
function keepAliveSchedule(attempt: Attempt, at: number): ScheduleMatch | null {
  const times = attempt.connection.ends[CLIENT].keepAlives?.times ?? [];
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
