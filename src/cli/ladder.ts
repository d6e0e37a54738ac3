import { Command, Option } from "commander";
import { flowOption } from "./flow-option.ts";
import { addConnectionOptions, addReadingOptions, type ReportOptions } from "./reading.ts";

export interface LadderOptions extends ReportOptions {
  readonly flow?: number;
  readonly all?: boolean;
  readonly mermaid?: boolean;
}

const EXAMPLES = `
Examples:
  tcpscope ladder -r trace.pcap                 the first connection that failed
  tcpscope ladder --flow 3 --all -r trace.pcap  every segment of connection 3
  tcpscope ladder --mermaid -r trace.pcap       for a ticket or a web page`;

export function ladderCommand(): Command {
  const command = new Command("ladder").description(
    "one connection as a sequence diagram: segments, both ends' states, calls that return",
  );
  return addConnectionOptions(addReadingOptions(command).option("--json", "one JSON object per line"))
    .addOption(flowOption("this connection, by its number in flows (default: the first failed one, else the first)"))
    .option("--all", "every segment: the middle of a long connection, too")
    .addOption(new Option("--mermaid", "as a sequence diagram in the language of Mermaid").conflicts("json"))
    .addHelpText("after", EXAMPLES)
    .action(async (rest: string[], options: LadderOptions) => {
      const { runLadder } = await import("./run-ladder.ts");
      await runLadder(options, rest);
    });
}
