import type { CommandDescription, OptionDescription, ProgramDescription } from "./completion-model.ts";

/** A completion script for fish 3 or later. */
export function fishScript({ name, commands, byDefault, options }: ProgramDescription): string {
  const named = commands.filter((command) => command !== byDefault).flatMap(({ names }) => names);
  const notNamed = `not __fish_seen_subcommand_from ${named.join(" ")}`;
  const first = "__fish_is_first_arg";
  const lines = [`# fish completion for ${name}`, `complete -c ${name} -f`];
  for (const { names, help } of commands) {
    for (const each of names) lines.push(`complete -c ${name} -n ${first} -a ${each} -d ${quoted(help)}`);
  }
  for (const option of options) lines.push(optionLine(name, first, option));
  for (const command of commands) {
    const condition = command === byDefault ? notNamed : `__fish_seen_subcommand_from ${command.names.join(" ")}`;
    lines.push(...commandLines(name, condition, command));
  }
  return `${lines.join("\n")}\n`;
}

function commandLines(name: string, condition: string, { options, words }: CommandDescription): string[] {
  const lines = options.map((option) => optionLine(name, condition, option));
  if (words.length > 0) lines.push(`complete -c ${name} -n ${quoted(condition)} -a ${quoted(words.join(" "))}`);
  return lines;
}

function optionLine(name: string, condition: string, option: OptionDescription): string {
  const short = option.short === "" ? "" : ` -s ${quoted(option.short.slice(1))}`;
  const long = option.long === "" ? "" : ` -l ${option.long.slice(2)}`;
  return `complete -c ${name} -n ${quoted(condition)}${short}${long}${valueFlags(option)} -d ${quoted(option.help)}`;
}

function valueFlags({ value, choices }: OptionDescription): string {
  switch (value) {
    case "none":
      return "";
    case "file":
      return " -r -F";
    case "choice":
      return ` -x -a ${quoted(choices.join(" "))}`;
    case "text":
      return " -x";
    default:
      return value satisfies never;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", String.raw`\'`)}'`;
}
