import type { ChalkInstance } from "chalk";
import type { Verdict } from "../diagnosis/verdict.ts";
import { isFailure } from "./verdict-fields.ts";
import { serverText } from "./verdict-story.ts";

/** Rows of each table; the rest is counted. */
const MAX_ROWS = 20;
/** Of more servers, only those are listed at which something failed. */
const MAX_SERVERS = 6;

/** The cause of connections that did not fail. */
const HEALTHY = "ok";

/** How often one thing was seen, and how often it failed. */
export interface SummaryRow {
  readonly name: string;
  readonly count: number;
  readonly failed: number;
  /** Of a server: its causes, the most frequent first, "refused 3, ok 1". */
  readonly detail: string;
}

/** How many verdicts there are of each cause and at each server. */
interface Summary {
  readonly count: number;
  readonly failed: number;
  readonly causes: readonly SummaryRow[];
  /** Where connections were left out, `count` is of those that are there. */
  readonly servers: readonly SummaryRow[];
}

/** `healthy`: connections without fault that no verdict is there of. */
export function summaryOf(verdicts: readonly Verdict[], healthy = 0): Summary {
  return {
    count: verdicts.length + healthy,
    failed: verdicts.filter(isFailure).length,
    causes: withHealthy(
      rowsBy(verdicts, causeText, () => ""),
      healthy,
    ).sort(failedFirst),
    servers: rowsBy(verdicts, serverText, countsText).sort(failedFirst),
  };
}

function withHealthy(rows: readonly SummaryRow[], healthy: number): SummaryRow[] {
  if (healthy === 0) return [...rows];
  const { count = 0 } = rows.find(({ name }) => name === HEALTHY) ?? {};
  const others = rows.filter(({ name }) => name !== HEALTHY);
  return [...others, { name: HEALTHY, count: count + healthy, failed: 0, detail: "" }];
}

function failedFirst(a: SummaryRow, b: SummaryRow): number {
  return b.failed - a.failed || b.count - a.count;
}

function causeText({ cause, errno }: Verdict): string {
  return `${cause.word}${errno === null ? "" : ` ${errno}`}`;
}

function countsText(verdicts: readonly Verdict[]): string {
  const rows = rowsBy(verdicts, causeText, () => "").sort(failedFirst);
  return rows.map(({ name, count }) => (rows.length === 1 ? name : `${count} ${name}`)).join(", ");
}

function rowsBy(
  verdicts: readonly Verdict[],
  nameOf: (verdict: Verdict) => string,
  detailOf: (verdicts: readonly Verdict[]) => string,
): SummaryRow[] {
  const groups = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const group = groups.get(nameOf(verdict));
    if (group === undefined) groups.set(nameOf(verdict), [verdict]);
    else group.push(verdict);
  }
  return [...groups].map(([name, group]) => ({
    name,
    count: group.length,
    failed: group.filter(isFailure).length,
    detail: detailOf(group),
  }));
}

/** The summary as text, by cause and, where there are several, by server; "" for a single verdict. `healthy`: as in `summaryOf`. */
export function summaryText(verdicts: readonly Verdict[], colour: ChalkInstance, width: number, healthy = 0): string {
  if (verdicts.length + healthy < 2) return "";
  const { count, failed, causes, servers } = summaryOf(verdicts, healthy);
  const lines = [colour.bold(`${count} connections and attempts, ${failed} failed`)];
  lines.push(
    ...limited(causes).map((row) => `${String(row.count).padStart(7)}  ${row.name}`),
    ...rest(causes.slice(MAX_ROWS)),
  );
  if (servers.length > 1 && failed > 0) {
    const shown = servers.length <= MAX_SERVERS ? servers : limited(servers.filter((row) => row.failed > 0));
    const nameWidth = Math.max(...shown.map(({ name }) => name.length));
    const isWhole = healthy === 0;
    lines.push("", colour.bold(isWhole ? "by server: failed of all" : "by server: failed"));
    lines.push(...shown.map((row) => serverLine(row, isWhole, nameWidth, width)), ...rest(servers.slice(shown.length)));
  }
  return lines.join("\n");
}

function limited(rows: readonly SummaryRow[]): readonly SummaryRow[] {
  return rows.slice(0, MAX_ROWS);
}

function rest(others: readonly SummaryRow[]): string[] {
  if (others.length === 0) return [];
  const failed = others.reduce((sum, row) => sum + row.failed, 0);
  return [`         … and ${others.length} more, ${failed} failed`];
}

function serverLine(row: SummaryRow, isWhole: boolean, nameWidth: number, width: number): string {
  const line = `${`${row.failed}${isWhole ? `/${row.count}` : ""}`.padStart(7)}  ${row.name.padEnd(nameWidth)}  ${row.detail}`;
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}
