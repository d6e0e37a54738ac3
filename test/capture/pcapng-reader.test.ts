import { describe, expect, test } from "vitest";
import { openCapture } from "../../src/capture/open.ts";
import { join, payload, Pcapng, same } from "./bytes.ts";
import { readBytes, temporaryFile } from "./read.ts";

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
