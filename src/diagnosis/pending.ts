import type { Connection } from "../flow/connection.ts";
import type { End } from "../flow/end.ts";
import { less } from "../flow/sequence.ts";
import { CLIENT, type EndIndex, SERVER } from "../flow/states.ts";
import { matchSchedules, type ScheduleFit } from "../flow/syn-schedule.ts";
import { synsOf } from "./attempt.ts";
import { giveUpAfter, linuxGivesUp, nextOf, type Pattern, patternOf } from "./backoff.ts";
import { ofStack } from "./silence.ts";
import type { ScheduleKind } from "./verdict.ts";

/** What an end repeats, and waits for: times in nanoseconds since the first frame. */
export interface Pending {
  readonly kind: Extract<ScheduleKind, "syn" | "syn-ack" | "data" | "fin">;
  readonly from: EndIndex;
  /** How often it was sent. */
  readonly sent: number;
  /** Whose schedule it is, or how it goes on. */
  readonly stack: string;
  /** When it is due again; null: it was sent for the last time. */
  readonly nextNs: number | null;
  /** When the kernel gives up; null: not known. */
  readonly givesUpNs: number | null;
  /** What the program gets then; null: no program is told. */
  readonly errno: string | null;
}

/** net.ipv4.tcp_retries2, where nobody has set it. */
const DATA_RETRIES = 15;
/** A repetition that is later than this part of its gap, and this time, does not come any more. */
const OVERDUE = 1.15;
const SLACK_NS = 500_000_000;
/** One repetition is a loss as there are many; two are a schedule. */
const SCHEDULE_FROM = 3;

/** What is waited for on a connection at `nowNs`; undefined: nothing, or it is overdue. */
export function pendingOf(connection: Connection, nowNs: number): Pending | undefined {
  if (!connection.established) return pendingSyn(connection, nowNs) ?? pendingSynAck(connection, nowNs);
  return pendingData(connection, CLIENT, nowNs) ?? pendingData(connection, SERVER, nowNs);
}

/** Whether the connection waits for an answer at all, be it overdue. */
export function isUnanswered(connection: Connection): boolean {
  const { client, server, established } = connection;
  if (!established) return client.state === "SYN_SENT" || server.state === "SYN_RCVD";
  return isRepeating(client, server) || isRepeating(server, client);
}

/** Still to be expected at `nowNs` when it is due at `dueNs`, `lastNs` being the time of the one before. */
function isExpected(dueNs: number, lastNs: number, nowNs: number): boolean {
  return nowNs <= lastNs + (dueNs - lastNs) * OVERDUE + SLACK_NS;
}

/** When the next one is due after those at `times`; a single one is repeated after a second. */
function nextNsOf(times: readonly number[], pattern: Pattern): number {
  const first = times[0] ?? 0;
  if (times.length < 2) return first + 1e9;
  const seconds = times.map((time) => (time - first) / 1e9);
  return first + nextOf(seconds, pattern) * 1e9;
}

function pendingSyn(connection: Connection, nowNs: number): Pending | undefined {
  const { client } = connection;
  const { times } = synsOf(connection);
  const first = times[0];
  if (client.state !== "SYN_SENT" || first === undefined) return undefined;
  const last = times[times.length - 1] ?? first;
  const fits = ofStack(client, matchSchedules(times.map((time) => (time - first) / 1e9)));
  if (fits.length === 0) return pendingAnyhow(times, nowNs);
  const isOpen = ({ nextSyn, givesUp }: ScheduleFit): boolean =>
    nextSyn === null ? nowNs < first + givesUp * 1e9 : isExpected(first + nextSyn * 1e9, last, nowNs);
  const open = fits.filter(isOpen);
  // Until the next SYN of a default stays away, that is what comes: fewer SYNs are a setting.
  const fit =
    open.find(({ complete, schedule }) => !complete && schedule.isDefault) ??
    open.find(({ complete }) => complete) ??
    open[0];
  return (
    fit && {
      kind: "syn",
      from: CLIENT,
      sent: times.length,
      stack: fit.schedule.stack,
      nextNs: fit.nextSyn === null ? null : first + fit.nextSyn * 1e9,
      givesUpNs: first + fit.givesUp * 1e9,
      errno: "ETIMEDOUT",
    }
  );
}

/** SYNs of no known schedule: time-outs double in all. */
function pendingAnyhow(times: readonly number[], nowNs: number): Pending | undefined {
  const nextNs = nextNsOf(times, "doubling");
  if (!isExpected(nextNs, times[times.length - 1] ?? 0, nowNs)) return undefined;
  return {
    kind: "syn",
    from: CLIENT,
    sent: times.length,
    stack: "time-outs double",
    nextNs,
    givesUpNs: null,
    errno: "ETIMEDOUT",
  };
}

function pendingSynAck({ server }: Connection, nowNs: number): Pending | undefined {
  const times = server.synAckSends?.times ?? [];
  if (server.state !== "SYN_RCVD" || times.length < SCHEDULE_FROM - 1) return undefined;
  const nextNs = nextNsOf(times, patternOf(times));
  if (!isExpected(nextNs, times[times.length - 1] ?? 0, nowNs)) return undefined;
  return {
    kind: "syn-ack",
    from: SERVER,
    sent: times.length,
    stack: "time-outs double",
    nextNs,
    givesUpNs: null,
    errno: null,
  };
}

/** What it sent last again was not acknowledged. */
function isRepeating(end: End, other: End): boolean {
  const { repeats, repeatSequence } = end.repetitions;
  if (repeats === undefined || repeats.length < SCHEDULE_FROM - 1) return false;
  return end.state !== "CLOSED" && !less(repeatSequence, other.lastAck);
}

function pendingData(connection: Connection, from: EndIndex, nowNs: number): Pending | undefined {
  const end = connection.ends[from];
  const other = connection.ends[from === CLIENT ? SERVER : CLIENT];
  if (!isRepeating(end, other)) return undefined;
  const { repeats, repeatFirstTimeNs } = end.repetitions;
  const times = [repeatFirstTimeNs, ...(repeats?.times ?? [])];
  const seconds = times.map((time) => (time - repeatFirstTimeNs) / 1e9);
  const pattern = patternOf(seconds);
  const last = times[times.length - 1] ?? 0;
  const nextNs = nextNsOf(times, pattern);
  if (!isExpected(nextNs, last, nowNs)) return undefined;
  // Where the program has closed, the kernel gives up sooner (tcp_orphan_retries), and tells nobody.
  const isOrphan = end.finSeen;
  const givesUp = giveUpAfter(seconds, linuxGivesUp(DATA_RETRIES), pattern);
  return {
    kind: isOrphan ? "fin" : "data",
    from,
    sent: times.length,
    stack: pattern === "doubling" ? "time-outs double" : "the last time-out was",
    nextNs,
    givesUpNs: isOrphan ? null : repeatFirstTimeNs + givesUp * 1e9,
    errno: isOrphan ? null : "ETIMEDOUT",
  };
}
