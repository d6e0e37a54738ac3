import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frameOf, textOf } from "./frames.ts";

const LINK_TYPES = [
  0, 1, 9, 12, 14, 50, 51, 101, 104, 105, 108, 113, 119, 127, 147, 149, 163, 228, 229, 258, 276, 281, 282, 284, 285,
];

/** Starts that lead deep into the printers: link types with the first bytes of a frame. */
const STARTS: readonly (readonly [number, readonly number[]])[] = [
  [1, [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 8, 6]],
  [1, [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0x81, 0, 0, 1]],
  [1, [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0, 60, 0x42, 0x42, 3]],
  [1, [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0, 60, 0xaa, 0xaa, 3]],
  [1, [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0x88, 0x64, 0x11, 0]],
  [1, [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0x88, 0x47]],
  ...[1, 2, 4, 6, 17, 41, 47, 50, 51, 108, 132].map(
    (protocol) => [101, [0x45, 0, 0, 200, 0, 1, 0, 0, 64, protocol, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]] as const,
  ),
  [101, [0x4f, 0, 0, 200, 0, 1, 0, 0, 64, 6, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]],
  ...[0, 6, 17, 43, 44, 51, 58, 60, 132, 135].map(
    (next) => [101, [0x60, 0, 0, 0, 0, 160, next, 64, ...Array.from({ length: 32 }, (_, i) => i)]] as const,
  ),
  ...[0x50, 0x80, 0xa0, 0xf0].map(
    (offset) =>
      [
        101,
        [
          0x45,
          0,
          0,
          200,
          0,
          1,
          0,
          0,
          64,
          6,
          0,
          0,
          1,
          2,
          3,
          4,
          5,
          6,
          7,
          8,
          0,
          80,
          0,
          9,
          0,
          0,
          0,
          1,
          0,
          0,
          0,
          2,
          offset,
          0x14,
          1,
          1,
          0,
          0,
          0,
          0,
        ],
      ] as const,
  ),
  ...[0xc021, 0xc023, 0xc223, 0x8021, 0x8057, 0x80fd].map(
    (protocol) => [9, [protocol >> 8, protocol & 255, 1, 7, 0, 60]] as const,
  ),
  ...[0x00, 0x10, 0x20, 0x40, 0x50, 0x80, 0xa0, 0xb0, 0xc0, 0xd0, 0x84, 0x08, 0x48, 0x88, 0xc8].map(
    (control) => [105, [control, 0, ...Array.from({ length: 22 }, (_, i) => i)]] as const,
  ),
  [105, [0x88, 3, ...Array.from({ length: 28 }, (_, i) => i), 0x80, 1]],
  [127, [0, 0, 40, 0]],
  [127, [0, 0, 40, 0, 0xff, 0x7f, 0x3c, 0x80, 0xff, 0x7f, 0x3c, 0xe0]],
  [104, [0x8f, 0, 0x80, 0x35, 0, 0, 0, 2]],
  [149, [108, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]],
  ...[53, 67, 69, 123, 514, 546, 5060, 5353, 4789, 4790, 6081, 8472].map(
    (port) =>
      [
        101,
        [0x45, 0, 0, 200, 0, 1, 0, 0, 64, 17, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 9, port >> 8, port & 255, 0, 180, 0, 0],
      ] as const,
  ),
  // BGP: the header of each message with a length that may be right; NFS: calls and replies.
  ...[1, 2, 3, 5, 9].map(
    (type) => [101, [...tcpTo(179), ...Array.from({ length: 16 }, () => 255), 0, 60, type]] as const,
  ),
  ...[1, 2, 14, 15, 16, 22, 26, 32, 128].map(
    (attribute) =>
      [
        101,
        [...tcpTo(179), ...Array.from({ length: 16 }, () => 255), 0, 63, 2, 0, 0, 0, 40, 64, attribute, 30],
      ] as const,
  ),
  ...Array.from(
    { length: 22 },
    (_, procedure) =>
      [
        101,
        [...tcpTo(2049), 0, 0, 0, 120, ...nfsCall(procedure), 0, 0, 0, 32, 0, 16, 16, 133, 0, 0, 3, 231, 0, 10],
      ] as const,
  ),
];

/** The headers of a segment to this port, of 160 bytes in all. */
function tcpTo(port: number): readonly number[] {
  const ip = [0x45, 0, 0, 160, 0, 1, 0, 0, 64, 6, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
  return [...ip, 2, 9, port >> 8, port & 255, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x18, 1, 1, 0, 0, 0, 0];
}

/** A call of version 3, without credentials. */
function nfsCall(procedure: number): readonly number[] {
  const words = [7, 0, 2, 100003, 3, procedure, 0, 0, 0, 0];
  return words.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
}

const OPTIONS = fc.record({
  verbosity: fc.integer({ min: 0, max: 3 }),
  linkLayer: fc.boolean(),
  mesh: fc.boolean(),
  quiet: fc.boolean(),
  asDot: fc.boolean(),
  rawHandles: fc.boolean(),
  absoluteSequence: fc.boolean(),
  skipChecksums: fc.boolean(),
  hex: fc.integer({ min: 0, max: 2 }),
  hexAscii: fc.integer({ min: 0, max: 2 }),
  ascii: fc.integer({ min: 0, max: 2 }),
});

const PRINTABLE = /^[\t\n\u0020-\u007e]*$/;

function expectPrintable(text: string): void {
  expect(text.length).toBeGreaterThan(0);
  expect(text).toMatch(PRINTABLE);
}

describe("any bytes at all", () => {
  test("are printed as text, at any cut", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LINK_TYPES),
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        OPTIONS,
        (linkType, bytes, share, options) => {
          const cut = Math.max(1, Math.ceil(bytes.length * share));
          expectPrintable(textOf([frameOf(bytes, linkType, cut)], { ...options, numbers: true }));
        },
      ),
      { numRuns: 1500 },
    );
  });

  test("behind a header that leads to a printer", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STARTS),
        fc.uint8Array({ minLength: 0, maxLength: 240 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        OPTIONS,
        ([linkType, start], tail, share, options) => {
          const bytes = Uint8Array.from([...start, ...tail]);
          const cut = Math.max(1, Math.ceil(bytes.length * share));
          expectPrintable(textOf([frameOf(bytes, linkType, cut)], { ...options, numbers: true }));
        },
      ),
      { numRuns: 6000 },
    );
  });

  test("packets within packets end somewhere", () => {
    const header = [0x45, 0, 0xff, 0xff, 0, 0, 0, 0, 64, 4, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
    const bytes = Uint8Array.from({ length: 60000 }, (_, i) => header[i % header.length]!);
    expect(textOf([frameOf(bytes, 101)])).toMatch(/^IP .* \[\|ip\]$/);
  });
});
