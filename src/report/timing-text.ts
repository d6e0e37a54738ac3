import type { ChalkInstance } from "chalk";
import { bytesText } from "./timing-directions.ts";
import { first, type TimedConnection, totalsOf, type Order } from "./timing-order.ts";
import { budgetShares, duration, type Share, type TimingSheet, timingSheet } from "./timing-sheet.ts";

const NAME = 12;
const MIN_WIDTH = 60;
const MAX_WIDTH = 120;

/** Which connections a report shows, and how wide it is. */
export interface ReportLayout {
  readonly order: Order;
  /** At most so many connections; 0: all. */
  readonly top: number;
  readonly lastTimeNs: number;
  /** Columns of the terminal. */
  readonly width: number;
}

/** The timing report for people, piece by piece: totals, then the connections. */
export function* timingText(
  all: readonly TimedConnection[],
  layout: ReportLayout,
  colour: ChalkInstance,
): Generator<string, void, undefined> {
  if (all.length === 0) return;
  const width = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, layout.width));
  if (all.length > 1) yield `${totalsText(all, layout.order, width, colour)}\n\n`;
  const shown = first(all, layout);
  for (const [index, each] of shown.entries()) {
    yield `${index > 0 ? "\n" : ""}${sheetText(timingSheet(each, layout.lastTimeNs), width, colour)}\n`;
  }
  const more = all.length - shown.length;
  if (more > 0) yield `\n${more} more connection${more === 1 ? "" : "s"}: --top 0 shows all\n`;
}

function totalsText(all: readonly TimedConnection[], order: Order, width: number, colour: ChalkInstance): string {
  const totals = totalsOf(all);
  const causes = [...totals.causes].map(([cause, count]) => `${count} ${cause}`).join(", ");
  return [
    colour.bold(`${totals.connections} connections in ${duration(totals.captureNs)}`),
    ...named("traffic", `${totals.packets} packets, ${bytesText(totals.payloadBytes)} of payload`, width),
    ...named("sent again", totals.resent === 0 ? "nothing" : `${totals.resent} segments: ${causes}`, width),
    ...budgetLines(budgetShares(totals.spent), width),
    ...named("sorted by", ORDER_TEXTS[order], width),
  ].join("\n");
}

const ORDER_TEXTS: Readonly<Record<Order, string>> = {
  lost: "time lost: losses, closed windows, held acknowledgments, handshakes that failed or were repeated",
  duration: "duration",
  handshake: "time of the handshake",
  rtt: "median round trip",
  think: "time that the server thinks",
  retransmissions: "segments sent again",
  bytes: "bytes of payload",
  stream: "time of the first segment",
};

function sheetText(sheet: TimingSheet, width: number, colour: ChalkInstance): string {
  return [
    `${colour.bold(sheet.title)}  ${sheet.outcome}`,
    ...budgetLines(sheet.budget, width),
    ...sheet.facts.flatMap(({ name, lines }) =>
      lines.flatMap((line, index) => named(index === 0 ? name : "", line, width)),
    ),
    ...rowLines(sheet.rows, width, colour),
  ].join("\n");
}

/** Words after a name, on as many lines as they need. */
function named(name: string, text: string, width: number): string[] {
  const room = width - NAME - 2;
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = `  ${word}`;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.map((each, index) => `  ${(index === 0 ? name : "").padEnd(NAME)}${each}`);
}

function budgetLines(budget: readonly Share[], width: number): string[] {
  const room = width - NAME - 2 - 34;
  return budget.map(({ name, text, share }, index) => {
    const bar = "█".repeat(Math.round(share * room));
    const numbers = `${name.padEnd(13)}${text.padStart(9)} ${percent(share).padStart(7)}`;
    return `  ${(index === 0 ? "time" : "").padEnd(NAME)}${numbers}  ${bar}`.trimEnd();
  });
}

function percent(share: number): string {
  return share > 0 && share < 0.001 ? "<0.1 %" : `${(100 * share).toFixed(1)} %`;
}

/** Both directions side by side; where they do not fit, one below the other. */
function rowLines(rows: TimingSheet["rows"], width: number, colour: ChalkInstance): string[] {
  const label = Math.max(...rows.map(([name]) => name.length)) + 2;
  const first = Math.max(...rows.map(([, client]) => client.length), "client > server".length) + 2;
  const second = Math.max(...rows.map(([, , server]) => server.length));
  const head = `  ${"".padEnd(label)}${colour.dim("client > server".padEnd(first))}${colour.dim("server > client")}`;
  if (2 + label + first + second <= width) {
    return [head, ...rows.map(([name, client, server]) => `  ${name.padEnd(label)}${client.padEnd(first)}${server}`)];
  }
  return rows.flatMap(([name, client, server]) => [
    `  ${name.padEnd(label)}> ${client}`,
    `  ${"".padEnd(label)}< ${server}`,
  ]);
}
