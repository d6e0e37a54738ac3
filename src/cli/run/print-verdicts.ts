import fs from "node:fs";
import type { ChalkInstance } from "chalk";
import { TextSink } from "../../print/sink.ts";
import { isFailure } from "../../report/verdict-fields.ts";
import { verdictObject } from "../../report/verdict-json.ts";
import { summaryText } from "../../report/verdict-summary.ts";
import { type TextLook, verdictText } from "../../report/verdict-text.ts";
import { wrap } from "../../report/wrap.ts";
import { colourOf } from "../colour.ts";
import { writeAll } from "../output.ts";
import type { RunOptions } from "../run.ts";
import { DEFAULT_WIDTH, isTerminal, textWidth } from "../terminal.ts";
import type { AttributedVerdict } from "./attribution.ts";

export const STDERR = 2;
/** Destinations that this host refuses with the same error: so many are told in full, the others in a sentence each. */
const IN_FULL = 3;

/** Prints the verdicts on a program's connections, and closes the descriptor. */
export function printVerdicts(verdicts: readonly AttributedVerdict[], options: RunOptions, descriptor: number): void {
  const sink = new TextSink((bytes, length) => writeAll(descriptor, bytes, length));
  if (options.json === true) {
    for (const { verdict, ...how } of verdicts) {
      sink.text(`${JSON.stringify({ ...verdictObject(verdict), ...how })}\n`);
    }
  } else {
    const width = descriptor === STDERR ? textWidth("stderr") : DEFAULT_WIDTH;
    printText(verdicts, sink, { colour: colourFor(options, descriptor), width, sentenceWidth: width });
  }
  sink.flush();
  if (descriptor !== STDERR) fs.closeSync(descriptor);
}

/** Verdicts are not on standard output: its being a terminal does not matter. */
function colourFor({ color }: RunOptions, descriptor: number): ChalkInstance {
  if (color !== "auto") return colourOf(color);
  const isShown = descriptor === STDERR && isTerminal("stderr") && process.env["NO_COLOR"] === undefined;
  return colourOf(isShown ? "always" : "never");
}

function printText(verdicts: readonly AttributedVerdict[], sink: TextSink, look: TextLook): void {
  const summary = summaryText(
    verdicts.map(({ verdict }) => verdict),
    look.colour,
    look.width,
  );
  if (summary !== "") sink.text(`${summary}\n`);
  const refused = new Map<string, number>();
  let wasBrief = false;
  for (const [index, each] of verdicts.entries()) {
    const key = `${each.verdict.cause.word} ${each.verdict.errno}`;
    const before = refused.get(key) ?? 0;
    if (each.attributed === "call") refused.set(key, before + 1);
    const isBrief = each.attributed === "call" && before >= IN_FULL;
    const gap = (index > 0 || summary !== "") && !(isBrief && wasBrief) ? "\n" : "";
    sink.text(`${gap}${isBrief ? sentence(each, look) : inFull(each, look)}\n`);
    wasBrief = isBrief;
  }
}

function inFull({ verdict, attributed }: AttributedVerdict, look: TextLook): string {
  const remarks = attributed === "time" ? [...verdict.remarks, BY_TIME] : verdict.remarks;
  return verdictText({ verdict: { ...verdict, remarks }, ladder: undefined, flow: "", alike: "" }, look);
}

function sentence({ verdict }: AttributedVerdict, { sentenceWidth, colour }: TextLook): string {
  const lines = wrap(verdict.summary, sentenceWidth);
  return (isFailure(verdict) ? lines.map((line) => colour.red(line)) : lines).join("\n");
}

const BY_TIME =
  "taken for the program's by its time: it was over before its socket was seen, and nobody else was seen to hold it";
