import { bareVerdict } from "../../diagnosis/attempt.ts";
import * as causes from "../../diagnosis/causes.ts";
import type { Evidence, NeighbourQuery } from "../../diagnosis/evidence.ts";
import { NEIGHBOUR_GIVES_UP, waitingForNeighbour } from "../../diagnosis/neighbour.ts";
import { hostAndPort } from "../../diagnosis/text.ts";
import type { Verdict } from "../../diagnosis/verdict.ts";
import { CLIENT } from "../../flow/states.ts";
import { LOCAL_FIREWALL } from "../no-packet.ts";
import type { ConnectingSocket } from "./connecting.ts";
import type { Ends } from "./ends.ts";
import type { SynSettings } from "./syn-settings.ts";

/** Timers differ by this part. */
const NEARLY = 0.95;
/** In a millisecond. */
const NANOSECONDS = 1e6;

/** What there is to judge connects by that waited for an answer. */
interface Surroundings {
  readonly evidence: Evidence;
  readonly settings: SynSettings;
  /** Whether all interfaces were captured on. */
  readonly everywhere: boolean;
  /** Packets that the capture lost. */
  readonly lost: number;
  /** Whether a connection with this port of the client's was captured: another address of it may be translated (NAT). */
  readonly hasPort: (port: number) => boolean;
  /** A moment in milliseconds since 1970 as nanoseconds since the first frame. */
  readonly sinceStartNs: (milliseconds: number) => number;
  /** When the program ended, in milliseconds since 1970. */
  readonly ended: number;
}

/** A verdict that was given, and what takes its place. */
interface Replaced {
  readonly of: Verdict;
  verdict: Verdict;
}

/** Verdicts with what the program's sockets in SYN_SENT add to them. */
interface Supplemented {
  /** The verdicts that were given, and what takes their place; some are left out. */
  readonly seen: readonly Replaced[];
  /** On sockets of which the capture shows nothing. */
  readonly unseen: readonly Verdict[];
  /** How many sockets of which nothing was captured may have sent where no capture was. */
  readonly unknown: number;
}

/** Holds the sockets that waited in SYN_SENT against the verdicts: when each was given up, and which left no packet. */
export function supplement(
  verdicts: readonly Verdict[],
  sockets: readonly ConnectingSocket[],
  around: Surroundings,
): Supplemented {
  const byTuple = new Map(verdicts.map((verdict, index) => [tupleOf(verdict), index]));
  const seen: Replaced[] = verdicts.map((verdict) => ({ of: verdict, verdict }));
  const unseen: Verdict[] = [];
  let unknown = 0;
  for (const socket of sockets) {
    const index = byTuple.get(tupleOf(socket));
    const known = index === undefined ? undefined : seen[index];
    if (known !== undefined) known.verdict = ended(known.of, socket, around);
    else if (!around.hasPort(socket.client.port)) {
      const query = queryFor(socket, around.evidence);
      if (query !== undefined) unseen.push(waiting(query, socket, around));
      else if (around.everywhere) unseen.push(dropped(socket, around));
      else unknown++;
    }
  }
  return { seen: withoutQuestions(seen, unseen), unseen, unknown };
}

function tupleOf({ client, server }: Ends | Verdict): string {
  return `${client.address} ${client.port} ${server.address} ${server.port}`;
}

/** Seconds in SYN_SENT, as far as is known: sockets are looked at now and then, and seldom where the machine is busy. */
interface Waited {
  readonly least: number;
  readonly most: number;
}

/** `begun`: when its first SYN was captured, in milliseconds since 1970, where one was. */
function waited(socket: ConnectingSocket, around: Surroundings, begun = 0): Waited {
  const { since, last } = socket;
  // A SYN that waits for a neighbour is later than its connect().
  const start = Math.min(Math.max(socket.notBefore, begun), since);
  return {
    least: Math.max(0, last - since) / 1000,
    most: Math.max(0, (socket.gone ?? around.ended) - start) / 1000,
  };
}

/** Who gives up has no timers of so many digits. */
function roundText(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${Number(seconds.toFixed(1))} s`;
}

/** What a verdict on SYNs that nothing answered has to guess: whether the kernel gave up or the program did. */
function ended(verdict: Verdict, socket: ConnectingSocket, around: Surroundings): Verdict {
  const { cause } = verdict;
  const isGuess = (verdict.predicted && verdict.errno === "ETIMEDOUT") || cause === causes.APPLICATION_GAVE_UP;
  if (!isGuess || verdict.phase !== "connect") return verdict;
  const begun = socket.since + (verdict.timeNs - around.sinceStartNs(socket.since)) / NANOSECONDS;
  const { least, most: seconds } = waited(socket, around, begun);
  const { givesUp } = around.settings;
  // With TCP_SYNCNT it can go on for longer: then the SYNs alone tell.
  if (NEARLY * least > givesUp) return verdict;
  if (seconds > NEARLY * givesUp) return timedOut(verdict, socket, seconds, around.settings);
  return {
    ...verdict,
    ...NO_ERROR,
    cause: cause === causes.SYN_UNANSWERED ? causes.APPLICATION_GAVE_UP : cause,
    confidence: "likely",
    doubt: DOUBT,
    schedule: null,
    remarks: [kernelText(around.settings), ...verdict.remarks],
    summary: `${givenUpText(socket, seconds)} – its SYNs were not answered`,
    likelyCauses: [...new Set([SHORT_TIMEOUT, ...verdict.likelyCauses])],
  };
}

function timedOut(verdict: Verdict, socket: ConnectingSocket, seconds: number, settings: SynSettings): Verdict {
  if (verdict.cause !== causes.APPLICATION_GAVE_UP) return verdict;
  return {
    ...verdict,
    ...timeOut(seconds),
    cause: causes.SYN_UNANSWERED,
    confidence: "likely",
    doubt: `its socket lasted for as long as the kernel goes on here (${settingsText(settings)})`,
    schedule: null,
    summary: `${timedOutText(socket, seconds)} – its SYNs were not answered`,
    likelyCauses: verdict.likelyCauses.filter((text) => text !== SHORT_TIMEOUT),
  };
}

/** ETIMEDOUT of connect(). */
function timeOut(seconds: number): Pick<Verdict, "call" | "errno" | "seconds" | "failures"> {
  const failure = { end: CLIENT, call: "connect", errno: "ETIMEDOUT", at: seconds } as const;
  return { call: failure.call, errno: failure.errno, seconds, failures: [failure] };
}

function timedOutText({ server }: Ends, seconds: number): string {
  return `connect() to ${hostAndPort(server.address, server.port)} failed: ETIMEDOUT after ${roundText(seconds)}`;
}

const NO_ERROR: Pick<Verdict, "call" | "errno" | "seconds" | "predicted" | "failures" | "later"> = {
  call: null,
  errno: null,
  seconds: null,
  predicted: false,
  failures: [],
  later: [],
};
const SHORT_TIMEOUT = "a connect timeout of the program is shorter than the kernel's";
const DOUBT =
  "its socket was gone before the kernel's time; TCP_USER_TIMEOUT and TCP_SYNCNT end a connect() early, too";

function givenUpText({ server }: Ends, seconds: number): string {
  return `connect() to ${hostAndPort(server.address, server.port)} was given up by the application after ${roundText(seconds)}`;
}

/** What is not in the capture: how long this host's kernel waits. */
function kernelText(settings: SynSettings): string {
  return `the kernel would have gone on to ${roundText(settings.givesUp)} (${settingsText(settings)})`;
}

function settingsText({ retries, linear }: SynSettings): string {
  return `net.ipv4.tcp_syn_retries=${retries}, net.ipv4.tcp_syn_linear_timeouts=${linear}`;
}

/** Nothing of it is on any interface, nor does it wait for a neighbour. */
function dropped(socket: ConnectingSocket, around: Surroundings): Verdict {
  const { client, server, since } = socket;
  const { most: seconds } = waited(socket, around);
  const isTimeOut = seconds > NEARLY * around.settings.givesUp;
  const head = isTimeOut ? timedOutText(socket, seconds) : givenUpText(socket, seconds);
  return bareVerdict({
    stream: null,
    client,
    server,
    cause: causes.LOCAL_FIREWALL_DROP,
    ...(isTimeOut && timeOut(seconds)),
    confidence: around.lost > 0 ? "possible" : "likely",
    doubt:
      "its socket was in SYN_SENT, and the capture on all interfaces shows no packet of it" +
      (around.lost > 0 ? `; but ${around.lost} packets were lost by the capture` : ""),
    remarks: isTimeOut ? [] : [kernelText(around.settings)],
    summary: `${head} – ${LOCAL_FIREWALL}`,
    likelyCauses: [
      "a rule in the local OUTPUT or POSTROUTING chain drops its SYNs",
      "a filter of tc or eBPF on the way out drops them",
      "an IPsec policy encrypts them, or waits for a key",
    ],
    next: [
      "nft list ruleset; iptables -vnL OUTPUT",
      `ip route get ${server.address}; tc filter show dev IFACE egress; ip xfrm policy`,
      `tcpscope connect ${server.address} ${server.port}`,
    ],
    timeNs: around.sinceStartNs(since),
  });
}

/** The question for a neighbour that this socket waits for: its peer, or else the gateway to it. */
function queryFor({ client, server }: Ends, { neighbours }: Evidence): NeighbourQuery | undefined {
  const own = [...neighbours.values()].filter((query) => !query.answered && query.asker === client.address);
  return own.find(({ target }) => target === server.address) ?? own[0];
}

/** Its SYN waits for the address of a neighbour. */
function waiting(query: NeighbourQuery, socket: ConnectingSocket, around: Surroundings): Verdict {
  const { most: seconds } = waited(socket, around);
  if (seconds > NEARLY * NEIGHBOUR_GIVES_UP) return waitingForNeighbour(query, socket);
  return {
    ...waitingForNeighbour(query, socket, givenUpText(socket, seconds)),
    ...NO_ERROR,
    remarks: [`the kernel would have given it up after ${roundText(NEIGHBOUR_GIVES_UP)}, with EHOSTUNREACH`],
  };
}

/** Takes out the questions for a neighbour of which it is known who waits for the answer; they are evidence of that. */
function withoutQuestions(seen: readonly Replaced[], unseen: readonly Verdict[]): Replaced[] {
  const exact = seen.filter(({ verdict }) => verdict.server.port !== null && isOfNeighbour(verdict));
  return seen.filter(({ verdict: question }) => {
    if (question.server.port !== null || !isOfNeighbour(question)) return true;
    const [first] = question.evidence;
    if (unseen.some(({ evidence }) => evidence[0]?.frame === first?.frame)) return false;
    const asked = question.server.address;
    const own = exact.filter(({ verdict }) => verdict.client.address === question.client.address);
    // Whoever is asked for and is nobody's peer is the gateway.
    const answer = own.find(({ verdict }) => verdict.server.address === asked) ?? own[0];
    if (answer === undefined) return true;
    answer.verdict = { ...answer.verdict, evidence: [...question.evidence, ...answer.verdict.evidence] };
    return false;
  });
}

function isOfNeighbour({ cause }: Verdict): boolean {
  return cause === causes.NEIGHBOUR_UNREACHABLE;
}
