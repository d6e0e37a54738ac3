import { CLIENT } from "../flow/states.ts";
import type { Ladder, LadderCall, LadderRow } from "./ladder-row.ts";

const NAMES = ["C", "S"] as const;

/** A ladder as a sequence diagram in the language of Mermaid. */
export function ladderMermaid(ladder: Ladder): string[] {
  const lines = [
    "sequenceDiagram",
    `  participant C as ${ladder.ends[0]}`,
    `  participant S as ${ladder.ends[1]}`,
    ...stateLines(["", ""], ladder.states),
  ];
  let before: readonly [string, string] = ladder.states;
  for (const row of ladder.rows) {
    lines.push(...rowLines(row));
    if (row.kind !== "gap") {
      lines.push(...stateLines(before, row.states));
      before = row.states;
    }
    lines.push(...row.calls.map(callLine));
  }
  return lines;
}

function rowLines(row: LadderRow): string[] {
  const [label = ""] = row.labels;
  if (row.kind === "gap") return [`  Note over C,S: ${escaped(label)}`];
  const seconds = `${row.at.toFixed(6)} s`;
  if (row.kind === "event") return [`  Note over C,S: ${escaped([seconds, ...row.notes].join(", "))}`];
  const [from, to] = row.from === CLIENT ? NAMES : [NAMES[1], NAMES[0]];
  const arrow = row.lost ? "-x" : row.kind === "icmp" ? "-->>" : "->>";
  const lines = [`  ${from}${arrow}${to}: ${escaped(`#${row.frame} ${seconds} ${label}`)}`];
  return row.notes.length === 0 ? lines : [...lines, `  Note over C,S: ${escaped(row.notes.join("; "))}`];
}

function stateLines(before: readonly [string, string], after: readonly [string, string]): string[] {
  return NAMES.flatMap((name, end) => {
    const state = after[end] ?? "?";
    return state === before[end] || state === "?" ? [] : [`  Note over ${name}: ${state}`];
  });
}

function callLine(call: LadderCall): string {
  const side = call.end === CLIENT ? "left of C" : "right of S";
  return `  Note ${side}: ${escaped(call.text)}`;
}

/** "#" and ";" mean something to Mermaid. */
function escaped(text: string): string {
  return text.replaceAll(/[#;]/g, (letter) => (letter === "#" ? "#35;" : "#59;"));
}
