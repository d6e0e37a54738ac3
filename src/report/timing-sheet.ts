import { durationText } from "../diagnosis/text.ts";
import type { Connection } from "../flow/connection.ts";
import type { ResentSegment } from "../flow/resent.ts";
import { CLIENT, type EndIndex, SERVER } from "../flow/states.ts";
import { timeWaitNs } from "../flow/stack.ts";
import { PHASES, type Phase, totalOf } from "../flow/timing-budget.ts";
import { type CapturePointReason, vantageOf } from "../flow/vantage.ts";
import { POINT_TEXTS } from "./capture-point.ts";
import { END_NAMES } from "./flow-keys.ts";
import { activeCloser } from "./flow-json.ts";
import { outcome, transitionTimeNs } from "./flow-summary.ts";
import { endText } from "./flow-table.ts";
import { directionRows } from "./timing-directions.ts";
import type { TimedConnection } from "./timing-order.ts";

/** What is told of a connection under one name, line by line. */
interface Fact {
  readonly name: string;
  readonly lines: readonly string[];
}

/** A part of the time. */
export interface Share {
  readonly name: string;
  readonly text: string;
  /** 0 to 1. */
  readonly share: number;
}

/** The timing of one connection for people, to be laid out as text or Markdown. */
export interface TimingSheet {
  readonly title: string;
  readonly outcome: string;
  readonly facts: readonly Fact[];
  readonly budget: readonly Share[];
  /** Name, client to server, server to client. */
  readonly rows: readonly (readonly [string, string, string])[];
}

/** Lines of one fact, at most. */
const MAX_LINES = 8;

export function timingSheet(each: TimedConnection, lastTimeNs: number): TimingSheet {
  const { connection, timing } = each;
  const facts: Fact[] = [
    { name: "handshake", lines: handshakeLines(connection) },
    { name: "captured", lines: [captureText(connection)] },
    { name: "thinking", lines: thinkLines(each) },
    { name: "stalls", lines: stallLines(each) },
    { name: "idle", lines: idleLines(each) },
    { name: "sent again", lines: resentLines(connection) },
    { name: "ECN", lines: ecnLines(each) },
    { name: "clock", lines: clockLines(each) },
    { name: "close", lines: closeLines(connection, lastTimeNs) },
    { name: "odd", lines: findingLines(connection) },
  ];
  return {
    title: `#${connection.firstStream}  ${endText(connection, CLIENT)} > ${endText(connection, SERVER)}`,
    outcome: `${outcome(connection)}, ${duration(timing.budget.total)}`,
    facts: facts.filter(({ lines }) => lines.length > 0).map(shortened),
    budget: budgetShares(timing.budget.spent),
    rows: directionRows(each),
  };
}

/** The phases in which time was spent, with their shares of all of it. */
export function budgetShares(spent: Readonly<Record<Phase, number>>): Share[] {
  const total = totalOf(spent);
  return PHASES.filter((phase) => spent[phase] > 0).map((phase) => ({
    name: phase,
    text: duration(spent[phase]),
    share: spent[phase] / total,
  }));
}

export function duration(ns: number): string {
  return durationText(ns / 1e9);
}

function shortened({ name, lines }: Fact): Fact {
  if (lines.length <= MAX_LINES) return { name, lines };
  return { name, lines: [...lines.slice(0, MAX_LINES - 1), `… ${lines.length - MAX_LINES + 1} more`] };
}

function handshakeLines(connection: Connection): string[] {
  const { serverHalfNs, clientHalfNs } = vantageOf(connection);
  const parts: string[] = [];
  if (serverHalfNs >= 0) parts.push(`SYN to SYN-ACK ${duration(serverHalfNs)}`);
  if (clientHalfNs >= 0) parts.push(`SYN-ACK to ACK ${duration(clientHalfNs)}`);
  const lines: string[] = [];
  if (connection.initialRttNs > 0) lines.push(`${duration(connection.initialRttNs)}: ${parts.join(", ")}`);
  else if (parts.length > 0) lines.push(`${parts.join(", ")}; not completed`);
  else if (connection.client.synSeen)
    lines.push(connection.resets.length > 0 ? "RST instead of a SYN-ACK" : "no SYN-ACK");
  const again = (name: string, times: readonly number[] | undefined): void => {
    if (times === undefined || times.length < 2) return;
    const gaps = times.slice(1).map((time, index) => duration(time - times[index]!));
    lines.push(`${name} sent ${times.length} times, after ${gaps.join(", ")}`);
  };
  again("SYN", connection.client.synSends?.times);
  again("SYN-ACK", connection.server.synAckSends?.times);
  return lines;
}

const REASONS: Readonly<Record<CapturePointReason, string>> = {
  "same-host": "both ends are one host",
  hops: "by the TTLs",
  "handshake-halves": "it takes nearly nothing of the handshake",
  "both-far": "both halves of the handshake take time",
  contradiction: "the TTLs and the times of the handshake contradict each other",
  "one-sided": "packets of one end only",
  "no-evidence": "",
};

function captureText(connection: Connection): string {
  const { point, reason, hops } = vantageOf(connection);
  const routers = (count: number, end: string): string =>
    count < 0 ? "" : `${count === 0 ? "no router" : `${count} router${count === 1 ? "" : "s"}`} to the ${end}`;
  const far = [routers(hops[CLIENT], "client"), routers(hops[SERVER], "server")].filter((text) => text !== "");
  const where = POINT_TEXTS[point];
  const why = [REASONS[reason], far.join(", ")].filter((text) => text !== "");
  return why.length === 0 ? where : `${where}: ${why.join("; ")}`;
}

function thinkLines({ timing }: TimedConnection): string[] {
  const { thinks } = timing.budget;
  if (thinks.count === 0) return [];
  if (thinks.count === 1) return [`the server, before its answer: ${duration(thinks.sum)}`];
  const quantiles = [0.5, 0.95].map((share) => duration(thinks.quantile(share)));
  return [
    `the server, before ${thinks.count} answers: ${duration(thinks.sum)}; median ${quantiles[0]}, 95 % ${quantiles[1]}, longest ${duration(thinks.maximum)}`,
  ];
}

function stallLines({ timing }: TimedConnection): string[] {
  const { counts, totals, list } = timing.stalls;
  const lines: string[] = [];
  const held = counts["delayed-ack"] + counts.nagle;
  if (held > 0) {
    lines.push(
      `${held} acknowledgment${held === 1 ? "" : "s"} held back, ${duration(totals["delayed-ack"] + totals.nagle)}` +
        (counts.nagle > 0 ? `; ${counts.nagle} kept the sender waiting (Nagle)` : ""),
    );
  }
  for (const { kind, end, dataFrame, ackFrame, nextFrame, ns } of list) {
    const then = kind === "nagle" ? `, then frame ${nextFrame} at once` : "";
    lines.push(`${END_NAMES[end]}'s frame ${dataFrame} acknowledged by frame ${ackFrame} after ${duration(ns)}${then}`);
  }
  return lines;
}

function idleLines({ timing }: TimedConnection): string[] {
  if (timing.idleNs === 0) return [];
  const { ns, after, before } = timing.longestSilence;
  return [
    `${duration(timing.idleNs)} in silences of a second and more; longest ${duration(ns)}, frames ${after} to ${before}`,
  ];
}

function resentLines(connection: Connection): string[] {
  return ([CLIENT, SERVER] as const).flatMap((end) =>
    (connection.ends[end].repetitions.resends?.bySegment() ?? []).map((group) => resentText(group, connection, end)),
  );
}

function resentText(group: readonly ResentSegment[], connection: Connection, end: EndIndex): string {
  const sequence = ((group[0]?.sequence ?? 0) - connection.ends[end].base) >>> 0;
  const times = group.map(({ frame, cause, intervalNs, proof, proofFrame }) => {
    const needless =
      proof === "" ? "" : `, needless by ${proof === "dsack" ? "DSACK" : "timestamp"} in frame ${proofFrame}`;
    return `frame ${frame} after ${duration(intervalNs)} (${cause}${needless})`;
  });
  const of = group[0]?.of ?? 0;
  return `${END_NAMES[end]}'s seq ${sequence}${of > 0 ? ` of frame ${of}` : ""}: ${times.join(", ")}`;
}

function ecnLines({ timing }: TimedConnection): string[] {
  const { negotiation, counts } = timing.ecn;
  const marked = counts.some(({ ect0, ect1, ce, ece }) => ect0 + ect1 + ce + ece > 0);
  if (negotiation === "none" && !marked) return [];
  const words = {
    none: "not negotiated in the capture",
    offered: "offered",
    refused: "offered, and refused",
    agreed: "agreed",
    accurate: "accurate ECN offered",
  };
  return [words[negotiation], ...timing.ecn.oddities().map((each) => each.replaceAll("-", " "))];
}

function clockLines({ timing }: TimedConnection): string[] {
  const { outOfOrder, furthestBackNs, firstOutOfOrderFrame, steps } = timing.clock;
  const lines = steps.map(
    ({ frame, ns, by }) =>
      `frame ${frame}: the capture's clock ${ns < 0 ? "went back" : "jumped"} by ${duration(Math.abs(ns))}${by === "timestamps" ? ", by the end's timestamps" : ""}`,
  );
  if (outOfOrder > 0)
    lines.push(
      `${outOfOrder} segments out of the order of their times, up to ${duration(furthestBackNs)}, first frame ${firstOutOfOrderFrame}`,
    );
  return lines;
}

function closeLines(connection: Connection, lastTimeNs: number): string[] {
  const lines: string[] = [];
  const reset = connection.resets.find((each) => each.accepted);
  const after = (ns: number): string => `after ${duration(Math.max(0, ns - connection.firstTimeNs))}`;
  for (const end of [CLIENT, SERVER] as const) {
    const { finSeen, finFrame, finTimeNs } = connection.ends[end];
    if (finSeen) lines.push(`FIN of the ${END_NAMES[end]} ${after(finTimeNs)}, frame ${finFrame}`);
  }
  if (activeCloser(connection) === SERVER) lines.reverse();
  if (reset !== undefined)
    lines.push(`RST of the ${END_NAMES[reset.from]} ${after(reset.timeNs)}, frame ${reset.frame}`);
  const timeWait = connection.transitions.list().find((each) => each.state === "TIME_WAIT");
  if (timeWait !== undefined) {
    const length = timeWaitNs(connection.ends[timeWait.end]);
    const left = transitionTimeNs(connection, timeWait) + length - lastTimeNs;
    const rest = left > 0 ? `${duration(left)} left at the end of the capture` : "over within the capture";
    lines.push(`TIME_WAIT of the ${END_NAMES[timeWait.end]}: ${duration(length)}, ${rest}`);
  }
  return lines;
}

function findingLines({ findings }: Connection): string[] {
  return (findings?.list ?? []).map(({ name, from, frames, reason }) => {
    const why = reason === "" ? "" : ` (${reason.replaceAll("-", " ")})`;
    return `${name} from the ${END_NAMES[from]}${why}: frame${frames.length === 1 ? "" : "s"} ${frames.join(", ")}`;
  });
}
