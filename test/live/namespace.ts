import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { onTestFinished } from "vitest";
import { PROGRAM, type Run } from "../cli/run.ts";

/** These tests make network namespaces and capture in them, which root may; in CI they are never left out. */
export const CANNOT_CAPTURE = process.getuid?.() !== 0 && process.env["CI"] === undefined;

const SENDER = path.join(import.meta.dirname, "send.js");
const ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: process.env["PATH"],
  HOME: process.env["HOME"],
  TZ: "UTC",
  LC_ALL: "C.UTF-8",
};
let namespaces = 0;

/** Runs a program to its end and expects it to succeed. */
function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}

/** A network namespace with a loopback interface and a pair, va and vb, on which nothing is sent but by the test. Gone after the test. */
export class Namespace {
  readonly name = `tcpscope-${process.pid}-${++namespaces}`;

  constructor() {
    run("ip", "netns", "add", this.name);
    onTestFinished(() => void spawnSync("ip", ["netns", "del", this.name]));
    // Without IPv6, interfaces say nothing of themselves.
    for (const which of ["all", "default"]) this.run("sysctl", "-qw", `net.ipv6.conf.${which}.disable_ipv6=1`);
    this.run("ip", "link", "set", "lo", "up");
    this.run("ip", "link", "add", "va", "type", "veth", "peer", "name", "vb");
    for (const name of ["va", "vb"]) this.run("ip", "link", "set", name, "up");
  }

  /** Runs a program in it, to its end. */
  run(...command: string[]): string {
    return run("ip", "netns", "exec", this.name, ...command);
  }

  /** Starts a program in it. */
  start(command: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
    return new Started(
      spawn("ip", ["netns", "exec", this.name, ...command], {
        env: { ...ENVIRONMENT, ...env },
        cwd: path.join(PROGRAM, "../.."),
      }),
    );
  }

  /** Starts tcpscope in it, and waits until it captures. */
  async capture(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Started> {
    const started = this.start([process.execPath, PROGRAM, ...args], env);
    await started.said("listening on");
    return started;
  }

  /** Runs tcpscope in it, to its end. */
  async tcpscope(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
    return this.start([process.execPath, PROGRAM, ...args], env).ended;
  }

  /** Sends so many frames on an interface; `rate` a second, 0 as fast as it goes. */
  send(name: string, count: number, rate = 0): void {
    this.run(process.execPath, SENDER, name, String(count), String(rate));
  }
}

/** A program that runs; killed after the test. */
export class Started {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Run>;
  stdout = "";
  stderr = "";
  #listeners: (() => void)[] = [];

  constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child;
    onTestFinished(() => void child.kill("SIGKILL"));
    child.stdout.setEncoding("utf8").on("data", (text: string) => this.#add("stdout", text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => this.#add("stderr", text));
    this.ended = new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status) => {
        this.#tell();
        resolve({ status, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** Waits until standard error has this text. */
  async said(text: string): Promise<void> {
    await this.#until(() => this.stderr.includes(text));
  }

  /** Waits until standard output has so many lines. */
  async printed(lines: number): Promise<void> {
    await this.#until(() => this.stdout.split("\n").length > lines);
  }

  /** Ends it as ^C does. */
  async interrupt(): Promise<Run> {
    this.child.kill("SIGINT");
    return this.ended;
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        await this.ended;
        if (isSo()) return;
        throw new Error(`it has ended: ${this.stderr}`);
      }
      await new Promise<void>((resolve) => this.#listeners.push(resolve));
    }
  }

  #add(which: "stdout" | "stderr", text: string): void {
    this[which] += text;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

/** tcpdump's counts at the end of what was said. */
export function countsOf(stderr: string): { captured: number; received: number; dropped: number } {
  const [, captured, received, dropped] =
    /(\d+) packets? captured\n(\d+) packets? received by filter\n(\d+) packets? dropped by kernel\n/.exec(stderr) ?? [];
  return { captured: Number(captured), received: Number(received), dropped: Number(dropped) };
}

/** Lines of a text that ends with a newline. */
export function linesOf(text: string): string[] {
  return text.split("\n").slice(0, -1);
}

/** The objects of lines of JSON. */
export function objectsOf(text: string): Record<string, unknown>[] {
  return linesOf(text).map((line) => {
    const object: Record<string, unknown> = JSON.parse(line);
    return object;
  });
}
