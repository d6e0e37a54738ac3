import type { Reset } from "../flow/connection.ts";
import { CLIENT, SERVER } from "../flow/states.ts";
import { NEVER } from "../flow/time.ts";
import { ACK } from "../wire/tcp.ts";
import type { Attempt } from "./attempt.ts";
import * as causes from "./causes.ts";
import { resetByClient } from "./client-reset.ts";
import {
  AT_ONCE_NS,
  evidenceOf,
  failuresOf,
  laterOf,
  other,
  stateBefore,
  sureOf,
  sureOfForged,
} from "./reset-errors.ts";
import { provenanceOf } from "./reset-provenance.ts";
import { durationText } from "./text.ts";
import type { Cause, Provenance, Verdict } from "./verdict.ts";

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
    (each) => each.accepted && stateBefore(attempt, other(each.from), each) !== "CLOSED",
  );
  if (decisive === undefined || !isOpen(attempt)) return undefined;
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
  return connection.resets.find(
    (each) =>
      each.from !== decisive.from &&
      each.accepted &&
      isActive(each) &&
      isActive(decisive) &&
      each.timeNs - decisive.timeNs < wayNs,
  );
}

/** A bare RST with window 0 is a kernel's answer to what it has no socket for: two of them are a close that crossed. */
function isActive({ flags, window }: Reset): boolean {
  return (flags & ACK) !== 0 || window !== 0;
}

function resetBothSides(attempt: Attempt, first: Reset, second: Reset): Verdict {
  const failures = [...failuresOf(attempt, other(first.from), first), ...failuresOf(attempt, first.from, first)];
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

function resetByServer(attempt: Attempt, rst: Reset): Verdict {
  const provenance = provenanceOf(attempt, rst);
  const cause = causeOf(attempt, rst, provenance);
  const failures = failuresOf(attempt, CLIENT, rst);
  const error = failures[0];
  const at = attempt.since(rst.timeNs);
  const call =
    error === undefined ? "" : `${error.call}() on the connection to ${attempt.serverText} failed: ${error.errno}`;
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
    summary: `${call === "" ? `the connection to ${attempt.serverText} was reset` : call} after ${durationText(at)} – ${reasonOf(cause)}${cause === causes.HALF_OPEN ? idleText(attempt) : ""}`,
    likelyCauses: cause === causes.HALF_OPEN ? halfOpenCauses(attempt, provenance) : likelyCauses(cause),
    next: nextCommands(cause, attempt),
  });
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
  return (rst.flags & ACK) === 0 ? causes.HALF_OPEN : causes.ABORTED;
}

/** Others at the same port got through: the service works, its queue is full (tcp_abort_on_overflow). */
function overflows({ listener }: Attempt): boolean {
  return listener !== undefined && listener.healthy > 0;
}

function reasonOf(cause: Cause): string {
  switch (cause) {
    case causes.RESET_FORGED:
      return "a RST that the server did not send: something on the way forged it";
    case causes.ACCEPT_QUEUE_FULL_AT_ACK:
      return "the server ignored the end of the handshake, then forgot it: its accept queue is full, or the ACK was lost";
    case causes.RESET_AFTER_HANDSHAKE:
      return "the server reset it right after the handshake";
    case causes.WRITE_AFTER_CLOSE:
      return "the server had closed; data sent to it afterwards was answered with RST";
    case causes.HALF_OPEN:
      return "the server no longer knows the connection: data was answered with a bare RST";
    default:
      return "the server aborted the connection";
  }
}

/** How long the connection was silent before the data that met no connection any more. */
function idleText({ connection }: Attempt): string {
  return connection.idleBeforeNs > IDLE_NS ? `, after ${durationText(connection.idleBeforeNs / 1e9)} of silence` : "";
}

function likelyCauses(cause: Cause): string[] {
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
    case causes.HALF_OPEN:
      return ["the server restarted", "a NAT or load balancer forgot the idle connection"];
    default:
      return ["the program closed with data unread, or with SO_LINGER 0", "the program crashed or was killed"];
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
