import type { Connection } from "../flow/connection.ts";
import { Analysis, type FrameVisitor } from "../pipeline.ts";
import { flowObject } from "../report/flow-json.ts";
import { filterOf } from "./expression.ts";
import { standardOutput } from "./output.ts";
import { readInputs, reportUnreadable } from "./inputs.ts";
import { filesOf, type ReportOptions } from "./reading.ts";
import { reportEvicted } from "./status.ts";

export async function runFlows(options: ReportOptions, rest: readonly string[]): Promise<void> {
  const connections: Connection[] = [];
  const analysis = new Analysis({ analysis: false, onFinished: (connection) => connections.push(connection) });
  const files = filesOf(options.read, rest);
  const filter = await filterOf(rest, options);
  const observe: FrameVisitor = (frame) => void analysis.observe(frame);
  const error = await readInputs(files, observe, { filter });
  analysis.finish();
  connections.sort((a, b) => a.firstStream - b.firstStream);
  const sink = standardOutput();
  if (options.json === true) {
    const { start } = analysis.connections;
    for (const connection of connections) {
      sink.text(JSON.stringify(flowObject(connection, start)));
      sink.char(0x0a);
    }
  } else {
    // Loaded only for people: programs do not wait for them.
    const [{ flowTable }, { colourOf }] = await Promise.all([import("../report/flow-table.ts"), import("./colour.ts")]);
    for (const lines of flowTable(connections, colourOf(options.color))) sink.text(`${lines}\n`);
  }
  sink.flush();
  reportEvicted(analysis.connections.evicted);
  reportUnreadable(error);
}
