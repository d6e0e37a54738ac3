// Runs commands of the built program one after the other in this process, as the parent asks for them: a process for each of
// two thousand commands would take longer than the commands do.
import fs from "node:fs";
import { main } from "../../dist/cli/main.js";

const STDOUT = 1;

/** What one command did. */
let bytes = 0;
let stderr = "";
let badLine = "";
let checkJson = false;
let rest = "";

const writeSync = fs.writeSync;

/** Standard output is counted, and checked as lines of JSON where it should be that. @type {any} */
const counting = (/** @type {number} */ descriptor, /** @type {Uint8Array} */ data, /** @type {any[]} */ ...more) => {
  if (descriptor !== STDOUT) return Reflect.apply(writeSync, fs, [descriptor, data, ...more]);
  const [at = 0, length = data.length - at] = more;
  bytes += length;
  if (checkJson) take(Buffer.from(data.buffer, data.byteOffset + at, length).toString("utf8"));
  return length;
};
fs.writeSync = counting;
process.stderr.write = (/** @type {string | Uint8Array} */ text) => {
  stderr += String(text);
  return true;
};

/** @param {string} text */
function take(text) {
  const lines = (rest + text).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) check(line);
}

/** @param {string} line */
function check(line) {
  try {
    const value = JSON.parse(line);
    if (typeof value !== "object" || value === null) badLine ||= line;
  } catch {
    badLine ||= line;
  }
}

/** @param {string[]} args */
async function run(args) {
  bytes = 0;
  stderr = "";
  badLine = "";
  rest = "";
  checkJson = args.includes("--json");
  process.exitCode = undefined;
  let stack = "";
  let status = -1;
  try {
    status = await main(args);
  } catch (error) {
    stack = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  }
  if (rest !== "") badLine ||= rest;
  process.exitCode = undefined;
  return { status, bytes, stderr, badLine, stack, maxRss: process.resourceUsage().maxRSS / 1024 };
}

process.on("message", (/** @type {string[]} */ args) => {
  void run(args).then((result) => process.send?.(result));
});
