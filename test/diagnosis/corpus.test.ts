import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { diagnoseFile } from "../support/diagnose-file.ts";
import { CORPUS, lacksFolder } from "../support/peers.ts";

const FOLDER = path.join(CORPUS, "tcp");

/** Files with this many verdicts at most are listed whole, larger ones by their counts as well: both are one line a file. */
async function line(file: string): Promise<string> {
  const counts = new Map<string, number>();
  for (const { cause, errno, confidence } of await diagnoseFile(path.join(FOLDER, file))) {
    const key = `${cause.word}${errno === null ? "" : ` ${errno}`} ${confidence}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const parts = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, count]) => `${count} ${key}`);
  return `${file}: ${parts.join(", ")}`;
}

describe.skipIf(lacksFolder(FOLDER))("the corpus of real captures", () => {
  test("verdicts of each file", { timeout: 120_000 }, async () => {
    const lines: string[] = [];
    for (const file of fs.readdirSync(FOLDER).toSorted()) {
      if (fs.statSync(path.join(FOLDER, file)).isFile()) lines.push(await line(file));
    }
    await expect(`${lines.filter((each) => !each.endsWith(": ")).join("\n")}\n`).toMatchFileSnapshot(
      "expected/corpus.txt",
    );
  });
});
