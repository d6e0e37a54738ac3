import type { Reset } from "../flow/connection.ts";
import { CLIENT, SERVER } from "../flow/states.ts";
import { NEVER } from "../flow/time.ts";
import type { Attempt } from "./attempt.ts";
import { durationText } from "./text.ts";
import * as causes from "./causes.ts";
import { provenanceOf } from "./reset-provenance.ts";
import type { Cause, Provenance, Verdict } from "./verdict.ts";

/** A RST that comes later than this after its SYN was not sent by a kernel that met the SYN at once (S0: 1.0 s behind a NAT). */
const LATE_RESET_NS = 900_000_000;

/** A SYN answered by RST: nothing listens there, or something in between says so (RFC 9293 section 3.10.7.1). */
export function refusal(attempt: Attempt): Verdict | undefined {
  const { connection } = attempt;
  if (connection.established || connection.synTimeNs === NEVER || connection.synAckTimeNs !== NEVER) return undefined;
  const resets = connection.resets.filter((reset) => reset.from === SERVER && reset.accepted);
  const first = resets[0];
  if (first === undefined) return undefined;
  const retried = retriesAfterReset(attempt);
  const decisive = retried ? (resets[resets.length - 1] ?? first) : first;
  const provenance = provenanceOf(attempt, first);
  const cause = causeOf(attempt, first, provenance);
  const seconds = attempt.since(decisive.timeNs);
  const tries = connection.ends[CLIENT].synSends?.length ?? 1;
  const because = (retried ? `the client tried ${tries} times, as Windows does: ` : "") + reasonOf(cause);
  return attempt.connectFailed("ECONNREFUSED", seconds, {
    cause,
    provenance,
    confidence: cause === causes.REFUSED_BY_MIDDLEBOX && provenance.confidence !== "certain" ? "likely" : "certain",
    doubt:
      cause === causes.REFUSED_BY_MIDDLEBOX
        ? "told by the form of the RST; a capture at the server shows whether the SYN arrives"
        : "",
    summary: `connect() to ${attempt.serverText} failed: ECONNREFUSED after ${durationText(seconds)} – ${because}`,
    evidence: evidenceOf(attempt, resets),
    likelyCauses: likelyCauses(cause, attempt),
    next: nextCommands(cause, attempt),
  });
}

function reasonOf(cause: Cause): string {
  if (cause === causes.REFUSED) return "the host answered the SYN with RST, nothing listens there";
  if (cause === causes.REFUSED_WITH_DIAGNOSTIC) return "the RST carries a text that says why";
  return "the RST does not look like the host's own kernel: something in between refuses";
}

/** The same SYN again after a RST: Windows sends a refused one twice more, half a second apart (KB 175523), and fails only then. */
function retriesAfterReset({ connection }: Attempt): boolean {
  const syns = connection.ends[CLIENT].synSends;
  const firstReset = connection.resets[0];
  if (syns === undefined || firstReset === undefined) return false;
  return (syns.times[syns.length - 1] ?? 0) > firstReset.timeNs;
}

function causeOf({ connection }: Attempt, reset: Reset, { origin }: Provenance): Cause {
  if (reset.payloadLength > 0) return causes.REFUSED_WITH_DIAGNOSTIC;
  const syns = connection.ends[CLIENT].synSends?.times ?? [];
  const lastSyn = syns.findLast((time) => time <= reset.timeNs) ?? reset.timeNs;
  const firstSyn = syns[0] ?? lastSyn;
  const late = reset.timeNs - firstSyn > LATE_RESET_NS && syns.length > 1;
  // A kernel's RST to a SYN has sequence number 0 and window 0 (RFC 9293 section 3.10.7.1).
  return reset.sequence !== 0 || reset.window !== 0 || late || origin === "forged" || origin === "middlebox"
    ? causes.REFUSED_BY_MIDDLEBOX
    : causes.REFUSED;
}

function evidenceOf({ connection }: Attempt, resets: readonly Reset[]): { frame: number; note: string }[] {
  const syns = connection.ends[CLIENT].synSends?.frames ?? [];
  return [
    ...syns.map((frame, index) => ({ frame, note: index === 0 ? "SYN" : "SYN again" })),
    ...resets.map((reset) => ({ frame: reset.frame, note: "RST from the server's address acknowledges the SYN" })),
  ].sort((a, b) => a.frame - b.frame);
}

function likelyCauses(cause: Cause, attempt: Attempt): string[] {
  if (cause === causes.REFUSED) {
    return [
      `the service on port ${attempt.serverPort} is not running`,
      "the port is wrong",
      "the service listens on another address only (127.0.0.1, or only IPv4 or IPv6)",
      "a firewall on the host rejects with tcp-reset",
    ];
  }
  if (cause === causes.REFUSED_WITH_DIAGNOSTIC)
    return ["the peer refuses on purpose: read the text of the RST (dump -v)"];
  return [
    "a firewall rejects with tcp-reset in the host's name",
    "a NAT or proxy could not reach the host and refuses for it",
    "a load balancer has no backend for this port",
  ];
}

function nextCommands(cause: Cause, attempt: Attempt): string[] {
  if (cause === causes.REFUSED) return [`on ${attempt.serverAddress}: ss -ltn 'sport = :${attempt.serverPort}'`];
  return [
    `traceroute -T -p ${attempt.serverPort} ${attempt.serverAddress}`,
    `capture at ${attempt.serverAddress}: does the SYN arrive there at all?`,
  ];
}
