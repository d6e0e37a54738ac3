import { spawnSync } from "node:child_process";
import { type CompileRequest, refusal } from "../libpcap/compile.ts";
import { emptyCapture } from "../libpcap/handle.ts";
import { type BpfProgram, emptyProgram } from "../libpcap/program.ts";
import { FilterError } from "./error.ts";

/** Where tcpdump is when it is not in the PATH of those who are not root. */
const SYSTEM_PATHS = ["/usr/sbin", "/sbin", "/usr/local/sbin"];
/** The program of the longest expression, as text. */
const MAX_OUTPUT = 64 << 20;

/** What a child process did. */
export interface ChildResult {
  /** Undefined when it could not be started. */
  readonly status: number | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export type RunChild = (command: string, args: readonly string[], input: Uint8Array) => ChildResult;

/** Has tcpdump compile expressions, where libpcap cannot be called: it prints programs as numbers with -ddd. */
export class TcpdumpCompiler {
  readonly #run: RunChild;

  constructor(run: RunChild = runChild) {
    this.#run = run;
  }

  /** Whether there is a tcpdump at all. */
  isThere(): boolean {
    return this.#run("tcpdump", ["--version"], new Uint8Array(0)).status === 0;
  }

  /** Throws a `LibpcapError` with libpcap's own words. */
  compile(request: CompileRequest): BpfProgram {
    const { link } = request;
    const args = ["-ddd", ...(request.optimize ? [] : ["-O"])];
    if (typeof link === "string") args.push("-y", link, "-s", String(request.snapLength));
    else args.push("-r", "-");
    const input =
      typeof link === "string"
        ? new Uint8Array(0)
        : emptyCapture(link, request.snapLength, request.littleEndian ?? true);
    const { status, stdout, stderr } = this.#run("tcpdump", [...args, "--", request.expression], input);
    if (status !== 0) throw refusal(errorText(stderr));
    return parsedProgram(stdout);
  }
}

function errorText(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.startsWith("tcpdump: "));
  return lines.at(-1)?.slice("tcpdump: ".length) ?? `tcpdump did not compile the filter expression: ${stderr.trim()}`;
}

/** What -ddd prints: the number of instructions, then code, jt, jf and k of each on a line. */
function parsedProgram(text: string): BpfProgram {
  const [count = "", ...lines] = text.trimEnd().split("\n");
  if (!/^\d+$/.test(count) || Number(count) !== lines.length)
    throw new FilterError("refused", "tcpdump -ddd did not print a program");
  const program = emptyProgram(lines.length);
  for (const [i, line] of lines.entries()) {
    const [, code, whenTrue, whenFalse, operand] = /^(\d+) (\d+) (\d+) (\d+)$/.exec(line) ?? [];
    if (operand === undefined) throw new FilterError("refused", `tcpdump -ddd printed no instruction: ${line}`);
    program.codes[i] = Number(code);
    program.jumpTrue[i] = Number(whenTrue);
    program.jumpFalse[i] = Number(whenFalse);
    program.operands[i] = Number(operand);
  }
  return program;
}

function runChild(command: string, args: readonly string[], input: Uint8Array): ChildResult {
  const path = [process.env["PATH"] ?? "", ...SYSTEM_PATHS].join(":");
  const env = { ...process.env, PATH: path, LC_ALL: "C" };
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    input,
    env,
    encoding: "utf8",
    maxBuffer: MAX_OUTPUT,
  });
  if (error !== undefined) return { status: undefined, stdout: "", stderr: error.message };
  return { status, stdout, stderr };
}
