import type { Verdict } from "../diagnosis/verdict.ts";
import type { Connection } from "../flow/connection.ts";
import { answeredText, countdownText, scheduleLine } from "../report/countdown.ts";
import { VerdictCounts } from "../report/verdict-counts.ts";
import { isFailure } from "../report/verdict-fields.ts";
import { type TextLook, verdictText } from "../report/verdict-text.ts";
import { colourOf } from "./colour.ts";
import { connectionQuery, verdictMatches } from "./connection-where.ts";
import type { DiagnoseOptions } from "./diagnose.ts";
import { followLive, type LiveAnalysis } from "./follow-live.ts";
import { reportUnreadable } from "./inputs.ts";
import { print } from "./output.ts";
import { STATUS_FAILED } from "./status.ts";
import { sentenceWidth, textWidth } from "./terminal.ts";
import { StatusLines } from "./status-lines.ts";
import { VerdictWatch, type Waiting } from "./verdict-watch.ts";

/** Sent so often, something has a schedule. */
const SCHEDULE_FROM = 2;
/** Kinds of failures whose whole text was printed; beyond, it is printed again. */
const MAX_KINDS = 4096;

/** Where verdicts go to as they become certain. */
interface VerdictSink {
  verdict(verdict: Verdict): void;
  /** What is waited for; only people are told. */
  waiting?(waiting: readonly Waiting[], answered: readonly Waiting[], nowNs: number, analysis: LiveAnalysis): void;
  /** To be called at the end, with what was counted. */
  end(counts: VerdictCounts): void;
}

/** `diagnose` on a capture that goes on. */
export async function runLiveDiagnose(
  options: DiagnoseOptions,
  words: readonly string[],
  sink: VerdictSink = new VerdictLog(options),
): Promise<void> {
  const query = options.where === undefined ? undefined : connectionQuery(options.where);
  const counts = new VerdictCounts();
  let analysis: LiveAnalysis | undefined;
  const watch = new VerdictWatch({
    verdict(verdict, connection) {
      if (query !== undefined && !verdictMatches(query, verdict, connection, analysis!)) return;
      counts.add(verdict);
      if (options.only !== "failed" || isFailure(verdict)) sink.verdict(verdict);
    },
    waiting(waiting, answered, nowNs) {
      sink.waiting?.(waiting, answered, nowNs, analysis!);
    },
  });
  const open = watch.open.bind(watch);
  watch.open = (source, opened) => {
    analysis = opened;
    open(source, opened);
  };
  const { error, live, reportMissing } = await followLive(watch, options, words);
  if (analysis !== undefined) {
    watch.end(analysis);
    sink.end(counts);
    reportMissing();
  }
  if (counts.failed > 0) process.exitCode = STATUS_FAILED;
  reportUnreadable(error);
  await live?.report();
}

/** Text for people: what failed and what is odd, and what is waited for; the first failure of a kind in full, then a line each. */
class VerdictLog implements VerdictSink {
  readonly #colour: ReturnType<typeof colourOf>;
  readonly #look: TextLook;
  readonly #isTerminal = process.stdout.isTTY;
  readonly #status = new StatusLines(print, () => process.stdout.columns);
  readonly #kinds = new Set<string>();
  readonly #told = new WeakSet<Connection>();

  constructor({ color }: DiagnoseOptions) {
    this.#colour = colourOf(color);
    this.#look = { colour: this.#colour, width: textWidth(), sentenceWidth: sentenceWidth() };
  }

  verdict(verdict: Verdict): void {
    if (!isFailure(verdict) && verdict.cause.word === "ok") return;
    const { client, server, cause, errno } = verdict;
    const kind = `${client.address} ${server.address} ${server.port} ${cause.word} ${errno}`;
    const isKnown = this.#kinds.has(kind);
    if (this.#kinds.size >= MAX_KINDS) this.#kinds.clear();
    this.#kinds.add(kind);
    const again = `${isFailure(verdict) ? this.#colour.red(verdict.summary) : verdict.summary} (again)`;
    this.#status.print(
      isKnown ? `${again}\n` : `${verdictText({ verdict, ladder: undefined, flow: "", alike: "" }, this.#look)}\n\n`,
    );
  }

  waiting(waiting: readonly Waiting[], answered: readonly Waiting[], nowNs: number, analysis: LiveAnalysis): void {
    const { start } = analysis.connections;
    if (this.#isTerminal) {
      const soonest = [...waiting].sort((a, b) => dueNs(a) - dueNs(b));
      this.#status.show(soonest.map(({ connection, pending }) => countdownText(connection, pending, start, nowNs)));
      return;
    }
    for (const { connection, pending } of waiting) {
      if (pending.sent < SCHEDULE_FROM || this.#told.has(connection)) continue;
      this.#told.add(connection);
      print(`${scheduleLine(connection, pending, start)}\n`);
    }
    for (const { connection, pending } of answered) {
      if (this.#told.has(connection)) print(`${answeredText(connection, pending)}\n`);
    }
  }

  end(counts: VerdictCounts): void {
    this.#status.show([]);
    if (counts.total > 0) print(`${counts.text(this.#colour)}\n`);
  }
}

function dueNs({ pending }: Waiting): number {
  return pending.nextNs ?? pending.givesUpNs ?? 0;
}
