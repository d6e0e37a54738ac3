import { Argument, Command } from "commander";
import { bashScript } from "./completion-bash.ts";
import { fishScript } from "./completion-fish.ts";
import { describeProgram, type ProgramDescription } from "./completion-model.ts";
import { zshScript } from "./completion-zsh.ts";
import { standardOutput } from "./output.ts";

const SCRIPTS: Readonly<Record<string, (description: ProgramDescription) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

const HOW_TO = `
To use it:
  bash  tcpscope completion bash > ~/.local/share/bash-completion/completions/tcpscope
  zsh   tcpscope completion zsh > "\${fpath[1]}/_tcpscope"
  fish  tcpscope completion fish > ~/.config/fish/completions/tcpscope.fish`;

/** `completion SHELL`: `program` makes the commands that are to be completed. */
export function completionCommand(program: () => Command): Command {
  return new Command("completion")
    .description("print a completion script for bash, zsh or fish")
    .usage("SHELL")
    .addArgument(new Argument("<shell>", "bash, zsh or fish").choices(Object.keys(SCRIPTS)))
    .addHelpText("after", HOW_TO)
    .action(async (shell: string) => {
      const { TOPICS } = await import("../report/explain/catalogue.ts");
      const topics = TOPICS.map(({ name }) => name).filter((name) => !name.includes(" "));
      const sink = standardOutput();
      sink.text(SCRIPTS[shell]?.(describeProgram(program(), { explain: topics })) ?? "");
      sink.flush();
    });
}
