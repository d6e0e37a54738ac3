import { Chalk } from "chalk";
import type { Verdict } from "../diagnosis/verdict.ts";
import { ladderText } from "./ladder-text.ts";
import type { SummaryRow } from "./verdict-summary.ts";
import { summaryOf } from "./verdict-summary.ts";
import { verdictFields } from "./verdict-fields.ts";
import type { VerdictStory } from "./verdict-story.ts";
import { FIXED_SPACE } from "./wrap.ts";

/** Columns of a ladder within a page. */
const LADDER_WIDTH = 80;
const PLAIN = new Chalk({ level: 0 });

/** A verdict as a section of a Markdown page. */
export function verdictMarkdown({ verdict, ladder, flow, alike }: VerdictStory): string {
  const lines = [`## ${escaped(verdict.summary)}`, ""];
  if (verdict.cause.word === "ok" && ladder === undefined) {
    return [...lines, escaped(alike)].slice(0, alike === "" ? 1 : 3).join("\n");
  }
  if (ladder !== undefined) lines.push("```text", ...ladderText(ladder, PLAIN, LADDER_WIDTH), "```", "");
  lines.push("| | |", "| --- | --- |");
  const fields = [...verdictFields(verdict), { name: "flow", text: flow }, { name: "alike", text: alike }];
  lines.push(...fields.filter(({ text }) => text !== "").map(({ name, text }) => `| ${name} | ${escaped(text)} |`));
  if (ladder === undefined) lines.push(...evidenceRows(verdict));
  lines.push("");
  if (verdict.likelyCauses.length > 0) {
    lines.push(
      "Likely causes:",
      "",
      ...verdict.likelyCauses.map((text, index) => `${index + 1}. ${escaped(text)}`),
      "",
    );
  }
  if (verdict.next.length > 0) lines.push("Next:", "", "```text", ...verdict.next, "```", "");
  return lines.slice(0, -1).join("\n");
}

function evidenceRows({ evidence }: Verdict): string[] {
  return evidence.map(({ frame, note }) => `| frame ${frame} | ${escaped(note)} |`);
}

/** The summary as a Markdown page begins; "" for a single verdict. */
export function summaryMarkdown(verdicts: readonly Verdict[], healthy = 0): string {
  if (verdicts.length + healthy < 2) return "";
  const { count, failed, causes, servers } = summaryOf(verdicts, healthy);
  return [
    `# ${count} connections and attempts, ${failed} failed`,
    "",
    ...table("cause", causes, (row) => String(row.count)),
    ...table(
      "server",
      servers,
      (row) => `${row.failed} failed${healthy === 0 ? ` of ${row.count}` : ""}: ${row.detail}`,
    ),
  ]
    .slice(0, -1)
    .join("\n");
}

function table(title: string, rows: readonly SummaryRow[], valueOf: (row: SummaryRow) => string): string[] {
  return [
    `| ${title} | |`,
    "| --- | --- |",
    ...rows.map((row) => `| ${escaped(row.name)} | ${escaped(valueOf(row))} |`),
    "",
  ];
}

/** What Markdown would take for markup. */
function escaped(text: string): string {
  return text.replaceAll(FIXED_SPACE, " ").replaceAll(/[\\`*_<>|[\]#]/g, String.raw`\$&`);
}
