import type { Reset } from "../flow/connection.ts";
import { CLIENT, SERVER } from "../flow/states.ts";
import { ACK } from "../wire/tcp.ts";
import { ADVICE } from "./advice.ts";
import type { Attempt } from "./attempt.ts";
import * as causes from "./causes.ts";
import { AT_ONCE_NS, evidenceOf, failuresOf, idleCauses, sureOf, sureOfForged } from "./reset-errors.ts";
import { keepAliveDeath } from "./keep-alive.ts";
import { laterOf } from "./later-calls.ts";
import { provenanceOf } from "./reset-provenance.ts";
import { durationText } from "./text.ts";
import type { Failure, Verdict } from "./verdict.ts";

/** A side that is still open so long after the other's FIN was left open. */
const LEAK_NS = 1_000_000_000;

/** The client reset the connection: its own program did so, or its kernel gave up on the server. */
export function resetByClient(attempt: Attempt, rst: Reset): Verdict | undefined {
  const { connection } = attempt;
  const probes = connection.ends[CLIENT].repetitions.keepAlives;
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
    summary: `the client aborted the connection to ${attempt.serverText} after ${durationText(at)}: ${serverError(failures)}`,
    likelyCauses: [
      ...idleCauses(
        attempt,
        rst,
        (idle) => `the client's program drops idle connections (the timer of its pool): ${idle}`,
      ),
      "the client closed with data unread, or with SO_LINGER 0",
      "the client's program was killed with data unread",
    ],
    next: [`on ${attempt.clientAddress}: look at what the program did at that time`],
  });
}

/** What the server's program gets: the RST itself, or, where it has read the end of the stream, only the failure of what it sends. */
function serverError([failure]: readonly Failure[]): string {
  return failure?.errno === "EPIPE"
    ? "the server's program gets EPIPE if it sends again"
    : `the server's program got ${failure?.errno ?? ""}`;
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
