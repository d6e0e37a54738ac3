import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RING_SIZE } from "../../src/capture/index-ring.ts";
import { Frame } from "../../src/wire/frame.ts";
import { ModuleMemory } from "../../src/wire/module-memory.ts";
import { pcapBytes } from "../support/pcap-bytes.ts";
import { parseScript } from "../support/script.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const MIB = 2 ** 20;
/** Large enough to be read by a thread of its own. */
const SIZE = 40 * MIB;
const PCAP_HEADER = 24;
const RECORD_HEADER = 16;
/** In a record of Ethernet and IPv4: the port of the client, which is the one that is not 80. */
const SOURCE_PORT = RECORD_HEADER + 14 + 20;

const CONNECTION = `stack linux
numbers relative
0 > S
+0.01 < S.
+0.01 > .
${"+0.01 > P.(1000)\n+0.02 < .\n+0.01 < P.(1400)\n+0.001 < P.(1400)\n+0.01 > .\n".repeat(8)}+0.01 > F.
+0.01 < F.
+0.01 > .`;

let folder = "";

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tcpscope-index-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** Records of one connection, each cut to so many bytes. */
function records(snapLength: number): Buffer {
  const packets = parseScript(CONNECTION).map((packet) => ({
    ...packet,
    wireLength: packet.bytes.length,
    bytes: packet.bytes.subarray(0, snapLength),
  }));
  return Buffer.from(pcapBytes(1, "micro", 262_144, packets)).subarray(PCAP_HEADER);
}

/** The connection again and again, each time a second later and from another port, until there are so many bytes. */
function large(size: number, snapLength: number): Buffer {
  const connection = records(snapLength);
  const header = Buffer.from(pcapBytes(1, "micro", 262_144, []));
  const parts = [header];
  for (let total = header.length, index = 0; total < size; total += connection.length, index++) {
    const copy = Buffer.from(connection);
    for (let at = 0; at < copy.length; at += RECORD_HEADER + copy.readUInt32LE(at + 8)) {
      copy.writeUInt32LE(copy.readUInt32LE(at) + index, at);
      const isSource = copy.readUInt16BE(at + SOURCE_PORT) !== 80;
      copy.writeUInt16BE(1024 + (index % 60_000), at + SOURCE_PORT + (isSource ? 0 : 2));
    }
    parts.push(copy);
  }
  return Buffer.concat(parts);
}

/** What `flows` says of a file, read by its path or through a pipe, where nothing reads ahead. */
function flows(file: string, how: "path" | "pipe"): { status: number | null; stdout: string; stderr: string } {
  const program = `"${process.execPath}" "${path.join(ROOT, "bin/tcpscope.js")}" flows --json -r`;
  const command = how === "path" ? `${program} "${file}"` : `cat "${file}" | ${program} -`;
  const { status, stdout, stderr } = spawnSync(command, { shell: true, encoding: "utf8", maxBuffer: 2 ** 29 });
  const words = (text: string): string => text.replaceAll(file, "FILE").replaceAll("standard input", "FILE");
  return { status, stdout, stderr: words(stderr).replaceAll("the file has", "the input has") };
}

test("large files that are read one after the other give what one file of both gives", { timeout: 60_000 }, () => {
  const bytes = large(2 * SIZE, 262_144);
  let at = PCAP_HEADER;
  while (at < SIZE) at += RECORD_HEADER + bytes.readUInt32LE(at + 8);
  const [whole, first, second] = ["whole", "first", "second"].map((name) => path.join(folder, `${name}.pcap`));
  fs.writeFileSync(whole!, bytes);
  fs.writeFileSync(first!, bytes.subarray(0, at));
  fs.writeFileSync(second!, Buffer.concat([bytes.subarray(0, PCAP_HEADER), bytes.subarray(at)]));
  const found = flows(`${first}" -r "${second}`, "path");
  expect(found.stderr).toBe("");
  expect(found.stdout.split("\n").length).toBeGreaterThan(1000);
  expect(found.stdout === flows(whole!, "path").stdout).toBe(true);
});

test("the thread comes into use, and gives every frame once", { timeout: 60_000 }, async () => {
  // A thread runs what was built, not the sources.
  const built: typeof import("../../src/capture/open.ts") = await import(path.join(ROOT, "dist/capture/open.js"));
  const indexMemory = new ModuleMemory(RING_SIZE);
  const file = path.join(folder, "large.pcap");
  fs.writeFileSync(file, large(SIZE, 262_144));
  const frame = new Frame();
  const source = await built.openCapture(file, { indexMemory });
  let read = 0;
  const buffers = new Set<Uint8Array>();
  for await (const block of source.blocks()) {
    // Until the thread is ready, reading is slow.
    if (buffers.size < 2) await setTimeout(500);
    while (block.next(frame)) {
      if (frame.number !== ++read) throw new Error(`frame ${frame.number} came as number ${read}`);
      if (frame.index !== undefined) buffers.add(frame.bytes);
    }
  }
  expect(source.bytesRead).toBe(fs.statSync(file).size);
  // Without the thread, there is one.
  expect(buffers.size).toBeGreaterThan(1);
});

describe("a large file read by a thread of its own gives what a pipe gives", { timeout: 120_000 }, () => {
  const check = (bytes: Buffer, connections: number, complaint: RegExp): void => {
    const file = path.join(folder, "large.pcap");
    fs.writeFileSync(file, bytes);
    const found = flows(file, "path");
    expect(found.stdout.split("\n").length - 1).toBeGreaterThan(connections);
    expect(found.stderr).toMatch(complaint);
    expect(found).toEqual(flows(file, "pipe"));
  };

  test("whole", () => check(large(SIZE, 262_144), 500, /^$/));

  test("of so many small frames that a block has no room for all", () => check(large(SIZE, 54), 5000, /^$/));

  test("cut", () =>
    check(large(SIZE, 262_144).subarray(0, SIZE - 100), 500, /needs \d+ bytes, the input has \d+ left/));

  test("damaged in the middle", () => {
    const bytes = large(SIZE, 262_144);
    let at = PCAP_HEADER;
    while (at < (2 / 3) * SIZE) at += RECORD_HEADER + bytes.readUInt32LE(at + 8);
    bytes.writeUInt32LE(0x7fffffff, at + 8);
    check(bytes, 300, new RegExp(`at byte ${at} says 2147483647 captured bytes`));
  });

  test("with a fraction of a second that cannot be one", () => {
    const bytes = large(SIZE, 262_144);
    let at = PCAP_HEADER;
    while (at < (2 / 3) * SIZE) at += RECORD_HEADER + bytes.readUInt32LE(at + 8);
    bytes.writeUInt32LE(0xfffffff0, at + 4);
    check(bytes, 500, /^$/);
  });
});
