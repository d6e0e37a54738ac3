import { ANALYSIS_KEEP_ALIVE } from "../flow/analysis.ts";
import type { Reset } from "../flow/connection.ts";
import { CLIENT, SERVER } from "../flow/states.ts";
import { NEVER } from "../flow/time.ts";
import type { Attempt } from "./attempt.ts";
import * as causes from "./causes.ts";
import { givenUpWithReset } from "./given-up.ts";
import { resetByClient } from "./client-reset.ts";
import {
  AT_ONCE_NS,
  evidenceOf,
  errorsOf,
  failuresOf,
  hadClosed,
  idleCauses,
  isActive,
  other,
  stateBefore,
  sureOf,
  sureOfForged,
} from "./reset-errors.ts";
import { laterOf } from "./later-calls.ts";
import { provenanceOf } from "./reset-provenance.ts";
import { durationText } from "./text.ts";
import type { Cause, Failure, Provenance, Verdict } from "./verdict.ts";

/** Idle timers of NATs, firewalls and load balancers begin here, in seconds. */
const IDLE_TIMER = 60;
/** Shorter silence says nothing. */
const IDLE_NS = 1_000_000_000;
/** Two RSTs within this time, or a round trip, are not sent one because of the other. */
const ROUND_TRIP_NS = 1_000_000;

/** A connection that was established and then reset. */
export function reset(attempt: Attempt): Verdict | undefined {
  const { connection } = attempt;
  const decisive = connection.resets.find(
    (each) =>
      each.accepted &&
      // A SYN that was refused and sent again, as Windows does, may have been accepted then.
      (!connection.established || each.frame > connection.handshakeAckFrame) &&
      stateBefore(attempt, other(each.from), each) !== "CLOSED",
  );
  if (decisive === undefined || !isOpen(attempt)) return undefined;
  const gaveUp = givenUpWithReset(attempt, decisive);
  if (gaveUp !== undefined) return gaveUp;
  const counterpart = resetOfOther(attempt, decisive);
  if (counterpart !== undefined) return resetBothSides(attempt, decisive, counterpart);
  return decisive.from === SERVER ? resetByServer(attempt, decisive) : resetByClient(attempt, decisive);
}

/** Past the handshake, or seen only from its middle on. */
function isOpen({ connection }: Attempt): boolean {
  return connection.established || connection.synTimeNs === NEVER || connection.ends[CLIENT].hasSentData;
}

/**
 * The RST that the other end got at about the same time. A host that gets a RST
 * sends none, so a device sent both, unless the second answers what was under way.
 */
function resetOfOther({ connection }: Attempt, decisive: Reset): Reset | undefined {
  const wayNs = Math.max(ROUND_TRIP_NS, connection.initialRttNs);
  // Two answers of kernels without a socket are a close that crossed, unless nobody had closed.
  const closing =
    connection.ends[CLIENT].finSeen || connection.ends[SERVER].finSeen || decisive.frame < connection.handshakeAckFrame;
  return connection.resets.find(
    (each) =>
      each.from !== decisive.from &&
      each.accepted &&
      (isActive(each) ? isActive(decisive) : !isActive(decisive) && !closing) &&
      each.timeNs - decisive.timeNs < wayNs,
  );
}

function resetBothSides(attempt: Attempt, first: Reset, second: Reset): Verdict {
  const failures = [...errorsOf(attempt, other(first.from), first), ...errorsOf(attempt, first.from, first)];
  const atClient = failures.find(({ end }) => end === CLIENT);
  return attempt.verdict({
    cause: causes.RESET_BOTH_SIDES,
    call: atClient?.call ?? null,
    errno: atClient?.errno ?? null,
    seconds: atClient?.at ?? null,
    confidence: "likely",
    doubt: "both ends may have aborted at the same moment",
    failures,
    later: laterOf(failures),
    provenance: provenanceOf(attempt, first),
    evidence: [
      { frame: first.frame, note: `RST in the name of the ${first.from === CLIENT ? "client" : "server"}` },
      {
        frame: second.frame,
        note: `RST in the name of the ${second.from === CLIENT ? "client" : "server"}, ${durationText((second.timeNs - first.timeNs) / 1e9)} later`,
      },
    ],
    summary: `the connection to ${attempt.serverText} was reset towards both ends at the same time: a device on the way ended it${atClient === undefined ? "" : `; ${atClient.call}() failed: ${atClient.errno}`}`,
  });
}

function resetByServer(attempt: Attempt, rst: Reset): Verdict | undefined {
  const provenance = provenanceOf(attempt, rst);
  const cause = causeOf(attempt, rst, provenance);
  const failures = failuresOf(attempt, CLIENT, rst);
  const error = failures[0];
  // The client had closed, and the server closed with RST instead of FIN: nothing failed.
  if (error === undefined && hadClosed(attempt, CLIENT) && ENDINGS.has(cause)) return undefined;
  const at = attempt.since(rst.timeNs);
  return attempt.verdict({
    cause,
    call: error?.call ?? null,
    errno: error?.errno ?? null,
    seconds: error === undefined ? null : at,
    ...(cause === causes.RESET_FORGED ? sureOfForged(provenance) : sureOf(attempt, rst)),
    provenance,
    failures,
    later: laterOf(failures),
    evidence: evidenceOf(attempt, rst, "RST from the server's address"),
    summary: `${headOf(attempt, error, at)} – ${reasonOf(cause, attempt)}${cause === causes.HALF_OPEN ? idleText(attempt) : ""}`,
    likelyCauses: cause === causes.HALF_OPEN ? halfOpenCauses(attempt, provenance) : likelyCauses(cause, attempt, rst),
    next: nextCommands(cause, attempt),
  });
}

/** Ways in which a server ends what its client has closed. */
const ENDINGS: ReadonlySet<Cause> = new Set([causes.ABORTED, causes.HALF_OPEN, causes.RESET_AFTER_HANDSHAKE]);

function headOf(attempt: Attempt, error: Failure | undefined, at: number): string {
  const to = `the connection to ${attempt.serverText}`;
  if (error === undefined) return `${to} was reset after ${durationText(at)}`;
  // Who has read the end of the stream learns of the RST only when it sends again.
  if (error.errno === "EPIPE") return `send() on ${to} fails: EPIPE from ${durationText(at)} on`;
  return `${error.call}() on ${to} failed: ${error.errno} after ${durationText(at)}`;
}

/** The longer the silence, the likelier a timer on the way; a connection that was busy a moment ago is not forgotten by a timer. */
function halfOpenCauses({ connection }: Attempt, { origin }: Provenance): string[] {
  const idle = connection.idleBeforeNs / 1e9;
  if (idle >= IDLE_TIMER) {
    return [
      `a NAT, firewall or load balancer forgot the idle connection (${durationText(idle)} of silence; usual timers are 60, 350, 900 s, 4 h)`,
      "the server restarted",
    ];
  }
  if (origin === "firewall") {
    return [
      "a firewall in front of the server, or on it, rejects with tcp-reset what its table does not hold (reloaded, or full)",
      "a NAT on the way gave the client another address or port: the server does not know that one",
      "the server's program or host restarted",
    ];
  }
  return ["the server restarted", "a NAT or load balancer forgot the idle connection"];
}

function causeOf(attempt: Attempt, rst: Reset, { origin }: Provenance): Cause {
  const { connection } = attempt;
  const server = connection.ends[SERVER];
  const client = connection.ends[CLIENT];
  if (rst.forged || origin === "forged" || origin === "middlebox") return causes.RESET_FORGED;
  if (connection.acknowledgmentIgnored && !server.hasSentData) return causes.ACCEPT_QUEUE_FULL_AT_ACK;
  const sinceHandshake = connection.established ? rst.timeNs - connection.handshakeAckTimeNs : Number.POSITIVE_INFINITY;
  if (sinceHandshake < AT_ONCE_NS && !server.hasSentData && !client.hasSentData) {
    return overflows(attempt) ? causes.ACCEPT_QUEUE_FULL_AT_ACK : causes.RESET_AFTER_HANDSHAKE;
  }
  if (server.finSeen) return causes.WRITE_AFTER_CLOSE;
  return isActive(rst) ? causes.ABORTED : causes.HALF_OPEN;
}

/** Others at the same port got through: the service works, its queue is full (tcp_abort_on_overflow). */
function overflows({ listener }: Attempt): boolean {
  return listener !== undefined && listener.healthy > 0;
}

function reasonOf(cause: Cause, attempt: Attempt): string {
  switch (cause) {
    case causes.RESET_FORGED:
      return "a RST that the server did not send: something on the way forged it";
    case causes.ACCEPT_QUEUE_FULL_AT_ACK:
      return "the server ignored the end of the handshake, then forgot it: its accept queue is full, or the ACK was lost";
    case causes.RESET_AFTER_HANDSHAKE:
      return "the server reset it right after the handshake";
    case causes.WRITE_AFTER_CLOSE:
      return probed(attempt)
        ? "the server had closed and forgot the connection: a keep-alive probe was answered with RST"
        : "the server had closed; data sent to it afterwards was answered with RST";
    case causes.HALF_OPEN:
      return "the server no longer knows the connection: data was answered with a bare RST";
    default:
      return "the server aborted the connection";
  }
}

/** What the client sent last was a probe of its kernel, not data of its program. */
function probed({ connection }: Attempt): boolean {
  return (connection.ends[CLIENT].names.lastAnalysis & ANALYSIS_KEEP_ALIVE) !== 0;
}

/** How long the connection was silent before the data that met no connection any more. */
function idleText({ connection }: Attempt): string {
  return connection.idleBeforeNs > IDLE_NS ? `, after ${durationText(connection.idleBeforeNs / 1e9)} of silence` : "";
}

function likelyCauses(cause: Cause, attempt: Attempt, rst: Reset): string[] {
  switch (cause) {
    case causes.RESET_FORGED:
      return ["an intrusion prevention system or a censor", "a proxy or load balancer on the path"];
    case causes.ACCEPT_QUEUE_FULL_AT_ACK:
      return ["the service accepts too slowly, or its backlog is small"];
    case causes.RESET_AFTER_HANDSHAKE:
      return [
        "the service accepts and closes at once (access list, TCP wrappers)",
        "a proxy or load balancer without a backend",
      ];
    case causes.WRITE_AFTER_CLOSE:
      return [
        "an idle connection of a pool is used just when the server closes it",
        "the server answered and closed before it had read the whole request",
      ];
    default:
      return [
        ...idleCauses(attempt, rst, (idle) => `an idle timer of the server, or of a proxy or load balancer: ${idle}`),
        "the program closed with data unread, or with SO_LINGER 0",
        "the program crashed or was killed",
      ];
  }
}

function nextCommands(cause: Cause, attempt: Attempt): string[] {
  switch (cause) {
    case causes.RESET_FORGED:
      return [
        `capture at ${attempt.serverAddress} too: did it send this RST?`,
        `traceroute -T -p ${attempt.serverPort} ${attempt.serverAddress}`,
      ];
    case causes.ACCEPT_QUEUE_FULL_AT_ACK:
      return [`on ${attempt.serverAddress}: ss -ltn 'sport = :${attempt.serverPort}'; nstat -az 'TcpExtListen*'`];
    case causes.HALF_OPEN:
      return [
        "compare the idle time before it with the timers of the devices on the way",
        "use keep-alives shorter than that",
      ];
    default:
      return [`on ${attempt.serverAddress}: the log of the service at that time`];
  }
}
