import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openCapture } from "../../src/capture/open.ts";
import { join, payload, Pcapng, same } from "./bytes.ts";
import { readBytes, readCapture, temporaryFile } from "./read.ts";

const le = new Pcapng(true);
const be = new Pcapng(false);
const MICRO_2020 = 1_577_836_800_123_456n;

describe.each([
  { name: "little-endian", ng: le },
  { name: "big-endian", ng: be },
])("$name", ({ ng }) => {
  test("an Enhanced Packet Block", async () => {
    const data = payload(61);
    const file = join(ng.section(), ng.interface(1, 4096), ng.packet(0, MICRO_2020, data, 1500));
    const { frames, source, error } = await readBytes(file);
    expect(error).toBeUndefined();
    expect(frames).toMatchObject([
      {
        number: 1,
        seconds: 1_577_836_800,
        nanoseconds: 123_456_000,
        wireLength: 1500,
        linkType: 1,
        direction: -1,
        data,
      },
    ]);
    expect(source).toMatchObject({ format: "pcapng", precision: "micro", linkType: 1, snapLength: 4096 });
  });

  test("a Simple Packet Block is of the first interface, cut at its snap length, without a time", async () => {
    const blocks = [
      ng.section(),
      ng.interface(101, 40),
      ng.interface(1, 0),
      ng.simplePacket(payload(40), 90),
      ng.simplePacket(payload(13)),
    ];
    const { frames, error } = await readBytes(join(...blocks));
    expect(error).toBeUndefined();
    expect(frames).toMatchObject([
      { seconds: 0, nanoseconds: 0, wireLength: 90, linkType: 101, data: payload(40) },
      { wireLength: 13, data: payload(13) },
    ]);
  });

  test("the obsolete Packet Block", async () => {
    const flags = ng.option(2, ng.fields.u32(2));
    const packet = ng.obsoletePacket(1, MICRO_2020, payload(30), flags, ng.option(1, "old"));
    const { frames } = await readBytes(join(ng.section(), ng.interface(), ng.interface(113), packet));
    expect(frames).toMatchObject([
      {
        seconds: 1_577_836_800,
        nanoseconds: 123_456_000,
        linkType: 113,
        interfaceIndex: 1,
        direction: 1,
        comment: "old",
      },
    ]);
  });

  test("comments and the direction of a packet", async () => {
    const { option, fields } = { option: ng.option.bind(ng), fields: ng.fields };
    const file = join(
      ng.section(),
      ng.interface(),
      ng.packet(0, 1n, payload(5), 5, option(1, "first – ✓"), option(2, fields.u32(0x1000_0001)), option(1, "second")),
      ng.packet(0, 2n, payload(6), 6, option(2, fields.u32(2)), option(0, ""), option(1, "after the end")),
      ng.packet(0, 3n, payload(7), 7, option(2, fields.u32(3))),
      ng.packet(0, 4n, payload(8)),
    );
    const { frames } = await readBytes(file);
    expect(frames.map(({ comment, direction }) => [comment, direction])).toEqual([
      ["first – ✓\nsecond", 0],
      ["", 1],
      ["", -1],
      ["", -1],
    ]);
  });

  test("the description and the counters of an interface", async () => {
    const options = [
      ng.option(2, "eth0"),
      ng.option(3, "the first one"),
      ng.option(9, Uint8Array.of(9)),
      ng.option(11, join(Uint8Array.of(0), new TextEncoder().encode("tcp port 80"))),
      ng.option(13, Uint8Array.of(4)),
      ng.option(0, ""),
    ];
    const counters = (received: bigint): Uint8Array =>
      ng.block(
        5,
        ng.fields.u32(0, 0, 0),
        ng.option(4, ng.fields.u64(received)),
        ng.option(5, ng.fields.u64(7n)),
        ng.option(7, ng.fields.u64(2n ** 33n)),
      );
    const { source } = await readBytes(
      join(ng.section(), ng.interface(1, 0, ...options), ng.interface(), counters(10n), counters(20n)),
    );
    expect(source?.precision).toBe("nano");
    expect(source?.interfaces).toMatchObject([
      {
        name: "eth0",
        description: "the first one",
        filter: "tcp port 80",
        fcsLength: 4,
        resolution: 1e-9,
        snapLength: 262144,
        received: 20,
        dropped: 7,
        systemDropped: 2 ** 33,
      },
      { name: "", filter: "", fcsLength: -1, resolution: 1e-6, received: -1, dropped: -1, systemDropped: -1 },
    ]);
  });

  test("names of a Name Resolution Block", async () => {
    const record = (type: number, ...parts: readonly Uint8Array[]): Uint8Array => {
      const value = join(...parts);
      return join(ng.fields.u16(type, value.length), ng.fill(value));
    };
    const text = (value: string): Uint8Array => new TextEncoder().encode(value);
    const block = ng.block(
      4,
      record(1, Uint8Array.of(10, 0, 0, 1), text("one.example\0uno.example\0")),
      record(3, payload(6), text("a card\0")),
      record(
        2,
        Uint8Array.from({ length: 16 }, (_, index) => (index === 15 ? 1 : 0)),
        text("localhost\0"),
      ),
      record(1, Uint8Array.of(10, 0, 0)),
      record(0),
      record(1, Uint8Array.of(10, 0, 0, 9), text("after the end\0")),
    );
    const { source } = await readBytes(join(ng.section(), block, ng.interface(), ng.packet(0, 1n, payload(4))));
    expect(source?.names).toEqual([
      { address: "10.0.0.1", name: "one.example" },
      { address: "10.0.0.1", name: "uno.example" },
      { address: "::1", name: "localhost" },
    ]);
  });

  test("blocks of other types are passed over", async () => {
    const others = [0xa, 0xbad, 0x40000bad, 9, 0x12345678].map((type) => ng.block(type, payload(type & 31)));
    const { frames, error } = await readBytes(
      join(ng.section(), ...others, ng.interface(), ...others, ng.packet(0, 1n, payload(4)), ...others),
    );
    expect(error).toBeUndefined();
    expect(frames).toHaveLength(1);
  });
});

test("sections follow each other, in either byte order, each with its own interfaces", async () => {
  const file = join(
    le.section(),
    le.interface(1),
    le.interface(113),
    le.packet(1, MICRO_2020, payload(10)),
    be.section([1, 2]),
    be.interface(101, 0, be.option(9, Uint8Array.of(3))),
    be.packet(0, 5_500n, payload(11), 11, be.option(1, "big")),
    le.section(),
    le.interface(0),
    le.packet(0, 7n, payload(12), 12, le.option(1, "little")),
  );
  const { frames, source, error } = await readBytes(file);
  expect(error).toBeUndefined();
  expect(frames).toMatchObject([
    { number: 1, interfaceIndex: 1, linkType: 113, seconds: 1_577_836_800 },
    { number: 2, interfaceIndex: 2, linkType: 101, seconds: 5, nanoseconds: 500_000_000, comment: "big" },
    { number: 3, interfaceIndex: 3, linkType: 0, seconds: 0, nanoseconds: 7_000, comment: "little" },
  ]);
  expect(source?.interfaces.map(({ linkType }) => linkType)).toEqual([1, 113, 101, 0]);
});

test("the link type is known before the first block is asked for, and without a packet", async () => {
  const source = await openCapture(temporaryFile(join(le.section(), le.block(0xa), le.interface(113, 96))));
  expect(source).toMatchObject({ linkType: 113, snapLength: 96 });
  source.close();
  expect(await readBytes(le.section())).toMatchObject({ frames: [], error: undefined, source: { linkType: -1 } });
});

test("a block whose length leaves out what fills it up", async () => {
  const block = le.packet(0, 1n, payload(7));
  const view = new DataView(block.buffer);
  view.setUint32(4, block.length - 1, true);
  view.setUint32(block.length - 4, block.length - 1, true);
  const { frames, error } = await readBytes(join(le.section(), le.interface(), block, le.packet(0, 2n, payload(8))));
  expect(error).toBeUndefined();
  expect(frames).toMatchObject([{ data: payload(7) }, { data: payload(8) }]);
});

test("blocks up to 16 MiB are read through a small buffer", async () => {
  const data = payload(16_000_000);
  const { frames, error } = await readBytes(
    join(le.section(), le.interface(), le.packet(0, 1n, data), le.packet(0, 2n, payload(9))),
    { bufferSize: 64 },
  );
  expect(error).toBeUndefined();
  expect(frames).toHaveLength(2);
  expect(same(frames[0]?.data, data)).toBe(true);
  expect(frames[1]).toMatchObject({ number: 2, data: payload(9) });
});

describe("damage", () => {
  const start = join(le.section(), le.interface(), le.packet(0, 1n, payload(16)));
  const { u32, u16 } = { u32: le.fields.u32.bind(le.fields), u16: le.fields.u16.bind(le.fields) };
  const noFrame = le.packet(0, 1n, payload(16));
  const badEnd = noFrame.slice();
  badEnd[badEnd.length - 4]! ^= 4;
  const tooMuch = noFrame.slice();
  new DataView(tooMuch.buffer).setUint32(20, 17, true);
  const oddMagic = le.section();
  oddMagic[8] = 0;

  test.each([
    {
      name: "length 8",
      bytes: u32(6, 8, 8),
      code: "bad-length",
      text: "block of frame 2 at byte 96 says 8 bytes, at least 12 are needed",
    },
    {
      name: "length above 16 MiB",
      bytes: u32(6, 0x1000004, 0),
      code: "bad-length",
      text: "says 16777220 bytes, at most 16777216 are read",
    },
    {
      name: "two lengths",
      bytes: badEnd,
      code: "bad-length",
      text: "says 48 bytes where it begins and 52 where it ends",
    },
    {
      name: "captured length",
      bytes: tooMuch,
      code: "bad-block",
      text: "block of frame 2 at byte 96 says 17 captured bytes, it has room for 16",
    },
    {
      name: "packet block of 16 bytes",
      bytes: le.block(6, u32(0)),
      code: "bad-block",
      text: "block of frame 2 at byte 96 needs 32 bytes, it has 16",
    },
    {
      name: "simple packet block of 12 bytes",
      bytes: le.block(3),
      code: "bad-block",
      text: "needs 16 bytes, it has 12",
    },
    {
      name: "simple packet without its bytes",
      bytes: le.simplePacket(payload(4), 5),
      code: "bad-block",
      text: "says 5 captured bytes, it has room for 4",
    },
    {
      name: "interface 1 of 1",
      bytes: le.packet(1, 1n, payload(4)),
      code: "unknown-interface",
      text: "block of frame 2 at byte 96 is of interface 1, its section describes 1",
    },
    {
      name: "statistics of interface 9",
      bytes: le.block(5, u32(9, 0, 0)),
      code: "unknown-interface",
      text: "interface statistics at byte 96 is of interface 9",
    },
    {
      name: "interface description of 16 bytes",
      bytes: le.block(1, u16(1, 0)),
      code: "bad-block",
      text: "interface description at byte 96 needs 20 bytes, it has 16",
    },
    {
      name: "section of 16 bytes",
      bytes: le.block(0x0a0d0d0a, u32(0x1a2b3c4d)),
      code: "bad-block",
      text: "section header at byte 96 needs 28 bytes, it has 16",
    },
    {
      name: "section without byte order",
      bytes: oddMagic,
      code: "bad-block",
      text: "section header at byte 96 has no byte-order magic",
    },
    {
      name: "section of version 2",
      bytes: le.section([2, 0]),
      code: "unsupported-version",
      text: "has version 2.0, 1.0 and 1.2 are supported",
    },
    {
      name: "packet before the interface of a new section",
      bytes: join(le.section(), le.packet(0, 1n, payload(4))),
      code: "unknown-interface",
      text: "at byte 124 is of interface 0, its section describes 0",
    },
  ])("$name", async ({ bytes, code, text }) => {
    const { frames, error } = await readBytes(join(start, bytes, le.packet(0, 2n, payload(4))));
    expect(frames).toHaveLength(1);
    expect(error?.code).toBe(code);
    expect(error?.message).toContain(text);
    expect(error?.message).toMatch(/what comes before it was read$/);
  });

  test("before the first interface, the capture is not opened", async () => {
    const { source, error } = await readBytes(join(le.section(), le.packet(0, 1n, payload(4))));
    expect(source).toBeUndefined();
    expect(error?.code).toBe("unknown-interface");
  });

  test("every cut gives the frames before it, and an error unless it is between two blocks", async () => {
    const blocks = [
      be.section(),
      be.interface(1, 0, be.option(2, "lo")),
      be.packet(0, 1n, payload(10), 10, be.option(1, "x")),
      be.simplePacket(payload(3)),
      be.block(5, be.fields.u32(0, 0, 0)),
      le.section(),
      le.interface(),
      le.packet(0, 1n, payload(9)),
    ];
    const whole = join(...blocks);
    const framesAt = [0, 0, 1, 2, 2, 2, 2, 3];
    const ends = blocks.map((_, index) => join(...blocks.slice(0, index + 1)).length);
    for (let length = 24; length <= whole.length; length++) {
      const { frames, error } = await readBytes(whole.subarray(0, length), { bufferSize: 40 });
      const complete = ends.filter((end) => end <= length).length;
      expect(frames, `${length} bytes`).toHaveLength(framesAt[complete - 1] ?? 0);
      expect(error?.code, `${length} bytes`).toBe(ends.includes(length) ? undefined : "cut-record");
    }
  });

  test("the message about a cut names the block, the offset and the lengths", async () => {
    const file = temporaryFile(join(start, le.packet(0, 1n, payload(60)).subarray(0, 50)));
    const { error } = await readCapture(file);
    expect(error?.message).toBe(
      `${file}: block of frame 2 at byte 96 needs 92 bytes, the file has 50 left; ` +
        "the capture was cut: what comes before it was read",
    );
  });
});

test("more than 65,536 interfaces are not kept", async () => {
  const interfaces = Array.from({ length: 65537 }, () => le.interface());
  const { error, source } = await readBytes(join(le.section(), ...interfaces));
  expect(error?.code).toBe("too-many-interfaces");
  expect(source?.interfaces).toHaveLength(65536);
});

test("more than 65,536 names are not kept", async () => {
  const names = new TextEncoder().encode("a\0".repeat(30_000));
  const value = join(Uint8Array.of(10, 0, 0, 1), names);
  const block = le.block(4, le.fields.u16(1, value.length), value);
  const { error, source } = await readBytes(join(le.section(), le.interface(), block, block, block));
  expect(error).toBeUndefined();
  expect(source?.names).toHaveLength(65536);
});

test("any bytes after a section and an interface are frames or a CaptureError", async () => {
  const blockTypes = fc.constantFrom(0x0a0d0d0a, 1, 2, 3, 4, 5, 6, 10);
  const bodies = fc.array(fc.tuple(blockTypes, fc.uint8Array({ maxLength: 80 })), { maxLength: 6 });
  const property = fc.asyncProperty(
    bodies,
    fc.uint8Array({ maxLength: 40 }),
    fc.boolean(),
    async (blocks, rest, order) => {
      const ng = order ? le : be;
      const middle = blocks.map(([type, body]) => ng.block(type, body));
      const { frames, source } = await readBytes(join(ng.section(), ng.interface(), ...middle, rest), {
        bufferSize: 48,
      });
      expect(frames.length).toBeLessThanOrEqual(blocks.length + 3);
      for (const frame of frames) expect(source?.interfaces[frame.interfaceIndex]?.linkType).toBe(frame.linkType);
      expect(frames.map(({ number }) => number)).toEqual(frames.map((_, index) => index + 1));
    },
  );
  await fc.assert(property, { numRuns: 300 });
});
