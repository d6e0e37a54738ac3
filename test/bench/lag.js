// How long a packet takes from the kernel's time stamp to its line, in whoever reads the pipe:
//   sudo node test/bench/lag.js [--packets 1000] [--distance 20] [--program PATH]
// It makes a network namespace with a pair of interfaces, sends single packets on the one, so many milliseconds apart, and prints on the other,
// with tcpscope and with tcpdump (with -l, and with --immediate-mode as well), one after the other. Prints a table: milliseconds, and what
// the reader itself was late at that time. Needs root, iproute2 and tcpdump.
import { spawn } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";
import { BenchNamespace, end } from "./namespace.js";

const FOLDER = import.meta.dirname;
const SECOND = 1000;
const SETTLING = 1000;

const { values } = parseArgs({
  options: {
    packets: { type: "string", default: "1000" },
    distance: { type: "string", default: "20" },
    program: { type: "string", default: path.join(FOLDER, "../../bin/tcpscope.js") },
  },
});

const PRINTERS = [
  { name: "tcpscope -n", command: [process.execPath, values.program, "-n"] },
  { name: "tcpdump -n -l", command: ["tcpdump", "-n", "-l"] },
  { name: "tcpdump -n -l --immediate-mode", command: ["tcpdump", "-n", "-l", "--immediate-mode"] },
];

/** @param {string[]} command @param {"ignore" | "pipe"} output */
function start(command, output) {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { stdio: ["ignore", output, "pipe"] });
  children.push(child);
  const ended = new Promise((resolve) => child.once("close", resolve));
  return { child, ended };
}

/** Milliseconds since 1970, finer than Date.now. */
function now() {
  return performance.timeOrigin + performance.now();
}

/** Lags in milliseconds of all lines. @param {string[]} command @returns {Promise<number[]>} */
async function measure(command) {
  const { child, ended } = start(namespace.inside(...command, "-tt", "--nano", "-i", "vb"), "pipe");
  /** @type {number[]} */
  const lags = [];
  let rest = "";
  child.stdout?.setEncoding("latin1").on("data", (/** @type {string} */ text) => {
    const at = now();
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (/^\d+\.\d+ IP/.test(line)) lags.push(at - Number.parseFloat(line) * SECOND);
  });
  await new Promise((resolve, reject) => {
    let said = "";
    child.once("exit", () => reject(new Error(`${command.join(" ")} has ended: ${said}`)));
    child.stderr?.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      said += text;
      if (said.includes("listening on")) resolve(undefined);
    });
  });
  const rate = String(SECOND / Number(values.distance));
  await start(
    namespace.inside(process.execPath, path.join(FOLDER, "../live/send.js"), "va", values.packets, rate),
    "ignore",
  ).ended;
  await new Promise((resolve) => setTimeout(resolve, SETTLING));
  child.kill("SIGINT");
  await ended;
  return lags;
}

/** How late timers of this process are: what does not come from the program that prints. */
class OwnLag {
  /** @type {number[]} */
  lags = [];
  #due = performance.now() + 10;
  #timer = setInterval(() => {
    const at = performance.now();
    this.lags.push(Math.max(0, at - this.#due));
    this.#due = at + 10;
  }, 10);

  end() {
    clearInterval(this.#timer);
    return this.lags;
  }
}

/** @param {number[]} lags */
function cells(lags) {
  const sorted = lags.toSorted((a, b) => a - b);
  const part = (/** @type {number} */ share) => (sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN).toFixed(2);
  return [String(sorted.length), part(0.5), part(0.99), part(1)];
}

/** @type {import("node:child_process").ChildProcess[]} */
const children = [];
const namespace = new BenchNamespace("lag");
try {
  console.log("| program | lines | p50 | p99 | most | reader: p99 | most |");
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  for (const { name, command } of PRINTERS) {
    const own = new OwnLag();
    const lags = await measure(command);
    const [, , ...reader] = cells(own.end());
    console.log(`| \`${name}\` | ${[...cells(lags), ...reader].join(" | ")} |`);
  }
} finally {
  await Promise.all(children.map(end));
  namespace.remove();
}
