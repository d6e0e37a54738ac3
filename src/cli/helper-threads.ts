import fs from "node:fs";
import os from "node:os";

/** How much lower the priority is of the threads that help, and the lowest, by the scale of nice(1). */
const LOWER = 10;
const LOWEST = 19;
/** That many go before the others: Node's thread for timers of V8's, and one that works. */
const FIRST = 2;
const THREADS = "/proc/self/task";
const LOAD = "/proc/loadavg";

/** Whether no core was left for the threads that help; they keep their priority while that is not known. */
let wasCrowded = true;
/** Whether the threads that help are known: those that come later do other work. */
let isDone = false;

/** Looks at how many threads run on this machine; to be called before this program has some. */
export function noteOthers(): void {
  if (process.platform !== "linux") return;
  try {
    wasCrowded = isCrowded(fs.readFileSync(LOAD, "latin1"), os.availableParallelism());
  } catch {
    // A sandbox need not have it.
  }
}

/** By the text of `LOAD`: whether what runs now, this thread included, and the thread that reads ahead need more than so many cores. */
export function isCrowded(load: string, cores: number): boolean {
  const running = Number(/ (\d+)\/\d+ /.exec(load)?.[1]);
  return !(running + 1 <= cores);
}

/**
 * Lets the thread that follows connections go before those of V8's compiler and collector, of which there are more than
 * most machines have cores, and one of these before the others: four functions that are compiled side by side on one core
 * are all ready late. On Linux, where threads have priorities of their own. Measured on two cores with 1,500 connections:
 * a tenth less time. Where other programs keep all cores busy, or there is but one, it would be twice the time, as nothing
 * is compiled any more: then all keep their priority.
 */
export function yieldToMainThread(): void {
  if (isDone || wasCrowded || process.platform !== "linux") return;
  isDone = true;
  const priority = Math.min(LOWEST, os.getPriority() + LOWER);
  const helpers = fs
    .readdirSync(THREADS)
    .map(Number)
    .filter((thread) => thread !== process.pid);
  for (const [index, thread] of helpers.entries()) setPriority(thread, index < FIRST ? priority : LOWEST);
}

/** A thread that has ended meanwhile, or that a sandbox guards, stays as it is: nothing depends on it but time. */
function setPriority(thread: number, priority: number): void {
  try {
    os.setPriority(thread, priority);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_SYSTEM_ERROR") throw error;
  }
}
