import { spawn, spawnSync } from "node:child_process";
import os from "node:os";
import { STATUS_UNREADABLE } from "./status.ts";

/** Commands that run side by side at most; the next one is waited for. */
const MOST_AT_ONCE = 8;

/**
 * Runs a command on each file that is complete, as `COMMAND FILE`, not through a
 * shell, with the lowest priority and without waiting for it. Whether it could
 * run and how it ended is told on standard error, and in the exit status.
 */
export class PostRotate {
  readonly #command: string;
  readonly #waits: boolean;
  #running = 0;

  /** `waits`: the command has to be over before the next file is begun, which may have the same name. */
  constructor(command: string, waits: boolean) {
    this.#command = command;
    this.#waits = waits;
  }

  run(file: string): void {
    if (this.#waits || this.#running >= MOST_AT_ONCE) {
      const { error, status, signal } = spawnSync(this.#command, [file], { stdio: ["ignore", "inherit", "inherit"] });
      this.#tell(file, error, status, signal);
      return;
    }
    this.#running++;
    const child = spawn(this.#command, [file], { stdio: ["ignore", "inherit", "inherit"] });
    child.once("spawn", () => lowerPriority(child.pid));
    child.once("error", (error) => this.#ended(file, error, null, null));
    child.once("exit", (status, signal) => this.#ended(file, undefined, status, signal));
  }

  #ended(file: string, error: Error | undefined, status: number | null, signal: string | null): void {
    this.#running--;
    this.#tell(file, error, status, signal);
  }

  #tell(file: string, error: Error | undefined, status: number | null, signal: string | null): void {
    if (error === undefined && status === 0) return;
    const why = error === undefined ? (signal ?? `exit status ${status}`) : error.message;
    process.stderr.write(`tcpscope: -z ${this.#command} ${file}: ${why}\n`);
    process.exitCode = STATUS_UNREADABLE;
  }
}

/** The command may be over already, or may not be changed: then it runs as it is. */
function lowerPriority(process: number | undefined): void {
  if (process === undefined) return;
  try {
    os.setPriority(process, os.constants.priority.PRIORITY_LOW);
  } catch {
    // It is no less right for being fast.
  }
}
