import { icmpErrno } from "../flow/icmp-errno.ts";
import { CLIENT, SERVER } from "../flow/states.ts";
import type { Attempt } from "./attempt.ts";
import { icmpWords } from "./errno.ts";
import { hadClosed, other } from "./reset-errors.ts";
import { durationText } from "./text.ts";

/** Remarks on one connection; more are noise. */
const MAX_REMARKS = 8;

/** What was seen of the connection beside what its verdict rests on. */
export function remarksOf(attempt: Attempt): string[] {
  const { connection } = attempt;
  const remarks: string[] = [];
  if (connection.icmpErrors.length > 0) remarks.push(...ignoredErrors(attempt));
  const { reuse } = connection.notes ?? {};
  if (reuse !== undefined) {
    remarks.push(
      `stream ${reuse.stream} used the same addresses and ports, until frame ${reuse.lastFrame}, ${durationText(reuse.idleNs / 1e9)} before`,
    );
  }
  if (connection.acknowledgmentIgnored)
    remarks.push(
      "the server sent its SYN-ACK again although it was acknowledged: the ACK was lost, or the server waits for data (TCP_DEFER_ACCEPT)",
    );
  if (attempt.context.evidence.redirects > 0) remarks.push(...redirects(attempt));
  remarks.push(...quietResets(attempt));
  const holes = connection.ends[CLIENT].holes.length + connection.ends[SERVER].holes.length;
  if (holes > 0) remarks.push(`the capture does not hold all of it: ${holes} gaps in the sequence numbers`);
  if (connection.clientInferred)
    remarks.push("the capture begins in its middle: who is the client is told by the ports");
  return remarks.slice(0, MAX_REMARKS);
}

/** A RST at an end whose program had closed. */
function quietResets(attempt: Attempt): string[] {
  const rst = attempt.connection.resets.find(({ accepted }) => accepted);
  if (rst === undefined || !hadClosed(attempt, other(rst.from))) return [];
  const [who, whom] = rst.from === CLIENT ? ["client", "server"] : ["server", "client"];
  return [
    `the ${who} sent RST (frame ${rst.frame}) when the ${whom} had closed: no program is told; had the ${whom} only called shutdown(), its recv() would fail with ECONNRESET`,
  ];
}

/** Errors that a kernel does not believe, or that do not end a connect(). */
function ignoredErrors({ connection }: Attempt): string[] {
  return connection.icmpErrors.flatMap((error) => {
    const text = `ICMP ${icmpWords(error)} from ${error.router} (frame ${error.frame})`;
    if (!error.matches)
      return [`${text} is ignored: it quotes a sequence number that is not on its way; stale or forged`];
    const isMtu = error.version === 4 ? error.type === 3 && error.code === 4 : error.type === 2;
    return icmpErrno(error) === "" && !isMtu ? [`${text} ends no connect(): the kernel goes on`] : [];
  });
}

/** Routers that told one of the ends to use another gateway for the other. */
function redirects({ context, clientAddress, serverAddress }: Attempt): string[] {
  return context.evidence.redirectList
    .filter(
      ({ host, destination }) =>
        (host === clientAddress && destination === serverAddress) ||
        (host === serverAddress && destination === clientAddress),
    )
    .map(
      ({ router, gateway, host, destination, frame }) =>
        `the gateway changed: ${router} told ${host} to reach ${destination} by way of ${gateway} (ICMP redirect, frame ${frame})`,
    );
}
