import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { describeProgram, forms } from "../../src/cli/completion-model.ts";
import { program } from "../../src/cli/program.ts";
import { fixture, tcpscope, temporaryFile } from "./run.ts";

const SHELLS = ["bash", "zsh", "fish"];

/** What bash offers after these words, the last of them unfinished. */
function bashOffers(...words: readonly string[]): string[] {
  const script = temporaryFile("completion.bash", tcpscope(["completion", "bash"]).stdout);
  const text = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tcpscope; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", text, script, ...words], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

describe("the scripts", () => {
  test.each(SHELLS)("for %s name every command and every option", (shell) => {
    const { stdout } = tcpscope(["completion", shell]);
    const { commands, options } = describeProgram(program());
    const all = [...options, ...commands.flatMap((command) => command.options)];
    const named = all.flatMap((option) =>
      shell === "fish" ? [option.long.slice(2) || option.short.slice(1)] : forms(option),
    );
    const words = [...commands.flatMap(({ names }) => names), ...named];
    expect(words.length).toBeGreaterThan(40);
    expect(words.filter((word) => !stdout.replaceAll("\\#", "#").includes(word))).toEqual([]);
  });

  test.each(SHELLS)("for %s do not offer what is refused", (shell) => {
    expect(tcpscope(["completion", shell]).stdout).not.toContain("immediate-mode");
  });

  test.each(SHELLS)("for %s are accepted by it, where it is installed", (shell) => {
    const { status, error, stderr } = spawnSync(
      shell,
      ["-n", temporaryFile(shell, tcpscope(["completion", shell]).stdout)],
      { encoding: "utf8" },
    );
    if (error === undefined) expect([status, stderr]).toEqual([0, ""]);
    else expect(shell).not.toBe("bash");
  });
});

test("for zsh, words are offered as often as the command takes them", () => {
  const { stdout } = tcpscope(["completion", "zsh"]);
  expect(stdout).toContain("'1:word:(bash zsh fish)'");
  expect(stdout).toMatch(/'\*:word:\([^)]*ECONNREFUSED/);
});

describe("in bash", () => {
  test("the first word is a command", () => {
    expect(bashOffers("tcpscope", "")).toEqual(
      expect.arrayContaining(["dump", "flows", "diagnose", "why", "ladder", "report", "explain", "completion"]),
    );
    expect(bashOffers("tcpscope", "fl")).toEqual(["flows"]);
  });

  test("options are those of the command, dump's when none is named", () => {
    expect(bashOffers("tcpscope", "flows", "--co")).toEqual(["--color"]);
    expect(bashOffers("tcpscope", "--nu")).toEqual(["--number"]);
    expect(bashOffers("tcpscope", "diagnose", "--only", "")).toEqual(["failed"]);
    expect(bashOffers("tcpscope", "ladder", "--me")).toEqual(["--mermaid"]);
  });

  test("a capture follows -r, also behind other letters", () => {
    const start = fixture("refused").slice(0, -2);
    expect(bashOffers("tcpscope", "-r", start)).toEqual([fixture("refused")]);
    expect(bashOffers("tcpscope", "-nnr", start)).toEqual([fixture("refused")]);
    expect(bashOffers("tcpscope", "flows", "--read", start)).toEqual([fixture("refused")]);
  });
});
