import { bareVerdict } from "../../diagnosis/attempt.ts";
import * as causes from "../../diagnosis/causes.ts";
import { durationText, hostAndPort } from "../../diagnosis/text.ts";
import type { AttemptGroup, Verdict } from "../../diagnosis/verdict.ts";
import { CLIENT } from "../../flow/states.ts";
import type { AttributedVerdict } from "./attribution.ts";
import type { RefusedConnect } from "./refused-connects.ts";

/** What there is to judge refused connects by. */
interface Around {
  /** The verdicts on what left something on the wire. */
  readonly seen: readonly AttributedVerdict[];
  /** A time of the trace, as nanoseconds since the first frame. */
  readonly sinceStartNs: (seconds: number) => number;
}

/** Nanoseconds between two addresses of one name that are tried, at most. */
const NEXT_ADDRESS_NS = 2e9;

/** The verdicts on what the kernel refused by itself: one for each destination and error. */
export function refusedVerdicts(refused: readonly RefusedConnect[], around: Around): AttributedVerdict[] {
  return refused.map((each) => ({
    verdict: verdictOf(each, around),
    attributed: "call",
    times: each.count,
    ipVersion: each.address.includes(":") ? 6 : 4,
  }));
}

function verdictOf(refused: RefusedConnect, around: Around): Verdict {
  const { address, port, errno, cause, count, seconds, times } = refused;
  const instead = reachedInstead(refused, around);
  const often = count === 1 ? "" : ` ${count} times`;
  const head = `connect() to ${hostAndPort(address, port)} failed${often}: ${errno} after ${durationText(seconds)} – ${reasonText(refused)}`;
  return {
    ...bareVerdict({
      stream: null,
      client: { address: null, port: null },
      server: { address, port },
      cause,
      call: "connect",
      errno,
      seconds,
      failures: [{ end: CLIENT, call: "connect", errno, at: seconds }],
      summary: instead === undefined ? head : `${head}; the program reached ${serverText(instead)} instead`,
      vantage: { at: "client", reason: "the call was traced; it sent nothing" },
      ...(instead === undefined ? adviceOn(refused) : {}),
      timeNs: around.sinceStartNs(times[0] ?? 0),
    }),
    group: instead === undefined ? null : groupWith(instead),
  };
}

/**
 * The connection of the other version of IP to the same port that each refused call was followed by, or came after: what
 * a program does that tries the addresses of a name in turn. Undefined where there is none for one of them.
 */
function reachedInstead({ address, port, cause, times }: RefusedConnect, around: Around): Verdict | undefined {
  if (cause !== causes.NO_ROUTE && cause !== causes.LOCAL_ADDRESS_OR_PORT) return undefined;
  const own = address.includes(":") ? 6 : 4;
  const others = around.seen.filter(
    ({ verdict, ipVersion }) => ipVersion !== own && verdict.server.port === port && verdict.phase !== "connect",
  );
  const each = times.map((time) => {
    const timeNs = around.sinceStartNs(time);
    return others.find(({ verdict }) => Math.abs(verdict.timeNs - timeNs) <= NEXT_ADDRESS_NS)?.verdict;
  });
  return each.includes(undefined) ? undefined : each[0];
}

function groupWith({ stream }: Verdict): AttemptGroup {
  return { kind: "happy-eyeballs", streams: stream === null ? [] : [stream], count: 2 };
}

function serverText({ server }: Verdict): string {
  return hostAndPort(server.address ?? "", server.port ?? 0);
}

function reasonText({ cause, errno, isToMany }: RefusedConnect): string {
  if (cause === causes.LOCAL_ADDRESS_OR_PORT) return "this host has no source address for it, or no port is free";
  if (cause === causes.LOCAL_FIREWALL_REJECT) return "a policy of this host forbids it";
  if (isToMany) return "a broadcast or multicast address, to which TCP does not connect";
  return ROUTE_TYPES[errno] ?? "this host has no route to it";
}

/** By the error of each type of route. */
const ROUTE_TYPES: Readonly<Record<string, string>> = {
  EHOSTUNREACH: "a route of type unreachable, or such a rule, leads there",
  EACCES: "a route of type prohibit, or such a rule, leads there",
  EINVAL: "a route of type blackhole, or such a rule, leads there",
};

function adviceOn({ cause, address, port, errno, isToMany }: RefusedConnect): Pick<Verdict, "likelyCauses" | "next"> {
  const again = `tcpscope connect ${address} ${port}`;
  if (cause === causes.LOCAL_ADDRESS_OR_PORT) {
    const isDisabled = address.includes(":") ? ["IPv6 is disabled (sysctl net.ipv6.conf.all.disable_ipv6)"] : [];
    const noAddress = "no interface has an address of this version of IP that goes there";
    return {
      likelyCauses: [...isDisabled, noAddress, "all local ports are in use"],
      next: ["ip address; ss -tan | wc -l; sysctl net.ipv4.ip_local_port_range", again],
    };
  }
  if (cause === causes.LOCAL_FIREWALL_REJECT) {
    return { likelyCauses: ["an IPsec policy blocks it"], next: ["ip xfrm policy", "nft list ruleset", again] };
  }
  return { likelyCauses: isToMany ? TO_MANY : (ROUTE_CAUSES[errno] ?? BY_HAND), next: routeCommands(address) };
}

/** What shows the way that this host has to an address. */
export function routeCommands(address: string): string[] {
  const version = address.includes(":") ? "ip -6" : "ip";
  return [`ip route get ${address}`, `${version} rule; ${version} route show table all`];
}

const TO_MANY = ["the address is wrong, or the netmask of an interface is"];
const BY_HAND = ["somebody, a VPN or a container's network forbids this destination by a route or a rule"];
/** Likely causes of a missing route. */
export const NO_ROUTE_CAUSES: readonly string[] = [
  "the interface to it, or a VPN, is down",
  "there is no default route, or none of this version of IP",
  "the address is wrong",
];
const ROUTE_CAUSES: Readonly<Record<string, readonly string[]>> = { ENETUNREACH: NO_ROUTE_CAUSES };
