import { Command } from "commander";
import { addReadingOptions, addReportOptions, type ReportOptions } from "./reading.ts";

export function flowsCommand(): Command {
  const command = new Command("flows").description(
    "one row per TCP connection: ends, outcome, states, times, retransmissions, bytes",
  );
  const example = { fields: "stream,outcome,handshake.total", where: 'flow.outcome == "refused"' };
  return addReportOptions(addReadingOptions(command), example).action(
    async (rest: string[], options: ReportOptions) => {
      const { runFlows } = await import("./run-flows.ts");
      await runFlows(options, rest);
    },
  );
}
