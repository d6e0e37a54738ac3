import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { completionCommand } from "./completion.ts";
import { connectCommand } from "./connect.ts";
import { diagnoseCommand } from "./diagnose.ts";
import { dumpCommand } from "./dump.ts";
import { explainCommand } from "./explain.ts";
import { flowsCommand } from "./flows.ts";
import { reportCommand } from "./report.ts";
import { addSubcommand, rootCommand } from "./root-command.ts";
import { interfacesCommand } from "./interfaces.ts";
import { runCommand } from "./run.ts";
import { ladderCommand } from "./ladder.ts";

const EXAMPLES = `
Examples:
  tcpscope -nnr trace.pcap               print packets as tcpdump does
  tcpscope -#ttttvr trace.pcapng.gz      numbered, with dates, in detail
  tcpscope flows -r trace.pcap           one row per TCP connection
  tcpscope diagnose -r trace.pcap        why connections failed; exit status 3 if some did
  tcpscope ladder -r trace.pcap          the first failed one as a sequence diagram
  tcpscope explain ECONNRESET            what an error, state, flag, option means
  tcpscope report -r trace.pcap          where the time of connections went
  sudo tcpscope -i eth0 tcp port 443     print packets as they come; ^C ends the capture
  sudo tcpscope why -i any               what fails from now on; ^C shows the verdicts
  sudo tcpscope connect example.com 443  connect, and see why it fails
  sudo tcpscope run -- curl example.com  why the connections of a program fail

Exit status: 0 done, 1 the input could not be read to its end, 2 wrong usage, 3 a connection failed
(diagnose, connect). That of run is the program's.`;

/** Version of the package, from its package.json. */
function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const manifest: unknown = JSON.parse(text);
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) return String(manifest.version);
  return "unknown";
}

const COMMANDS: ReadonlyMap<string, () => Command> = new Map([
  ["dump", dumpCommand],
  ["flows", flowsCommand],
  ["diagnose", diagnoseCommand],
  ["connect", connectCommand],
  ["run", runCommand],
  ["ladder", ladderCommand],
  ["explain", explainCommand],
  ["report", reportCommand],
  ["interfaces", interfacesCommand],
  ["completion", () => completionCommand(program)],
]);

/** The program with all commands and their options; with that of this name only, if there is one: to make all takes 2 ms. */
export function program(name = ""): Command {
  const command = rootCommand()
    .description(
      "TCP analyser: prints packets like tcpdump, follows both ends of every connection, says why connect() failed",
    )
    .version(`tcpscope ${version()}`, "--version", "print the version")
    .helpCommand("help [command]", "print help of a command; tcpscope help dump lists tcpdump's options")
    .configureHelp({ subcommandTerm: (sub) => [sub.name(), ...sub.aliases()].join(", ") })
    .addHelpText("after", EXAMPLES);
  const only = COMMANDS.get(name);
  for (const make of only === undefined ? COMMANDS.values() : [only]) addSubcommand(command, make());
  return command;
}
