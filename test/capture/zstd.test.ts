import { execFileSync } from "node:child_process";
import fs from "node:fs";
import * as zlib from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CaptureError } from "../../src/capture/error.ts";
import type { ByteInput } from "../../src/capture/input.ts";
import { unzstd } from "../../src/capture/zstd.ts";
import { makeFzstd, makeNodeZstd, type ZstdEngine } from "../../src/capture/zstd-engine.ts";
import { join, payload, same } from "./bytes.ts";
import { temporaryFile } from "./read.ts";
import { lacksProgram } from "../support/peers.ts";

const MAGIC = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd);
const NO_PROGRAM = lacksProgram("zstd");

/** What `unzstd` can do it with here; Node has its own since 22.15. */
const ENGINES = [
  { engine: "fzstd", make: makeFzstd },
  ...(makeNodeZstd === undefined ? [] : [{ engine: "Node's zstd", make: makeNodeZstd }]),
];

/** Bytes that come in pieces of at most `piece`. */
function inputOf(bytes: Uint8Array, piece: number): ByteInput {
  let taken = 0;
  return {
    get bytesRead() {
      return taken;
    },
    size: -1,
    read(target, at) {
      const part = bytes.subarray(taken, taken + Math.min(piece, target.length - at));
      target.set(part, at);
      taken += part.length;
      return part.length;
    },
    close() {},
  };
}

/** What `unzstd` gives until it ends or throws a `CaptureError`. */
async function decompress(
  bytes: Uint8Array,
  make: () => ZstdEngine,
  piece = 65536,
): Promise<{ output: Uint8Array; error?: CaptureError }> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of unzstd("trace", inputOf(bytes, piece), new Uint8Array(0), make)) {
      expect(chunk.length).toBeLessThanOrEqual(131072);
      chunks.push(chunk.slice());
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    return { output: join(...chunks), error };
  }
  return { output: join(...chunks) };
}

/** A frame with a window of 1 MiB (RFC 8878 section 3.1.1), of blocks made by `block`. */
function frame(...blocks: readonly Uint8Array[]): Uint8Array {
  return join(MAGIC, Uint8Array.of(0, 10 << 3), ...blocks);
}

function block(kind: number, size: number, content: Uint8Array, last = false): Uint8Array {
  const word = (size << 3) | (kind << 1) | (last ? 1 : 0);
  return join(Uint8Array.of(word & 0xff, (word >> 8) & 0xff, word >> 16), content);
}

const END = block(0, 0, new Uint8Array(0), true);

/** Lines that repeat and vary, as the samples below were made from. */
function lines(count: number): Uint8Array {
  const line = (index: number): string => `${index * index} ${"abcdefghij".slice(index % 10)} line ${index % 7}\n`;
  return new TextEncoder().encode(Array.from({ length: count }, (_, index) => line(index)).join(""));
}

// 40 lines, by the zstd program: -19, and -1 --no-check.
const SAMPLES = [
  "KLUv/QRo7QUAMgsbFIBLc2Bi2zbADAzSRpsaodyBzCkMn2FHd90S9QbWj/XEdkynn52OMtiCe+mTgNOAEcgvRwBuhjfd5+68MdFnaJRsQ7v2CXpmx+tnHZ1WU11WcGclGgvtq+yogq3uVj9lNApTi5Igh1EQg1AnJ6gRNCxt758BsMIK6AMRrJEkNBoy2wG6IFfgthvailpBA84OS/89UVJZQoLyJ+MxDFOv7CotyhqqBlT5TCHWRGLJG0UohiaUthpy5qwqiiVmNQ==",
  "KLUv/QBIXQYAgssbF4A1aQ6RRYv/9j8MzFtaNxER8unK6xQGX2G3u15pvaU69cR2JNSvqFuWq9wjExlnjXHkl9vAq/CSm+7OG9O+so3UhXVrKj2z4/WrbtRrSu5cTlPunLRxsL7JblOuuTudhhgoBCagADgYiAJhIBgKJyCwIrnoDbpF52yNa+ib5nTZbtTKmmanZxH9TExDIW/SIHBEeZTJHYkQZiINmUJibwJjkBeOuMqjpUxYOqKCENSZmLwnN2sg0WHRgq2Hoc9p8iAFmbBONAE=",
];

const FIRST = block(0, 50, payload(50));
const SKIPPED = join(Uint8Array.of(0x53, 0x2a, 0x4d, 0x18, 200, 0, 0, 0), payload(200));

/** A compressed block of 65536 sequences, each 64 KiB long (section 3.1.1.3.2). */
const ENDLESS = block(2, 12, Uint8Array.of(0, 255, 0, 0x81, 0x54, 0, 0, 52, 255, 255, 255, 1));

test("Node's own zstd is used where there is one", () => {
  expect(makeNodeZstd !== undefined).toBe("createZstdDecompress" in zlib);
});

describe.each(ENGINES)("frames, by $engine", ({ make }) => {
  test.each([0, 1])("sample %i of the zstd program, in pieces of any size", async (index) => {
    const bytes = Buffer.from(SAMPLES[index]!, "base64");
    for (const piece of [1, 2, 7, 1000]) {
      const { output, error } = await decompress(bytes, make, piece);
      expect(error).toBeUndefined();
      expect(new TextDecoder().decode(output)).toBe(new TextDecoder().decode(lines(40)));
    }
  });

  test("raw and RLE blocks, skippable frames, and frames one after the other", async () => {
    const raw = frame(block(0, 5, payload(5)), block(1, 1000, Uint8Array.of(9)), END);
    const { output, error } = await decompress(join(SKIPPED, raw, SKIPPED, raw, SKIPPED), make, 50);
    expect(error).toBeUndefined();
    const once = join(payload(5), new Uint8Array(1000).fill(9));
    expect(output).toEqual(join(once, once));
  });

  test.each([
    { name: "an empty input", bytes: new Uint8Array(0) },
    { name: "only skippable frames", bytes: join(SKIPPED, SKIPPED) },
    { name: "frames of nothing", bytes: join(frame(END), frame(END), frame(END)) },
  ])("$name: nothing", async ({ bytes }) => {
    expect(await decompress(bytes, make)).toEqual({ output: new Uint8Array(0) });
  });

  test("frames of a few bytes", async () => {
    const small = [1, 2, 3].map((seed) => frame(block(0, 1, payload(1, seed), true)));
    const { output, error } = await decompress(join(...small), make);
    expect(error).toBeUndefined();
    expect(output).toEqual(join(payload(1, 1), payload(1, 2), payload(1, 3)));
  });

  test("output longer than the window", async () => {
    const blocks = Array.from({ length: 100 }, (_, index) => block(0, 131072, payload(131072, index)));
    const { output, error } = await decompress(frame(...blocks, END), make);
    expect(error).toBeUndefined();
    expect(output).toHaveLength(100 * 131072);
    expect(same(output.subarray(99 * 131072), payload(131072, 99))).toBe(true);
  });

  test("one block is given at a time, whatever it grows to", async () => {
    const bomb = frame(...Array.from({ length: 10_000 }, () => block(1, 131072, Uint8Array.of(0))), END);
    const input = inputOf(bomb, 1000);
    const chunks = unzstd("trace", input, new Uint8Array(0), make);
    for (let count = 0; count < 20; count++) expect((await chunks.next()).value).toHaveLength(131072);
    expect(input.bytesRead).toBeLessThanOrEqual(1000);
    await chunks.return();
  });
});

describe.each(ENGINES)("damage, by $engine", ({ make }) => {
  test.each([
    {
      name: "a block of the reserved kind",
      bytes: frame(block(3, 5, payload(5))),
      text: "a block is of no known kind or size, at byte 6",
    },
    {
      name: "a block above 128 KiB",
      bytes: frame(block(0, 5, payload(5)), block(1, 131073, payload(1))),
      text: "a block is of no known kind or size, at byte 14",
    },
    {
      name: "a block above the window",
      bytes: join(MAGIC, Uint8Array.of(0, 0), block(1, 1025, payload(1), true)),
      text: "a block is of no known kind or size, at byte 6",
    },
    {
      name: "no frame after a frame",
      bytes: join(frame(END), SKIPPED, payload(9)),
      text: "what follows a frame is none, at byte 217",
    },
    {
      name: "a window of 256 MiB",
      bytes: join(MAGIC, Uint8Array.of(0, 18 << 3)),
      text: "its window has 268435456 bytes, at most",
    },
    {
      name: "a dictionary",
      bytes: join(MAGIC, Uint8Array.of(1, 10 << 3, 7)),
      text: "it needs a dictionary, at byte 0",
    },
    { name: "a reserved bit", bytes: join(MAGIC, Uint8Array.of(8, 10 << 3)), text: "a reserved bit is set, at byte 0" },
    // What the library finds is in its own words.
    { name: "a content size", bytes: join(MAGIC, Uint8Array.of(0x20, 6), block(0, 5, payload(5), true)), text: "" },
    {
      name: "literals above 128 KiB",
      bytes: frame(FIRST, block(2, 4, Uint8Array.of(0xfc, 0xff, 0xff, 0))),
      text: ", at byte 59",
    },
    {
      name: "a repeated table that was never given",
      bytes: frame(FIRST, block(2, 5, Uint8Array.of(0, 1, 0xfc, 1, 1))),
      text: ", at byte 59",
    },
    {
      name: "a tree that was never given",
      bytes: frame(FIRST, block(2, 5, Uint8Array.of(3, 0x40, 0, 1, 0))),
      text: ", at byte 59",
    },
    { name: "sequences without end", bytes: frame(FIRST, ENDLESS, END), text: ", at byte 59" },
  ])("$name", async ({ bytes, text }) => {
    const { error } = await decompress(bytes, make);
    expect(error?.code).toBe("bad-compression");
    expect(error?.message).toContain(text);
  });

  test("what is before it comes out", async () => {
    const { output, error } = await decompress(frame(FIRST, block(3, 1, payload(1))), make);
    expect(output).toEqual(payload(50));
    expect(error?.message).toMatch(/^trace: the zstd data is damaged \(.*\): what was decompressed before is read$/);
  });

  test("every cut is an error, but the ones between frames", async () => {
    const sample = Buffer.from(SAMPLES[0]!, "base64");
    const whole = join(frame(block(0, 5, payload(5)), END), SKIPPED, sample);
    const between = new Set([whole.length - sample.length, whole.length - sample.length - SKIPPED.length]);
    for (let length = 1; length < whole.length; length++) {
      const { error } = await decompress(whole.subarray(0, length), make, 40);
      expect(error?.code, `${length} bytes`).toBe(between.has(length) ? undefined : "cut-compression");
    }
  });

  test("an error of the input itself is passed on", async () => {
    const failure = new CaptureError("read-failed", "trace: reading failed");
    const input: ByteInput = { ...inputOf(new Uint8Array(0), 1), read: () => Promise.reject(failure) };
    const chunks = unzstd("trace", input, frame(FIRST), make);
    expect(same((await chunks.next()).value ?? undefined, payload(50))).toBe(true);
    await expect(chunks.next()).rejects.toBe(failure);
  });

  test("changed bytes give output or a CaptureError, and never much output", async () => {
    const sample = Buffer.from(SAMPLES[1]!, "base64");
    const changes = fc.array(fc.tuple(fc.nat({ max: sample.length - 1 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    const property = fc.asyncProperty(changes, async (list) => {
      const bytes = Uint8Array.from(sample);
      for (const [at, value] of list) bytes[at] = value;
      const { output } = await decompress(bytes, make);
      expect(output.length).toBeLessThanOrEqual(131072 * bytes.length);
    });
    await fc.assert(property, { numRuns: 500 });
  });
});

describe.skipIf(NO_PROGRAM).each(ENGINES)("the zstd program's output, by $engine", ({ make }) => {
  const levels = ["--fast=5", "-1", "-3 --no-check", "-9", "-19", "--ultra -22"];
  const inputs = [
    lines(9000),
    payload(400_000),
    new Uint8Array(300_000),
    join(lines(20), payload(3), lines(500)),
    payload(1),
  ];

  test.each(levels)("%s", async (level) => {
    for (const input of inputs) {
      const bytes = execFileSync("zstd", ["-q", "-c", ...level.split(" "), temporaryFile(input)]);
      const { output, error } = await decompress(bytes, make, 3000);
      expect(error).toBeUndefined();
      expect(same(output, input)).toBe(true);
    }
  });

  test("a file of this package's own lock, as one frame from a pipe", async () => {
    const input = fs.readFileSync("package-lock.json");
    const bytes = execFileSync("zstd", ["-q", "-c", "-12"], { input });
    const { output, error } = await decompress(bytes, make, 1);
    expect(error).toBeUndefined();
    expect(same(output, input)).toBe(true);
  });
});
