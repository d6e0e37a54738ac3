// Measures tcpscope beside its peers on one capture and prints ratios of the medians' pairs:
//   npm run bench -- [--runs 5] [--packets 1000000] [--flows 1500] [CAPTURE]
// Without CAPTURE, one is made. Each command is run once to warm up, then in turn with its peer; output goes nowhere.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { generateCapture } from "./generate.js";

const FOLDER = import.meta.dirname;
const OWN = [process.execPath, path.join(FOLDER, "../../bin/tcpscope.js")];
// Without TZ, tcpdump looks at the file of the time zone for every packet.
const ENVIRONMENT = { ...process.env, TZ: "UTC" };
const POLL = 5;

/** @typedef {{ seconds: number, memory: number }} Sample seconds of wall time, peak memory in MiB (NaN: not known) */

/** Runs a command to its end. @param {readonly string[]} command @returns {Promise<Sample>} */
async function measure([program = "", ...args]) {
  const begin = performance.now();
  const child = spawn(program, args, { stdio: "ignore", env: ENVIRONMENT });
  let memory = Number.NaN;
  const timer = setInterval(() => (memory = peakMemory(child.pid) ?? memory), POLL);
  const status = await new Promise((resolve, reject) => child.on("error", reject).on("exit", resolve));
  clearInterval(timer);
  if (status !== 0 && status !== 3) throw new Error(`${program} ${args.join(" ")} ended with ${status}`);
  return { seconds: (performance.now() - begin) / 1000, memory };
}

/** Peak memory of a running process, in MiB; Linux keeps it. @param {number | undefined} pid */
function peakMemory(pid) {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kibibytes === undefined ? undefined : Number(kibibytes) / 1024;
  } catch {
    return undefined;
  }
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** One row: ours, the peer's, and how many times as long the peer takes. @param {string} name @param {readonly string[]} own @param {readonly string[]} peer @param {number} runs */
async function compare(name, own, peer, runs) {
  if (spawnSync(peer[0] ?? "", ["--version"]).error !== undefined) return [name, "", "", "peer not installed", "", ""];
  await measure(own);
  await measure(peer);
  /** @type {[Sample, Sample][]} */
  const pairs = [];
  for (let run = 0; run < runs; run++) pairs.push([await measure(own), await measure(peer)]);
  const [mine, theirs] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
  return [
    name,
    `${median(mine.map((each) => each.seconds)).toFixed(2)} s`,
    `${median(theirs.map((each) => each.seconds)).toFixed(2)} s`,
    median(pairs.map(([a, b]) => b.seconds / a.seconds)).toFixed(2),
    `${Math.round(median(mine.map((each) => each.memory)))} MiB`,
    `${Math.round(median(theirs.map((each) => each.memory)))} MiB`,
  ];
}

/** Packets a second of a way of reading, in a new process each time. @param {string} way @param {string} capture @param {number} runs */
function readingSpeed(way, capture, runs) {
  const samples = Array.from({ length: runs }, () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [path.join(FOLDER, "read.js"), way, capture], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
    /** @type {{ packets: number, seconds: number, memory: number }} */
    const sample = JSON.parse(stdout);
    return sample;
  });
  return {
    rate: median(samples.map(({ packets, seconds }) => packets / seconds)),
    memory: median(samples.map(({ memory }) => memory)),
  };
}

/** @param {readonly (readonly string[])[]} rows */
function printTable(rows) {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "5" },
    packets: { type: "string", default: "1000000" },
    flows: { type: "string", default: "1500" },
  },
});
const runs = Number(values.runs);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tcpscope-bench-"));
try {
  const capture = positionals[0] ?? path.join(folder, "capture.pcap");
  if (positionals[0] === undefined)
    generateCapture(capture, { packets: Number(values.packets), flows: Number(values.flows) });
  const { size } = fs.statSync(capture);
  console.log(
    `${capture}: ${Math.round(size / 2 ** 20)} MiB, Node.js ${process.version}, ${os.cpus().length} CPUs, median of ${runs}\n`,
  );

  const flows = [...OWN, "flows", "--json", "-r", capture];
  printTable([
    ["tcpscope / peer", "tcpscope", "peer", "times as fast", "memory", "peer"],
    await compare("dump -nn / tcpdump -nn", [...OWN, "-nnr", capture], ["tcpdump", "-nnr", capture], runs),
    await compare("dump -nn -v / tcpdump -nn -v", [...OWN, "-nnvr", capture], ["tcpdump", "-nnvr", capture], runs),
    await compare("flows --json / tcptrace -n -l", flows, ["tcptrace", "-n", "-l", capture], runs),
    await compare("diagnose --json / flows --json", [...OWN, "diagnose", "--json", "-r", capture], flows, runs),
  ]);

  const ways = ["bare", "decode", "connections", "pcap-parser"];
  const speeds = ways.map((way) => ({ way, ...readingSpeed(way, capture, runs) }));
  const slowest = speeds.at(-1)?.rate ?? Number.NaN;
  console.log("");
  printTable([
    ["reading in the library", "packets/s", "beside pcap-parser", "memory"],
    ...speeds.map(({ way, rate, memory }) => [
      way,
      `${(rate / 1e6).toFixed(2)} million`,
      (rate / slowest).toFixed(1),
      `${Math.round(memory)} MiB`,
    ]),
  ]);
} finally {
  fs.rmSync(folder, { recursive: true });
}
