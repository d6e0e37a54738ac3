import { type ChildProcessByStdio, spawn } from "node:child_process";
import fs from "node:fs";
import type { Readable, Writable } from "node:stream";
import { RefusedConnects } from "./refused-connects.ts";
import { parseTraceLine } from "./trace-line.ts";
import { READY, TRACE_SCRIPT } from "./trace-script.ts";

/** How long its beginning, the rest of the trace and its end are waited for, in milliseconds. */
const PATIENCE = 2000;
/** Characters of a line; nothing that is looked for is longer. */
const LONGEST = 4096;
/** The first namespace of processes: only there are a process's number and the kernel's the same. */
const FIRST_PIDS = "pid:[4026531836]";

/**
 * A trace of every connect() that the processes make which this one starts, in a small process of its own that stays
 * root when this one gives it up; whatever ends this one, it removes what it made.
 */
export class ConnectTrace {
  readonly refused: RefusedConnects = new RefusedConnects();
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #begun: Promise<boolean>;
  readonly #read: Promise<void>;
  readonly #closed: Promise<void>;
  #isBegun: (is: boolean) => void = () => undefined;
  #isRead: () => void = () => undefined;
  #rest = "";

  private constructor() {
    this.#begun = new Promise((resolve) => (this.#isBegun = resolve));
    this.#read = new Promise((resolve) => (this.#isRead = resolve));
    // Not in the terminal's group of processes: ^C is the program's.
    this.#child = spawn("unshare", ["-m", "sh", "-c", TRACE_SCRIPT, "tcpscope", String(process.pid)], {
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
      cwd: "/",
    });
    this.#closed = new Promise((resolve) => {
      const close = (): void => {
        this.#isBegun(false);
        this.#isRead();
        resolve();
      };
      // Without such a program there is no trace.
      this.#child.once("error", close).once("close", close);
    });
    // It may have ended before it is told to.
    this.#child.stdin.on("error", () => this.#isRead());
    this.#child.stdout.setEncoding("latin1").on("data", (text: string) => this.#add(text));
  }

  /** Begins to trace; undefined where that cannot be. To be called as root, who may be given up then. */
  static start(): ConnectTrace | undefined {
    return process.geteuid?.() === 0 && isInFirstPids() ? new ConnectTrace() : undefined;
  }

  /** Whether it traces, as soon as that is known; if not, it has ended. */
  async begun(): Promise<boolean> {
    const isBegun = await inTime(this.#begun, false);
    if (!isBegun) this.giveUp();
    return isBegun;
  }

  /** Reads what there is, and ends it. */
  async end(): Promise<void> {
    this.#child.stdin.write("end\n");
    await inTime(this.#read, undefined);
    this.giveUp();
    await inTime(this.#closed, undefined);
  }

  /** Ends it without what there is. */
  giveUp(): void {
    this.#child.stdin.end();
  }

  #add(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()?.slice(0, LONGEST) ?? "";
    for (const line of lines) this.#see(line);
  }

  #see(line: string): void {
    if (line === READY) this.#isBegun(true);
    const event = parseTraceLine(line);
    if (event?.kind === "end") this.#isRead();
    // What this process does itself is not the program's.
    if (event !== undefined && !("thread" in event && event.thread === process.pid)) this.refused.see(event);
  }
}

function isInFirstPids(): boolean {
  try {
    return fs.readlinkSync("/proc/self/ns/pid") === FIRST_PIDS;
  } catch {
    return false;
  }
}

async function inTime<T>(promise: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => (timer = setTimeout(resolve, PATIENCE, otherwise)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
