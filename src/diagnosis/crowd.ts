import { CLIENT, SERVER } from "../flow/states.ts";
import { NEVER } from "../flow/time.ts";
import type { Attempt } from "./attempt.ts";
import * as causes from "./causes.ts";
import { isEmbryonic, type Listener } from "./listeners.ts";
import type { AttemptGroup, Verdict } from "./verdict.ts";

/**
 * Attempts that mean something only together: floods, scans, several addresses
 * tried for one connect(), and a program's retries.
 */

/** Half-open attempts from which on a listener is flooded, and how many times more they are than the honest ones. */
const FLOOD = 50;
const FLOOD_RATIO = 3;
/** Ports of one host tried in vain by one client from which on it is a scan. */
const SCANNED_PORTS = 15;
/** After this time a program tries the next address (RFC 8305 section 5: 250 ms; up to 2 s allowed), in nanoseconds. */
const NEXT_ADDRESS_FROM_NS = 100_000_000;
const NEXT_ADDRESS_TO_NS = 2_000_000_000;
/** A program's next try begins within this time of the last one's end, in nanoseconds. */
const RETRY_NS = 10_000_000_000;
/** Attempts behind the newest that are searched for a partner. */
const NEAR = 32;
/** Streams named of one group. */
const MAX_NAMED = 32;

/** An attempt with its verdict. */
interface Judged {
  readonly attempt: Attempt;
  verdict: Verdict;
}

/** The verdicts, those of attempts that belong together changed; `verdicts` are the attempts' in the same order. */
export function groupAttempts(attempts: readonly Attempt[], verdicts: readonly Verdict[]): Verdict[] {
  const judged: Judged[] = [];
  attempts.forEach((attempt, index) => {
    const verdict = verdicts[index];
    if (verdict !== undefined) judged.push({ attempt, verdict });
  });
  floods(judged);
  scans(judged);
  otherAddresses(judged);
  retries(judged);
  return judged.map(({ verdict }) => verdict);
}

function groupOf(kind: AttemptGroup["kind"], members: readonly Judged[]): AttemptGroup {
  return {
    kind,
    streams: members.slice(0, MAX_NAMED).map(({ attempt }) => attempt.connection.firstStream),
    count: members.length,
  };
}

/** Members by key, in the order of their first member. */
function grouped(judged: readonly Judged[], keyOf: (each: Judged) => string | undefined): Map<string, Judged[]> {
  const groups = new Map<string, Judged[]>();
  for (const each of judged) {
    const key = keyOf(each);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return groups;
}

/** Whether so many attempts at the listener stay half open that they cannot all be honest. */
export function isFlooded(listener: Listener | undefined): boolean {
  if (listener === undefined) return false;
  const halfOpen = listener.embryonic + listener.ignored;
  return halfOpen >= FLOOD && halfOpen > FLOOD_RATIO * listener.established;
}

/** One SYN and nothing more: nobody waits for an answer. */
function isSingle({ attempt: { connection } }: Judged): boolean {
  return connection.ends[CLIENT].packets === 1 && (isEmbryonic(connection) || !connection.ends[SERVER].hasSent);
}

function floods(judged: readonly Judged[]): void {
  const groups = grouped(judged, (each) =>
    each.attempt.connection.synTimeNs !== NEVER && isFlooded(each.attempt.listener) && isSingle(each)
      ? each.attempt.serverText
      : undefined,
  );
  for (const [server, members] of groups) {
    const group = groupOf("syn-flood", members);
    const listener = members[0]?.attempt.listener;
    const cookies = listener !== undefined && listener.embryonic > 0 && listener.embryonicRepeated === 0;
    for (const each of members) each.verdict = flooded(each, server, group, listener, cookies);
  }
}

function flooded(
  { attempt, verdict }: Judged,
  server: string,
  group: AttemptGroup,
  listener: Listener | undefined,
  cookies: boolean,
): Verdict {
  return {
    ...attempt.verdict({
      cause: causes.SYN_FLOOD,
      confidence: "likely",
      doubt: "many clients whose path loses the answers look the same",
      evidence: [{ frame: attempt.connection.firstFrame, note: "one SYN; whoever sent it never came back" }],
      summary:
        `one of ${group.count} SYNs to ${server} from ${listener?.sources.size ?? 1} addresses that nobody follows up: a SYN flood` +
        (cookies ? "; the server does not repeat its SYN-ACKs: it answers with SYN cookies" : ""),
    }),
    vantage: verdict.vantage,
    group,
  };
}

function scans(judged: readonly Judged[]): void {
  const pairs = grouped(judged, ({ attempt, verdict }) => {
    const inVain =
      verdict.call === "connect" || verdict.cause.code === "C9" || verdict.cause === causes.APPLICATION_GAVE_UP;
    return inVain && verdict.group === null ? `${attempt.clientAddress} ${attempt.serverAddress}` : undefined;
  });
  for (const members of pairs.values()) {
    const ports = new Set(members.map(({ attempt }) => attempt.serverPort));
    if (ports.size < SCANNED_PORTS) continue;
    const group = groupOf("port-scan", members);
    for (const each of members) each.verdict = scanned(each, group, ports.size);
  }
}

/** Who scans with SYNs of its own makes no connect(): the scan is the cause. What a connect() got keeps its own. */
function scanned({ attempt, verdict }: Judged, group: AttemptGroup, ports: number): Verdict {
  const isRaw = verdict.stacks[CLIENT]?.family === "scanner" || verdict.call === null;
  const text = `${attempt.clientAddress} tried ${ports} ports of ${attempt.serverAddress} in vain: a port scan, or a search for a service`;
  if (!isRaw) return { ...verdict, group, remarks: [...verdict.remarks, text] };
  return {
    ...attempt.verdict({
      cause: causes.PORT_SCAN,
      confidence: "likely",
      doubt: "a program that looks for a service on many ports does the same",
      evidence: verdict.evidence,
      summary: `${text}; ${attempt.serverText}: ${verdict.cause.word}`,
    }),
    group,
  };
}

/** Given up or closed unused by the client, without an error. */
function isLoser({ attempt: { connection }, verdict }: Judged): boolean {
  if (verdict.cause === causes.APPLICATION_GAVE_UP || verdict.cause === causes.CLIENT_RESET_SYNACK) return true;
  const client = connection.ends[CLIENT];
  return (
    connection.established &&
    !client.hasSentData &&
    !connection.ends[SERVER].hasSentData &&
    (client.rstSent > 0 || (client.finSeen && connection.history.text.includes("F")))
  );
}

/** A program that has several addresses of one name tries the next before it gives the first up (RFC 8305). */
function otherAddresses(judged: readonly Judged[]): void {
  judged.forEach((loser, index) => {
    if (loser.verdict.group !== null || !isLoser(loser)) return;
    const first = Math.max(0, index - NEAR);
    const winner = judged.slice(first, index + NEAR).find((each) => each !== loser && areAlternatives(loser, each));
    if (winner === undefined) return;
    const group = groupOf(
      "happy-eyeballs",
      loser.verdict.timeNs < winner.verdict.timeNs ? [loser, winner] : [winner, loser],
    );
    loser.verdict = lost(loser, winner, group);
    winner.verdict = { ...winner.verdict, group };
  });
}

/** `winner` goes to another address of the same name on the same port, started just before or after, and was used. */
function areAlternatives(loser: Judged, winner: Judged): boolean {
  const a = loser.attempt.connection;
  const b = winner.attempt.connection;
  const apart = Math.abs(a.firstTimeNs - b.firstTimeNs);
  if (apart < NEXT_ADDRESS_FROM_NS || apart > NEXT_ADDRESS_TO_NS) return false;
  if (!b.established || !b.ends[CLIENT].hasSentData || a.ends[SERVER].port !== b.ends[SERVER].port) return false;
  if (loser.attempt.serverAddress === winner.attempt.serverAddress) return false;
  const name = nameOf(loser);
  if (name !== undefined) return name === nameOf(winner);
  // Without the look-up in the capture, only two families side by side speak for one name.
  return a.ipVersion !== b.ipVersion && !a.established;
}

function nameOf({ attempt }: Judged): string | undefined {
  return attempt.context.evidence.names.nameOf(attempt.serverAddress);
}

function lost(loser: Judged, winner: Judged, group: AttemptGroup): Verdict {
  const { attempt, verdict } = loser;
  const other = winner.attempt;
  const named = nameOf(loser) !== undefined;
  return {
    ...attempt.verdict({
      cause: causes.HAPPY_EYEBALLS,
      confidence: named ? "likely" : "possible",
      doubt: named
        ? "one name has both addresses; that one program asked for both is the likely reading"
        : "that both addresses belong to one name the connections alone do not show",
      evidence: [
        { frame: attempt.connection.firstFrame, note: `SYN to ${attempt.serverText}` },
        { frame: other.connection.firstFrame, note: `SYN to ${other.serverText}` },
        { frame: other.connection.handshakeAckFrame, note: `connected to ${other.serverText}` },
      ],
      summary: `the program tried ${attempt.serverText} and ${other.serverText} side by side and took the latter: one connect(), no error`,
    }),
    schedule: verdict.schedule,
    group,
  };
}

/** The same client and server again soon after a failure. */
function retries(judged: readonly Judged[]): void {
  const groups = grouped(judged, ({ attempt, verdict }) =>
    verdict.group === null && (verdict.call === "connect" || verdict.cause === causes.APPLICATION_GAVE_UP)
      ? `${attempt.clientAddress} ${attempt.serverText}`
      : undefined,
  );
  for (const members of groups.values()) {
    let run: Judged[] = [];
    for (const each of [...members, undefined]) {
      const before = run[run.length - 1];
      const follows =
        before !== undefined &&
        each !== undefined &&
        each.attempt.connection.firstTimeNs - endOf(before) >= 0 &&
        each.attempt.connection.firstTimeNs - endOf(before) < RETRY_NS;
      if (!follows) {
        if (run.length > 1) markRetries(run);
        run = [];
      }
      if (each !== undefined) run.push(each);
    }
  }
}

/** When the attempt was over, in nanoseconds since the first frame. */
function endOf({ attempt: { connection }, verdict }: Judged): number {
  const errorNs = verdict.seconds === null ? 0 : connection.firstTimeNs + verdict.seconds * 1e9;
  // A time that was measured differs from the sum by rounding.
  return Math.min(errorNs === 0 ? connection.lastTimeNs : errorNs, Math.max(errorNs, connection.lastTimeNs)) - 1000;
}

function markRetries(run: readonly Judged[]): void {
  const group = groupOf("retries", run);
  run.forEach((each, index) => {
    each.verdict = {
      ...each.verdict,
      group,
      remarks: [...each.verdict.remarks, `try ${index + 1} of ${run.length} that the program made in a row`],
    };
  });
}
