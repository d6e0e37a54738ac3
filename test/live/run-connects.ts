import { ERRNO_NUMBERS } from "../../src/report/explain/errno-numbers.ts";
import { RUN_SCHEMA } from "../../src/report/schema/own-traffic-schema.ts";
import { PROGRAM as TCPSCOPE } from "../cli/run.ts";
import { type Namespace, objectsOf } from "./namespace.ts";
import { expectAsPublished } from "./schema.ts";

/** Connects to each of "ADDRESS PORT SECONDS", one after the other; gives each up after its time. Prints the errors' numbers, 0 for none. */
const CONNECTS = `
const net = require("net");
const connect = ([address, port, seconds]) => new Promise((resolve) => {
  const socket = net.connect(Number(port), address);
  setTimeout(() => { socket.destroy(); resolve("given up"); }, seconds * 1000);
  socket.on("connect", () => resolve(0)).on("error", ({ errno }) => resolve(-errno));
});
(async () => {
  let status = 0;
  for (const words of process.argv.slice(1)) {
    const result = await connect(words.split(" "));
    console.log(result);
    if (result !== 0) status = 1;
  }
  process.exit(status);
})();`;

export interface Ran {
  /** What each connect() returned: the number of the error, "0", "given up". */
  readonly returned: string[];
  readonly verdicts: Record<string, unknown>[];
  /** What else was said. */
  readonly said: string;
  readonly status: number | null;
}

/** Runs a program that prints a line for each connect() by `tcpscope run --json`, and that by `before`. */
export async function runProgram(
  namespace: Namespace,
  options: readonly string[],
  program: readonly string[],
  before: readonly string[] = [],
): Promise<Ran> {
  const command = [...before, process.execPath, TCPSCOPE, "run", "--json", ...options, "--", ...program];
  const { status, stdout, stderr } = await namespace.start(command).ended;
  const said = stderr.match(/^tcpscope: .*\n/gm)?.join("") ?? "";
  const verdicts = objectsOf(stderr.replaceAll(/^tcpscope: .*\n/gm, ""));
  expectAsPublished(RUN_SCHEMA, verdicts);
  return { returned: stdout.trimEnd().split("\n"), verdicts, said, status };
}

/** Connects to each of "ADDRESS PORT SECONDS", with sockets that do not block. */
export async function run(namespace: Namespace, options: readonly string[], ...targets: string[]): Promise<Ran> {
  return runProgram(namespace, options, connecting(...targets));
}

/** What connects to each of "ADDRESS PORT SECONDS", one after the other. */
export function connecting(...targets: string[]): string[] {
  return [process.execPath, "-e", CONNECTS, ...targets];
}

/** The number of a verdict's error on Linux; 0 for none. */
export function numberOf({ errno }: Record<string, unknown>): number {
  return typeof errno === "string" ? (ERRNO_NUMBERS[errno]?.linux ?? -1) : 0;
}
