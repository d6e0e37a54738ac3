import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { join, payload, Pcapng } from "./bytes.ts";
import { readBytes, readCapture, temporaryFile } from "./read.ts";

const le = new Pcapng(true);
const be = new Pcapng(false);

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
