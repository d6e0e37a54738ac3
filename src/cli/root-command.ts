import { Command } from "commander";
import { dumpCommand } from "./dump.ts";
import { print } from "./output.ts";
import { COMMAND_NAMES } from "./suggest.ts";

/** The program without its commands. */
export function rootCommand(): Command {
  return new Command("tcpscope")
    .usage("[command] [options] -r FILE | -i INTERFACE")
    .enablePositionalOptions()
    .helpOption("-h, --help", "print help: of the program, or of the command before it")
    .exitOverride()
    .configureOutput({ writeOut: print, outputError: (text, write) => write(usageError(text)) });
}

/** Adds a command; `dump` is the one where none is named, as tcpdump behaves. */
export function addSubcommand(root: Command, sub: Command): void {
  sub.copyInheritedSettings(root).helpOption("-h, --help", "print this help");
  root.addCommand(sub, { isDefault: sub.name() === "dump" });
}

/** What else than a command asks for the whole program. */
const OF_THE_PROGRAM: ReadonlySet<string> = new Set(["-h", "--help", "--version"]);

/** Whether these arguments can be for no other command than `dump`, however they are read. */
export function isDump(args: readonly string[]): boolean {
  if (args.length === 0) return false;
  return args[0] === "dump" || !args.some((word) => COMMAND_NAMES.includes(word) || OF_THE_PROGRAM.has(word));
}

/** The program with the one command `dump`: to make the others and their options takes as long as to read a short file. */
export function dumpProgram(): Command {
  const root = rootCommand();
  addSubcommand(root, dumpCommand());
  return root;
}

/** An unknown option comes with what was meant, or where all options stand. */
function usageError(text: string): string {
  const line = text.replace(/^error: /, "tcpscope: ");
  if (!line.includes("unknown option") || line.includes("(Did you mean")) return line;
  return `${line.trimEnd()} (--help lists what there is)\n`;
}
