import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { TOPICS } from "../../src/report/explain/catalogue.ts";
import { shell } from "./run.ts";

const readme = fs.readFileSync(path.join(import.meta.dirname, "../../README.md"), "utf8");

test("the first picture of the README is what the program prints", () => {
  const [, picture = ""] = /^```\n(\$ tcpscope [^]*?)^```$/m.exec(readme) ?? [];
  const parts = picture.split(/^\$ /m).slice(1);
  expect(parts.length).toBeGreaterThan(2);
  for (const part of parts) {
    const [command = "", ...lines] = part.split("\n");
    expect(lines.join("\n").trimEnd()).toBe(shell(command).stdout.trimEnd());
  }
});

test("the README knows how many topics there are", () => {
  expect(readme).toContain(`${TOPICS.length} topics`);
});
