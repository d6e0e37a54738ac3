import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { CAUSE_TABLE } from "../../src/diagnosis/cause-table.ts";
import * as causes from "../../src/diagnosis/causes.ts";

const README = path.join(import.meta.dirname, "../../README.md");

test("the table has every cause once, in the order of the codes", () => {
  expect(CAUSE_TABLE.map(({ cause }) => cause.word).toSorted()).toEqual(
    Object.values(causes)
      .map(({ word }) => word)
      .toSorted(),
  );
  const numbers = CAUSE_TABLE.map(({ cause }) => Number.parseFloat(cause.code.slice(1).replace("b", ".5")) || 0);
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
});

test("every row from C1 to C41, and C14b, has a word", () => {
  const codes = new Set(CAUSE_TABLE.map(({ cause }) => cause.code));
  const wanted = [...Array.from({ length: 41 }, (_, index) => `C${index + 1}`), "C14b"];
  expect(wanted.filter((code) => !codes.has(code))).toEqual([]);
});

test("the README has the same table", () => {
  const cells = (line: string): string[] => line.split("|").map((cell) => cell.trim());
  const lines = fs.readFileSync(README, "utf8").split("\n").map(cells);
  const missing = CAUSE_TABLE.filter(
    ({ cause, wire, program }) =>
      !lines.some(
        (each) => each[1] === `\`${cause.word}\`` && each[2] === cause.code && each[3] === wire && each[4] === program,
      ),
  );
  expect(missing.map(({ cause }) => cause.word)).toEqual([]);
});
