import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openCapture } from "../../src/capture/open.ts";
import { Frame } from "../../src/wire/frame.ts";
import { join, payload, pcapHeader, pcapRecord, same } from "./bytes.ts";
import { readBytes, temporaryFile, readCapture } from "./read.ts";

const MODIFIED = 0xa1b2cd34;

describe("byte orders and magics", () => {
  test.each([
    { name: "microseconds", magic: 0xa1b2c3d4, nanoseconds: 123_456_000, precision: "micro" },
    { name: "nanoseconds", magic: 0xa1b23c4d, nanoseconds: 123_456, precision: "nano" },
  ])("$name, in both byte orders", async ({ magic, nanoseconds, precision }) => {
    for (const littleEndian of [true, false]) {
      const data = payload(60);
      const header = pcapHeader({ magic, littleEndian, snapLength: 4096, linkType: 113 });
      const record = pcapRecord({ seconds: 4_000_000_000, fraction: 123_456, data, lengths: [60, 1500], littleEndian });
      const { frames, source, error } = await readBytes(join(header, record));
      expect(error).toBeUndefined();
      expect(frames).toMatchObject([
        { number: 1, seconds: 4_000_000_000, nanoseconds, wireLength: 1500, linkType: 113, interfaceIndex: 0, data },
      ]);
      expect(frames[0]).toMatchObject({ direction: -1, comment: "" });
      expect(source).toMatchObject({ format: "pcap", compression: "", precision, linkType: 113, snapLength: 4096 });
      expect(source?.interfaces).toMatchObject([{ name: "", linkType: 113, received: -1, dropped: -1 }]);
    }
  });

  test("the modified format has eight more bytes in each record", async () => {
    const header = pcapHeader({ magic: MODIFIED, snapLength: 40 });
    const records = [1, 2].map((seed) => pcapRecord({ data: payload(54, seed), more: payload(8) }));
    const { frames, source } = await readBytes(join(header, ...records));
    expect(frames.map(({ data }) => data)).toEqual([payload(54, 1), payload(54, 2)]);
    // An Ethernet header more than the file says, as libpcap has it.
    expect(source?.snapLength).toBe(54);
  });

  test("frames are numbered from the number asked for", async () => {
    const records = [1, 2, 3].map((seed) => pcapRecord({ data: payload(20, seed) }));
    const { frames } = await readBytes(join(pcapHeader(), ...records), { firstNumber: 41 });
    expect(frames.map(({ number }) => number)).toEqual([41, 42, 43]);
  });
});

describe("the file header", () => {
  test("a capture without frames is no error", async () => {
    expect(await readBytes(pcapHeader())).toMatchObject({ frames: [], error: undefined });
  });

  test("the link type's upper bits tell about frame check sequences", async () => {
    const { source } = await readBytes(pcapHeader({ linkType: 0x24000001 }));
    expect(source?.interfaces).toMatchObject([{ linkType: 1, fcsLength: 4 }]);
    const other = await readBytes(pcapHeader({ linkType: 0x08000001 }));
    expect(other.source?.interfaces).toMatchObject([{ linkType: 1, fcsLength: -1 }]);
    // Reserved bits are part of the link type, which is an unknown one then.
    expect((await readBytes(pcapHeader({ linkType: 0x00010001 }))).source?.linkType).toBe(0x10001);
  });

  test.each([0, 0x80000000, 0xffffffff])("a snap length of %i is no limit", async (snapLength) => {
    const data = payload(70000);
    const { frames, source } = await readBytes(join(pcapHeader({ snapLength }), pcapRecord({ data })));
    expect(source?.snapLength).toBe(262144);
    expect(frames).toHaveLength(1);
    expect(same(frames[0]?.data, data)).toBe(true);
  });

  test.each([
    { version: [1, 0], ok: false },
    { version: [2, 5], ok: false },
    { version: [3, 0], ok: false },
    { version: [543, 1], ok: false },
    { version: [2, 0], ok: true },
    { version: [543, 0], ok: true },
  ] as const)("version $version", async ({ version: [major, minor], ok }) => {
    const { error } = await readBytes(pcapHeader({ major, minor }));
    expect(error?.code).toBe(ok ? undefined : "unsupported-version");
    if (!ok) expect(error?.message).toMatch(`pcap version ${major}.${minor} is not supported, 2.0 to 2.4 are`);
  });
});

describe("lengths", () => {
  test.each([
    { minor: 2, lengths: [70, 60] },
    { minor: 3, lengths: [70, 60] },
    { minor: 3, lengths: [60, 70] },
    { minor: 4, lengths: [60, 70] },
  ] as const)("version 2.$minor has them as $lengths", async ({ minor, lengths }) => {
    const data = payload(60);
    const { frames } = await readBytes(join(pcapHeader({ minor }), pcapRecord({ data, lengths })));
    expect(frames).toMatchObject([{ data, wireLength: 70 }]);
  });

  test("what is beyond the snap length is passed over", async () => {
    const records = [50, 30].map((length) => pcapRecord({ data: payload(length) }));
    const { frames, error } = await readBytes(join(pcapHeader({ snapLength: 40 }), ...records));
    expect(error).toBeUndefined();
    expect(frames).toMatchObject([
      { data: payload(50).slice(0, 40), wireLength: 50 },
      { data: payload(30), wireLength: 30 },
    ]);
  });

  test("a captured length above the wire length is kept as it is", async () => {
    const { frames } = await readBytes(join(pcapHeader(), pcapRecord({ data: payload(42), lengths: [42, 10] })));
    expect(frames).toMatchObject([{ data: payload(42), wireLength: 10 }]);
  });

  test("microseconds of a second and more stay in the fraction, as tcpdump and tshark print them", async () => {
    const { frames } = await readBytes(join(pcapHeader(), pcapRecord({ fraction: 1_500_000, data: payload(14) })));
    expect(frames).toMatchObject([{ seconds: 1, nanoseconds: 1_500_000_000 }]);
  });

  test("262,144 bytes are read, one more is damage", async () => {
    const good = pcapRecord({ data: payload(262144) });
    const bad = pcapRecord({ data: payload(0), lengths: [262145, 262145] });
    const { frames, error } = await readBytes(join(pcapHeader({ snapLength: 0 }), good, bad));
    expect(frames).toHaveLength(1);
    expect(same(frames[0]?.data, payload(262144))).toBe(true);
    expect(error?.code).toBe("bad-length");
    expect(error?.message).toMatch(
      `record of frame 2 at byte ${24 + 16 + 262144} says 262145 captured bytes, at most 262144 are possible`,
    );
  });

  test("D-Bus messages may be longer", async () => {
    const data = payload(300_000);
    const { frames } = await readBytes(join(pcapHeader({ linkType: 231, snapLength: 0 }), pcapRecord({ data })));
    expect(same(frames[0]?.data, data)).toBe(true);
  });
});

describe("cut files", () => {
  const records = [20, 33, 0, 47].map((length, index) => pcapRecord({ data: payload(length, index) }));
  const whole = join(pcapHeader(), ...records);
  const ends = records.map((_, index) => join(pcapHeader(), ...records.slice(0, index + 1)).length);

  test("every cut gives the frames before it, and an error unless it is between two", async () => {
    for (let length = 24; length <= whole.length; length++) {
      const { frames, error } = await readBytes(whole.subarray(0, length));
      const complete = ends.filter((end) => end <= length).length;
      expect(frames.map(({ data }) => data)).toEqual([20, 33, 0, 47].slice(0, complete).map(payload));
      const clean = length === 24 || ends.includes(length);
      expect(error?.code, `${length} bytes`).toBe(clean ? undefined : "cut-record");
    }
  });

  test("the message names the frame, the offset and the lengths", async () => {
    const file = temporaryFile(whole.subarray(0, whole.length - 10));
    const { error } = await readCapture(file, { firstNumber: 101 });
    expect(error?.message).toBe(
      `${file}: record of frame 104 at byte ${ends[2]} needs 63 bytes, the file has 53 left; ` +
        "the capture was cut: what comes before it was read",
    );
    const { error: header } = await readCapture(temporaryFile(whole.subarray(0, ends[0]! + 5)));
    expect(header?.message).toMatch(
      `header of the record of frame 2 at byte ${ends[0]} needs 16 bytes, the file has 5 left`,
    );
  });

  test("offsets are right after many buffers", async () => {
    const many = Array.from({ length: 500 }, (_, index) => pcapRecord({ data: payload(100, index) }));
    const { frames, error } = await readBytes(join(pcapHeader(), ...many, payload(3)), { bufferSize: 64 });
    expect(frames).toHaveLength(500);
    expect(error?.message).toMatch(`frame 501 at byte ${24 + 500 * 116} needs 16 bytes, the file has 3 left`);
  });

  test.each([1, 3, 10, 23])("%i bytes are no capture", async (length) => {
    const { error, source } = await readBytes(pcapHeader().subarray(0, length));
    expect(source).toBeUndefined();
    expect(error?.code).toBe(length < 4 ? "not-a-capture" : "cut-header");
  });
});

test("records are the same whatever the size of the buffer", async () => {
  const property = fc.asyncProperty(
    fc.array(fc.nat({ max: 400 }), { maxLength: 12 }),
    fc.integer({ min: 1, max: 300 }),
    async (lengths, bufferSize) => {
      const records = lengths.map((length, index) => pcapRecord({ data: payload(length, index), seconds: index }));
      const { frames, error } = await readBytes(join(pcapHeader(), ...records), { bufferSize });
      expect(error).toBeUndefined();
      expect(frames.map(({ data }) => data)).toEqual(lengths.map(payload));
      expect(frames.map(({ seconds }) => seconds)).toEqual(lengths.map((_, index) => index));
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

test("any bytes after a header are frames or a CaptureError", async () => {
  const property = fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, littleEndian) => {
    const { frames, error } = await readBytes(join(pcapHeader({ littleEndian }), bytes), { bufferSize: 48 });
    const used = frames.reduce((sum, { data }) => sum + 16 + data.length, 0);
    expect(used).toBeLessThanOrEqual(bytes.length);
    expect(error === undefined).toBe(used === bytes.length);
  });
  await fc.assert(property, { numRuns: 200 });
});

test("what the consumer leaves in a block is passed over, and still counted", async () => {
  const records = Array.from({ length: 9 }, (_, index) => pcapRecord({ data: payload(40, index) }));
  const source = await openCapture(temporaryFile(join(pcapHeader(), ...records)), { bufferSize: 24 + 56 * 3 });
  const frame = new Frame();
  const numbers: number[] = [];
  for await (const block of source.blocks()) {
    if (block.next(frame)) numbers.push(frame.number);
  }
  expect(numbers).toEqual([1, 4, 7]);
});
