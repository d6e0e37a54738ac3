import type { ChalkInstance } from "chalk";
import * as causes from "../../diagnosis/causes.ts";
import type { Cause, Verdict } from "../../diagnosis/verdict.ts";
import type { TcpInfo } from "../../libpcap/tcp-info.ts";
import { verdictObject } from "../../report/verdict-json.ts";
import { kernelsOwn, LOCAL_FIREWALL } from "../no-packet.ts";
import type { KernelAnswer } from "./kernel.ts";

/** What is known of one attempt in the end. */
export interface Outcome {
  readonly host: string;
  readonly answer: KernelAnswer;
  /** Undefined: nothing of it was captured. */
  readonly verdict: Verdict | undefined;
  /** The interface that was captured on; undefined: none was. */
  readonly captured: string | undefined;
}

const MICRO = 1e6;

export function outcomeObject(outcome: Outcome): Record<string, unknown> {
  const { host, answer, verdict, captured } = outcome;
  const { target, errno, number, seconds, gaveUp, localPort, isConnected } = answer;
  return {
    host,
    address: target.address,
    port: target.port,
    local: { address: target.local ?? null, port: localPort ?? null },
    kernel: {
      connected: isConnected,
      errno,
      number,
      seconds: micro(seconds),
      gaveUp: gaveUp ?? null,
    },
    tcpInfo: answer.info === undefined ? null : { at: micro(answer.info.at), ...answer.info.tcp },
    interface: captured ?? null,
    verdict: verdict === undefined ? null : verdictObject(verdict),
    agree: captured === undefined ? null : agrees(outcome),
    cause: verdict?.cause.word ?? unseenCause(outcome)?.word ?? null,
    explanation: explanation(outcome) ?? null,
  };
}

function micro(seconds: number): number {
  return Math.round(seconds * MICRO) / MICRO;
}

/** The kernel's answer, the wire's, and why they differ where they do: a line each. */
export function outcomeText(outcome: Outcome, colour: ChalkInstance): string {
  const { answer } = outcome;
  const lines = [`kernel   ${(answer.isConnected ? colour.green : colour.red)(kernelText(answer))}`];
  if (answer.info !== undefined) lines.push(`tcp_info ${infoText(answer.info.tcp, answer.info.at)}`);
  if (outcome.captured !== undefined) lines.push(`wire     ${wireText(outcome)}`);
  const why = explanation(outcome);
  const cause = unseenCause(outcome);
  if (why !== undefined) lines.push(`because  ${cause === undefined ? "" : `${cause.word} (${cause.code}): `}${why}`);
  if (cause !== undefined) lines.push(`see      tcpscope explain ${cause.word}`);
  const next = outcome.verdict?.next ?? [];
  if (!answer.isConnected) lines.push(...next.map((each) => `next     ${colour.bold(each)}`));
  return lines.join("\n");
}

function kernelText({ target, isConnected, errno, number, seconds, gaveUp }: KernelAnswer): string {
  const where = `connect() to ${endText(target.address, target.port)}`;
  const time = durationText(seconds);
  if (isConnected) return `${where} = 0 after ${time}`;
  if (gaveUp === "timeout") return `${where} had not returned after ${time}, the time of --timeout`;
  if (gaveUp === "interrupt") return `${where} had not returned after ${time}, when it was interrupted`;
  return `${where} = -1 ${errno ?? ""}${number === null ? "" : ` (${number})`} after ${time}`;
}

/** In ss's words, where it has them. */
function infoText(tcp: TcpInfo, at: number): string {
  const parts = [`${tcp.state} ${durationText(at)} after the call`, `rto ${durationText(tcp.rto)}`];
  if (tcp.totalRetransmissions > 0 || tcp.retransmits > 0) {
    parts.push(`${Math.max(tcp.totalRetransmissions, tcp.retransmits)} sent again`);
  }
  if (tcp.unacknowledged > 0) parts.push(`${tcp.unacknowledged} unacknowledged`);
  if (tcp.state === "SYN_SENT") return [...parts, `advmss ${tcp.advertisedMss}`].join(", ");
  if (tcp.rtt > 0) parts.push(`rtt ${durationText(tcp.rtt)} ± ${durationText(tcp.rttVariation)}`);
  parts.push(`mss ${tcp.mss}`, `pmtu ${tcp.pathMtu}`, `cwnd ${tcp.congestionWindow}`);
  const options = tcp.options.map((name) =>
    name === "window-scale" ? `wscale ${tcp.sendWindowScale},${tcp.receiveWindowScale}` : name,
  );
  return [...parts, ...options].join(", ");
}

function wireText({ verdict, captured }: Outcome): string {
  if (verdict === undefined) return `nothing of it was seen on ${captured === "any" ? "any interface" : captured}`;
  const { cause, confidence, errno, call } = verdict;
  const error = errno === null ? "no error" : `${call}() = -1 ${errno}`;
  return `${error} (${cause.word}, ${confidence}): ${verdict.summary}`;
}

export function endText(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function durationText(seconds: number): string {
  if (seconds < 0.001) return `${Math.round(seconds * MICRO)} µs`;
  return seconds < 1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(2)} s`;
}

/** Errno of connect() by the wire; null when it says that connect() returned 0, or nothing. */
function wireErrno(verdict: Verdict | undefined): string | null {
  return verdict?.call === "connect" ? verdict.errno : null;
}

/** Whether both say the same of connect(). */
function agrees({ answer, verdict }: Outcome): boolean {
  return verdict !== undefined && answer.gaveUp === undefined && answer.errno === wireErrno(verdict);
}

/** The cause of an error that leaves nothing on the wire; undefined where there is no error, or the verdict has one. */
function unseenCause({ answer, verdict, captured }: Outcome): Cause | undefined {
  if (answer.isConnected || verdict !== undefined) return undefined;
  const own = kernelsOwn(answer.errno);
  // Without a capture, a router may have said so as well.
  if (captured === undefined) return own?.cause === causes.NO_ROUTE ? undefined : own?.cause;
  return own === undefined ? causes.LOCAL_FIREWALL_DROP : own.cause;
}

/** Why the kernel and the wire do not say the same, or why the wire says nothing; undefined when they agree. */
function explanation(outcome: Outcome): string | undefined {
  const { answer, verdict, captured } = outcome;
  if (captured === undefined) return answer.isConnected ? undefined : kernelsOwn(answer.errno)?.text;
  if (agrees(outcome)) return undefined;
  if (answer.gaveUp !== undefined) return gaveUpText(answer, verdict);
  if (verdict === undefined) {
    if (answer.isConnected) return `the connection did not go over ${captured}: -i any captures on all interfaces`;
    return kernelsOwn(answer.errno)?.text ?? LOCAL_FIREWALL;
  }
  if (answer.isConnected) {
    return "packets are captured before this host's firewall on their way in and behind it on their way out, and some may be missing: the kernel's answer is the one that counts";
  }
  if (verdict.cause.word === "neighbour-unreachable") {
    return "no SYN left, for each waited for the neighbour's address; the SYNs were over before the kernel told the socket of it";
  }
  if (wireErrno(verdict) === null) {
    return "the capture shows an answer that the socket never got: a firewall on this host drops what comes in, or reverse path filtering does";
  }
  return "the capture sees packets before this host's firewall, and errors that it keeps for later: the kernel's answer is the one that counts";
}

function gaveUpText({ gaveUp }: KernelAnswer, verdict: Verdict | undefined): string {
  const who = gaveUp === "timeout" ? "--timeout" : "^C";
  const until = verdict?.schedule?.givesUp;
  const kernel =
    until === undefined ? "the kernel would have gone on" : `the kernel would have gone on to ${durationText(until)}`;
  return `${who} ended it before the kernel did: ${kernel}${verdict === undefined ? `; ${LOCAL_FIREWALL}` : ""}`;
}
