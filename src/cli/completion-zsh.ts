import { type CommandDescription, forms, type OptionDescription, type ProgramDescription } from "./completion-model.ts";

/** A completion script for zsh 5 or later. */
export function zshScript({ name, commands, byDefault, options }: ProgramDescription): string {
  const rows = commands.flatMap(({ names, help }) => names.map((each) => `    ${quoted(`${each}:${escaped(help)}`)}`));
  const own: CommandDescription = {
    ...byDefault,
    options: [...options, ...byDefault.options.filter((option) => option.long !== "--help")],
  };
  return `#compdef ${name}
# zsh completion for ${name}
_${name}() {
  local -a commands=(
${rows.join("\n")}
  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe command commands
    return
  fi
  case $words[2] in
${commands.map((command) => commandCase(command.names.join("|"), command, "shift words; (( CURRENT-- ))")).join("")}${commandCase("*", own, ":")}  esac
}
if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

function commandCase(pattern: string, { options, words, isVariadic }: CommandDescription, before: string): string {
  const specs = options.map(optionSpec);
  if (words.length > 0) specs.push(quoted(`${isVariadic ? "*" : "1"}:word:(${words.join(" ")})`));
  return `    ${pattern})
      ${before}
      _arguments -s ${specs.join(" \\\n        ")}
      ;;
`;
}

function optionSpec(option: OptionDescription): string {
  const names = forms(option);
  const tail = `[${escaped(option.help)}]${action(option)}`;
  if (names.length === 1) return quoted(`*${names[0]}${tail}`);
  return `'*'{${names.map((name) => name.replace("#", String.raw`\#`)).join(",")}}${quoted(tail)}`;
}

function action({ value, choices }: OptionDescription): string {
  switch (value) {
    case "none":
      return "";
    case "file":
      return ":file:_files";
    case "choice":
      return `:value:(${choices.join(" ")})`;
    case "text":
      return ":value: ";
    default:
      return value satisfies never;
  }
}

/** Brackets and colons have a meaning in specifications. */
function escaped(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, String.raw`\$&`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
