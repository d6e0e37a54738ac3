import { spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { isCrowded } from "../../src/cli/helper-threads.ts";
import { fixture } from "./run.ts";

const BUILT = path.join(import.meta.dirname, "../../dist/cli/helper-threads.js");
const PROGRAM = path.join(import.meta.dirname, "../../bin/tcpscope.js");
/** Prints the priority (nice) of each thread of a process that ends, its first one before the others. */
const TELL = `data:text/javascript,${encodeURIComponent(`
  import fs from "node:fs";
  process.on("exit", () => {
    const threads = fs.readdirSync("/proc/self/task").map(Number).sort((a, b) => a - b);
    const nice = (thread) => fs.readFileSync("/proc/self/task/" + thread + "/stat", "utf8").split(") ")[1].split(" ")[16];
    fs.writeSync(2, threads.map(nice).join(" "));
  });
`)}`;

/** The priorities of the threads of a program, its first one before the others. */
function priorities(args: readonly string[]): number[] {
  const { status, stderr } = spawnSync(process.execPath, ["--import", TELL, ...args], { encoding: "utf8" });
  expect(status).toBe(0);
  return stderr.split(" ").map(Number);
}

/** The same of one that yields, on a machine that is crowded or not. */
const yielding = (crowded: boolean): number[] =>
  priorities(["-e", `import(${JSON.stringify(BUILT)}).then((built) => built.yieldToMainThread(${crowded}))`]);

describe.skipIf(process.platform !== "linux")("the threads that help the main thread", () => {
  test("go after it, one of them before the others", () => {
    const [main, timers, first, ...others] = yielding(false);
    const lower = Math.min(19, (main ?? Number.NaN) + 10);
    expect([timers, first]).toEqual([lower, lower]);
    expect(others.filter((nice) => nice === 19).length).toBeGreaterThanOrEqual(3);
  });

  test("go with it where the machine is crowded", () => {
    const [main, ...others] = yielding(true);
    expect(others.length).toBeGreaterThanOrEqual(5);
    expect(new Set(others)).toEqual(new Set([main]));
  });

  test("do one or the other in the program", () => {
    const [main, timers] = priorities([PROGRAM, "flows", "--json", "-r", fixture("healthy")]);
    expect([main, Math.min(19, (main ?? Number.NaN) + 10)]).toContain(timers);
  });
});

test.each([
  ["0.00 0.01 0.05 1/79 8281\n", 2, false],
  ["0.00 0.01 0.05 2/79 8281\n", 2, true],
  ["0.00 0.01 0.05 1/79 8281\n", 1, true],
  ["9.50 9.01 9.05 7/1279 8281\n", 8, false],
  ["9.50 9.01 9.05 8/1279 8281\n", 8, true],
  ["", 64, true],
])("what runs is read from %j; with %i cores that is a crowd: %s", (load, cores, crowded) => {
  expect(isCrowded(load, cores)).toBe(crowded);
});
