import { bareVerdict } from "../../diagnosis/attempt.ts";
import * as causes from "../../diagnosis/causes.ts";
import { CLIENT } from "../../flow/states.ts";
import type { AttributedVerdict } from "./attribution.ts";
import type { NoRoutes } from "./no-route.ts";
import { NO_ROUTE_CAUSES } from "./refused-verdict.ts";

/** What else is known of a program without a trace. */
interface Around {
  /** Something of it left a packet, or a socket. */
  readonly isSeen: boolean;
  /** It ran, and its exit status is not 0. */
  readonly hasFailed: boolean;
  /** There is a trace, and it shows no connect() at all. */
  readonly isTraced: boolean;
  /** When it began, in nanoseconds since the first frame. */
  readonly timeNs: number;
}

/**
 * The verdicts where all that tells of a connect() without a route is the kernel's count, one for each version of IP.
 * None where the program did well with what it sent. The count of IPv6 grows by each look-up of a name on a host that
 * has no IPv6: it counts only where nothing else was seen.
 */
export function countedVerdicts({ ipv4, ipv6 }: NoRoutes, around: Around): AttributedVerdict[] {
  if ((around.isSeen || around.isTraced) && !around.hasFailed) return [];
  return [
    ...(ipv4 > 0 ? [counted(4, ipv4, around)] : []),
    ...(ipv6 > 0 && !around.isSeen ? [counted(6, ipv6, around)] : []),
  ];
}

function counted(ipVersion: 4 | 6, times: number, { isSeen, hasFailed, isTraced, timeNs }: Around): AttributedVerdict {
  const errno = "ENETUNREACH";
  const often = times === 1 ? "once" : `${times} times`;
  const verdict = bareVerdict({
    stream: null,
    client: { address: null, port: null },
    server: { address: null, port: null },
    cause: causes.NO_ROUTE,
    call: "connect",
    errno,
    seconds: 0,
    failures: [{ end: CLIENT, call: "connect", errno, at: 0 }],
    confidence: hasFailed && !isSeen && !isTraced ? "likely" : "possible",
    doubt: `${isTraced ? "its trace shows no connect(), which io_uring and programs of 32 bits call in other ways; " : ""}the kernel only counts what has no route (${ipVersion === 4 ? "OutNoRoutes" : "Ip6OutNoRoutes"}): for all programs of this network namespace, and UDP as well`,
    summary: `connect() failed: ${errno} – meanwhile this host had no route to a destination of IPv${ipVersion} ${often}`,
    vantage: { at: "unknown", reason: "no packet leaves" },
    likelyCauses: NO_ROUTE_CAUSES,
    next: [
      "strace -f -e trace=connect PROGRAM: which destination it was; root's tcpscope run tells it where the kernel can be traced (tracefs)",
      `ip${ipVersion === 4 ? "" : " -6"} route get ADDRESS`,
      "tcpscope connect HOST PORT",
    ],
    timeNs,
  });
  return { verdict, attributed: "count", times, ipVersion };
}
