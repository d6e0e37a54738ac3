import { bytesText } from "./timing-directions.ts";
import { first, type TimedConnection, totalsOf } from "./timing-order.ts";
import { budgetShares, duration, type Share, type TimingSheet, timingSheet } from "./timing-sheet.ts";
import type { ReportLayout } from "./timing-text.ts";

/** The timing report as Markdown (GitHub's tables), piece by piece. */
export function* timingMarkdown(
  all: readonly TimedConnection[],
  layout: ReportLayout,
): Generator<string, void, undefined> {
  if (all.length === 0) return;
  const totals = totalsOf(all);
  yield "# TCP timing\n\n";
  yield (
    `${totals.connections} connection${totals.connections === 1 ? "" : "s"} in ${duration(totals.captureNs)}, ` +
      `${totals.packets} packets, ${bytesText(totals.payloadBytes)} of payload, ${totals.resent} segments sent again\n`
  );
  if (all.length > 1) yield `\n${budgetTable(budgetShares(totals.spent))}`;
  const shown = first(all, layout);
  for (const each of shown) yield `\n${sheetMarkdown(timingSheet(each, layout.lastTimeNs))}`;
  if (shown.length < all.length) yield `\n${all.length - shown.length} more connections\n`;
}

function sheetMarkdown(sheet: TimingSheet): string {
  const facts = sheet.facts.map(({ name, lines }) => {
    if (lines.length === 1) return `- **${name}**: ${escaped(lines[0]!)}\n`;
    return `- **${name}**:\n${lines.map((line) => `  - ${escaped(line)}\n`).join("")}`;
  });
  return (
    `## ${escaped(sheet.title.replace(/^#(\d+) +/, "$1: "))}\n\n${escaped(sheet.outcome)}\n\n` +
    `${budgetTable(sheet.budget)}\n${facts.join("")}${facts.length > 0 ? "\n" : ""}` +
    table(
      ["", "client > server", "server > client"],
      sheet.rows.map((row) => [...row]),
    )
  );
}

function budgetTable(budget: readonly Share[]): string {
  const rows = budget.map(({ name, text, share }) => [name, text, `${(100 * share).toFixed(1)} %`]);
  return table(["phase", "time", "share"], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |\n`;
  return line(head) + line(head.map(() => "---")) + rows.map(line).join("");
}

/** What Markdown would take for its own. */
function escaped(text: string): string {
  return text.replaceAll(/[\\|<>*_[\]`]/g, "\\$&");
}
