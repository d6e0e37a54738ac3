import type { Command, Option } from "commander";

/** What can follow an option. */
export interface OptionDescription {
  /** With its dash; "" when there is none. */
  readonly short: string;
  /** With its dashes; "" when there is none. */
  readonly long: string;
  readonly help: string;
  /** `none`: it takes no value. */
  readonly value: "none" | "file" | "choice" | "text";
  readonly choices: readonly string[];
}

export interface CommandDescription {
  readonly names: readonly string[];
  readonly help: string;
  readonly options: readonly OptionDescription[];
  /** Words that its argument can be. */
  readonly words: readonly string[];
  /** Its last argument can be given more than once. */
  readonly isVariadic: boolean;
}

/** The commands and options of a program, for scripts that complete them. */
export interface ProgramDescription {
  readonly name: string;
  readonly commands: readonly CommandDescription[];
  /** The command that is meant when none is named. */
  readonly byDefault: CommandDescription;
  /** Options of the program itself. */
  readonly options: readonly OptionDescription[];
}

/** Words of arguments that the commands themselves do not list, by the name of the command. */
type ArgumentWords = Readonly<Record<string, readonly string[]>>;

/** Reads the commands off the program; hidden options and commands are left out. */
export function describeProgram(program: Command, words: ArgumentWords = {}): ProgramDescription {
  const help = program.createHelp();
  const commands = help.visibleCommands(program).map((command) => describeCommand(command, program, words));
  const byDefault = commands.find(({ names }) => names[0] === "dump");
  if (byDefault === undefined) throw new Error("the program has no command dump");
  return { name: program.name(), commands, byDefault, options: describeOptions(program) };
}

function describeCommand(command: Command, program: Command, words: ArgumentWords): CommandDescription {
  const isHelp = command.name() === "help";
  const names = program.commands.flatMap((each) => [each.name(), ...each.aliases()]);
  return {
    names: [command.name(), ...command.aliases()],
    help: command.description(),
    options: isHelp ? [] : describeOptions(command),
    isVariadic: command.registeredArguments.at(-1)?.variadic === true,
    words: isHelp
      ? names
      : (words[command.name()] ?? command.registeredArguments.flatMap((argument) => argument.argChoices ?? [])),
  };
}

function describeOptions(command: Command): OptionDescription[] {
  return command.createHelp().visibleOptions(command).map(describeOption);
}

function describeOption(option: Option): OptionDescription {
  const choices = option.argChoices ?? [];
  const isFile = /<file>/.test(option.flags);
  const takesValue = option.required || option.optional;
  return {
    short: option.short ?? "",
    long: option.long ?? "",
    help: option.description,
    value: !takesValue ? "none" : choices.length > 0 ? "choice" : isFile ? "file" : "text",
    choices,
  };
}

/** Its forms as they are typed. */
export function forms({ short, long }: OptionDescription): string[] {
  return [short, long].filter((form) => form !== "");
}
