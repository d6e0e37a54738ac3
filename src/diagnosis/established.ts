import type { Reset } from "../flow/connection.ts";
import { lessOrEqual } from "../flow/sequence.ts";
import { CLIENT, type EndIndex, SERVER, type TcpState } from "../flow/states.ts";
import { ACK } from "../wire/tcp.ts";
import type { Attempt } from "./attempt.ts";
import { durationText } from "./text.ts";
import * as causes from "./causes.ts";
import { provenanceOf } from "./reset-provenance.ts";
import type { Provenance } from "./verdict.ts";
import { ADVICE } from "./advice.ts";
import type { Cause, EvidenceFrame, FailingCall, Failure, LaterCall, ScheduleMatch, Verdict } from "./verdict.ts";

/** Idle timers of NATs, firewalls and load balancers begin here, in seconds. */
const IDLE_TIMER = 60;
/** Shorter silence says nothing. */
const IDLE_NS = 1_000_000_000;
/** A side that is still open so long after the other's FIN was left open. */
const LEAK_NS = 1_000_000_000;
/** Two RSTs within this time, or a round trip, are not sent one because of the other. */
const ROUND_TRIP_NS = 1_000_000;
/** A RST within this time of the handshake belongs to it. */
const AT_ONCE_NS = 5_000_000;

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
  return connection.established || connection.synTimeNs < 0 || connection.ends[CLIENT].hasSentData;
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
  const error = errorOf(stateOf(attempt, end, rst));
  return error === undefined ? [] : [{ end, ...error, at: attempt.since(rst.timeNs) }];
}

/** The same; where the capture starts in the middle, the FINs tell what the states could not. */
function stateOf(attempt: Attempt, end: EndIndex, rst: Reset): TcpState {
  const state = stateBefore(attempt, end, rst);
  const self = attempt.connection.ends[end];
  const peer = attempt.connection.ends[other(end)];
  if (!attempt.connection.clientInferred || !peer.finSeen || !lessOrEqual(peer.finEnd, self.lastAck)) return state;
  return self.finSeen ? "LAST_ACK" : "CLOSE_WAIT";
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
    confidence: cause === causes.RESET_FORGED ? provenance.confidence : "certain",
    doubt:
      cause === causes.RESET_FORGED && provenance.confidence !== "certain"
        ? "told by the form of the RST; a capture at the server shows whether it sent it"
        : "",
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
  if (connection.ends[CLIENT].finSeen && (rst.flags & ACK) === 0) return lateData(attempt, rst, failures);
  const provenance = provenanceOf(attempt, rst);
  const beforeAccept =
    connection.established &&
    rst.timeNs - connection.handshakeAckTimeNs < AT_ONCE_NS &&
    !connection.ends[CLIENT].hasSentData;
  return attempt.verdict({
    cause: provenance.origin === "forged" || provenance.origin === "middlebox" ? causes.RESET_FORGED : causes.ABORTED,
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
