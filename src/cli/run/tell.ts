import type { AttributedVerdict } from "./attribution.ts";
import type { NoRoutes } from "./no-route.ts";

/** What was seen that no verdict says. */
export interface Besides {
  /** Connections of other programs. */
  readonly others: number;
  /** Sockets of the program's that waited for an answer, with nothing on the interface that was captured on. */
  readonly notCaptured: number;
  /** Sockets of the program's in other network namespaces. */
  readonly elsewhere: number;
  readonly routeless: NoRoutes;
  /** It ran, and its exit status is not 0. */
  readonly hasFailed: boolean;
  /** Calls to destinations that are one too many, and events that were lost, of the trace of connect(); undefined: there is none. */
  readonly traced: { readonly others: number; readonly lost: number } | undefined;
}

/** Tells what the verdicts do not, a line each. */
export function tell(verdicts: readonly AttributedVerdict[], besides: Besides): void {
  const lines = [...unattributed(verdicts), ...refusedLines(verdicts, besides), ...sightLines(besides)];
  for (const line of lines) process.stderr.write(`tcpscope: ${line}\n`);
}

function unattributed(verdicts: readonly AttributedVerdict[]): string[] {
  if (verdicts.length === 0) return ["no connection of the program was seen"];
  const byTime = verdicts.filter(({ attributed }) => attributed === "time").length;
  if (byTime === 0) return [];
  const connections = verdicts.length === 1 ? "connection" : "connections";
  return [`${byTime} of ${verdicts.length} ${connections} could not be attributed by a socket, only by the time`];
}

/** A connect() that the kernel refuses by itself leaves no packet, and its socket is in no table. */
function refusedLines(verdicts: readonly AttributedVerdict[], besides: Besides): string[] {
  const { traced, routeless, notCaptured, elsewhere, hasFailed } = besides;
  const lines = traced === undefined ? countLines(verdicts, routeless.ipv4) : traceLines(traced);
  if (!hasFailed || verdicts.length + notCaptured + elsewhere > 0) return lines;
  const what = traced === undefined ? "route, source address, policy" : "policy, an address without a scope";
  return [...lines, `a connect() that the kernel refuses by itself (${what}) leaves nothing to see: ${TRACE}`];
}

/** What the kernel counted besides the verdicts. */
function countLines(verdicts: readonly AttributedVerdict[], count: number): string[] {
  if (count === 0 || verdicts.some(({ attributed }) => attributed === "count")) return [];
  return [
    `meanwhile this host had no route to a destination ${count === 1 ? "once" : `${count} times`}: connect() fails with ENETUNREACH then, and no packet leaves (ip route get ADDRESS)`,
    `which one that was: ${TRACE}`,
  ];
}

function traceLines({ others, lost }: NonNullable<Besides["traced"]>): string[] {
  const lines: string[] = [];
  if (others > 0) lines.push(`${others} calls of connect() to more destinations were refused by this host`);
  if (lost > 0) lines.push(`the kernel's trace of connect() lost ${lost} events: some refused calls may be missing`);
  return lines;
}

const TRACE = "tcpscope connect HOST PORT, or strace -f -e trace=connect PROGRAM";

function sightLines({ others, notCaptured, elsewhere }: Besides): string[] {
  const lines: string[] = [];
  if (others > 0) lines.push(`${others} more began at this host meanwhile, and are other programs'`);
  if (notCaptured > 0) {
    lines.push(
      `${notCaptured} of the program's sockets waited for an answer with no packet on this interface: it is another one's (-i any), or this host drops what it sends`,
    );
  }
  if (elsewhere > 0) {
    lines.push(
      `${elsewhere} of the program's sockets are in another network namespace, which this capture does not see`,
    );
  }
  return lines;
}
