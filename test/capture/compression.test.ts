import { constants, gunzipSync, gzipSync } from "node:zlib";
import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { openCapture } from "../../src/capture/open.ts";
import { Frame } from "../../src/wire/frame.ts";
import { join, payload, pcapHeader, pcapRecord, Pcapng } from "./bytes.ts";
import { readBytes, readCapture, temporaryFile } from "./read.ts";
import { lacksProgram } from "../support/peers.ts";

const NO_ZSTD = lacksProgram("zstd");

/** Frames of 100 bytes that do not compress well. */
function noisy(count: number): Uint8Array {
  let state = 1;
  const records = Array.from({ length: count }, (_, index) => {
    const data = Uint8Array.from({ length: 100 }, () => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return state >> 16;
    });
    return pcapRecord({ data, seconds: index });
  });
  return join(pcapHeader(), ...records);
}

const RECORD = 116;
const trace = noisy(3000);

test("gzip is recognised by its first bytes", async () => {
  const file = temporaryFile(gzipSync(trace), "trace.pcap");
  const { frames, source, error } = await readCapture(file);
  expect(error).toBeUndefined();
  expect(frames).toHaveLength(3000);
  expect(frames.at(-1)).toMatchObject({ number: 3000, seconds: 2999, data: trace.slice(-100) });
  expect(source).toMatchObject({ compression: "gzip", format: "pcap" });
  expect(source?.bytesRead).toBe(source?.size);
  expect(source?.size).toBe(gzipSync(trace).length);
});

test("pcapng inside of gzip", async () => {
  const ng = new Pcapng();
  const bytes = gzipSync(join(ng.section(), ng.interface(113), ng.packet(0, 1n, payload(40))));
  expect(await readBytes(bytes)).toMatchObject({
    source: { format: "pcapng", linkType: 113 },
    frames: [{ number: 1 }],
  });
});

test("gzip of several members, cut anywhere, and with zeros after it", async () => {
  const members = [10, 30_000, 200_000].map((at, index, all) => gzipSync(trace.subarray(all[index - 1] ?? 0, at)));
  const rest = gzipSync(trace.subarray(200_000));
  const { frames, error } = await readBytes(join(...members, rest, new Uint8Array(512)));
  expect(error).toBeUndefined();
  expect(frames).toHaveLength(3000);
});

describe("cut gzip", () => {
  const whole = gzipSync(trace);
  /** Frames in what one step of the decompressor gives. */
  const STEP = Math.ceil(32_768 / RECORD);

  test.each([30, 1000, 16_384, 100_000, whole.length - 9, whole.length - 8, whole.length - 1])(
    "to %i bytes: all that can be decompressed is read",
    async (length) => {
      const cut = whole.subarray(0, length);
      const plain = gunzipSync(cut, { finishFlush: constants.Z_SYNC_FLUSH });
      const { frames, error } = await readBytes(cut);
      expect(frames).toHaveLength(Math.max(0, Math.floor((plain.length - 24) / RECORD)));
      expect(error?.code).toBe("cut-compression");
      expect(error?.message).toMatch(
        /the gzip data ends early; the file was cut: what was decompressed before is read$/,
      );
    },
  );

  test("a wrong checksum: what was decompressed before is read", async () => {
    const bytes = Uint8Array.from(whole);
    bytes[whole.length - 8]! ^= 1;
    const { frames, error } = await readBytes(bytes);
    expect(error?.code).toBe("bad-compression");
    expect(error?.message).toMatch(
      /the gzip data is damaged \(incorrect data check\): what was decompressed before is read$/,
    );
    expect(frames.length).toBeGreaterThanOrEqual(3000 - STEP);
  });

  test("what follows the data and is no gzip is an error", async () => {
    const { frames, error } = await readBytes(join(whole, payload(20)));
    expect(frames.length).toBeGreaterThanOrEqual(3000 - STEP);
    expect(error?.code).toBe("bad-compression");
  });

  test("a capture that is cut inside of whole gzip data has offsets of the uncompressed data", async () => {
    const { frames, error } = await readBytes(gzipSync(trace.subarray(0, 24 + RECORD * 7 + 20)));
    expect(frames).toHaveLength(7);
    expect(error?.code).toBe("cut-record");
    expect(error?.message).toMatch(`frame 8 at byte ${24 + RECORD * 7} of the uncompressed data needs 116 bytes`);
  });
});

test("data that grows a thousand times is read as it is decompressed", async () => {
  const record = pcapRecord({ data: new Uint8Array(250_000) });
  const bomb = gzipSync(join(pcapHeader({ snapLength: 0 }), ...Array.from({ length: 200 }, () => record)));
  const source = await openCapture(temporaryFile(bomb), { bufferSize: 4096 });
  const frame = new Frame();
  for await (const block of source.blocks()) {
    if (block.next(frame)) break;
  }
  expect(frame.capturedLength).toBe(250_000);
  expect(source.bytesRead).toBeLessThan(bomb.length / 2);
});

test.each([
  {
    name: "nothing",
    bytes: gzipSync(new Uint8Array(0)),
    code: "empty-file",
    text: "there is nothing in the compressed data",
  },
  {
    name: "text",
    bytes: gzipSync("hello, world"),
    code: "not-a-capture",
    text: "not a capture and no trace that can be read: no line of it is a packet",
  },
  { name: "gzip", bytes: gzipSync(gzipSync(trace)), code: "not-a-capture", text: "gzip data within compressed data" },
])("gzip of $name is no capture", async ({ bytes, code, text }) => {
  const { source, error } = await readBytes(bytes);
  expect(source).toBeUndefined();
  expect(error?.code).toBe(code);
  expect(error?.message).toContain(text);
});

describe.skipIf(NO_ZSTD)("zstd", () => {
  const whole = NO_ZSTD ? new Uint8Array(0) : execFileSync("zstd", ["-q", "-c"], { input: trace });

  test("is recognised by its first bytes", async () => {
    const { frames, source, error } = await readBytes(whole);
    expect(error).toBeUndefined();
    expect(frames).toHaveLength(3000);
    expect(frames.at(-1)).toMatchObject({ number: 3000, data: trace.slice(-100) });
    expect(source).toMatchObject({ compression: "zstd", format: "pcap", size: whole.length, bytesRead: whole.length });
  });

  test("cut, it gives the frames of the blocks that are whole", async () => {
    const { frames, error } = await readBytes(whole.subarray(0, whole.length - 5));
    expect(frames.length).toBe(Math.floor((2 * 131072 - 24) / RECORD));
    expect(error?.code).toBe("cut-compression");
  });
});
