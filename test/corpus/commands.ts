import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";

/** What one command of the program did. */
export interface Outcome {
  readonly status: number;
  /** Bytes on standard output. */
  readonly bytes: number;
  readonly stderr: string;
  /** With --json: the first line that is no JSON object; "" when there is none. */
  readonly badLine: string;
  /** Of an exception that the program let through; "" when there was none. */
  readonly stack: string;
  /** Most memory the process has had so far, in MiB. */
  readonly maxRss: number;
}

const RUNNER = path.join(import.meta.dirname, "command-runner.js");
/** For one command, in milliseconds: longer is a hang. */
const PATIENCE = 10_000;
const FAILED = { bytes: 0, stderr: "", badLine: "", maxRss: 0 };

/** A process that runs commands of the program one after the other; it is replaced when it dies. */
export class CommandRunner {
  #child: ChildProcess | undefined = undefined;

  /** Runs a command; status -1 when it hung, -2 when it ended the process. */
  async run(args: readonly string[]): Promise<Outcome> {
    this.#child ??= fork(RUNNER, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    const child = this.#child;
    const outcome = await new Promise<Outcome>((resolve) => {
      const finish = (result: Outcome): void => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(result);
      };
      const timer = setTimeout(
        () => finish({ ...FAILED, status: -1, stack: `no end within ${PATIENCE} ms` }),
        PATIENCE,
      );
      child.once("message", (message) => finish(outcomeOf(message)));
      child.once("exit", (code, signal) =>
        finish({ ...FAILED, status: -2, stack: `the process ended: ${code ?? signal}` }),
      );
      child.send(args);
    });
    if (outcome.status < 0) this.stop();
    return outcome;
  }

  /** Ends the process; the next command gets a new one, with its own memory. */
  stop(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }
}

function outcomeOf(message: unknown): Outcome {
  if (!isOutcome(message)) throw new Error(`the runner said ${JSON.stringify(message)}`);
  return message;
}

function isOutcome(message: unknown): message is Outcome {
  return typeof message === "object" && message !== null && "status" in message && "maxRss" in message;
}
