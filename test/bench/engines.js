// Compares what captures, side by side with tcpdump, and prints a table:
//   sudo node test/bench/engines.js [--rate 200000] [--seconds 20] [--only NAME,NAME]
// It makes a network namespace with a pair of interfaces, sends small TCP segments on the one (test/live/send.js) and captures on the other,
// with the same 16 MiB of the kernel's buffer for all. Needs root, iproute2 and tcpdump; dumpcap and the package cap
// (npm ci in test/bench, with libpcap-dev and a compiler) are compared where they are installed.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { BenchNamespace, run } from "./namespace.js";

const FOLDER = import.meta.dirname;
const OWN = [process.execPath, path.join(FOLDER, "../../bin/tcpscope.js")];
const SENDER = path.join(FOLDER, "../live/send.js");
const CONNECTIONS = 100;
const TICKS = 100;
const MILLION = 1e6;

/** @typedef {{ name: string, command: string[], env?: Record<string, string> }} Candidate */
/**
 * missed: frames that the interface dropped, for the system's queue of frames that have come was full: no capture sees them, or knows of them;
 * dropped: NaN when nobody knows it; seconds of a processor; memory in MiB
 * @typedef {{ sent: number, missed: number, captured: number, dropped: number, seconds: number, memory: number }} Result
 */

const { values } = parseArgs({
  options: { rate: { type: "string" }, seconds: { type: "string" }, only: { type: "string" } },
});
const rate = Number(values.rate ?? 200_000);
const count = rate * Number(values.seconds ?? 20);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tcpscope-bench-"));
const file = path.join(folder, "capture.pcap");

/** @param {string[]} args */
function own(...args) {
  return [...OWN, ...args];
}

/** The capture goes to a file but where something is printed. @returns {Candidate[]} */
function candidates() {
  const modules = path.join(FOLDER, "node_modules");
  /** @type {Candidate[]} */
  const all = [
    { name: "tcpdump -w", command: ["tcpdump", "-i", "vb", "-B", "16384", "-Z", "root", "-w", file] },
    { name: "dumpcap -P -w", command: ["dumpcap", "-q", "-i", "vb", "-B", "16", "-P", "-w", file] },
    { name: "tcpscope -w (libpcap)", command: own("-i", "vb", "-w", file) },
    { name: "tcpscope -w (child)", command: own("--engine", "child", "-i", "vb", "-w", file) },
    { name: "tcpscope -w (cap)", command: own("--engine", "cap", "-i", "vb", "-w", file), env: { NODE_PATH: modules } },
    { name: "tcpscope flows", command: own("flows", "-i", "vb") },
    { name: "tcpscope diagnose", command: own("why", "-i", "vb") },
    { name: "tcpscope -n >/dev/null", command: own("-n", "-i", "vb") },
    { name: "tcpdump -n >/dev/null", command: ["tcpdump", "-n", "-i", "vb", "-B", "16384", "-Z", "root"] },
  ];
  const only = values.only?.split(",");
  return all.filter(({ name }) => only === undefined || only.some((each) => name.includes(each)));
}

/** Processes below one, and itself. @param {number} pid @returns {number[]} */
function family(pid) {
  const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return [pid, ...(children === "" ? [] : children.split(" ").flatMap((child) => family(Number(child))))];
}

/** Processor time of a process and its children so far, in seconds. @param {number} pid */
function processorTime(pid) {
  let ticks = 0;
  for (const each of family(pid)) {
    const fields = fs
      .readFileSync(`/proc/${each}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / TICKS;
}

/** @param {string} text @param {RegExp} pattern */
function numberIn(text, pattern) {
  return Number(pattern.exec(text)?.[1] ?? Number.NaN);
}

/** @param {Candidate} candidate @returns {Promise<Result | string>} */
async function measure({ command, env }) {
  const [program = "", ...args] = namespace.inside(...command);
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  const ended = new Promise((resolve) => child.on("close", resolve));
  await new Promise((resolve) => {
    child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      said += text;
      if (/listening on|File: /.test(said)) setTimeout(() => resolve(undefined), 500);
    });
    void ended.then(resolve);
  });
  if (child.exitCode !== null || child.pid === undefined) return said.trim().split("\n").at(-1) ?? "";
  const before = processorTime(child.pid);
  const missedBefore = missedFrames();
  const { sent } = JSON.parse(await send());
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const seconds = processorTime(child.pid) - before;
  const memory = numberIn(fs.readFileSync(`/proc/${child.pid}/status`, "utf8"), /VmHWM:\s+(\d+)/) / 1024;
  child.kill("SIGINT");
  await ended;
  return { sent, missed: missedFrames() - missedBefore, seconds, memory, ...counted(said) };
}

/** How many frames the interface that is captured on has dropped before anything could capture them. */
function missedFrames() {
  const [link] = JSON.parse(run(...namespace.inside("ip", "-json", "-stats", "link", "show", "vb")));
  return Number(link.stats64.rx.dropped);
}

/** @param {string} said */
function counted(said) {
  const dumpcap = /Packets received\/dropped on interface .*: (\d+)\/(\d+)/.exec(said);
  if (dumpcap !== null) return { captured: Number(dumpcap[1]), dropped: Number(dumpcap[2]) };
  return {
    captured: numberIn(said, /(\d+) packets? captured/),
    dropped: numberIn(said, /(\d+) packets? dropped by kernel/),
  };
}

/** Meanwhile our own process sleeps. @returns {Promise<string>} */
function send() {
  const [program = "", ...args] = namespace.inside(
    process.execPath,
    SENDER,
    "va",
    String(count),
    String(rate),
    String(CONNECTIONS),
    "bypass",
  );
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (/** @type {string} */ more) => (text += more));
  return new Promise((resolve, reject) => {
    child.on("close", (status) =>
      status === 0 ? resolve(text) : reject(new Error(`the sender ended with ${status}`)),
    );
  });
}

console.log(
  `${count} frames of 74 and 114 bytes, ${rate} a second, ${CONNECTIONS} connections; ${os.cpus().length} processors, load ${os.loadavg()[0]?.toFixed(1)}\n`,
);
console.log(
  "| | captured | never came | dropped | lost and not counted | CPU s per million | times tcpdump -w | memory |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
const namespace = new BenchNamespace("bench");
try {
  let base = Number.NaN;
  for (const candidate of candidates()) {
    const result = await measure(candidate);
    if (typeof result === "string") {
      console.log(`| ${candidate.name} | ${result} | | | | | | |`);
      continue;
    }
    const { sent, missed, captured, dropped, seconds, memory } = result;
    const cost = (seconds * MILLION) / sent;
    if (candidate.name === "tcpdump -w") base = cost;
    const lost = sent - missed - captured - (Number.isNaN(dropped) ? 0 : dropped);
    const cells = [
      captured,
      missed,
      Number.isNaN(dropped) ? "not known" : dropped,
      lost,
      cost.toFixed(2),
      (cost / base).toFixed(2),
      `${memory.toFixed(0)} MiB`,
    ];
    console.log(`| ${candidate.name} | ${cells.join(" | ")} |`);
    fs.rmSync(file, { force: true });
  }
} finally {
  namespace.remove();
  fs.rmSync(folder, { recursive: true, force: true });
}
