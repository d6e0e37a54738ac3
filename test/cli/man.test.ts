import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { describeProgram, forms } from "../../src/cli/completion-model.ts";
import { program } from "../../src/cli/program.ts";
import { tcpscope } from "./run.ts";
import { lacksProgram } from "../support/peers.ts";

const PAGE = path.join(import.meta.dirname, "../../man/tcpscope.1");
const NO_GROFF = lacksProgram("groff");

const text = fs.readFileSync(PAGE, "utf8").replaceAll("\\-", "-");

test("every command and option is in the manual page", () => {
  const { commands, options } = describeProgram(program());
  const all = [...options, ...commands.flatMap((command) => command.options)].flatMap(forms);
  const words = [...new Set([...all, ...commands.flatMap(({ names }) => names)])].filter((word) => word !== "help");
  const isThere = (word: string): boolean => new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(text);
  expect(words.filter((word) => !isThere(word))).toEqual([]);
});

test("the manual page has no option that there is not", () => {
  const own = describeProgram(program());
  const known = new Set([...own.options, ...own.commands.flatMap((command) => command.options)].flatMap(forms));
  const named = [...text.matchAll(/^\.(?:B|BI|BR|TP)\b.*$/gm)].flatMap(([line]) =>
    [...line.matchAll(/(?<![\w-])--?[A-Za-z#][a-z\d-]*/g)].map(([option]) => option),
  );
  const ours = named.filter((option) => option.startsWith("--"));
  expect(ours.length).toBeGreaterThan(10);
  expect(ours.filter((option) => !known.has(option))).toEqual([]);
});

test("the manual page is of this version", () => {
  expect(text).toContain(`"${tcpscope(["--version"]).stdout.trim()}"`);
});

test.skipIf(NO_GROFF)("the manual page is right for groff", () => {
  const { status, stdout, stderr } = spawnSync("groff", ["-man", "-Tutf8", "-ww", PAGE], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("TCPSCOPE");
});
