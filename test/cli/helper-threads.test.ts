import { spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { isCrowded } from "../../src/cli/helper-threads.ts";
import { fixture } from "./run.ts";

const PROGRAM = path.join(import.meta.dirname, "../../bin/tcpscope.js");

/** Has a process of two cores see that so many threads run, and print the priority (nice) of each of its own when it ends, the first one before the others. */
const machine = (running: number): string =>
  `data:text/javascript,${encodeURIComponent(`
  import fs from "node:fs";
  import os from "node:os";
  const { readFileSync } = fs;
  fs.readFileSync = (file, ...rest) => file === "/proc/loadavg" ? "0.00 0.01 0.05 ${running}/79 8281" : readFileSync(file, ...rest);
  os.availableParallelism = () => 2;
  process.on("exit", () => {
    const threads = fs.readdirSync("/proc/self/task").map(Number).sort((a, b) => a - b);
    const nice = (thread) => readFileSync("/proc/self/task/" + thread + "/stat", "utf8").split(") ")[1].split(" ")[16];
    fs.writeSync(2, threads.map(nice).join(" "));
  });
`)}`;

/** The priorities of the program's threads on such a machine. */
function priorities(running: number): number[] {
  const args = ["--import", machine(running), PROGRAM, "flows", "--json", "-r", fixture("healthy")];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(status).toBe(0);
  return stderr.split(" ").map(Number);
}

describe.skipIf(process.platform !== "linux")("the threads that help the main thread", () => {
  test("go after it, one of them before the others", () => {
    const [main, timers, first, ...others] = priorities(1);
    const lower = Math.min(19, (main ?? Number.NaN) + 10);
    expect([timers, first]).toEqual([lower, lower]);
    expect(others.filter((nice) => nice === 19).length).toBeGreaterThanOrEqual(3);
  });

  test("go with it where other programs need the cores", () => {
    const [main, ...others] = priorities(2);
    expect(others.length).toBeGreaterThanOrEqual(5);
    expect(new Set(others)).toEqual(new Set([main]));
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
