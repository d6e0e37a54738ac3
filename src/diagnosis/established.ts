import type { Reset } from "../flow/connection.ts";
import { CLIENT, type EndIndex, SERVER, type TcpState } from "../flow/states.ts";
import { ACK } from "../wire/tcp.ts";
import { type Attempt, durationText } from "./attempt.ts";
import * as causes from "./causes.ts";
import type { Cause, EvidenceFrame, FailingCall, Failure, LaterCall, Verdict } from "./verdict.ts";

/** Shorter silence says nothing. */
const IDLE_NS = 1_000_000_000;
/** A RST within this time of the handshake belongs to it. */
const AT_ONCE_NS = 5_000_000;

/** A connection that was established and then reset. */
export function reset(attempt: Attempt): Verdict | undefined {
  const { connection } = attempt;
  const decisive = connection.resets.find(
    (each) => each.accepted && stateBefore(attempt, other(each.from), each) !== "CLOSED",
  );
  if (decisive === undefined || !isOpen(attempt)) return undefined;
  return decisive.from === SERVER ? resetByServer(attempt, decisive) : resetByClient(attempt, decisive);
}

/** Past the handshake, or seen only from its middle on. */
function isOpen({ connection }: Attempt): boolean {
  return connection.established || connection.synTimeNs < 0 || connection.ends[CLIENT].hasSentData;
}

function other(end: EndIndex): EndIndex {
  return end === CLIENT ? SERVER : CLIENT;
}

/** The state of `end` when the RST came. */
function stateBefore({ connection }: Attempt, end: EndIndex, rst: Reset): TcpState {
  const before = connection.transitions.list().findLast((each) => each.end === end && each.frame < rst.frame);
  return before?.state ?? "UNKNOWN";
}

/** What a RST does to a socket: after the peer's FIN it is EPIPE, else ECONNRESET (tcp_reset). */
function errorOf(state: TcpState): { call: FailingCall; errno: string } | undefined {
  switch (state) {
    case "CLOSE_WAIT":
      return { call: "send", errno: "EPIPE" };
    case "ESTABLISHED":
    case "FIN_WAIT_1":
    case "FIN_WAIT_2":
    case "UNKNOWN":
      return { call: "recv", errno: "ECONNRESET" };
    default:
      return undefined;
  }
}

function failuresOf(attempt: Attempt, end: EndIndex, rst: Reset): Failure[] {
  const error = errorOf(stateBefore(attempt, end, rst));
  return error === undefined ? [] : [{ end, ...error, at: attempt.since(rst.timeNs) }];
}

function laterOf(failures: readonly Failure[]): LaterCall[] {
  return failures.flatMap((failure) =>
    failure.errno === "EPIPE"
      ? [{ end: failure.end, call: "recv" as const, returns: "0" }]
      : [
          { end: failure.end, call: "send" as const, returns: "EPIPE" },
          { end: failure.end, call: "recv" as const, returns: "0" },
        ],
  );
}

function resetByServer(attempt: Attempt, rst: Reset): Verdict {
  const cause = causeOf(attempt, rst);
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
    confidence: cause === causes.RESET_FORGED ? "likely" : "certain",
    doubt: cause === causes.RESET_FORGED ? "told by the TTL, or by what the server sent after it" : "",
    failures,
    later: laterOf(failures),
    evidence: evidenceOf(attempt, rst, "RST from the server's address"),
    summary: `${call === "" ? `the connection to ${attempt.serverText} was reset` : call} after ${durationText(at)} – ${reasonOf(cause)}${cause === causes.HALF_OPEN ? idleText(attempt) : ""}`,
    likelyCauses: likelyCauses(cause),
    next: nextCommands(cause, attempt),
  });
}

function causeOf(attempt: Attempt, rst: Reset): Cause {
  const { connection } = attempt;
  const server = connection.ends[SERVER];
  const client = connection.ends[CLIENT];
  if (rst.forged) return causes.RESET_FORGED;
  if (connection.acknowledgmentIgnored && !server.hasSentData) return causes.ACCEPT_QUEUE_FULL_AT_ACK;
  const sinceHandshake = connection.established ? rst.timeNs - connection.handshakeAckTimeNs : Number.POSITIVE_INFINITY;
  if (sinceHandshake < AT_ONCE_NS && !server.hasSentData && !client.hasSentData) {
    return overflows(attempt) ? causes.ACCEPT_QUEUE_FULL_AT_ACK : causes.RESET_AFTER_HANDSHAKE;
  }
  if (server.finSeen) return causes.WRITE_AFTER_CLOSE;
  return (rst.flags & ACK) === 0 ? causes.HALF_OPEN : causes.ABORTED;
}

/** Others at the same port got through: the service works, its queue is full (tcp_abort_on_overflow). */
function overflows(attempt: Attempt): boolean {
  const others = attempt.listener?.connections ?? [];
  return others.some((each) => each !== attempt.connection && each.established && each.resets.length === 0);
}

/** The client reset the connection: its own program did so, or its kernel gave up on the server. */
function resetByClient(attempt: Attempt, rst: Reset): Verdict | undefined {
  const { connection } = attempt;
  const probes = connection.ends[CLIENT].keepAlives;
  const at = attempt.since(rst.timeNs);
  if (probes !== undefined && probes.length > 0 && connection.ends[SERVER].lastTimeNs < (probes.times[0] ?? 0)) {
    return keepAliveDeath(attempt, rst, at);
  }
  const failures = failuresOf(attempt, SERVER, rst);
  if (failures.length === 0) return undefined;
  return attempt.verdict({
    cause: causes.ABORTED,
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

function keepAliveDeath(attempt: Attempt, rst: Reset, at: number): Verdict {
  const probes = attempt.connection.ends[CLIENT].keepAlives;
  return attempt.verdict({
    cause: causes.KEEPALIVE_TIMEOUT,
    call: "recv",
    errno: "ETIMEDOUT",
    seconds: at,
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

function evidenceOf({ connection }: Attempt, rst: Reset, note: string): EvidenceFrame[] {
  const frames: EvidenceFrame[] = [];
  if (connection.handshakeAckFrame > 0)
    frames.push({ frame: connection.handshakeAckFrame, note: "handshake complete" });
  const server = connection.ends[SERVER];
  if (server.finSeen) frames.push({ frame: server.finFrame, note: "FIN from the server: it has closed" });
  frames.push({ frame: rst.frame, note });
  return frames;
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
