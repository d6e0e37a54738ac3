import type { Reset } from "../flow/connection.ts";
import { lessOrEqual } from "../flow/sequence.ts";
import { CLIENT, type EndIndex, SERVER } from "../flow/states.ts";
import { NEVER } from "../flow/time.ts";
import type { Attempt } from "./attempt.ts";
import * as causes from "./causes.ts";
import { icmpWords } from "./errno.ts";
import { durationText } from "./text.ts";
import { backoffSchedule } from "./backoff.ts";
import type { EvidenceFrame, ScheduleMatch, Verdict } from "./verdict.ts";

/**
 * Connections of which no call failed, but that show something which a person looks for.
 */

/** The kernel sends its first probe of a closed window after about this time (RTO_MIN). */
const CLOSED_NS = 200_000_000;
/** An end that has been asked to close for so long keeps the connection without need (Linux gives an orphan 60 s). */
const LEAK_NS = 60_000_000_000;
/** An answer that takes this long is what a person waits for. */
const SILENT_NS = 2_000_000_000;

/** RSTs outside of the window: the kernel answers with a challenge ACK and goes on (RFC 5961 section 3.2). */
export function ignoredReset(attempt: Attempt): Verdict | undefined {
  const { connection } = attempt;
  const ignored = connection.resets.filter((each) => !each.accepted);
  const first = ignored[0];
  if (first === undefined || !connection.established) return undefined;
  // A RST that comes when all is over is ignored for another reason.
  const closing = connection.ends[SERVER].finSeen || connection.ends[CLIENT].finSeen;
  if (closing && !goesOnAfter(attempt, first)) return undefined;
  return attempt.verdict({
    cause: causes.RESET_IGNORED,
    evidence: ignored.map(({ frame, sequence }) => ({
      frame,
      note: `RST with sequence number ${sequence}, which is not the next one: ignored`,
    })),
    summary: `${ignored.length === 1 ? "a RST" : `${ignored.length} RSTs`} on the connection to ${attempt.serverText} did not have the next sequence number: the kernel ignored ${ignored.length === 1 ? "it" : "them"}, the connection lives`,
  });
}

/** The end that got the RST sends data or closes in order afterwards. */
function goesOnAfter({ connection }: Attempt, rst: Reset): boolean {
  const receiver = connection.ends[rst.from === CLIENT ? SERVER : CLIENT];
  return (
    connection.established &&
    receiver.lastFrame > rst.frame &&
    receiver.finSeen &&
    receiver.finFrame > rst.frame &&
    receiver.rstSent === 0
  );
}

/** ICMP "fragmentation needed" or "packet too big" for what was sent: path MTU discovery at work. */
export function smallerMtu(attempt: Attempt): Verdict | undefined {
  const { connection } = attempt;
  const errors = connection.icmpErrors.filter(
    ({ version, type, code, matches }) => matches && (version === 4 ? type === 3 && code === 4 : type === 2),
  );
  const first = errors[0];
  if (first === undefined || !connection.established) return undefined;
  const whose = first.to === CLIENT ? "the client" : "the server";
  return attempt.verdict({
    cause: causes.FRAGMENTATION_NEEDED,
    evidence: errors.map((error) => ({
      frame: error.frame,
      note: `ICMP ${icmpWords(error)} from ${error.router}, quotes frame ${error.quotedFrame}`,
    })),
    summary: `connect() to ${attempt.serverText} succeeded; ${first.router} told ${whose} to send smaller packets${first.nextHopMtu > 0 ? ` (MTU ${first.nextHopMtu})` : ""}`,
    next: [
      `tracepath ${first.to === CLIENT ? attempt.serverAddress : attempt.clientAddress}`,
      `on ${attempt.clientAddress}: ip route get ${attempt.serverAddress}`,
    ],
  });
}

/** The request was acknowledged by the server's kernel, and its program sent no byte until the client closed. */
export function silentServer(attempt: Attempt): Verdict | undefined {
  const { connection } = attempt;
  const server = connection.ends[SERVER];
  const client = connection.ends[CLIENT];
  if (!connection.established || server.hasSentData || !client.hasSentData || connection.resets.length > 0)
    return undefined;
  const close = connection.notes?.close;
  if (close === undefined || close.from !== CLIENT || !close.unanswered || close.silentNs < SILENT_NS) return undefined;
  if (!server.hasLastAck || !lessOrEqual((client.highest - 1) | 0, server.lastAck)) return undefined;
  return attempt.verdict({
    cause: causes.SERVER_SILENT,
    confidence: "possible",
    doubt: "a protocol in which only the client talks looks the same",
    evidence: [
      { frame: connection.handshakeAckFrame, note: "handshake complete" },
      {
        frame: close.frame,
        note: `the client closes, ${durationText(close.silentNs / 1e9)} after the server's last segment`,
      },
    ],
    summary: `the server's kernel acknowledged the request to ${attempt.serverText}, its program sent nothing for ${durationText(close.silentNs / 1e9)}: the client closed`,
  });
}

/** One end closed long ago, and the other never does. */
export function neverCloses(attempt: Attempt): Verdict | undefined {
  return leakAt(attempt, SERVER) ?? leakAt(attempt, CLIENT);
}

function leakAt(attempt: Attempt, end: EndIndex): Verdict | undefined {
  const { connection, context } = attempt;
  const passive = connection.ends[end];
  const active = connection.ends[end === CLIENT ? SERVER : CLIENT];
  if (!active.finSeen || passive.finSeen || connection.resets.length > 0 || passive.state !== "CLOSE_WAIT")
    return undefined;
  const since = Math.max(active.finTimeNs, passive.lastTimeNs);
  const waits = context.lastTimeNs - since;
  if (waits < LEAK_NS) return undefined;
  const names = end === CLIENT ? ["client", "server"] : ["server", "client"];
  const address = end === CLIENT ? attempt.clientAddress : attempt.serverAddress;
  return attempt.verdict({
    cause: causes.CLOSE_LEAK,
    phase: "close",
    confidence: "likely",
    doubt: "the program may still be at work; the capture shows that it neither sends nor closes",
    later: [{ end, call: "recv", returns: "0" }],
    evidence: [{ frame: active.finFrame, note: `FIN of the ${names[1]}` }],
    summary: `the ${names[1]} closed the connection to ${attempt.serverText}, the ${names[0]}'s program has not for ${durationText(waits / 1e9)}: CLOSE_WAIT`,
    next: [`on ${address}: ss -tnp state close-wait '( sport = :${passive.port} )'`],
  });
}

/** A receive window that was closed for long: the receiving program does not read. */
export function closedWindow(attempt: Attempt): Verdict | undefined {
  const { connection, context } = attempt;
  const windows = connection.notes?.closedWindows ?? [undefined, undefined];
  for (const end of [SERVER, CLIENT] as const) {
    const closed = windows[end];
    if (closed === undefined) continue;
    const isOpen = closed.sinceNs === NEVER;
    const until = connection.finished && connection.ends[end].finSeen ? connection.lastTimeNs : context.lastTimeNs;
    const longest = isOpen ? closed.longestNs : Math.max(closed.longestNs, until - closed.sinceNs);
    if (longest < CLOSED_NS || connection.resets.length > 0) continue;
    const name = end === CLIENT ? "client" : "server";
    const evidence: EvidenceFrame[] = [{ frame: closed.frame, note: `the ${name} announces a window of 0` }];
    const address = end === CLIENT ? attempt.clientAddress : attempt.serverAddress;
    return attempt.verdict({
      cause: causes.ZERO_WINDOW,
      evidence,
      later: isOpen ? [] : [{ end: end === CLIENT ? SERVER : CLIENT, call: "send", returns: "EAGAIN" }],
      schedule: probeSchedule(attempt, end === CLIENT ? SERVER : CLIENT),
      summary: `the ${name}'s program on the connection to ${attempt.serverText} reads too slowly: its receive window was closed ${closed.count === 1 ? "once" : `${closed.count} times`}, for up to ${durationText(longest / 1e9)}${isOpen ? "" : ", and still is"}`,
      next: [
        `on ${address}: ss -tnm '( sport = :${connection.ends[end].port} )' (Recv-Q: bytes that the program has not read)`,
      ],
    });
  }
  return undefined;
}

/** Probes of a closed window double as retransmissions do; those since the last answer are known. */
function probeSchedule({ connection, context }: Attempt, prober: EndIndex): ScheduleMatch | null {
  const times = connection.ends[prober].repetitions.windowProbes?.times ?? [];
  const first = times[0];
  if (first === undefined || times.length < 3) return null;
  const seconds = times.map((time) => (time - first) / 1e9);
  return backoffSchedule("window-probe", seconds, (context.lastTimeNs - first) / 1e9);
}

/** The handshake is complete, or all that the capture has, and nothing failed as far as it goes. */
export function nothingWrong(attempt: Attempt): Verdict {
  const { connection } = attempt;
  if (connection.established && connection.initialRttNs > 0) {
    return attempt.verdict({
      cause: causes.OK,
      summary: `connect() to ${attempt.serverText} succeeded after ${durationText(attempt.since(connection.handshakeAckTimeNs))}`,
      evidence: [{ frame: connection.handshakeAckFrame, note: "handshake complete" }],
    });
  }
  if (!connection.ends[CLIENT].hasSent || !connection.ends[SERVER].hasSent) return oneDirection(attempt);
  const { simultaneousOpen } = connection;
  return attempt.verdict({
    cause: causes.OK,
    confidence: simultaneousOpen ? "certain" : "likely",
    doubt: simultaneousOpen ? "" : "the handshake is not, or not all, in the capture",
    summary: simultaneousOpen
      ? `both ends opened the connection to ${attempt.serverText} at the same time: one connection, no client and no server`
      : `nothing failed on the connection to ${attempt.serverText} in what the capture shows of it`,
  });
}

/** Half of a connection: what that half acknowledges shows that the other half exists. */
function oneDirection(attempt: Attempt): Verdict {
  const seen = attempt.connection.ends[CLIENT].hasSent ? "client" : "server";
  return attempt.verdict({
    cause: causes.ONE_DIRECTION,
    confidence: "possible",
    doubt: `only what the ${seen} sends is in the capture`,
    evidence: [
      { frame: attempt.connection.firstFrame, note: `first segment, from the ${seen}; none of the other end` },
    ],
    summary: `only one direction of the connection to ${attempt.serverText} was captured: no verdict`,
  });
}
