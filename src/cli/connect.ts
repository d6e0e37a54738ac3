import { Command, InvalidArgumentError } from "commander";
import type { ColourChoice } from "./colour.ts";
import type { OwnCaptureOptions } from "./own-capture.ts";
import { addOwnCaptureOptions } from "./own-capture-options.ts";
import { colourOption } from "./reading.ts";

export interface ConnectOptions extends OwnCaptureOptions {
  /** Seconds. */
  readonly timeout?: number;
  /** ADDRESS or ADDRESS:PORT. */
  readonly source?: string;
  readonly ipv4?: boolean;
  readonly ipv6?: boolean;
  readonly json?: boolean;
  readonly color: ColourChoice;
}

const EXAMPLES = `
Every address of HOST is tried in order until one connects. Without the right
to capture, the kernel's answer is printed alone.

Examples:
  sudo tcpscope connect example.com 443
  sudo tcpscope connect --timeout 5 --ipv6 example.com 443
  sudo tcpscope connect --source 10.0.0.1:40000 10.0.0.2 80

Exit status: 0 connected, 1 no address was found, 2 wrong usage, 3 no address
could be connected to.`;

export function connectCommand(): Command {
  const command = new Command("connect")
    .description("connects while capturing: the kernel's answer beside the wire's")
    .argument("<host>", "name or address")
    .argument("<port>", "number, or name of a service", String)
    .option("--timeout <seconds>", "give up after so long (the kernel's time)", seconds)
    .option("--source <address>", "connect from ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT")
    .option("-4, --ipv4", "only IPv4 addresses")
    .option("-6, --ipv6", "only IPv6 addresses")
    .option("--json", "one JSON object per address that was tried");
  return addOwnCaptureOptions(command, "the one of the route")
    .addOption(colourOption())
    .addHelpText("after", EXAMPLES)
    .action(async (host: string, port: string, options: ConnectOptions) => {
      const { runConnect } = await import("./run-connect.ts");
      await runConnect(host, port, options);
    });
}

/** The longest that a timer takes, in seconds. */
const LONGEST = 2_147_483;

function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || value <= 0 || value > LONGEST) {
    throw new InvalidArgumentError(`a number of seconds up to ${LONGEST} is needed.`);
  }
  return value;
}
