import type { IcmpError } from "../flow/connection.ts";
import { CLIENT } from "../flow/states.ts";
import { type Attempt, bareVerdict } from "./attempt.ts";
import { durationText, hostAndPort } from "./text.ts";
import { hopsFrom } from "../flow/initial-ttl.ts";
import * as causes from "./causes.ts";
import { icmpErrno } from "../flow/icmp-errno.ts";
import { NEVER } from "../flow/time.ts";
import { icmpWords } from "./errno.ts";
import { NEIGHBOUR_GIVES_UP } from "./neighbour.ts";
import type { OrphanErrors } from "./evidence.ts";
import type { Cause, EvidenceFrame, Verdict } from "./verdict.ts";

/** What the kernel says of all packets that waited for one neighbour comes within this, in nanoseconds. */
const AT_ONE_TIME_NS = 1_000_000;

/** ICMP type 3 codes 9, 10 and 13, ICMPv6 type 1 codes 1, 5 and 6: someone forbids it. */
const PROHIBITED_V4: ReadonlySet<number> = new Set([9, 10, 13]);
const PROHIBITED_V6: ReadonlySet<number> = new Set([1, 5, 6]);

/**
 * A SYN answered by an ICMP error that ends connect(). Linux fails at once,
 * except while connect() itself still holds the socket (an error within tens of
 * microseconds, on one's own machine): then the SYN goes out again and the next
 * error counts. So the error that counts is the last one that no SYN follows.
 */
export function icmpFailure(attempt: Attempt): Verdict | undefined {
  const { connection } = attempt;
  if (connection.established || connection.synAckTimeNs !== NEVER) return undefined;
  const errors = connection.icmpErrors.filter(
    (error) => error.to === CLIENT && error.matches && icmpErrno(error) !== "",
  );
  const syns = connection.ends[CLIENT].synSends;
  const lastSyn = syns?.times[syns.length - 1] ?? 0;
  const decisive = errors.find((error) => error.timeNs >= lastSyn);
  if (decisive === undefined) return undefined;
  const errno = icmpErrno(decisive);
  const cause = causeOf(decisive);
  const seconds = attempt.since(decisive.timeNs);
  return attempt.connectFailed(errno, seconds, {
    cause,
    summary:
      `connect() to ${attempt.serverText} failed: ${errno} after ${durationText(seconds)} – ` +
      `${senderText(decisive, attempt)} answered the SYN with ICMP ${icmpWords(decisive)}`,
    evidence: evidenceOf(attempt, errors, decisive),
    likelyCauses: likelyCauses(cause, decisive),
    next: nextCommands(cause, decisive, attempt.serverAddress, attempt.serverPort),
  });
}

function senderText(error: IcmpError, attempt: Attempt): string {
  if (error.router === attempt.serverAddress) return "the host";
  const hops = hopsTo(error, attempt);
  return `the router ${error.router}${hops < 1 ? "" : hops === 1 ? ", the first on the way," : `, ${hops} hops away,`}`;
}

/** Hops from the client to the router: by the TTL with which its error came, else by what it saw of the SYN's; -1: not known. */
function hopsTo(error: IcmpError, { connection }: Attempt): number {
  const sent = connection.ends[CLIENT].firstTtl;
  if (sent < 0) return -1;
  if (hopsFrom(sent).hops === 0 && error.ttl > 0) return hopsFrom(error.ttl).hops + 1;
  return error.quotedTtl > 1 ? hopsFrom(sent).initial - error.quotedTtl + 1 : -1;
}

function causeOf(error: IcmpError): Cause {
  if (error.version === 6) {
    if (error.type === 3) return causes.TTL_EXCEEDED;
    if (error.type !== 1) return causes.ICMP_UNREACHABLE;
    if (error.code === 4) return causes.ICMP_PORT_UNREACHABLE;
    return PROHIBITED_V6.has(error.code) ? causes.ICMP_PROHIBITED : causes.ICMP_UNREACHABLE;
  }
  if (error.type === 11) return causes.TTL_EXCEEDED;
  if (error.type !== 3) return causes.ICMP_UNREACHABLE;
  if (error.code === 3) return causes.ICMP_PORT_UNREACHABLE;
  return PROHIBITED_V4.has(error.code) ? causes.ICMP_PROHIBITED : causes.ICMP_UNREACHABLE;
}

function evidenceOf({ connection }: Attempt, errors: readonly IcmpError[], decisive: IcmpError): EvidenceFrame[] {
  const syns = connection.ends[CLIENT].synSends?.frames ?? [];
  return [
    ...syns.map((frame, index) => ({ frame, note: index === 0 ? "SYN" : "SYN again" })),
    ...errors.map((error) => ({
      frame: error.frame,
      note:
        `ICMP ${icmpWords(error)} from ${error.router}, quotes frame ${error.quotedFrame}` +
        (error === decisive ? "" : "; connect() still held the socket, so it was only stored"),
    })),
  ].sort((a, b) => a.frame - b.frame);
}

function isHostUnreachable({ version, type, code }: IcmpError): boolean {
  return version === 4 ? type === 3 && (code === 1 || code === 7) : type === 1 && code === 3;
}

/** "Host unreachable" is what the last router says whose question for the host's address nobody answered. */
function unreachableCauses(error: IcmpError): string[] {
  const noRoute = "the router has no route to the network beyond it";
  const noNeighbour = `the host is off, so the last router's ${error.version === 4 ? "ARP" : "neighbour discovery"} goes unanswered`;
  return [...(isHostUnreachable(error) ? [noNeighbour, noRoute] : [noRoute]), "a firewall rejects in these words"];
}

function likelyCauses(cause: Cause, error: IcmpError): string[] {
  switch (cause) {
    case causes.ICMP_PROHIBITED:
      return ["a firewall rejects this traffic by policy (firewalld rejects with host-prohibited)"];
    case causes.ICMP_PORT_UNREACHABLE:
      return [
        "a firewall rejects with its default, icmp-port-unreachable: a kernel answers a closed TCP port with RST, never with ICMP",
      ];
    case causes.TTL_EXCEEDED:
      return ["a routing loop", "the program or the system sets a small TTL"];
    default:
      return unreachableCauses(error);
  }
}

function nextCommands(cause: Cause, error: IcmpError, server: string, port: number): string[] {
  switch (cause) {
    case causes.ICMP_PROHIBITED:
    case causes.ICMP_PORT_UNREACHABLE:
      return [`on ${error.router}: nft list ruleset; iptables -vnL`];
    case causes.TTL_EXCEEDED:
      return [`traceroute -T -p ${port} ${server}`];
    default:
      return [`mtr -T -P ${port} ${server}`, `on ${error.router}: ip route get ${server}`];
  }
}

/**
 * ICMP errors that quote a SYN which no interface of the capture shows: the
 * host's own firewall rejected it before it could leave. The first error meets
 * connect() holding the socket and is stored, the second one fails it. Where nobody answered to the neighbour's address
 * (`isNeighbourLost`), "host unreachable" is what the kernel tells itself of the packets that waited for it.
 */
export function orphanFailure(orphan: OrphanErrors, isNeighbourLost: boolean): Verdict | undefined {
  const first = orphan.errors[0];
  const decisive = orphan.errors[orphan.errors.length - 1];
  if (first === undefined || decisive === undefined || icmpErrno(decisive) === "") return undefined;
  const errno = icmpErrno(decisive);
  const seen = (decisive.timeNs - first.timeNs) / 1e9;
  const server = hostAndPort(orphan.destination, orphan.destinationPort);
  const { cause, reason, likely, next } = readingOf(orphan, decisive, isNeighbourLost);
  const waited = cause === causes.NEIGHBOUR_UNREACHABLE;
  const seconds = waited ? NEIGHBOUR_GIVES_UP : seen;
  return bareVerdict({
    stream: null,
    client: { address: orphan.source, port: orphan.sourcePort },
    server: { address: orphan.destination, port: orphan.destinationPort },
    cause,
    call: "connect",
    errno,
    seconds,
    predicted: waited,
    confidence: "likely",
    doubt: "the SYN itself is not in the capture: only what was sent back because of it",
    evidence: orphan.errors.map((error) => ({
      frame: error.frame,
      note: `ICMP ${icmpWords(error)} from ${error.router} quotes the SYN`,
    })),
    failures: [{ end: CLIENT, call: "connect", errno, at: seconds }],
    summary: `connect() to ${server} failed: ${errno} after ${durationText(seconds)} – ${reason}`,
    likelyCauses: likely,
    next,
    timeNs: first.timeNs,
  });
}

/** Those whose packets to one host were given up at one time, as packets are that wait for its link-layer address; what a firewall rejects comes with each packet. */
export function givenUpTogether(orphans: Iterable<OrphanErrors>): Set<OrphanErrors> {
  const byHosts = new Map<string, { readonly orphan: OrphanErrors; readonly timeNs: number }[]>();
  for (const orphan of orphans) {
    const hosts = `${orphan.source} ${orphan.destination}`;
    const errors = byHosts.get(hosts) ?? [];
    for (const { timeNs } of orphan.errors) errors.push({ orphan, timeNs });
    byHosts.set(hosts, errors);
  }
  const together = new Set<OrphanErrors>();
  for (const errors of byHosts.values()) {
    errors.sort((a, b) => a.timeNs - b.timeNs);
    for (const [index, { orphan, timeNs }] of errors.entries()) {
      const next = errors[index + 1];
      if (next !== undefined && next.timeNs - timeNs < AT_ONE_TIME_NS) together.add(orphan).add(next.orphan);
    }
  }
  return together;
}

/** What an error means of which the SYN is not in the capture. */
function readingOf(
  orphan: OrphanErrors,
  error: IcmpError,
  isNeighbourLost: boolean,
): { cause: Cause; reason: string; likely: string[]; next: string[] } {
  const { source, destination, destinationPort } = orphan;
  if (error.router !== source) {
    const cause = causeOf(error);
    return {
      cause,
      reason: `${error.router} answered a SYN with ICMP ${icmpWords(error)}`,
      likely: likelyCauses(cause, error),
      next: nextCommands(cause, error, destination, destinationPort),
    };
  }
  // Of a neighbour that does not answer, the own kernel tells its sockets as a router does.
  if (isHostUnreachable(error) && isNeighbourLost) {
    return {
      cause: causes.NEIGHBOUR_UNREACHABLE,
      reason: "the host's own kernel found nobody with that address, or its gateway's, on the link",
      likely: [
        "the host, or the gateway to it, is off, or its address is wrong",
        "a rule in the local OUTPUT chain rejects with host-unreachable",
      ],
      next: [`ip neigh; ip route get ${destination}`, `arping -c 3 ${destination}`],
    };
  }
  return {
    cause: causes.LOCAL_FIREWALL_REJECT,
    reason: "the host's own firewall rejected the SYN before it left",
    likely: ["a rule in the local OUTPUT chain rejects it"],
    next: ["nft list ruleset; iptables -vnL OUTPUT"],
  };
}
