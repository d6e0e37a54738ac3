import type { TextSink } from "../print/sink.ts";
import { TimingObserver } from "../flow/timing.ts";
import { first, type TimedConnection } from "../report/timing-order.ts";
import type { ReportLayout } from "../report/timing-text.ts";
import { followInputs, type Followed } from "./follow.ts";
import { reportUnreadable } from "./inputs.ts";
import { standardOutput } from "./output.ts";
import type { TimingReportOptions } from "./report.ts";
import { UsageError } from "./status.ts";
import { DEFAULT_WIDTH, isTerminal } from "./terminal.ts";

/** `shown`: how many connections people are shown. */
interface RunReportOptions extends TimingReportOptions {
  readonly shown: number;
}

export async function runReport(options: RunReportOptions, rest: readonly string[]): Promise<void> {
  const timing = new TimingObserver();
  const print = await printer(options);
  const followed = await followInputs(options, rest, {
    flows: options.flow,
    onSegment: (segment, packet) => timing.observe(segment, packet),
    onLeftOut: (connection) => timing.forget(connection),
    timed: true,
  });
  const sink = standardOutput();
  print(sink, chosen(followed, timing, options.flow), followed);
  sink.flush();
  followed.reportMissing();
  reportUnreadable(followed.error);
  await followed.live?.report();
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

type Print = (sink: TextSink, all: readonly TimedConnection[], followed: Followed) => void;

/** Loaded before anything is read: who then gives up root may not read our files. */
async function printer(options: RunReportOptions): Promise<Print> {
  const chosenOf = (all: readonly TimedConnection[]): readonly TimedConnection[] =>
    first(all, { order: options.sort, top: options.top ?? 0 });
  if (options.json === true) {
    const { timingObject } = await import("../report/timing-json.ts");
    return (sink, all, { analysis }) => {
      const { start, lastTimeNs } = analysis.connections;
      for (const each of chosenOf(all)) sink.text(`${JSON.stringify(timingObject(each, start, lastTimeNs))}\n`);
    };
  }
  if (options.csv === true) {
    const { timingCsv } = await import("../report/timing-csv.ts");
    return (sink, all, { analysis }) => {
      for (const line of timingCsv(chosenOf(all), analysis.connections.start)) sink.text(`${line}\r\n`);
    };
  }
  const width = isTerminal("stdout") ? process.stdout.columns : DEFAULT_WIDTH;
  const layout = ({ analysis }: Followed): ReportLayout => ({
    order: options.sort,
    top: options.shown,
    lastTimeNs: analysis.connections.lastTimeNs,
    width,
  });
  if (options.markdown === true) {
    const { timingMarkdown } = await import("../report/timing-markdown.ts");
    return (sink, all, followed) => {
      for (const piece of timingMarkdown(all, layout(followed))) sink.text(piece);
    };
  }
  const [{ timingText }, { colourOf }] = await Promise.all([import("../report/timing-text.ts"), import("./colour.ts")]);
  const colour = colourOf(options.color);
  return (sink, all, followed) => {
    for (const piece of timingText(all, layout(followed), colour)) sink.text(piece);
  };
}
