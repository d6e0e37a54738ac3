import type { TextSink } from "../print/sink.ts";
import { TimingObserver } from "../flow/timing.ts";
import { sorted, type TimedConnection } from "../report/timing-order.ts";
import type { ReportLayout } from "../report/timing-text.ts";
import { followInputs, type Followed } from "./follow.ts";
import { reportUnreadable } from "./inputs.ts";
import { standardOutput } from "./output.ts";
import type { TimingReportOptions } from "./report.ts";
import { reportEvicted, UsageError } from "./status.ts";

/** Columns where there is no terminal. */
const WIDTH = 80;

/** `shown`: how many connections people are shown. */
export interface RunReportOptions extends TimingReportOptions {
  readonly shown: number;
}

export async function runReport(options: RunReportOptions, rest: readonly string[]): Promise<void> {
  const timing = new TimingObserver();
  const followed = await followInputs(options, rest, (segment, packet) => timing.observe(segment, packet));
  const all = chosen(followed, timing, options.flow);
  const sink = standardOutput();
  await print(sink, all, followed, options);
  sink.flush();
  reportEvicted(followed.analysis.connections.evicted);
  reportUnreadable(followed.error);
}

function chosen(followed: Followed, observer: TimingObserver, flows: readonly number[] | undefined): TimedConnection[] {
  const all = followed.connections.flatMap((connection) => {
    const timing = observer.timingOf(connection);
    return timing === undefined ? [] : [{ connection, timing }];
  });
  if (flows === undefined) return all;
  const unknown = flows.find((flow) => !all.some(({ connection }) => connection.firstStream === flow));
  if (unknown !== undefined && followed.error === undefined) {
    throw new UsageError(`no connection ${unknown}: tcpscope flows lists them by their numbers`);
  }
  return all.filter(({ connection }) => flows.includes(connection.firstStream));
}

async function print(
  sink: TextSink,
  all: readonly TimedConnection[],
  followed: Followed,
  options: RunReportOptions,
): Promise<void> {
  const { start, lastTimeNs } = followed.analysis.connections;
  if (options.json === true) {
    const { timingObject } = await import("../report/timing-json.ts");
    for (const each of first(sorted(all, options.sort), options.top)) {
      sink.text(`${JSON.stringify(timingObject(each, start, lastTimeNs))}\n`);
    }
    return;
  }
  if (options.csv === true) {
    const { timingCsv } = await import("../report/timing-csv.ts");
    for (const line of timingCsv(first(sorted(all, options.sort), options.top), start)) sink.text(`${line}\r\n`);
    return;
  }
  const width = process.stdout.isTTY ? process.stdout.columns : WIDTH;
  const layout: ReportLayout = { order: options.sort, top: options.shown, lastTimeNs, width };
  if (options.markdown === true) {
    const { timingMarkdown } = await import("../report/timing-markdown.ts");
    for (const piece of timingMarkdown(all, layout)) sink.text(piece);
    return;
  }
  const [{ timingText }, { colourOf }] = await Promise.all([import("../report/timing-text.ts"), import("./colour.ts")]);
  for (const piece of timingText(all, layout, colourOf(options.color))) sink.text(piece);
}

function first<T>(list: readonly T[], count: number | undefined): readonly T[] {
  return count === undefined || count === 0 ? list : list.slice(0, count);
}
