import { Command } from "commander";
import type { ColourChoice } from "./colour.ts";
import type { OwnCaptureOptions } from "./own-capture.ts";
import { addOwnCaptureOptions } from "./own-capture-options.ts";
import { colourOption } from "./reading.ts";

export interface RunOptions extends OwnCaptureOptions {
  readonly json?: boolean;
  readonly output?: string;
  readonly verdictStatus?: boolean;
  readonly color: ColourChoice;
}

const EXAMPLES = `
The verdicts go to standard error, so that the program's output stays its own.
Connections are the program's when one of its processes was seen to hold their
socket ("attributed": "socket"). Those too short to be seen count as its own
when they began at this host meanwhile and no other process held their socket
("attributed": "time"), which is said. What this host refuses by itself (no
route) leaves no packet: the kernel is traced for it where that can be ("call"),
and elsewhere its count tells ("count").

Examples:
  sudo tcpscope run -- curl -sS https://example.com/
  sudo tcpscope run --json --output verdicts.json -- ./client --once

Exit status: the program's, 128 and the number of the signal that ended it, 126
or 127 when it cannot be run; 1 when nothing can be captured.`;

export function runCommand(): Command {
  const command = new Command("run")
    .description("runs a program while capturing, then says why its connections failed")
    .usage("[options] -- program [arguments]")
    .argument("<program...>", "what to run, with its arguments")
    .passThroughOptions()
    .option("--json", "one JSON object per connection, with how it was attributed")
    .option("--output <file>", "write the verdicts to FILE")
    .option("--verdict-status", "exit status 3 when one of its connections failed");
  return addOwnCaptureOptions(command, "any")
    .addOption(colourOption())
    .addHelpText("after", EXAMPLES)
    .action(async (words: string[], options: RunOptions) => {
      const { runRun } = await import("./run-run.ts");
      await runRun(words, options);
    });
}
