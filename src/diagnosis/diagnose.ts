import type { Connection } from "../flow/connection.ts";
import { Attempt, type Context, type Rule } from "./attempt.ts";
import { groupAttempts } from "./crowd.ts";
import { reset } from "./established.ts";
import type { Evidence } from "./evidence.ts";
import { givenUpData } from "./given-up.ts";
import { clientReset, ignoredAcknowledgment } from "./handshake.ts";
import { closedWindow, ignoredReset, neverCloses, nothingWrong, silentServer, smallerMtu } from "./healthy.ts";
import { givenUpTogether, icmpFailure, orphanFailure } from "./icmp.ts";
import { listenersOf, oneSidedOf } from "./listeners.ts";
import { unansweredKeepAlives } from "./keep-alive.ts";
import { isNeighbourLost, neighbourFailure } from "./neighbour.ts";
import { refusal } from "./refusal.ts";
import { unansweredData } from "./retransmission.ts";
import { capturedTwice, retriedHandshake, reusedTuple } from "./retried.ts";
import { silence } from "./silence.ts";
import { strayReset } from "./stray.ts";
import type { Confidence, Verdict } from "./verdict.ts";

/**
 * With tcp_syn_retries 1, or 2 and no linear time-outs, Linux returns ETIMEDOUT when a neighbour stays unanswered
 * (6.18, measured: 3.02 to 3.08 s): two repetitions at most, over within 7.2 s.
 */
const FEW_RETRIES = 2;
const FEW_SECONDS = 8;

/** In this order: the first rule that applies decides. First what failed, then what only shows. */
const RULES: readonly Rule[] = [
  strayReset,
  refusal,
  icmpFailure,
  clientReset,
  silence,
  reset,
  givenUpData,
  unansweredData,
  unansweredKeepAlives,
  ignoredAcknowledgment,
  retriedHandshake,
  ignoredReset,
  reusedTuple,
  smallerMtu,
  capturedTwice,
  silentServer,
  closedWindow,
  neverCloses,
];

/** Verdicts on all connections of a capture, and on attempts of which only errors were captured, in the order of their start. */
export function diagnoseAll(connections: readonly Connection[], evidence: Evidence, lastTimeNs: number): Verdict[] {
  const context = contextOf(connections, evidence, lastTimeNs);
  const attempts = connections.map((connection) => new Attempt(connection, context));
  const verdicts = groupAttempts(attempts, attempts.map(diagnose));
  verdicts.push(...diagnoseUnseen(evidence, lastTimeNs, impatientOf(verdicts)));
  return verdicts.sort((a, b) => a.timeNs - b.timeNs);
}

/**
 * Verdicts on attempts of which the capture has no segment that can be followed: what is left are errors, questions
 * and cut packets. `impatient`: clients that are known to repeat a SYN so seldom that their own time-out comes first.
 */
export function diagnoseUnseen(
  evidence: Evidence,
  lastTimeNs: number,
  impatient: ReadonlySet<string> = new Set(),
): Verdict[] {
  const verdicts = diagnoseCut(evidence, lastTimeNs);
  const together = givenUpTogether(evidence.orphans.values());
  for (const orphan of evidence.orphans.values()) {
    const isLost = together.has(orphan) || isNeighbourLost(orphan, evidence.neighbours);
    const verdict = orphanFailure(orphan, isLost);
    if (verdict !== undefined) verdicts.push(verdict);
  }
  for (const query of evidence.neighbours.values()) {
    const verdict = neighbourFailure(query, impatient.has(query.asker));
    if (verdict !== undefined) verdicts.push(verdict);
  }
  return verdicts;
}

/** Addresses of clients whose other attempts show that they give up before Linux gives a neighbour up, or at that moment. */
function impatientOf(verdicts: readonly Verdict[]): Set<string> {
  const impatient = new Set<string>();
  for (const { schedule, errno, client } of verdicts) {
    if (client.address === null || schedule?.kind !== "syn" || schedule.nextSyn !== null || errno !== "ETIMEDOUT")
      continue;
    if (schedule.retries <= FEW_RETRIES && schedule.givesUp < FEW_SECONDS) impatient.add(client.address);
  }
  return impatient;
}

/** The verdict on one connection by what has been seen until `lastTimeNs`; what its listener did to others is not asked. */
export function diagnoseConnection(connection: Connection, evidence: Evidence, lastTimeNs: number): Verdict {
  return diagnose(
    new Attempt(connection, { evidence, lastTimeNs, listeners: new Map(), oneSided: oneSidedOf([connection]) }),
  );
}

function contextOf(connections: readonly Connection[], evidence: Evidence, lastTimeNs: number): Context {
  return { evidence, lastTimeNs, listeners: listenersOf(connections, lastTimeNs), oneSided: oneSidedOf(connections) };
}

function diagnose(attempt: Attempt): Verdict {
  for (const rule of RULES) {
    const verdict = rule(attempt);
    if (verdict !== undefined) return verdict;
  }
  return nothingWrong(attempt);
}

/** Verdicts on what a snap length within the TCP header left: less sure by one step, for the flags are guessed. */
function diagnoseCut(evidence: Evidence, lastTimeNs: number): Verdict[] {
  if (evidence.cut.size === 0) return [];
  const connections = evidence.cut.connections();
  const context = contextOf(connections, evidence, lastTimeNs);
  return connections.map((connection) => {
    const verdict = diagnose(new Attempt(connection, context));
    return {
      ...verdict,
      stream: null,
      confidence: LESS_SURE[verdict.confidence],
      doubt:
        "the packets are cut before the TCP flags: sizes, directions and order tell what they were" +
        (verdict.doubt === "" ? "" : `; ${verdict.doubt}`),
    };
  });
}

const LESS_SURE: Readonly<Record<Confidence, Confidence>> = {
  certain: "likely",
  likely: "possible",
  possible: "possible",
};
