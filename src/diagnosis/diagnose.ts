import type { Connection } from "../flow/connection.ts";
import { CLIENT, SERVER } from "../flow/states.ts";
import { Attempt, type Context, durationText, hostAndPort, type Listener, type Rule } from "./attempt.ts";
import { addressText } from "../wire/address.ts";
import * as causes from "./causes.ts";
import { reset } from "./established.ts";
import type { Evidence } from "./evidence.ts";
import { clientReset, ignoredAcknowledgment, retriedHandshake } from "./handshake.ts";
import { icmpFailure, orphanFailure } from "./icmp.ts";
import { neighbourFailure } from "./neighbour.ts";
import { refusal } from "./refusal.ts";
import { unansweredData } from "./retransmission.ts";
import { silence } from "./silence.ts";
import { strayReset } from "./stray.ts";
import type { Verdict } from "./verdict.ts";

/** In this order: the first rule that applies decides. */
const RULES: readonly Rule[] = [
  strayReset,
  refusal,
  icmpFailure,
  clientReset,
  silence,
  reset,
  unansweredData,
  ignoredAcknowledgment,
  retriedHandshake,
  nothingWrong,
];

/** Verdicts on all connections of a capture, and on attempts of which only errors were captured, in the order of their start. */
export function diagnoseAll(connections: readonly Connection[], evidence: Evidence, lastTimeNs: number): Verdict[] {
  const context: Context = { evidence, lastTimeNs, listeners: listenersOf(connections) };
  const verdicts = connections.map((connection) => diagnose(new Attempt(connection, context)));
  for (const orphan of evidence.orphans.values()) {
    const verdict = orphanFailure(orphan);
    if (verdict !== undefined) verdicts.push(verdict);
  }
  for (const query of evidence.neighbours.values()) {
    const verdict = neighbourFailure(query);
    if (verdict !== undefined) verdicts.push(verdict);
  }
  return verdicts.sort((a, b) => a.timeNs - b.timeNs);
}

/** The verdict on one connection by what has been seen until `lastTimeNs`; what its listener did to others is not asked. */
export function diagnoseConnection(connection: Connection, evidence: Evidence, lastTimeNs: number): Verdict {
  return diagnose(new Attempt(connection, { evidence, lastTimeNs, listeners: new Map() }));
}

function diagnose(attempt: Attempt): Verdict {
  for (const rule of RULES) {
    const verdict = rule(attempt);
    if (verdict !== undefined) return verdict;
  }
  return attempt.verdict({
    cause: causes.OK,
    confidence: "possible",
    summary: `nothing can be said of the connection to ${attempt.serverText}`,
  });
}

function listenersOf(connections: readonly Connection[]): Map<string, Listener> {
  const listeners = new Map<string, Listener>();
  for (const connection of connections) {
    const length = connection.addresses.length / 2;
    const key = hostAndPort(addressText(connection.addresses, length, length), connection.ends[SERVER].port);
    let listener = listeners.get(key);
    if (listener === undefined) {
      listener = { attempts: 0, answered: 0, refused: 0, connections: [] };
      listeners.set(key, listener);
    }
    listener.connections.push(connection);
    if (connection.synTimeNs >= 0) listener.attempts++;
    if (connection.synAckTimeNs >= 0) listener.answered++;
    else if (connection.resets.length > 0) listener.refused++;
  }
  return listeners;
}

/** The handshake is complete and nothing failed as far as the capture goes. */
function nothingWrong(attempt: Attempt): Verdict {
  const { connection } = attempt;
  const seen = connection.ends[CLIENT].hasSent && connection.ends[SERVER].hasSent;
  if (connection.established && connection.initialRttNs > 0) {
    return attempt.verdict({
      cause: causes.OK,
      summary: `connect() to ${attempt.serverText} succeeded after ${durationText(attempt.since(connection.handshakeAckTimeNs))}`,
      evidence: [{ frame: connection.handshakeAckFrame, note: "handshake complete" }],
    });
  }
  if (!seen) {
    return attempt.verdict({
      cause: causes.ONE_DIRECTION,
      confidence: "possible",
      doubt: "the capture has only one direction of this connection",
      summary: `only one direction of the connection to ${attempt.serverText} was captured: no verdict`,
      likelyCauses: ["asymmetric routing", "a capture on the wrong interface, or half of a mirror port"],
      next: ["capture with -i any, or at the other end"],
    });
  }
  return attempt.verdict({
    cause: causes.OK,
    confidence: connection.simultaneousOpen ? "certain" : "likely",
    doubt: connection.simultaneousOpen ? "" : "the handshake is not, or not all, in the capture",
    summary: connection.simultaneousOpen
      ? `both ends opened the connection to ${attempt.serverText} at the same time: one connection, no client and no server`
      : `nothing failed on the connection to ${attempt.serverText} in what the capture shows of it`,
  });
}
