import { spawnSync } from "node:child_process";

/** How long a child may take to end when it is asked, in milliseconds. */
const PATIENCE = 5000;

/** Runs a command to its end: what it printed. @param {string[]} command */
export function run(...command) {
  const [program = "", ...args] = command;
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}

/** A network namespace with a pair of interfaces, va and vb, on which nothing but what is sent passes. */
export class BenchNamespace {
  #name;

  /** @param {string} purpose */
  constructor(purpose) {
    this.#name = `tcpscope-${purpose}-${process.pid}`;
    run("ip", "netns", "add", this.#name);
    const all = "net.ipv6.conf.all.disable_ipv6=1";
    run(...this.inside("sysctl", "-qw", all, "net.ipv6.conf.default.disable_ipv6=1"));
    run(...this.inside("ip", "link", "add", "va", "type", "veth", "peer", "name", "vb"));
    for (const name of ["va", "vb"]) run(...this.inside("ip", "link", "set", name, "up"));
  }

  /** The command that runs this one in the namespace. @param {string[]} command */
  inside(...command) {
    return ["ip", "netns", "exec", this.#name, ...command];
  }

  remove() {
    run("ip", "netns", "del", this.#name);
  }
}

/** Ends a child that may have ended already. @param {import("node:child_process").ChildProcess} child */
export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const impatience = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  child.kill("SIGTERM");
  await ended;
  clearTimeout(impatience);
}
