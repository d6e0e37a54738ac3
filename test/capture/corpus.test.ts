import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { readBytes, readCapture, temporaryFile, timeText, type ReadFrame } from "./read.ts";
import { join, payload, pcapHeader, pcapRecord } from "./bytes.ts";

const CORPUS = path.join("..", "shared", "corpus");
const OPTIONAL = process.env["CI"] === undefined;
const NO_CORPUS = OPTIONAL && !fs.existsSync(CORPUS);
const NO_PEERS = OPTIONAL && ["tcpdump", "tshark"].some((program) => spawnSync(program, ["--version"]).status !== 0);

/** Captures below a folder of the corpus: by name, or by what they start with. */
function captures(folder: string): string[] {
  if (NO_CORPUS) return [];
  const files = fs.readdirSync(path.join(CORPUS, folder), { recursive: true, encoding: "utf8" });
  return files
    .map((name) => path.join(CORPUS, folder, name))
    .filter((file) => fs.statSync(file).isFile() && !/\.(?:out|tsv|\d)$/.test(file))
    .toSorted();
}

/** What tshark shows of each frame; undefined when it does not read the file. */
function tshark(file: string): { lines: string[]; complaint: string } | undefined {
  const fields = ["frame.number", "frame.time_epoch", "frame.cap_len", "frame.len"].flatMap((name) => ["-e", name]);
  const run = spawnSync("tshark", ["-n", "-r", file, "-T", "fields", ...fields], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const complaint = run.stderr.replace(/^Running as user.*\n/m, "").trim();
  if (/isn't a capture file|doesn't support/.test(complaint)) return undefined;
  return { lines: run.stdout.split("\n").filter((line) => line !== ""), complaint };
}

function line({ number, data, wireLength, ...frame }: ReadFrame): string {
  return `${number}\t${timeText(frame)}\t${data.length}\t${wireLength}`;
}

/** Frames that tshark shows otherwise, and why tcpdump's way is followed. */
function differsByDesign(frame: ReadFrame, shown: string, snapLength: number): boolean {
  const [, time, captured] = shown.split("\t");
  // Fractions of a second and more overflow there.
  if (frame.nanoseconds >= 1e9) return true;
  // Simple packets have no time.
  if (time === "" && frame.seconds === 0) return true;
  // libpcap cuts at the snap length.
  return Number(captured) > snapLength && frame.data.length === snapLength;
}

const FOLDERS = ["pcapng", "tcp", "hostile", "tcpdump-tests", "filters"];

describe.skipIf(NO_CORPUS || NO_PEERS)("frames, times and lengths as tshark reads them", () => {
  test.each(FOLDERS)("%s", { timeout: 300_000 }, async (folder) => {
    let compared = 0;
    for (const file of captures(folder)) {
      const shown = tshark(file);
      // Records that are no packets (custom blocks and the like) are frames there; this file has some.
      if (shown === undefined || file.includes("advanced_test102")) continue;
      const { frames, source, error } = await readCapture(file);
      if (source === undefined) {
        // tshark also reads formats that are no captures.
        expect(error?.code, file).toMatch(/not-a-capture|empty-file/);
        continue;
      }
      expect(error === undefined, `${file}: ${error?.message} | ${shown.complaint}`).toBe(shown.complaint === "");
      // Where a length is damaged, tshark guesses at older formats.
      if (error?.code === "bad-length") continue;
      expect(frames.length, file).toBe(shown.lines.length);
      for (const [index, frame] of frames.entries()) {
        const theirs = shown.lines[index]!;
        if (line(frame) !== theirs && !differsByDesign(frame, theirs, source.snapLength)) {
          expect(line(frame), file).toBe(theirs);
        }
      }
      compared++;
    }
    expect(compared).toBeGreaterThan(10);
  });
});

describe.skipIf(NO_CORPUS || NO_PEERS)("as many frames as tcpdump reads, and an error where it has one", () => {
  test.each(FOLDERS)("%s", { timeout: 300_000 }, async (folder) => {
    let compared = 0;
    for (const file of captures(folder)) {
      const run = spawnSync("tcpdump", ["-n", "--count", "-r", file], { encoding: "utf8" });
      // What tcpdump cannot read: link types that it does not print, interfaces of several link types.
      if (/unknown data link type|different from the type of the first/.test(run.stderr)) continue;
      const { frames, error } = await readCapture(file);
      if (/unknown file format|tried to read 4 file header bytes/.test(run.stderr)) {
        expect(error?.code, file).toMatch(/not-a-capture|empty-file/);
        continue;
      }
      const count = /^(\d+) packets?$/m.exec(run.stdout)?.[1];
      expect(String(frames.length), file).toBe(count);
      expect(error === undefined, `${file}: ${error?.message}`).toBe(run.status === 0);
      compared++;
    }
    expect(compared).toBeGreaterThan(10);
  });
});

describe.skipIf(NO_CORPUS)("pcapng-test-generator", () => {
  const names = captures("pcapng")
    .map((file) => path.basename(file))
    .filter((name) => name.includes("output_le"));

  test.each(names)("%s is the same in both byte orders", async (name) => {
    const [little, big] = [name, name.replace("output_le", "output_be")].map((other) =>
      readCapture(path.join(CORPUS, "pcapng", other)),
    );
    const [one, other] = [await little!, await big!];
    expect(one.frames.length).toBeGreaterThan(0);
    expect(other.frames).toEqual(one.frames);
    expect(other.source?.interfaces).toEqual(one.source?.interfaces);
    expect(other.source?.names).toEqual(one.source?.names);
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
    for (const file of captures("tcp")) total += await compare(file);
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
    { name: "time_2107.pcapng", seconds: 4323369600 },
  ])("$name", async ({ name, seconds }) => {
    const { frames } = await readCapture(path.join(folder, name));
    expect(frames[0]?.seconds).toBe(seconds);
  });
});

test.skipIf(NO_CORPUS)("hostile captures, cut and through a small buffer, are frames or a CaptureError", async () => {
  for (const file of captures("hostile")) {
    const bytes = fs.readFileSync(file);
    const whole = await readCapture(file);
    const small = await readCapture(file, { bufferSize: 32 });
    expect(small.frames.length, file).toBe(whole.frames.length);
    expect(small.error?.message, file).toBe(whole.error?.message);
    const cut = await readBytes(bytes.subarray(0, bytes.length >> 1));
    expect(cut.frames.length, file).toBeLessThanOrEqual(whole.frames.length);
  }
});
