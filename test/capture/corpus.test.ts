import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { readBytes, readCapture, temporaryFile, timeText, type ReadFrame } from "./read.ts";
import { join, payload, pcapHeader, pcapRecord } from "./bytes.ts";
import { CORPUS, corpusCaptures, lacksFolder, lacksProgram } from "../support/peers.ts";

const NO_CORPUS = lacksFolder(CORPUS);
const NO_PEERS = ["tcpdump", "tshark"].some((program) => lacksProgram(program));

const FOLDERS = ["pcapng", "tcp", "hostile", "tcpdump-tests", "filters"];

/** What libpcap makes of a capture: the frames that tcpdump copies to a file of its own, and its complaint. */
function byTcpdump(file: string): { frames: Copied[]; complaint: string } {
  const run = spawnSync("tcpdump", ["--time-stamp-precision=nano", "-r", file, "-w", "-"], { maxBuffer: 1 << 28 });
  const complaint = run.stderr.toString().replaceAll(/^(?:reading from|Warning:).*\n/gm, "");
  const frames: Copied[] = [];
  for (let at = 24; at < run.stdout.length;) {
    const captured = run.stdout.readUInt32LE(at + 8);
    const data = run.stdout.subarray(at + 16, at + 16 + captured);
    const [seconds, nanoseconds] = [run.stdout.readUInt32LE(at), run.stdout.readUInt32LE(at + 4)];
    frames.push({ seconds, nanoseconds, wireLength: run.stdout.readUInt32LE(at + 12), data });
    at += 16 + captured;
  }
  return { frames, complaint };
}

type Copied = Pick<ReadFrame, "seconds" | "nanoseconds" | "wireLength" | "data">;

/** Both numbers of a time have 32 bits in such a copy. */
function summary({ seconds, nanoseconds, wireLength, data }: Copied): string {
  return `${seconds % 2 ** 32}.${nanoseconds % 2 ** 32} ${wireLength} ${Buffer.from(data).toString("latin1")}`;
}

/** What tcpdump says of a good file that it does not read: some link types, interfaces that differ, no interface. */
const NOT_IN_TCPDUMP = /unknown data link type|different from the|no Interface Description Blocks/;

describe.skipIf(NO_CORPUS || NO_PEERS)("frame by frame as tcpdump reads them", () => {
  test.each(FOLDERS)("%s", { timeout: 120_000 }, async (folder) => {
    let compared = 0;
    for (const file of corpusCaptures(folder)) {
      const theirs = byTcpdump(file);
      if (NOT_IN_TCPDUMP.test(theirs.complaint)) continue;
      const { frames, error } = await readCapture(file);
      expect(error === undefined, `${file}: ${error?.message} | ${theirs.complaint}`).toBe(theirs.complaint === "");
      expect(frames.length, file).toBe(theirs.frames.length);
      const different = frames.findIndex((frame, index) => summary(frame) !== summary(theirs.frames[index]!));
      expect(different, file).toBe(-1);
      compared++;
    }
    expect(compared).toBeGreaterThan(10);
  });
});

/** What tshark shows of each frame. */
function byTshark(file: string): { lines: string[]; complaint: string } {
  const fields = ["frame.number", "frame.time_epoch", "frame.cap_len", "frame.len"].flatMap((name) => ["-e", name]);
  const run = spawnSync("tshark", ["-n", "-r", file, "-T", "fields", ...fields], { encoding: "utf8" });
  const complaint = run.stderr.replace(/^Running as user.*\n/m, "").trim();
  return { lines: run.stdout.split("\n").filter((line) => line !== ""), complaint };
}

/** Not packets, but frames there; a time where there is none; a length that is not filled up. */
const OTHERWISE_IN_TSHARK = /advanced_test102|python-pcapng__test_data_test00[67]/;

describe.skipIf(NO_CORPUS || NO_PEERS)("times and lengths as tshark reads them", () => {
  test("pcapng that tcpdump does not read", { timeout: 120_000 }, async () => {
    let compared = 0;
    for (const file of corpusCaptures("pcapng").filter((name) => !OTHERWISE_IN_TSHARK.test(name))) {
      if (!NOT_IN_TCPDUMP.test(byTcpdump(file).complaint)) continue;
      const theirs = byTshark(file);
      const { frames, source, error } = await readCapture(file);
      if (source === undefined) continue;
      expect(error === undefined, `${file}: ${error?.message} | ${theirs.complaint}`).toBe(theirs.complaint === "");
      const lines = frames.map(({ number, data, wireLength, ...frame }, index) => {
        // Simple packets have no time.
        const time = theirs.lines[index]?.includes("\t\t") && frame.seconds === 0 ? "" : timeText(frame);
        return `${number}\t${time}\t${data.length}\t${wireLength}`;
      });
      expect(lines, file).toEqual(theirs.lines);
      compared++;
    }
    expect(compared).toBeGreaterThan(10);
  });
});

describe.skipIf(NO_CORPUS)("pcapng-test-generator", () => {
  test("captures are the same in both byte orders", async () => {
    let total = 0;
    for (const file of corpusCaptures("pcapng").filter((name) => name.includes("output_le"))) {
      const one = await readCapture(file);
      const other = await readCapture(file.replace("output_le", "output_be"));
      expect(other.frames, file).toEqual(one.frames);
      expect(other.source?.interfaces, file).toEqual(one.source?.interfaces);
      expect(other.source?.names, file).toEqual(one.source?.names);
      total += one.frames.length;
    }
    expect(total).toBeGreaterThan(20);
  });
});

interface OtherPacket {
  readonly header: {
    timestampSeconds: number;
    timestampMicroseconds: number;
    capturedLength: number;
    originalLength: number;
  };
  readonly data: Buffer;
}

/** All packets by the package `pcap-parser`; undefined when it finds an error. */
function byPcapParser(file: string): Promise<OtherPacket[] | undefined> {
  const parser: { parse(file: string): NodeJS.EventEmitter } = createRequire(import.meta.url)("pcap-parser");
  return new Promise((resolve) => {
    const packets: OtherPacket[] = [];
    parser
      .parse(file)
      .on("packet", (packet: OtherPacket) => packets.push(packet))
      .on("error", () => resolve(undefined))
      .on("end", () => resolve(packets));
  });
}

describe("as the package pcap-parser reads them", () => {
  async function compare(file: string): Promise<number> {
    const { frames, source, error } = await readCapture(file);
    if (source?.format !== "pcap" || source.precision !== "micro" || error !== undefined) return 0;
    const packets = await byPcapParser(file);
    if (packets === undefined) return 0;
    expect(frames.length, file).toBe(packets.length);
    for (const [index, { header, data }] of packets.entries()) {
      const frame = frames[index]!;
      const { seconds, nanoseconds, wireLength } = frame;
      expect([seconds, nanoseconds / 1000, wireLength], `${file} ${index + 1}`).toEqual([
        header.timestampSeconds,
        header.timestampMicroseconds,
        header.originalLength,
      ]);
      expect(Buffer.compare(frame.data, data.subarray(0, source.snapLength)), `${file} ${index + 1}`).toBe(0);
    }
    return packets.length;
  }

  test("made files of both byte orders", async () => {
    for (const littleEndian of [true, false]) {
      const records = Array.from({ length: 50 }, (_, index) =>
        pcapRecord({ data: payload(index * 11, index), seconds: index + 1, fraction: index * 999, littleEndian }),
      );
      expect(await compare(temporaryFile(join(pcapHeader({ littleEndian }), ...records)))).toBe(50);
    }
  });

  test.skipIf(NO_CORPUS)("the corpus", { timeout: 120_000 }, async () => {
    let total = 0;
    for (const file of corpusCaptures("tcp")) total += await compare(file);
    expect(total).toBeGreaterThan(10_000);
  });
});

describe.skipIf(NO_CORPUS)("times beyond 2038 and 2106", () => {
  const folder = path.join(CORPUS, "tcpdump-tests", "v5");

  test.each([
    { name: "time_2038.pcap", seconds: 2145916800 },
    { name: "time_2038_max.pcap", seconds: 2147483647 },
    { name: "time_2038_overflow.pcap", seconds: 2147483648 },
    { name: "time_2106_max.pcap", seconds: 4294967295 },
    { name: "time_2107.pcapng", seconds: 4323283200 },
  ])("$name", async ({ name, seconds }) => {
    const { frames } = await readCapture(path.join(folder, name));
    expect(frames[0]?.seconds).toBe(seconds);
  });
});

test.skipIf(NO_CORPUS)("hostile captures, cut and through a small buffer, are frames or a CaptureError", async () => {
  for (const file of corpusCaptures("hostile")) {
    const bytes = fs.readFileSync(file);
    const whole = await readCapture(file);
    const small = await readCapture(file, { bufferSize: 32 });
    expect(small.frames.length, file).toBe(whole.frames.length);
    expect(small.error?.message, file).toBe(whole.error?.message);
    const cut = await readBytes(bytes.subarray(0, bytes.length >> 1));
    expect(cut.frames.length, file).toBeLessThanOrEqual(whole.frames.length);
  }
});
