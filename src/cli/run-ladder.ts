import { diagnoseAll } from "../diagnosis/diagnose.ts";
import type { Verdict } from "../diagnosis/verdict.ts";
import type { Connection } from "../flow/connection.ts";
import { Analysis } from "../pipeline.ts";
import { ladderObjects } from "../report/ladder-json.ts";
import { ladderMermaid } from "../report/ladder-mermaid.ts";
import { ladderText } from "../report/ladder-text.ts";
import { ladderOf } from "../report/ladder.ts";
import type { Ladder } from "../report/ladder-row.ts";
import { type KeptSegment, SegmentLog, SegmentRecord } from "../report/segment-record.ts";
import { isFailure } from "../report/verdict-fields.ts";
import { canReadAgain, readAgain } from "./again.ts";
import { followInputs, type Followed } from "./follow.ts";
import { reportUnreadable } from "./inputs.ts";
import type { LadderOptions } from "./ladder.ts";
import { standardOutput } from "./output.ts";
import { STATUS_UNREADABLE } from "./status.ts";
import { sentenceWidth, textWidth } from "./terminal.ts";

export async function runLadder(options: LadderOptions, rest: readonly string[]): Promise<void> {
  const { flow } = options;
  const record = new SegmentRecord(options.all);
  const log = flow === undefined && !canReadAgain(options, rest) ? new SegmentLog() : undefined;
  const collects = flow !== undefined || log !== undefined;
  const followed = await followInputs(options, rest, {
    flows: flow === undefined ? undefined : [flow],
    onSegment(segment) {
      if (flow === undefined) log?.add(segment);
      else if (segment.connection.firstStream === flow) record.add(segment);
    },
    analyses: collects,
  });
  const { connections, analysis, error, live } = followed;
  const verdicts = diagnoseAll(connections, analysis.evidence, analysis.connections.lastTimeNs);
  const verdict = chosenVerdict(verdicts, flow);
  const connection = connections.find(({ firstStream }) => firstStream === (flow ?? verdict?.stream));
  if (connection === undefined) {
    reportUnreadable(error);
    if (error === undefined) refuse(missing(followed, flow));
    await live?.report();
    return;
  }
  if (flow === undefined) await collect(record, log, connection, options, rest);
  const segments = record.list();
  await print(ladderOf(connection, segments, verdict), verdict, connection, options);
  if (segments.length === 0) reportDropped(connection);
  followed.reportMissing();
  reportUnreadable(error);
  await live?.report();
}

/** Nothing can be drawn: the one line that says why. */
function refuse(message: string): void {
  process.stderr.write(`tcpscope: ${message}\n`);
  process.exitCode = STATUS_UNREADABLE;
}

/** That of --flow, else the first that tells of a failure, else the first of a connection. */
function chosenVerdict(verdicts: readonly Verdict[], flow: number | undefined): Verdict | undefined {
  const ofConnections = verdicts.filter(({ stream }) => stream !== null);
  if (flow !== undefined) return ofConnections.find(({ stream }) => stream === flow);
  return ofConnections.find(isFailure) ?? ofConnections[0];
}

function missing({ connections }: Followed, flow: number | undefined): string {
  if (connections.length === 0) return "no TCP connection is in the input; tcpscope diagnose tells what else failed";
  const last = connections[connections.length - 1]?.firstStream ?? 0;
  return `no connection has number ${flow}: they are ${connections[0]?.firstStream} to ${last}, see tcpscope flows`;
}

/** The segments of one connection: from the log of the first reading, or by reading again. */
async function collect(
  record: SegmentRecord,
  log: SegmentLog | undefined,
  connection: Connection,
  options: LadderOptions,
  rest: readonly string[],
): Promise<void> {
  const kept: readonly KeptSegment[] | undefined = log?.of(connection.firstStream);
  if (kept !== undefined) {
    for (const segment of kept) record.addKept(segment);
    return;
  }
  const again = new Analysis({ expires: true });
  const last = connection.lastFrame;
  await readAgain(options, rest, (frame) => {
    const segment = again.observe(frame);
    if (segment !== undefined && segment.connection.firstStream === connection.firstStream) record.add(segment);
    return frame.number < last;
  });
}

async function print(
  ladder: Ladder,
  verdict: Verdict | undefined,
  connection: Connection,
  options: LadderOptions,
): Promise<void> {
  const sink = standardOutput();
  if (options.json === true) {
    for (const row of ladderObjects(ladder, connection.firstStream)) sink.text(`${JSON.stringify(row)}\n`);
  } else if (options.mermaid === true) {
    for (const line of ladderMermaid(ladder)) sink.text(`${line}\n`);
  } else {
    const [{ colourOf }, { wrap }] = await Promise.all([import("./colour.ts"), import("../report/wrap.ts")]);
    const colour = colourOf(options.color);
    const sentence = wrap(`#${connection.firstStream}  ${verdict?.summary ?? ""}`, sentenceWidth());
    const isBad = verdict !== undefined && isFailure(verdict);
    for (const line of sentence) sink.text(`${isBad ? colour.red(line) : line}\n`);
    for (const line of ladderText(ladder, colour, textWidth())) sink.text(`${line}\n`);
  }
  sink.flush();
}

function reportDropped({ firstStream }: Connection): void {
  process.stderr.write(
    `tcpscope: the segments of connection ${firstStream} are no longer held: name it with --flow ${firstStream}, or read from a file\n`,
  );
}
