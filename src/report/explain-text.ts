import type { ChalkInstance } from "chalk";
import { KIND_NAMES, TOPICS } from "./explain/catalogue.ts";
import type { Topic, TopicKind } from "./explain/topic.ts";
import { FIXED_SPACE, hanging, wrap } from "./wrap.ts";

const NAME_WIDTH = 9;

/** A topic as text for people. */
export function topicText(topic: Topic, colour: ChalkInstance, width: number): string {
  const lines = wrap(`${topic.name} – ${topic.title}`, width).map((line, index) =>
    index === 0 ? line.replace(topic.name, colour.bold(topic.name)) : line,
  );
  lines.push(...wrap(topic.what, width - 2).map((line) => `  ${line}`));
  lines.push(...named("wire", topic.wire, width));
  for (const line of topic.trace) lines.push(...traceLines(line, width).map((each) => colour.cyan(each)));
  lines.push(...named("program", topic.program, width));
  // Not wrapped: much of it is there to be copied.
  lines.push(...topic.next.map((text, index) => `  ${(index === 0 ? "next" : "").padEnd(NAME_WIDTH)}${text}`));
  return lines.join("\n");
}

function named(name: string, text: string, width: number): string[] {
  return hanging(`  ${name.padEnd(NAME_WIDTH)}`, text, width);
}

/** A line of an example under the text of the wire; a long one goes on a little further in. */
function traceLines(line: string, width: number): string[] {
  const indent = " ".repeat(NAME_WIDTH + 4);
  const text = traceLine(line);
  if (indent.length + text.length <= width) return [indent + text];
  const [first = "", ...others] = wrap(text.replaceAll("  ", FIXED_SPACE.repeat(2)), width - indent.length - 4);
  return [first, ...others.map((each) => `    ${each}`)].map((each) => indent + each);
}

/** A line of an example with its ends: "0.000 > SYN" becomes "0.000  client > server  SYN". */
function traceLine(line: string): string {
  const [, time, arrow, text] = /^([\d.]+) (>|<|r<) (.*)$/.exec(line) ?? [];
  if (time === undefined || arrow === undefined || text === undefined) return line;
  const ends = arrow === ">" ? "client > server" : arrow === "<" ? "client < server" : "client < router";
  return `${time}  ${ends}  ${text}`;
}

/** The names of all topics, by kind. */
export function topicList(colour: ChalkInstance, width: number): string {
  const kinds = Object.keys(KIND_NAMES).filter((kind): kind is TopicKind => kind in KIND_NAMES);
  const parts = kinds.map((kind) => {
    const names = TOPICS.filter((topic) => topic.kind === kind).map(({ name }) => name.replaceAll(" ", FIXED_SPACE));
    const lines = wrap(names.join(", "), width - 2).map((line) => `  ${line}`);
    return [...wrap(KIND_NAMES[kind], width).map((line) => colour.bold(line)), ...lines].join("\n");
  });
  return parts.join("\n\n");
}

/** A topic as `explain --json` prints it. */
export function topicObject(topic: Topic): Record<string, unknown> {
  return { ...topic, trace: topic.trace.map(traceLine) };
}
