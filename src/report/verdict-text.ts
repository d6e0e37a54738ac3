import type { ChalkInstance } from "chalk";
import type { Verdict } from "../diagnosis/verdict.ts";
import type { Ladder } from "./ladder-row.ts";
import { ladderText } from "./ladder-text.ts";
import type { VerdictStory } from "./verdict-story.ts";
import { isFailure, verdictFields } from "./verdict-fields.ts";
import { hanging, wrap } from "./wrap.ts";

/** Evidence frames printed of one verdict; the middle of a longer list is left out. */
const MAX_EVIDENCE = 12;
const NAME_WIDTH = 9;

/** How a text is to look: its colours and its width in columns. */
export interface TextLook {
  readonly colour: ChalkInstance;
  readonly width: number;
  /** Width of the first sentence; a program wants it on one line. */
  readonly sentenceWidth: number;
}

/** A verdict as text for people: the sentence, the ladder, what is known, likely causes and what to run next. */
export function verdictText({ verdict, ladder, ...story }: VerdictStory, look: TextLook): string {
  const { colour, width } = look;
  const failed = isFailure(verdict);
  const sentence = wrap(verdict.summary, look.sentenceWidth);
  const lines = failed ? sentence.map((line) => colour.red(line)) : sentence;
  if (!failed && verdict.cause.word === "ok" && ladder === undefined) {
    if (story.alike !== "") lines.push(...named("alike", story.alike, width));
    return lines.join("\n");
  }
  if (ladder !== undefined) lines.push(...ladderText(ladder, colour, width, "  "));
  for (const { name, text } of verdictFields(verdict)) lines.push(...named(name, text, width));
  lines.push(...evidenceLines(verdict, ladder, width));
  for (const [index, text] of verdict.likelyCauses.entries()) {
    lines.push(...hanging(`  ${(index === 0 ? "because" : "").padEnd(NAME_WIDTH)}${index + 1}. `, text, width));
  }
  for (const [index, text] of verdict.next.entries()) lines.push(...nextLines(index, text, look));
  if (story.flow !== "") lines.push(...named("flow", story.flow, width));
  if (story.alike !== "") lines.push(...named("alike", story.alike, width));
  return lines.join("\n");
}

/** What tells a command from advice: the signs of a shell, an option, or a tool's name at the beginning. */
const COMMAND =
  /[;|'"$=]| --?\w|^(?:on \S+: )?(?:sysctl|ss|ip|ping|mtr|nft|iptables|nstat|tracepath|traceroute|arping|openssl|curl) /;

/** A command is never broken: it is there to be copied. */
function nextLines(index: number, text: string, { colour, width }: TextLook): string[] {
  const head = `  ${(index === 0 ? "next" : "").padEnd(NAME_WIDTH)}`;
  const lines = hanging(head, text, COMMAND.test(text) ? Number.POSITIVE_INFINITY : width);
  return lines.map((line) => line.slice(0, head.length) + colour.bold(line.slice(head.length)));
}

function named(name: string, text: string, width: number): string[] {
  return hanging(`  ${name.padEnd(NAME_WIDTH)}`, text, width);
}

/** The evidence that the ladder does not show. */
function evidenceLines(verdict: Verdict, ladder: Ladder | undefined, width: number): string[] {
  const drawn = new Set(ladder?.rows.map(({ frame }) => frame));
  const evidence = verdict.evidence.filter(({ frame }) => !drawn.has(frame));
  if (ladder !== undefined && verdict.evidence.length > MAX_EVIDENCE) {
    return named("evidence", `${evidence.length} frames between are not drawn`, width);
  }
  const digits = String(evidence.at(-1)?.frame ?? 0).length;
  const half = MAX_EVIDENCE / 2;
  const shown = evidence.length <= MAX_EVIDENCE ? evidence : [...evidence.slice(0, half), ...evidence.slice(-half)];
  return shown.flatMap((each, index) => {
    const name = (index === 0 ? "evidence" : "").padEnd(NAME_WIDTH);
    const lines = hanging(`  ${name}frame ${String(each.frame).padStart(digits)}  `, each.note, width);
    const gap = evidence.length > MAX_EVIDENCE && index === half;
    return gap ? [...named("", `… ${evidence.length - MAX_EVIDENCE} more frames`, width), ...lines] : lines;
  });
}
