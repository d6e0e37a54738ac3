import { type CommandDescription, forms, type OptionDescription, type ProgramDescription } from "./completion-model.ts";

/** A completion script for bash 4 or later. */
export function bashScript({ name, commands, byDefault, options }: ProgramDescription): string {
  const words = commands.flatMap(({ names }) => names).join(" ");
  const all = [...new Set([...options, ...byDefault.options].flatMap(forms))].join(" ");
  return `# bash completion for ${name}
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 && $current != -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '${words}' -- "$current")
    return
  fi
  case $command in
${commands.map((command) => commandCase(command, command.names.join("|"))).join("")}${commandCase(byDefault, "*", all)}  esac
}
complete -F _${name} ${name}
`;
}

function commandCase(
  command: CommandDescription,
  pattern: string,
  flags = command.options.flatMap(forms).join(" "),
): string {
  const words = [...command.words, ...flags.split(" ")].filter((word) => word !== "").join(" ");
  return `    ${pattern})
      case $previous in
${valueCase(command.options, "file", 'mapfile -t COMPREPLY < <(compgen -f -- "$current"); compopt -o filenames 2>/dev/null; return')}${command.options
    .filter((option) => option.value === "choice")
    .map(choiceCase)
    .join("")}${valueCase(command.options, "text", "return")}      esac
      mapfile -t COMPREPLY < <(compgen -W '${words}' -- "$current")
      ;;
`;
}

/** Combined short options end in the one that takes the value: -nnr. */
function patterns(option: OptionDescription): string[] {
  const { short, long } = option;
  return [...(short === "" ? [] : [`-[!-]*${short.slice(1)}`, short]), ...(long === "" ? [] : [long])];
}

function valueCase(options: readonly OptionDescription[], value: OptionDescription["value"], then: string): string {
  const some = options.filter((option) => option.value === value);
  return some.length === 0 ? "" : `        ${some.flatMap(patterns).join("|")}) ${then} ;;\n`;
}

function choiceCase(option: OptionDescription): string {
  return `        ${patterns(option).join("|")}) mapfile -t COMPREPLY < <(compgen -W '${option.choices.join(" ")}' -- "$current"); return ;;\n`;
}
