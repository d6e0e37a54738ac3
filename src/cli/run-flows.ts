import { flowObject } from "../report/flow-json.ts";
import { followInputs } from "./follow.ts";
import { standardOutput } from "./output.ts";
import { reportUnreadable } from "./inputs.ts";
import type { ReportOptions } from "./reading.ts";
import { reportEvicted } from "./status.ts";

export async function runFlows(options: ReportOptions, rest: readonly string[]): Promise<void> {
  const { connections, analysis, error } = await followInputs(options, rest);
  const sink = standardOutput();
  if (options.json === true) {
    const { start, lastTimeNs } = analysis.connections;
    for (const connection of connections) {
      sink.text(JSON.stringify(flowObject(connection, start, lastTimeNs)));
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
