import { spawn } from "node:child_process";
import os from "node:os";
import { errnoOf } from "../../capture/input.ts";
import type { Account } from "../privileges.ts";

/** Exit statuses of a shell: there is no such program; it cannot be run; 128 and the number of the signal that ended it. */
const NOT_FOUND = 127;
const NOT_RUN = 126;
const SIGNALLED = 128;

/** A terminal sends them to the program, too. */
const OF_TERMINAL: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT"];
const PASSED_ON: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP"];

/** A program that runs with our standard input, output and error. */
interface RunningProgram {
  /** Undefined: it could not be started. */
  readonly pid: number | undefined;
  /** Resolves to its exit status. */
  readonly ended: Promise<number>;
}

/** Starts a program as `account`, or as who we are. */
export function startProgram([command = "", ...args]: readonly string[], account: Account | undefined): RunningProgram {
  const child = spawn(command, args, {
    stdio: "inherit",
    ...(account && { uid: account.uid, gid: account.gid }),
  });
  const ignore = (): void => undefined;
  const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of OF_TERMINAL) process.on(signal, ignore);
  for (const signal of PASSED_ON) process.on(signal, passOn);
  const ended = new Promise<number>((resolve) => {
    child.once("error", (error) => {
      process.stderr.write(`tcpscope: ${command} cannot be run: ${error.message}\n`);
      resolve(errnoOf(error) === "ENOENT" ? NOT_FOUND : NOT_RUN);
    });
    child.once("exit", (status, signal) => {
      resolve(signal === null ? (status ?? 0) : SIGNALLED + os.constants.signals[signal]);
    });
  }).finally(() => {
    for (const signal of OF_TERMINAL) process.off(signal, ignore);
    for (const signal of PASSED_ON) process.off(signal, passOn);
  });
  return { pid: child.pid, ended };
}
