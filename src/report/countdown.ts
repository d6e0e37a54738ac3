import type { Pending } from "../diagnosis/pending.ts";
import type { Connection } from "../flow/connection.ts";
import { CLIENT, SERVER } from "../flow/states.ts";
import type { StartTime } from "./object-writer.ts";
import { endText } from "./flow-table.ts";

const WHAT: Readonly<Record<Pending["kind"], string>> = {
  syn: "SYN",
  "syn-ack": "SYN-ACK",
  data: "data",
  fin: "last data",
};

/** Who waits for whom: the end that repeats comes first. */
function pendingName(connection: Connection, from: Pending["from"]): string {
  return `${endText(connection, from)} > ${endText(connection, from === CLIENT ? SERVER : CLIENT)}`;
}

/** What is waited for, as a line that counts down: "10.0.0.1:40000 > 10.0.0.2:81: SYN unanswered, next SYN in 4.0 s, ETIMEDOUT at 16:02:11". */
export function countdownText(connection: Connection, pending: Pending, start: StartTime, nowNs: number): string {
  const { kind, from, nextNs, givesUpNs } = pending;
  const parts = [`${WHAT[kind]} unanswered`];
  if (nextNs !== null)
    parts.push(`next ${nextWord(pending)} ${nextNs > nowNs ? `in ${waitText(nextNs - nowNs)}` : "is due"}`);
  if (givesUpNs !== null) {
    const isLast = nextNs === null ? `in ${waitText(givesUpNs - nowNs)}, ` : "";
    parts.push(`${pending.errno ?? "the end"} ${isLast}at ${clockText(start, givesUpNs)}`);
  }
  return `${pendingName(connection, from)}: ${parts.join(", ")}`;
}

/** The same as a line that stays: with times of day only, and whose schedule it is. */
export function scheduleLine(connection: Connection, pending: Pending, start: StartTime): string {
  const { kind, from, sent, stack, nextNs, givesUpNs } = pending;
  const parts = [`${WHAT[kind]} unanswered, sent ${sent} times`];
  if (nextNs !== null) parts.push(`next ${nextWord(pending)} at ${clockText(start, nextNs)}`);
  if (givesUpNs !== null) parts.push(`${pending.errno ?? "the end"} at ${clockText(start, givesUpNs)}`);
  return `${pendingName(connection, from)}: ${parts.join(", ")} (as ${stack})`;
}

/** How a schedule ended without a failure. */
export function answeredText(connection: Connection, pending: Pending): string {
  return `${pendingName(connection, pending.from)}: ${WHAT[pending.kind]} answered, sent ${pending.sent} times`;
}

function nextWord({ kind }: Pending): string {
  return kind === "syn" || kind === "syn-ack" ? WHAT[kind] : "retransmission";
}

function waitText(ns: number): string {
  return `${(Math.max(0, ns) / 1e9).toFixed(1)} s`;
}

/** The time of day where the program runs: "16:02:11". */
export function clockText(start: StartTime, ns: number): string {
  const date = new Date(start.seconds * 1e3 + (start.nanoseconds + ns) / 1e6);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((number) => String(number).padStart(2, "0"))
    .join(":");
}
