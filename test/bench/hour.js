// Captures generated traffic for an hour, and prints what memory that takes:
//   sudo node test/bench/hour.js [--minutes 60] [--rate 50000] [--every 10] [--program PATH]
// It makes a network namespace with a pair of interfaces, makes so many connections a minute on the one (test/bench/connections.js), captures
// on the other with `tcpscope flows` and `tcpscope diagnose` side by side, and reads their resident memory and V8's heap every so many
// seconds. At the end: what they counted, and a table of the memory. Needs root and iproute2; takes about a tenth of a processor.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { BenchNamespace, end } from "./namespace.js";

const FOLDER = import.meta.dirname;
const SECOND = 1000;
const MEBIBYTE = 1 << 20;
const SETTLING = 2000;
/** How long a child may take to end by itself. */
const ROWS = 12;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "60" },
    rate: { type: "string", default: "50000" },
    every: { type: "string", default: "10" },
    program: { type: "string", default: path.join(FOLDER, "../../bin/tcpscope.js") },
  },
});
const seconds = Number(values.minutes) * 60;
const every = Number(values.every) * SECOND;

const begin = performance.now();

/** A command that captures, with what it said and printed. */
class Watched {
  /** @type {{ minute: number, resident: number, heap: number }[]} in MiB */
  samples = [];
  /** Lines printed: flows prints one for each connection. */
  lines = 0;
  said = "";
  /** Seconds of a processor. */
  cost = Number.NaN;

  /** @param {string} name of the command */
  constructor(name) {
    this.name = name;
    const node = [process.execPath, "--import", path.join(FOLDER, "heap.js"), values.program];
    const [program = "", ...args] = namespace.inside(...node, name, "-n", "-i", "vb");
    this.child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      env: { ...process.env, HEAP_EVERY: String(every) },
    });
    this.ended = new Promise((resolve) => this.child.on("close", resolve));
    this.child.stdout?.on("data", (/** @type {Buffer} */ bytes) => {
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) this.lines++;
    });
    this.child.stderr?.setEncoding("utf8").on("data", (/** @type {string} */ text) => (this.said += text));
    const [, , , memory] = this.child.stdio;
    memory?.on("data", (/** @type {Buffer} */ line) => this.#sample(String(line)));
  }

  async capturing() {
    while (!this.said.includes("listening on")) {
      if (this.child.exitCode !== null) throw new Error(`${this.name} has ended: ${this.said}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async interrupt() {
    const fields = fs
      .readFileSync(`/proc/${this.child.pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    this.cost = (Number(fields[11]) + Number(fields[12])) / 100;
    this.child.kill("SIGINT");
    await this.ended;
  }

  /** @param {string} line */
  #sample(line) {
    const { rss, heapUsed } = JSON.parse(line);
    // A process that gets little time is late with its samples.
    const minute = (performance.now() - begin) / SECOND / 60;
    const sample = { minute, resident: rss / MEBIBYTE, heap: heapUsed / MEBIBYTE };
    this.samples.push(sample);
    console.log(
      `${this.name} ${minute.toFixed(2)} min: ${sample.resident.toFixed(1)} MiB, heap ${sample.heap.toFixed(1)} MiB`,
    );
  }
}

/** @param {(child: import("node:child_process").ChildProcess) => void} started @returns {Promise<{ sent: number, connections: number }>} */
function generate(started) {
  const generator = path.join(FOLDER, "connections.js");
  const [program = "", ...args] = namespace.inside(process.execPath, generator, "va", String(seconds), values.rate);
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  started(child);
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (/** @type {string} */ more) => (text += more));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      if (status === 0) resolve(JSON.parse(text));
      else reject(new Error(`the generator ended with ${status}`));
    });
  });
}

/** Of each part of the time: the highest resident memory, and the lowest heap, which is nearest to what is needed. @param {Watched[]} all */
function table(all) {
  console.log(`\n| minutes | ${all.map(({ name }) => `${name}: resident | heap`).join(" | ")} |`);
  console.log(`| --- | ${all.map(() => "--- | ---").join(" | ")} |`);
  const length = Math.max(...all.flatMap(({ samples }) => samples.map(({ minute }) => minute)));
  for (let row = 0; row < ROWS; row++) {
    const [from, to] = [(row * length) / ROWS, ((row + 1) * length) / ROWS];
    const cells = all.map(({ samples }) => {
      const part = samples.filter(({ minute }) => minute > from && minute <= to);
      if (part.length === 0) return "| ";
      const resident = Math.max(...part.map((sample) => sample.resident));
      const heap = Math.min(...part.map((sample) => sample.heap));
      return `${resident.toFixed(0)} MiB | ${heap.toFixed(0)} MiB`;
    });
    console.log(`| ${to.toFixed(1)} | ${cells.join(" | ")} |`);
  }
}

/** @type {import("node:child_process").ChildProcess[]} */
const children = [];
/** @type {Promise<never>} */
const interrupted = new Promise((_, reject) => {
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => reject(new Error(`ended by ${signal}`)));
});
// Before and after the generator's time nobody waits for it.
interrupted.catch(() => undefined);
const namespace = new BenchNamespace("hour");
try {
  const all = ["flows", "diagnose"].map((name) => new Watched(name));
  children.push(...all.map(({ child }) => child));
  for (const each of all) await each.capturing();
  const { sent, connections } = await Promise.race([generate((child) => children.push(child)), interrupted]);
  await new Promise((resolve) => setTimeout(resolve, SETTLING));
  for (const each of all) await each.interrupt();
  console.log(`\n${connections} connections, ${sent} frames in ${seconds} s`);
  for (const { name, lines, cost, said } of all) {
    console.log(`\n${name}: ${lines} lines, ${cost} s of a processor\n${said.trim()}`);
  }
  table(all);
} finally {
  await Promise.all(children.map(end));
  namespace.remove();
}
