import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { CaptureError } from "../error.ts";
import { CHILD_GATHERING, type ChildCommand, childEnvironment } from "./child-commands.ts";
import { ChildMessages } from "./child-messages.ts";
import type { LiveInput, SystemCounts } from "./reader.ts";

/** How long it may take to answer, and to end when it is told to, in milliseconds. */
const ANSWER = 300;
/** By how much a busy system may be late, in milliseconds. */
const LATE = 100;
const ENDING = 2000;

/** The standard output of a program that captures. */
export class ChildInput implements LiveInput {
  bytesRead = 0;
  readonly size = -1;
  readonly messages: ChildMessages;
  readonly #name: string;
  readonly #command: ChildCommand;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  /** Resolves when it says that it captures, or has ended. */
  readonly begun: Promise<void>;
  readonly #ended: Promise<void>;
  #rest: Uint8Array = new Uint8Array(0);
  #taken = 0;
  #error: Error | undefined = undefined;
  #isEnded = false;
  #isOver = false;
  #stopping = false;
  #closed = false;
  #answered: (() => void) | undefined = undefined;
  readonly #onExit = (): void => this.#signal("SIGTERM");

  constructor(name: string, command: ChildCommand) {
    this.#name = name;
    this.#command = command;
    this.messages = new ChildMessages(command.program);
    // A process group of its own: ^C is for us, who still read what it has gathered.
    this.#child = spawn(command.program, command.args, {
      env: childEnvironment(),
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    process.once("exit", this.#onExit);
    this.#child.stdout.once("end", () => (this.#isOver = true));
    this.#child.stdout.on("error", () => (this.#isOver = true));
    this.#ended = this.#end();
    this.begun = this.#begin();
  }

  get lastCounts(): SystemCounts {
    return this.messages.counts;
  }

  async read(bytes: Uint8Array, at: number): Promise<number> {
    while (this.#taken === this.#rest.length) {
      if (this.#closed) return 0;
      const chunk: unknown = this.#child.stdout.read();
      if (chunk instanceof Uint8Array) {
        this.#rest = chunk;
        this.#taken = 0;
      } else if (this.#isOver) {
        return this.#finish();
      } else {
        await Promise.race([once(this.#child.stdout, "readable"), this.#ended]);
      }
    }
    const length = Math.min(this.#rest.length - this.#taken, bytes.length - at);
    bytes.set(this.#rest.subarray(this.#taken, this.#taken + length), at);
    this.#taken += length;
    this.bytesRead += length;
    return length;
  }

  /**
   * It gets what ^C would have been for it, and writes what it has, and its counts: later, when it
   * has what the kernel has gathered, for that it would leave behind.
   */
  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    setTimeout(() => this.#signal("SIGINT"), CHILD_GATHERING[this.#command.program] + LATE);
  }

  async counts(): Promise<SystemCounts> {
    if (this.#closed || this.#isEnded) {
      await this.#ended;
    } else if (this.#command.program === "tcpdump" && process.platform === "linux") {
      const answer = new Promise<void>((resolve) => (this.#answered = resolve));
      this.#signal("SIGUSR1");
      await Promise.race([answer, delay(ANSWER)]);
    }
    return this.messages.counts;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopping = true;
    this.#signal("SIGINT");
    // What it still writes is of no interest, but it must be able to write it to come to its counts.
    this.#child.stdout.removeAllListeners("readable").resume();
    const timer = setTimeout(() => this.#signal("SIGKILL"), ENDING);
    void this.#ended.then(() => clearTimeout(timer));
  }

  async #begin(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
        if (this.messages.add(text)) resolve();
        this.#answered?.();
      });
      void this.#ended.then(resolve);
    });
  }

  async #end(): Promise<void> {
    try {
      await once(this.#child, "close");
    } catch (error) {
      this.#error = error instanceof Error ? error : new Error(String(error));
      this.#isOver = true;
    }
    this.#isEnded = true;
    process.off("exit", this.#onExit);
  }

  /** Its output has ended: because it was told to, or because something went wrong. */
  async #finish(): Promise<0> {
    await this.#ended;
    const { exitCode, signalCode } = this.#child;
    if (this.#error === undefined && (this.#stopping || exitCode === 0)) return 0;
    const { program } = this.#command;
    const how = signalCode === null ? `ended with status ${exitCode}` : `was ended by ${signalCode}`;
    const why = this.#error?.message ?? (this.messages.failure || `${program} ${how}`);
    const done = this.bytesRead > 0 ? "; what it had handed over was read" : "";
    throw new CaptureError("interface-failed", `${this.#name}: ${why}${done}`);
  }

  #signal(signal: NodeJS.Signals): void {
    if (!this.#isEnded) this.#child.kill(signal);
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
