import type { EventEmitter } from "node:events";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { afterAll, bench, describe } from "vitest";
import { Analysis, Frame, openCapture, Packet } from "../../src/index.ts";
import { generateCapture } from "./generate.js";

const pcapParser: { parse(file: string): EventEmitter } = createRequire(import.meta.url)("pcap-parser");

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tcpscope-bench-"));
const capture = path.join(folder, "capture.pcap");
generateCapture(capture, { packets: 50_000, flows: 500 });
afterAll(() => fs.rmSync(folder, { recursive: true }));

async function eachFrame(visit: (frame: Frame) => void): Promise<void> {
  const frame = new Frame();
  for await (const block of (await openCapture(capture)).blocks()) while (block.next(frame)) visit(frame);
}

describe("50,000 packets", () => {
  bench("read", async () => {
    await eachFrame(() => {});
  });

  bench("read and decoded", async () => {
    const packet = new Packet();
    await eachFrame((frame) => packet.decode(frame));
  });

  bench("read, decoded and followed", async () => {
    const analysis = new Analysis();
    await eachFrame((frame) => void analysis.observe(frame));
    analysis.finish();
  });

  bench("read by pcap-parser", async () => {
    const events = pcapParser.parse(capture);
    events.on("packet", () => {});
    await new Promise((resolve, reject) => events.on("end", resolve).on("error", reject));
  });
});
