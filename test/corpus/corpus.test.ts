import fs from "node:fs";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { CommandRunner, type Outcome } from "./commands.ts";
import { lacksFolder, SHARED } from "../support/peers.ts";

const FOLDERS = ["corpus", "lab", "kernel-lab"].map((folder) => path.join(SHARED, folder));
const MISSING = FOLDERS.some((folder) => lacksFolder(folder));

const COMMANDS = [
  ["dump", "-nn", "-v"],
  ["flows", "--json"],
  ["diagnose", "--json"],
];
/** Without --json, and with all that is printed: of every tenth file. */
const MORE_COMMANDS = [["dump", "--json"], ["dump", "-#envvvXX"], ["flows"], ["diagnose"], ["ladder"]];
/** In MiB. */
const MOST_MEMORY = 300;

/** Everything in these folders that is not about the captures: some of it is no capture, which is to be said. */
function captures(): string[] {
  if (MISSING) return [];
  const all = FOLDERS.flatMap((folder) =>
    fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .map((entry) => ({ entry, file: path.join(entry.parentPath, entry.name) })),
  );
  return all
    .filter(({ entry }) => entry.isFile() && !/\.(?:tsv|md|json|out|txt)$/.test(entry.name))
    .map(({ file }) => file)
    .toSorted();
}

const files = captures();
const runners = [new CommandRunner(), new CommandRunner()];
afterAll(() => {
  for (const runner of runners) runner.stop();
});

/** What is wrong with what a command did; "" when nothing is. */
function complaint({ status, stderr, badLine, stack }: Outcome): string {
  if (stack !== "") return stack;
  if (badLine !== "") return `no JSON: ${badLine.slice(0, 300)}`;
  if (/\n\s+at /.test(stderr)) return `a stack: ${stderr}`;
  if (status === 1) return /^tcpscope: .+\n$/.test(stderr) ? "" : `status 1 without one line that says why: ${stderr}`;
  return [0, 3].includes(status) ? "" : `status ${status}: ${stderr}`;
}

/** Memory of a process grows with what it did before: only a new one tells what a command needs. */
async function complaintAbout(runner: CommandRunner, args: readonly string[]): Promise<string> {
  let outcome = await runner.run(args);
  if (outcome.maxRss > MOST_MEMORY) {
    runner.stop();
    outcome = await runner.run(args);
    if (outcome.maxRss > MOST_MEMORY) return `needs ${Math.round(outcome.maxRss)} MiB`;
  }
  return complaint(outcome);
}

/** Runs the commands in both processes; the complaints. */
async function runAll(jobs: readonly (readonly string[])[]): Promise<string[]> {
  const queue = jobs.values();
  const complaints: string[] = [];
  await Promise.all(
    runners.map(async (runner) => {
      for (const args of queue) {
        const text = await complaintAbout(runner, args);
        if (text !== "") complaints.push(`${args.join(" ")}: ${text}`);
      }
    }),
  );
  return complaints;
}

test.skipIf(MISSING).each(COMMANDS.map((command) => [command]))(
  "every capture goes through %s",
  async (command) => {
    expect(files.length).toBeGreaterThan(500);
    expect(await runAll(files.map((file) => [...command, "-r", file]))).toEqual([]);
  },
  60_000,
);

test.skipIf(MISSING)(
  "every tenth capture goes through all that can be printed",
  async () => {
    const some = files.filter((_, index) => index % 10 === 0);
    expect(await runAll(some.flatMap((file) => MORE_COMMANDS.map((command) => [...command, "-r", file])))).toEqual([]);
  },
  60_000,
);

test("a command that cannot end is told from one that fails", async () => {
  const runner = new CommandRunner();
  try {
    expect(await runner.run(["--unknown"])).toMatchObject({ status: 2, stack: "" });
    expect(complaint(await runner.run(["--unknown"]))).toMatch(/^status 2: tcpscope: unknown option/);
    expect(complaint(await runner.run(["-r", "nothing.pcap"]))).toBe("");
  } finally {
    runner.stop();
  }
});
