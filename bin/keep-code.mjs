// Part of the build: keeps the code that V8 makes of the bundle when it does what it is mostly asked for. A start then
// takes that code in place of compiling the same again.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import v8 from "node:v8";
import launcher from "./tcpscope.js";

/** @param {string} name */
const fixture = (name) => path.join(import.meta.dirname, `../fixtures/${name}.pcap`);
const CAPTURE = fixture("refused");
/** Connections with much that can happen to them. */
const BUSY = ["ssh-detail", "close-four-way", "final-ack-lost", "time-wait-reuse", "unanswered"].map(fixture);
/** So large that a thread reads it, and damaged after the first packets. */
const LARGE = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "tcpscope-build-")), "large.pcap");
fs.writeFileSync(LARGE, Buffer.concat([fs.readFileSync(CAPTURE), Buffer.alloc(16, 0xff)]));
fs.truncateSync(LARGE, 64 << 20);
const COMMANDS = [
  ["-nnr", CAPTURE, "-w", os.devNull, "tcp port 443 or icmp"],
  ["-r", CAPTURE],
  ["-nn#ttttvxr", CAPTURE],
  ["-nr", CAPTURE, "--json"],
  ["-nr", CAPTURE, "--style", "wireshark"],
  ["-nr", CAPTURE, "--where", "tcp.flags.syn"],
  ["flows", "-r", CAPTURE],
  ["flows", "--json", "-r", CAPTURE],
  ["flows", "--json", "-r", LARGE],
  ...BUSY.map((capture) => ["flows", "--json", "-r", capture]),
  ["diagnose", "-r", CAPTURE],
  ["ladder", "-r", CAPTURE],
  ["report", "-r", CAPTURE],
  ["explain", "ECONNRESET"],
  ["--version"],
  ["--help"],
];

// Code belongs to V8's flags; a start has them as they are by default.
v8.setFlagsFromString = () => {};

const folder = launcher.codeFolder();
const bundle = new launcher.Bundle(folder);
const { main } = bundle.start();
for (const command of COMMANDS) await main(command);
process.exitCode = 0;
fs.rmSync(path.dirname(LARGE), { recursive: true });

fs.mkdirSync(folder);
for (const [id, { script }] of bundle.modules)
  fs.writeFileSync(path.join(folder, `${id}.code`), script.createCachedData());
