import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { fixture } from "./run.ts";

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

test.skipIf(process.platform !== "linux")(
  "the main thread goes before those that help it, of which one goes first",
  () => {
    const args = ["--import", TELL, PROGRAM, "flows", "--json", "-r", fixture("healthy")];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(status).toBe(0);
    const [main, timers, first, ...others] = stderr.split(" ").map(Number);
    const lower = Math.min(19, (main ?? Number.NaN) + 10);
    expect([timers, first]).toEqual([lower, lower]);
    expect(others.filter((nice) => nice === 19).length).toBeGreaterThanOrEqual(3);
  },
);
