import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { openCapture } from "../../src/capture/open.ts";
import { Frame } from "../../src/wire/frame.ts";
import { pcapBytes } from "../support/pcap-bytes.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tcpscope-buffer-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const KIB = 1024;

/** Records of these lengths, whose bytes tell the record and the place in it. */
function write(name: string, lengths: readonly number[]): string {
  const file = path.join(folder, name);
  const records = lengths.map((length, index) => ({
    seconds: index,
    nanoseconds: 0,
    wireLength: length,
    bytes: Uint8Array.from({ length }, (_, at) => (index * 31 + at * 7) & 0xff),
  }));
  fs.writeFileSync(file, pcapBytes(1, "micro", 262_144, records));
  return file;
}

/** Lengths of the records that hold what was written, and where each is in the file. */
async function read(file: string, bufferSize: number): Promise<number[]> {
  const frame = new Frame();
  const lengths: number[] = [];
  for await (const block of (await openCapture(file, { bufferSize })).blocks()) {
    while (block.next(frame)) {
      const index = frame.number - 1;
      for (let at = 0; at < frame.capturedLength; at += 997) {
        if (frame.bytes[frame.start + at] !== ((index * 31 + at * 7) & 0xff)) throw new Error(`frame ${index + 1}`);
      }
      lengths.push(frame.capturedLength);
    }
  }
  return lengths;
}

const MIXED = Array.from({ length: 400 }, (_, index) => (index * 7919) % (index % 13 === 0 ? 200 * KIB : 3 * KIB));

test.each([KIB, 130 * KIB, 160 * KIB, 300 * KIB, 1024 * KIB])(
  "a file larger than the buffer, of %i bytes",
  async (size) => {
    expect(await read(write("mixed.pcap", MIXED), size)).toEqual(MIXED);
  },
);

test("a cut record is told with its place", async () => {
  const file = write("cut.pcap", MIXED);
  const { size } = fs.statSync(file);
  fs.truncateSync(file, size - 1);
  const last = MIXED.at(-1) ?? 0;
  await expect(read(file, 160 * KIB)).rejects.toThrow(
    `record of frame ${MIXED.length} at byte ${size - 16 - last} needs ${last + 16} bytes, the file has ${last + 15} left`,
  );
});

test("leaving before the end closes the file", async () => {
  const file = write("left.pcap", MIXED);
  const opened = (): string[] =>
    fs.readdirSync("/proc/self/fd").flatMap((fd) => {
      try {
        return [fs.readlinkSync(`/proc/self/fd/${fd}`)];
      } catch {
        return [];
      }
    });
  for await (const block of (await openCapture(file, { bufferSize: 160 * KIB })).blocks()) {
    expect(block.next(new Frame())).toBe(true);
    expect(opened()).toContain(file);
    break;
  }
  await expect.poll(opened).not.toContain(file);
});
