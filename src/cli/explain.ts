import { Command } from "commander";
import { flowOption } from "./flow-option.ts";
import { collect, colourOption } from "./reading.ts";
import type { ColourChoice } from "./colour.ts";

export interface ExplainOptions {
  readonly read?: string[];
  readonly flow?: number;
  readonly states?: boolean;
  readonly json?: boolean;
  readonly color: ColourChoice;
}

const EXAMPLES = `
Without a topic, all topics are listed. Upper and lower case are the same, and
so are "-", "_" and a space.

Examples:
  tcpscope explain ECONNRESET 10054 111   errors, by name or number
  tcpscope explain connection refused     or by the text that a program printed
  tcpscope explain TIME_WAIT RST wscale   states, flags, options
  tcpscope explain pmtu-black-hole C19    causes of a verdict
  tcpscope explain 3/13                   ICMP by type and code
  tcpscope explain --states -r trace.pcap --flow 2`;

export function explainCommand(): Command {
  return new Command("explain")
    .description("an errno, state, flag, option, cause: what it is, what it looks like on the wire")
    .usage("[options] [topic...]")
    .argument("[topic...]", "a name, a number, or the text of an error")
    .option("--states", "draw the state diagram of RFC 9293")
    .option("-r, --read <file>", "with --states: mark the states of a connection of the capture FILE", collect)
    .addOption(flowOption("with -r: which connection, by its number in flows (default: the first)"))
    .option("--json", "one JSON object per topic")
    .addOption(colourOption())
    .addHelpText("after", EXAMPLES)
    .action(async (words: string[], options: ExplainOptions) => {
      const { runExplain } = await import("./run-explain.ts");
      await runExplain(options, words);
    });
}
