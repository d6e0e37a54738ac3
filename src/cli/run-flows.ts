import { flowObject } from "../report/flow-json.ts";
import { followInputs } from "./follow.ts";
import { standardOutput } from "./output.ts";
import { reportUnreadable } from "./inputs.ts";
import type { ReportOptions } from "./reading.ts";
import { reportEvicted } from "./status.ts";

export async function runFlows(options: ReportOptions, rest: readonly string[]): Promise<void> {
  // Loaded only for people, as programs do not wait for them; and before root is given up, who then may not read us.
  const forPeople =
    options.json === true ? undefined : await Promise.all([import("../report/flow-table.ts"), import("./colour.ts")]);
  const { connections, analysis, error, live } = await followInputs(options, rest);
  const sink = standardOutput();
  if (forPeople === undefined) {
    const { start } = analysis.connections;
    for (const connection of connections) {
      sink.text(JSON.stringify(flowObject(connection, start)));
      sink.char(0x0a);
    }
  } else {
    const [{ flowTable }, { colourOf }] = forPeople;
    for (const lines of flowTable(connections, colourOf(options.color))) sink.text(`${lines}\n`);
  }
  sink.flush();
  reportEvicted(analysis.connections.evicted);
  reportUnreadable(error);
  await live?.report();
}
