import type { Reset } from "../flow/connection.ts";
import { lessOrEqual } from "../flow/sequence.ts";
import { CLIENT, type EndIndex, SERVER, type TcpState } from "../flow/states.ts";
import { ACK } from "../wire/tcp.ts";
import type { Attempt } from "./attempt.ts";
import { durationText } from "./text.ts";
import type { Confidence, EvidenceFrame, FailingCall, Failure, Provenance } from "./verdict.ts";

/** A RST within this time of the handshake belongs to it. */
export const AT_ONCE_NS = 5_000_000;

/** The end that is not `end`. */
export function other(end: EndIndex): EndIndex {
  return end === CLIENT ? SERVER : CLIENT;
}

/** The state of `end` when the RST came. */
export function stateBefore({ connection }: Attempt, end: EndIndex, rst: Reset): TcpState {
  const before = connection.transitions.list().findLast((each) => each.end === end && each.frame < rst.frame);
  return before?.state ?? "UNKNOWN";
}

/** What a RST does to a socket: after the peer's FIN it is EPIPE, else ECONNRESET (tcp_reset). */
export function errorOf(state: TcpState): { call: FailingCall; errno: string } | undefined {
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

/** The error that the RST sets on the socket of `end`; empty when that socket was gone before. */
export function failuresOf(attempt: Attempt, end: EndIndex, rst: Reset): Failure[] {
  return hadAborted(attempt, end, rst) ? [] : errorsOf(attempt, end, rst);
}

/** The same where a RST in the name of `end` is not its own. */
export function errorsOf(attempt: Attempt, end: EndIndex, rst: Reset): Failure[] {
  if (hadClosed(attempt, end)) return [];
  const error = errorOf(stateOf(attempt, end, rst));
  return error === undefined ? [] : [{ end, ...error, at: attempt.since(rst.timeNs) }];
}

/**
 * Whether the program of `end` had closed its socket: nobody is left to be told. A socket that got a RST sends no
 * FIN any more, so one that was captured after the RST was sent before it came. A FIN with a request that nothing
 * answers may be shutdown(): then the program waits for the answer, and gets the error.
 */
export function hadClosed({ connection }: Attempt, end: EndIndex): boolean {
  const self = connection.ends[end];
  return self.finSeen && !(self.hasSentData && !connection.ends[other(end)].hasSentData);
}

/** Whether `end` had aborted by itself: a socket that got a RST sends none of its own. */
function hadAborted({ connection }: Attempt, end: EndIndex, rst: Reset): boolean {
  return connection.resets.some((each) => each.from === end && each.frame > rst.frame && isActive(each));
}

/** A bare RST with window 0 is a kernel's answer to what it has no socket for; any other one ends a socket. */
export function isActive({ flags, window }: Reset): boolean {
  return (flags & ACK) !== 0 || window !== 0;
}

/** The same; where the capture starts in the middle, the FINs tell what the states could not. */
export function stateOf(attempt: Attempt, end: EndIndex, rst: Reset): TcpState {
  const state = stateBefore(attempt, end, rst);
  const self = attempt.connection.ends[end];
  const peer = attempt.connection.ends[other(end)];
  // Of an end that was never captured, nobody knows whether it had closed before the other's RST.
  if (!self.hasSent && peer.finSeen) return "LAST_ACK";
  if (!attempt.connection.clientInferred || !peer.finSeen || !lessOrEqual(peer.finEnd, self.lastAck)) return state;
  return self.finSeen ? "LAST_ACK" : "CLOSE_WAIT";
}

/** Silence of this length before a RST, in nanoseconds, speaks for a timer. */
const IDLE_NS = 10_000_000_000;

/** What `cause` says of the silence that a RST ended; nothing when there was none. */
export function idleCauses({ connection }: Attempt, rst: Reset, cause: (idle: string) => string): string[] {
  const close = connection.notes?.close;
  if (close === undefined || close.frame !== rst.frame || close.silentNs < IDLE_NS) return [];
  return [
    cause(`the ${rst.from === CLIENT ? "server" : "client"} had been silent for ${durationText(close.silentNs / 1e9)}`),
  ];
}

/** How sure a reset is, by how much of the connection before it was captured. */
export function sureOf(attempt: Attempt, rst: Reset): { confidence: Confidence; doubt: string } {
  const { connection } = attempt;
  if (connection.ends[other(rst.from)].finSeen && !hadClosed(attempt, other(rst.from))) {
    const who = rst.from === CLIENT ? "server" : "client";
    return {
      confidence: "likely",
      doubt: `the ${who} had sent its FIN: after shutdown() its program gets the error, after close() nobody is told`,
    };
  }
  if (connection.established) return { confidence: "certain", doubt: "" };
  if (connection.ends[other(rst.from)].hasSent) {
    return { confidence: "likely", doubt: "the capture begins in the middle of the connection" };
  }
  return { confidence: "possible", doubt: "nothing of the connection is in the capture but what this end sent" };
}

export function sureOfForged({ confidence }: Provenance): { confidence: Confidence; doubt: string } {
  const doubt = "told by the form of the RST; a capture at the other end shows whether it was sent there";
  return { confidence, doubt: confidence === "certain" ? "" : doubt };
}

/** The frames that show why the connection was reset. */
export function evidenceOf({ connection }: Attempt, rst: Reset, note: string): EvidenceFrame[] {
  const frames: EvidenceFrame[] = [];
  if (connection.handshakeAckFrame > 0)
    frames.push({ frame: connection.handshakeAckFrame, note: "handshake complete" });
  const server = connection.ends[SERVER];
  if (server.finSeen) frames.push({ frame: server.finFrame, note: "FIN from the server: it has closed" });
  frames.push({ frame: rst.frame, note });
  return frames;
}
