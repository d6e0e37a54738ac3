import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { CaptureError } from "../../src/capture/error.ts";
import { PcapWriter, type PcapWriterOptions } from "../../src/capture/pcap-writer.ts";
import { Frame } from "../../src/wire/frame.ts";
import { payload, pcapHeader, pcapRecord, join, same } from "./bytes.ts";
import { readCapture, temporaryDirectory } from "./read.ts";
import { lacksProgram } from "../support/peers.ts";

const ETHERNET: PcapWriterOptions = { linkType: 1, precision: "micro", snapLength: 65535 };
const NO_TCPDUMP = lacksProgram("tcpdump");
const NO_TSHARK = lacksProgram("tshark");

function frameOf(data: Uint8Array<ArrayBuffer>, fields: Partial<Frame> = {}): Frame {
  const frame = new Frame();
  // Not at the start of its buffer, as in a reader.
  frame.bytes = join(new Uint8Array(5), data, new Uint8Array(3));
  frame.view = new DataView(frame.bytes.buffer);
  frame.start = 5;
  frame.end = 5 + data.length;
  frame.wireLength = data.length;
  frame.linkType = 1;
  frame.number = 1;
  return Object.assign(frame, fields);
}

function write(options: PcapWriterOptions, ...frames: readonly Frame[]): string {
  const file = path.join(temporaryDirectory(), "out.pcap");
  const writer = PcapWriter.create(file, options);
  for (const frame of frames) writer.write(frame);
  writer.close();
  return file;
}

function errorOf(action: () => unknown): CaptureError {
  try {
    action();
  } catch (error) {
    if (error instanceof CaptureError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("byte for byte what the format says", () => {
  const frame = frameOf(payload(20), { seconds: 0xffffffff, nanoseconds: 999_999_999, wireLength: 1500 });
  const record = { data: payload(20), seconds: 0xffffffff, lengths: [20, 1500] as const };
  const micro = fs.readFileSync(write(ETHERNET, frame));
  expect(Uint8Array.from(micro)).toEqual(join(pcapHeader(), pcapRecord({ ...record, fraction: 999_999 })));
  const nano = fs.readFileSync(write({ linkType: 1, precision: "nano", snapLength: 96 }, frame));
  const header = pcapHeader({ magic: 0xa1b23c4d, snapLength: 96 });
  expect(Uint8Array.from(nano)).toEqual(join(header, pcapRecord({ ...record, fraction: 999_999_999 })));
});

test("what is written is read back, also when it is more than the buffer", async () => {
  const frames = Array.from({ length: 3000 }, (_, index) =>
    frameOf(payload((index * 37) % 1500, index), { seconds: index, nanoseconds: index * 1000, wireLength: 2000 }),
  );
  const { frames: read, error } = await readCapture(write(ETHERNET, ...frames));
  expect(error).toBeUndefined();
  expect(read).toHaveLength(3000);
  for (const [index, frame] of read.entries()) {
    expect(frame).toMatchObject({ seconds: index, nanoseconds: index * 1000, wireLength: 2000, linkType: 1 });
    expect(same(frame.data, payload((index * 37) % 1500, index))).toBe(true);
  }
});

test("flush makes a whole capture of what was written so far", async () => {
  const file = path.join(temporaryDirectory(), "out.pcap");
  const writer = PcapWriter.create(file, ETHERNET);
  writer.write(frameOf(payload(30)));
  expect(fs.statSync(file).size).toBe(0);
  writer.flush();
  expect((await readCapture(file)).frames).toHaveLength(1);
  writer.close();
  writer.close();
  expect(fs.statSync(file).size).toBe(24 + 16 + 30);
});

test("a file without frames is a capture", async () => {
  expect(await readCapture(write({ ...ETHERNET, linkType: 113 }))).toMatchObject({
    frames: [],
    error: undefined,
    source: { linkType: 113 },
  });
});

test("a frame longer than the snap length makes the file say so", async () => {
  const { frames, source } = await readCapture(write({ ...ETHERNET, snapLength: 96 }, frameOf(payload(200))));
  expect(source?.snapLength).toBe(200);
  expect(frames).toMatchObject([{ data: payload(200) }]);
});

test("bytes beyond what readers accept are left out", async () => {
  const { frames, error } = await readCapture(write(ETHERNET, frameOf(payload(300_000))));
  expect(error).toBeUndefined();
  expect(frames).toMatchObject([{ wireLength: 300_000 }]);
  expect(same(frames[0]?.data, payload(300_000).subarray(0, 262_144))).toBe(true);
});

describe("errors", () => {
  test("a frame of another link type", () => {
    const error = errorOf(() => write(ETHERNET, frameOf(payload(4), { linkType: 113, number: 7 })));
    expect(error.code).toBe("link-type-differs");
    expect(error.message).toMatch("frame 7 has link type 113, the file is for link type 1; a pcap file holds one");
  });

  test.each([-1, 2 ** 32])("second %i", (seconds) => {
    const error = errorOf(() => write(ETHERNET, frameOf(payload(4), { seconds })));
    expect(error.code).toBe("time-range");
    expect(error.message).toMatch(`frame 1 was captured at second ${seconds} since 1970, pcap holds 0 to 4294967295`);
  });

  test("a directory that does not exist", () => {
    const error = errorOf(() => PcapWriter.create("/nowhere/out.pcap", ETHERNET));
    expect(error).toMatchObject({ code: "cannot-write" });
    expect(error.message).toMatch(/^\/nowhere\/out.pcap: cannot be written: ENOENT/);
  });

  test.runIf(process.platform === "linux")("a full disk", () => {
    const writer = PcapWriter.create("/dev/full", ETHERNET);
    writer.write(frameOf(payload(4)));
    const error = errorOf(() => writer.close());
    expect(error).toMatchObject({
      code: "disk-full",
      message: "/dev/full: the disk is full, the file is not complete",
    });
    expect(() => writer.close()).not.toThrow();
  });
});

describe("other programs", () => {
  const frames = [10, 20].map((more, index) =>
    frameOf(payload(60), { seconds: 1_600_000_000 + index, nanoseconds: 123_456_789, wireLength: 60 + more }),
  );

  test.skipIf(NO_TCPDUMP)("tcpdump reads what was written", () => {
    const file = write({ ...ETHERNET, precision: "nano" }, ...frames);
    const options = ["--time-stamp-precision=nano", "-tt", "-n", "-e", "-r", file];
    const lines = execFileSync("tcpdump", options, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).split(
      "\n",
    );
    expect(lines[0]).toMatch(/^1600000000\.123456789 .*length 70:/);
    expect(lines.filter((line) => line.startsWith("16000000"))).toHaveLength(2);
  });

  test.skipIf(NO_TSHARK)("tshark reads what was written", () => {
    const fields = ["frame.number", "frame.time_epoch", "frame.cap_len", "frame.len"].flatMap((name) => ["-e", name]);
    const output = execFileSync("tshark", ["-n", "-r", write(ETHERNET, ...frames), "-T", "fields", ...fields], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    expect(output).toBe("1\t1600000000.123456000\t60\t70\n2\t1600000001.123456000\t60\t80\n");
  });
});
