import { Command, InvalidArgumentError, Option } from "commander";
import { ORDERS, type Order } from "../report/timing-order.ts";
import { addConnectionOptions, addReadingOptions, type ReportOptions } from "./reading.ts";

/** Connections of which people are shown all, unless told otherwise. */
const TOP = 10;

export interface TimingReportOptions extends ReportOptions {
  readonly markdown?: boolean;
  readonly csv?: boolean;
  readonly sort: Order;
  readonly top?: number;
  readonly flow?: readonly number[];
}

const EXAMPLES = `
Examples:
  tcpscope report -r trace.pcap            where the time went, worst first
  tcpscope report --sort think --top 3 -r trace.pcap
  tcpscope report --csv -r trace.pcap > times.csv`;

function wholeNumber(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError("a whole number is expected");
  return Number(value);
}

function streams(value: string, before: readonly number[] | undefined): readonly number[] {
  return [...(before ?? []), wholeNumber(value)];
}

export function reportCommand(): Command {
  const command = new Command("report").description(
    "where the time of connections went: handshake, round trips, server, losses, windows, stalls, close",
  );
  return addConnectionOptions(addReadingOptions(command))
    .option("--json", "one JSON object per line")
    .addOption(new Option("--markdown", "Markdown, for tickets and pages").conflicts(["json", "csv"]))
    .addOption(new Option("--csv", "one line of comma-separated values per connection").conflicts(["json"]))
    .addOption(new Option("--sort <by>", "largest first").choices([...ORDERS]).default("lost"))
    .addOption(
      new Option("--top <n>", `only the first N connections; 0: all (text, Markdown: ${TOP})`).argParser(wholeNumber),
    )
    .addOption(new Option("--flow <n>", "only this connection, by its number (several times)").argParser(streams))
    .addHelpText("after", EXAMPLES)
    .action(async (rest: string[], options: TimingReportOptions) => {
      const { runReport } = await import("./run-report.ts");
      await runReport({ ...options, shown: options.top ?? TOP }, rest);
    });
}
