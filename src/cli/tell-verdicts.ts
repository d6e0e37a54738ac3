import type { Verdict } from "../diagnosis/verdict.ts";
import type { KeptSegment } from "../report/segment-record.ts";
import { SegmentLog } from "../report/segment-record.ts";
import { isFailure } from "../report/verdict-fields.ts";
import { verdictLadder } from "../report/verdict-ladder.ts";
import { summaryMarkdown, verdictMarkdown } from "../report/verdict-markdown.ts";
import { alikeText, chapters, flowText, type VerdictStory } from "../report/verdict-story.ts";
import { summaryText } from "../report/verdict-summary.ts";
import { verdictText } from "../report/verdict-text.ts";
import { canReadAgain } from "./again.ts";
import { colourOf } from "./colour.ts";
import { decisiveSegments, type Told } from "./decisive-segments.ts";
import type { DiagnoseOptions } from "./diagnose.ts";
import type { Followed } from "./follow.ts";
import { standardOutput } from "./output.ts";
import { sentenceWidth, textWidth } from "./terminal.ts";

/** What there is to tell. */
interface Findings {
  /** All verdicts, for the summary. */
  readonly all: readonly Verdict[];
  /** Those that are wanted. */
  readonly verdicts: readonly Verdict[];
  readonly followed: Followed;
  readonly log: SegmentLog | undefined;
}

/** The log that ladders are drawn from when the input cannot be read again; undefined when it can. */
export function logFor(options: DiagnoseOptions, rest: readonly string[]): SegmentLog | undefined {
  return canReadAgain(options, rest) ? undefined : new SegmentLog();
}

/** Prints verdicts for people: the summary of all, then each in full or beside the one that it is like. */
export async function tellVerdicts(
  findings: Findings,
  options: DiagnoseOptions,
  rest: readonly string[],
): Promise<void> {
  const { all } = findings;
  const stories = await storiesOf(findings, options, rest);
  const sink = standardOutput();
  const look = { colour: colourOf(options.color), width: textWidth(), sentenceWidth: sentenceWidth() };
  const isPage = options.markdown === true;
  const { healthyLeftOut } = findings.followed;
  const summary = isPage
    ? summaryMarkdown(all, healthyLeftOut)
    : summaryText(all, look.colour, look.width, healthyLeftOut);
  if (summary !== "") sink.text(`${summary}\n`);
  // Sentences that stand alone follow each other without a gap.
  let isLong = summary !== "";
  for (const [index, story] of stories.entries()) {
    const text = isPage ? verdictMarkdown(story) : verdictText(story, look);
    const gap = (index > 0 || summary !== "") && (isPage || isLong || text.includes("\n"));
    sink.text(`${gap ? "\n" : ""}${text}\n`);
    isLong = text.includes("\n");
  }
  sink.flush();
}

async function storiesOf(
  { all, verdicts, followed, log }: Findings,
  options: DiagnoseOptions,
  rest: readonly string[],
): Promise<VerdictStory[]> {
  const { connections, analysis } = followed;
  const byStream = new Map(connections.map((connection) => [connection.firstStream, connection]));
  const told = chapters(verdicts);
  // Nothing is to be drawn where nothing happened, unless that very connection is asked for.
  const drawn = told.filter(({ verdict }) => verdict.cause.word !== "ok" || options.flow !== undefined);
  const wanted = drawn.flatMap(({ verdict }): Told[] => {
    const connection = verdict.stream === null ? undefined : byStream.get(verdict.stream);
    return connection === undefined ? [] : [{ verdict, connection }];
  });
  const kept = await decisiveSegments(wanted, log, analysis.connections.start, options, rest);
  const ladders = new Map(drawn.map(({ verdict }) => [verdict, ladderFor(verdict, byStream, kept, followed)]));
  return told.map(({ verdict, others }) => ({
    verdict,
    ladder: ladders.get(verdict),
    flow: all.length > 1 && (isFailure(verdict) || verdict.cause.word !== "ok") ? flowText(verdict) : "",
    alike: alikeText(others),
  }));
}

function ladderFor(
  verdict: Verdict,
  byStream: ReadonlyMap<number, Followed["connections"][number]>,
  kept: ReadonlyMap<number, KeptSegment>,
  { analysis }: Followed,
): VerdictStory["ladder"] {
  const connection = verdict.stream === null ? undefined : byStream.get(verdict.stream);
  return verdictLadder(verdict, connection, kept, analysis.evidence);
}
