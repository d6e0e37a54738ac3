import { Command, Option } from "commander";
import type { Connection } from "../flow/connection.ts";
import { Analysis, readCaptures } from "../pipeline.ts";
import { flowObject } from "../report/flow-json.ts";
import { flowTable } from "../report/flow-table.ts";
import { type ColourChoice, colourOf, standardOutput } from "./output.ts";
import { addReadingOptions, filesOf, reportUnreadable } from "./reading.ts";

interface FlowsOptions {
  readonly read?: string[];
  readonly json?: boolean;
  readonly color: ColourChoice;
}

export function flowsCommand(): Command {
  const command = new Command("flows").description("one row per TCP connection: ends, outcome, states, times, retransmissions, bytes, how it closed");
  addReadingOptions(command)
    .option("--json", "one JSON object per line")
    .option("-n, --numeric", "addresses and ports as numbers (names are never looked up)")
    .addOption(new Option("--color <when>", "colour the table").choices(["auto", "always", "never"]).default("auto"))
    .argument("[expression...]", "not supported yet")
    .action((rest: string[], options: FlowsOptions) => runFlows(options, rest));
  return command;
}

async function runFlows(options: FlowsOptions, rest: readonly string[]): Promise<void> {
  const connections: Connection[] = [];
  const analysis = new Analysis({ onFinished: (connection) => connections.push(connection) });
  const error = await readCaptures(filesOf(options.read, rest), (frame) => {
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
  if (analysis.connections.evicted > 0) {
    process.stderr.write(`tcpscope: ${analysis.connections.evicted} connections were finished early: the table was full\n`);
  }
  reportUnreadable(error);
}
