import { CLIENT } from "../flow/states.ts";
import { durationText, hostAndPort } from "./text.ts";
import { bareVerdict } from "./attempt.ts";
import * as causes from "./causes.ts";
import type { NeighbourQuery, OrphanErrors } from "./evidence.ts";
import type { Verdict } from "./verdict.ts";

/** Linux asks three times, a second apart (mcast_solicit, retrans_time_ms), then fails what waits. */
const SOLICITATIONS = 3;
/** Seconds between two questions of a kernel that wants to send. */
const AGAIN_FROM = 0.8;
const AGAIN_TO = 1.4;
/** From the first question to EHOSTUNREACH, measured: 3.06 to 3.08 s. */
export const NEIGHBOUR_GIVES_UP = 3.07;

/** How many questions follow the first one in a kernel's rhythm; other rhythms are programs that look who is there. */
function askedInRow(times: readonly number[]): number {
  let asked = 1;
  while (asked < times.length) {
    const gap = ((times[asked] ?? 0) - (times[asked - 1] ?? 0)) / 1e9;
    if (gap < AGAIN_FROM || gap > AGAIN_TO) break;
    asked++;
  }
  return asked;
}

/**
 * The next hop, or the host on the same link, never answered ARP or neighbour
 * discovery: no SYN can leave, and connect() fails with EHOSTUNREACH. `timesOut`:
 * the SYNs that wait there are over at that moment (tcp_syn_retries 1 or 2), and it fails with ETIMEDOUT.
 */
export function neighbourFailure(query: NeighbourQuery, timesOut = false): Verdict | undefined {
  if (query.answered || query.times.length === 0) return undefined;
  const asked = askedInRow(query.times);
  // Two questions are a kernel's only where the capture has no more of them.
  if (asked < 2 || (asked < SOLICITATIONS && query.times.length > asked)) return undefined;
  const all = asked >= SOLICITATIONS;
  return failureOf(query, timesOut, {
    client: { address: query.asker, port: null },
    server: { address: query.target, port: null },
    confidence: all ? "likely" : "possible",
    doubt: all
      ? "no SYN left, so the capture cannot show that a connect() waited for the address"
      : `${query.times.length} of ${SOLICITATIONS} questions are in the capture`,
    head: `connect() from ${query.asker} to or by way of ${query.target} fails: ${failureText(timesOut)}`,
  });
}

/**
 * The same for a connect() that is known to wait for the answer to an unanswered question, from `client` to `server`.
 * `head`: begins the summary where something else ended it.
 */
export function waitingForNeighbour(
  query: NeighbourQuery,
  { client, server }: Record<"client" | "server", { readonly address: string; readonly port: number }>,
  head?: string,
): Verdict {
  const all = askedInRow(query.times) >= SOLICITATIONS;
  return failureOf(query, false, {
    client,
    server,
    confidence: all ? "certain" : "likely",
    doubt: all ? "" : `an answer could still have come: ${SOLICITATIONS} questions are asked, a second apart`,
    head: head ?? `connect() to ${hostAndPort(server.address, server.port)} fails: ${failureText(false)}`,
  });
}

/** Who waits, and how sure that is. */
interface Waiting extends Pick<Verdict, "client" | "server" | "confidence" | "doubt"> {
  /** Begins the summary. */
  readonly head: string;
}

function errnoOf(timesOut: boolean): string {
  return timesOut ? "ETIMEDOUT" : "EHOSTUNREACH";
}

function failureText(timesOut: boolean): string {
  return `${errnoOf(timesOut)} after ${durationText(NEIGHBOUR_GIVES_UP)}`;
}

function failureOf(query: NeighbourQuery, timesOut: boolean, { head, ...waiting }: Waiting): Verdict {
  const protocol = query.version === 4 ? "ARP" : "neighbour discovery";
  const errno = errnoOf(timesOut);
  const whose =
    waiting.server.address === query.target ? "its address" : `the address of ${query.target}, the way to it,`;
  const times = query.times.length === 1 ? "once" : `${query.times.length} times`;
  return bareVerdict({
    stream: null,
    ...waiting,
    cause: causes.NEIGHBOUR_UNREACHABLE,
    call: "connect",
    errno,
    seconds: NEIGHBOUR_GIVES_UP,
    evidence: query.frames.map((frame) => ({ frame, note: `who has ${query.target}? (${protocol}), unanswered` })),
    failures: [{ end: CLIENT, call: "connect", errno, at: NEIGHBOUR_GIVES_UP }],
    predicted: true,
    remarks: [
      timesOut
        ? "this client's other attempts show net.ipv4.tcp_syn_retries=1 or 2: its SYNs are over before the kernel tells the socket of the neighbour (EHOSTUNREACH otherwise)"
        : "with net.ipv4.tcp_syn_retries=1, or 2 without linear time-outs, connect() returns ETIMEDOUT at that time",
    ],
    summary: `${head} – nobody answers to ${whose} on this link (${protocol} asked ${times})`,
    likelyCauses: [
      "the host is off, or its address is wrong",
      "the subnet mask or the VLAN is wrong: the host is not on this link",
      "a switch or a hypervisor filters the answers",
    ],
    next: [
      `ip neigh show ${query.target}; ${query.version === 4 ? "arping" : "ping"} -c 3 ${query.target}`,
      `ip route get ${query.target}`,
    ],
    timeNs: query.times[0] ?? 0,
  });
}

/** Whether the last error came when a neighbour of the asking host's had not answered to the last question. */
export function isNeighbourLost(
  { source, errors }: Pick<OrphanErrors, "source" | "errors">,
  neighbours: ReadonlyMap<string, NeighbourQuery>,
): boolean {
  const errorNs = errors.at(-1)?.timeNs ?? 0;
  for (const { asker, answered, times } of neighbours.values()) {
    if (answered || asker !== source) continue;
    const waited = (errorNs - (times.findLast((timeNs) => timeNs <= errorNs) ?? Number.NEGATIVE_INFINITY)) / 1e9;
    if (waited < AGAIN_TO) return true;
  }
  return false;
}
