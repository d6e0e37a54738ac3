import { Command, Option } from "commander";
import { flowOption } from "./flow-option.ts";
import { addReadingOptions, addReportOptions, type ReportOptions } from "./reading.ts";

export interface DiagnoseOptions extends ReportOptions {
  readonly only?: "failed";
  readonly flow?: number;
  readonly markdown?: boolean;
}

const ABOUT_EXPRESSIONS = `An expression such as "tcp port 80" also takes away the ICMP errors and ARP requests that explain
failures; keep them with "tcp port 80 or icmp or icmp6 or arp".`;

export function diagnoseCommand(): Command {
  const command = new Command("diagnose")
    .alias("why")
    .description("why connections failed: verdict, errno, ladder of the decisive frames, causes, what to run next");
  const example = { fields: "stream,cause,summary", where: "verdict.seconds > 1" };
  return addReportOptions(addReadingOptions(command), example)
    .addOption(new Option("--only <which>", "only these verdicts").choices(["failed"]))
    .addOption(flowOption("only the verdict on this connection, by its number in flows"))
    .addOption(new Option("--markdown", "as a Markdown page, for a ticket").conflicts("json"))
    .addHelpText("after", `\n${ABOUT_EXPRESSIONS}`)
    .addHelpText(
      "after",
      "\nExit status: 0 nothing failed, 1 the input could not be read to its end, 3 some connection failed.",
    )
    .action(async (rest: string[], options: DiagnoseOptions) => {
      const { runDiagnose } = await import("./run-diagnose.ts");
      await runDiagnose(options, rest);
    });
}
