import type { Connection } from "../flow/connection.ts";
import { flowObject, type StartTime } from "../report/flow-json.ts";
import { type Followed, followInputs } from "./follow.ts";
import { standardOutput } from "./output.ts";
import { reportUnreadable } from "./inputs.ts";
import type { ReportOptions } from "./reading.ts";
import { reportEvicted } from "./status.ts";

export async function runFlows(options: ReportOptions, rest: readonly string[]): Promise<void> {
  const { analysis, error, live } = await (options.json === true
    ? printJson(options, rest)
    : printTable(options, rest));
  reportEvicted(analysis.connections.evicted);
  reportUnreadable(error);
  await live?.report();
}

/** Connections that are over before the input is are printed at once. */
async function printJson(options: ReportOptions, rest: readonly string[]): Promise<Followed> {
  const sink = standardOutput();
  const print = (connection: Connection, start: StartTime): void => {
    sink.text(JSON.stringify(flowObject(connection, start)));
    sink.char(0x0a);
  };
  const followed = await followInputs(options, rest, (connection, { connections }) =>
    print(connection, connections.start),
  );
  const { start } = followed.analysis.connections;
  for (const connection of followed.connections) print(connection, start);
  sink.flush();
  return followed;
}

/** Columns are as wide as their widest cell: nothing is printed before the end. */
async function printTable(options: ReportOptions, rest: readonly string[]): Promise<Followed> {
  // Loaded only for people: programs do not wait for them.
  const [{ FlowTable }, { colourOf }] = await Promise.all([import("../report/flow-table.ts"), import("./colour.ts")]);
  const table = new FlowTable();
  const followed = await followInputs(options, rest, (connection) => table.add(connection));
  for (const connection of followed.connections) table.add(connection);
  const sink = standardOutput();
  for (const line of table.lines(colourOf(options.color))) sink.text(`${line}\n`);
  sink.flush();
  return followed;
}
