import type { ChalkInstance } from "chalk";
import { CLIENT } from "../flow/states.ts";
import type { Ladder, LadderCall, LadderRow } from "./ladder-row.ts";
import { wrap } from "./wrap.ts";

const STATE_WIDTH = "ESTABLISHED".length;
/** Between the lifelines, at least and at most. */
const MIN_SPAN = 16;
const MAX_SPAN = 64;

/** How wide each part is, in columns. */
interface Layout {
  readonly frame: number;
  readonly time: number;
  readonly span: number;
  readonly indent: string;
}

/** A ladder as lines of at most `width` columns: frame, seconds, state of the client, arrow, state of the server. */
export function ladderText(ladder: Ladder, colour: ChalkInstance, width: number, indent = ""): string[] {
  const layout = layoutOf(ladder, width, indent);
  let before = ladder.states;
  const lines = headLines(ladder, layout, colour);
  for (const row of ladder.rows) {
    const states = row.states.map((state, end) => (state === before[end] ? "" : state));
    lines.push(...rowLines(row, [states[0] ?? "", states[1] ?? ""], layout, colour));
    if (row.kind !== "gap") before = row.states;
  }
  return lines.map((line) => line.trimEnd());
}

function layoutOf(ladder: Ladder, width: number, indent: string): Layout {
  const frame = Math.max(1, ...ladder.rows.map((row) => String(row.frame).length));
  const time = Math.max(8, ...ladder.rows.map((row) => timeText(row.at).length));
  const rest = indent.length + frame + 2 + time + 2 + 2 * (STATE_WIDTH + 1) + 2;
  return { frame, time, indent, span: Math.min(MAX_SPAN, Math.max(MIN_SPAN, width - rest)) };
}

function timeText(seconds: number): string {
  return seconds.toFixed(6);
}

function margin({ indent, frame, time }: Layout, frameText = "", at = ""): string {
  return `${indent}${frameText.padStart(frame)}  ${at.padStart(time)}  `;
}

function headLines(ladder: Ladder, layout: Layout, colour: ChalkInstance): string[] {
  const [left, right] = ladder.ends;
  const room = 2 * (STATE_WIDTH + 2) + layout.span;
  const lead = margin(layout);
  const names =
    left.length + right.length + 2 <= room
      ? [lead + colour.bold(left) + " ".repeat(room - left.length - right.length) + colour.bold(right)]
      : [lead + colour.bold(left), lead + " ".repeat(Math.max(0, room - right.length)) + colour.bold(right)];
  const states = framed(ladder.states[0], " ".repeat(layout.span), ladder.states[1]);
  return [...names, lead + states];
}

/** The part between the lifelines, with the states beside it. */
function framed(left: string, middle: string, right: string, line = "│"): string {
  return `${left.padStart(STATE_WIDTH)} ${line}${middle}${line} ${right.padEnd(STATE_WIDTH)}`;
}

function rowLines(row: LadderRow, states: readonly [string, string], layout: Layout, colour: ChalkInstance): string[] {
  const paint = row.repeated || row.lost ? colour.yellow : (text: string): string => text;
  const blank = margin(layout);
  const { span } = layout;
  if (row.kind === "gap") {
    return [blank + colour.dim(framed("", centred(row.labels[0] ?? "", span), "", "┆"))];
  }
  const lead = margin(layout, row.frame === 0 ? "" : String(row.frame), timeText(row.at));
  const first = row.kind === "event" ? [] : [lead + framed(states[0], paint(arrow(row, span)), states[1])];
  const notes = row.notes
    .flatMap((note) => wrap(note, span - 4))
    .map((line) => blank + framed("", colour.dim(`  ${line}`.padEnd(span)), ""));
  const calls = row.calls.flatMap((call) => callLines(call, span, colour));
  if (row.kind !== "event") return [...first, ...notes, ...calls.map((line) => blank + framed("", line, ""))];
  const [head = " ".repeat(span), ...more] = calls;
  return [lead + framed(states[0], head, states[1]), ...more.map((line) => blank + framed("", line, "")), ...notes];
}

/** A call stands beside the lifeline of its end. */
function callLines(call: LadderCall, span: number, colour: ChalkInstance): string[] {
  const paint = call.failed ? colour.red : colour.green;
  return wrap(call.text, span - 2).map((line, index) => {
    const mark = index === 0 ? "◂ " : "  ";
    return call.end === CLIENT
      ? paint(mark + line) + " ".repeat(Math.max(0, span - 2 - line.length))
      : " ".repeat(Math.max(0, span - 2 - line.length)) + paint(line + (index === 0 ? " ▸" : "  "));
  });
}

/** An arrow with its label; one that did not arrive ends in ✗. */
function arrow(row: LadderRow, span: number): string {
  const label = row.labels.find((each) => each.length <= span - 7) ?? row.labels.at(-1) ?? "";
  const dash = row.kind === "icmp" ? "╌" : "─";
  const shaft = centred(` ${label} `, span - 1, dash);
  if (row.from === CLIENT) return shaft + (row.lost ? "✗" : "▶");
  return (row.lost ? "✗" : "◀") + shaft;
}

function centred(text: string, width: number, fill = " "): string {
  const room = Math.max(0, width - text.length);
  const left = Math.floor(room / 2);
  return fill.repeat(left) + text + fill.repeat(room - left);
}
