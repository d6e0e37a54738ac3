import { Command } from "commander";
import type { Connection } from "../flow/connection.ts";
import { Analysis } from "../pipeline.ts";
import { flowObject } from "../report/flow-json.ts";
import { flowTable } from "../report/flow-table.ts";
import { colourOf, standardOutput } from "./output.ts";
import { addReadingOptions, addReportOptions, filesOf, readInputs, type ReportOptions, reportUnreadable } from "./reading.ts";
import { reportEvicted } from "./status.ts";

export function flowsCommand(): Command {
  const command = new Command("flows").description("one row per TCP connection: ends, outcome, states, times, retransmissions, bytes");
  return addReportOptions(addReadingOptions(command)).action((rest: string[], options: ReportOptions) => runFlows(options, rest));
}

async function runFlows(options: ReportOptions, rest: readonly string[]): Promise<void> {
  const connections: Connection[] = [];
  const analysis = new Analysis({ analysis: false, onFinished: (connection) => connections.push(connection) });
  const error = await readInputs(filesOf(options.read, rest), (frame) => {
    analysis.observe(frame);
  });
  analysis.finish();
  connections.sort((a, b) => a.firstStream - b.firstStream);
  const sink = standardOutput();
  if (options.json === true) {
    const { start } = analysis.connections;
    for (const connection of connections) {
      sink.text(JSON.stringify(flowObject(connection, start)));
      sink.char(0x0a);
    }
  } else if (connections.length > 0) {
    sink.text(flowTable(connections, colourOf(options.color)));
    sink.char(0x0a);
  }
  sink.flush();
  reportEvicted(analysis.connections.evicted);
  reportUnreadable(error);
}
