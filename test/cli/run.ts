import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

const ROOT = path.join(import.meta.dirname, "../..");
export const PROGRAM: string = path.join(ROOT, "bin/tcpscope.js");

/** No colour but when asked for, times in UTC, no language of the machine's. */
const ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: process.env["PATH"],
  HOME: process.env["HOME"],
  TZ: "UTC",
  LC_ALL: "C.UTF-8",
};

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Standard input: bytes through a pipe, or the path of a file to redirect. */
  readonly input?: Uint8Array | string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs the built program as a user does, in the project's folder. */
export function tcpscope(args: readonly string[], { input, env }: RunOptions = {}): Run {
  const descriptor = typeof input === "string" ? fs.openSync(input, "r") : undefined;
  try {
    const { status, stdout, stderr, error } = spawnSync(process.execPath, [PROGRAM, ...args], {
      cwd: ROOT,
      env: { ...ENVIRONMENT, ...env },
      encoding: "utf8",
      maxBuffer: 1 << 28,
      timeout: 20_000,
      ...(typeof input === "string" ? { stdio: [descriptor, "pipe", "pipe"] } : { input: input ?? new Uint8Array(0) }),
    });
    if (error !== undefined) throw error;
    return { status, stdout, stderr };
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

/** Starts the built program and leaves it running, until the test is over. */
export function startTcpscope(args: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: ROOT, env: ENVIRONMENT });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Runs a line of shell with `tcpscope` as a command. */
export function shell(line: string): Run {
  const text = `set -o pipefail; tcpscope() { "${process.execPath}" "${PROGRAM}" "$@"; }; ${line}`;
  const { status, stdout, stderr, error } = spawnSync("bash", ["-c", text], {
    cwd: ROOT,
    env: ENVIRONMENT,
    encoding: "utf8",
    timeout: 20_000,
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

/** Path of a capture of the fixtures, from the project's folder. */
export function fixture(name: string): string {
  return path.join("fixtures", `${name}.pcap`);
}

/** Bytes of a capture of the fixtures. */
export function fixtureBytes(name: string): Uint8Array {
  return fs.readFileSync(path.join(ROOT, fixture(name)));
}

/** What tcpdump prints of a fixture. */
export function fixtureText(name: string): string {
  return fs.readFileSync(path.join(ROOT, "fixtures", `${name}.tcpdump.txt`), "utf8");
}

/** The path of a new file, gone after the test. */
export function temporaryPath(name: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tcpscope-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, name);
}

/** The same, with content. */
export function temporaryFile(name: string, content: Uint8Array | string): string {
  const file = temporaryPath(name);
  fs.writeFileSync(file, content);
  return file;
}
