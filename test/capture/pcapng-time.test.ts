import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TimeUnit } from "../../src/capture/pcapng-time.ts";
import { Frame } from "../../src/wire/frame.ts";

const MASK = 0xffffffffn;

function timeOf(unit: TimeUnit, count: bigint): [number, number] {
  const frame = new Frame();
  unit.setTime(frame, Number(count >> 32n), Number(count & MASK));
  return [frame.seconds, frame.nanoseconds];
}

/** The same by exact arithmetic. */
function exact(count: bigint, perSecond: bigint): [number, number] {
  return [Number(count / perSecond), Number(((count % perSecond) * 1_000_000_000n) / perSecond)];
}

test.each([
  { name: "seconds", tsresol: 0, count: 4_294_967_297n, seconds: 4_294_967_297, nanoseconds: 0 },
  { name: "milliseconds", tsresol: 3, count: 1_600_000_000_123n, seconds: 1_600_000_000, nanoseconds: 123_000_000 },
  {
    name: "microseconds after 2106",
    tsresol: 6,
    count: 4_323_974_400_000_001n,
    seconds: 4_323_974_400,
    nanoseconds: 1000,
  },
  {
    name: "nanoseconds",
    tsresol: 9,
    count: 1_600_000_000_123_456_789n,
    seconds: 1_600_000_000,
    nanoseconds: 123_456_789,
  },
  { name: "picoseconds", tsresol: 12, count: 1_234_567_890_123_456_789n, seconds: 1_234_567, nanoseconds: 890_123_456 },
  {
    name: "2^-20 seconds",
    tsresol: 0x94,
    count: (1_600_000_000n << 20n) + 524_289n,
    seconds: 1_600_000_000,
    nanoseconds: 500_000_953,
  },
  { name: "2^-64 seconds", tsresol: 0xc0, count: (1n << 63n) + (1n << 62n), seconds: 0, nanoseconds: 750_000_000 },
])("$name", ({ tsresol, count, seconds, nanoseconds }) => {
  expect(timeOf(new TimeUnit(tsresol, 0), count)).toEqual([seconds, nanoseconds]);
});

test("the offset is added to the seconds, and may be negative", () => {
  expect(timeOf(new TimeUnit(6, 100), 5_000_007n)).toEqual([105, 7000]);
  expect(timeOf(new TimeUnit(6, -100), 5_000_007n)).toEqual([-95, 7000]);
  expect(timeOf(new TimeUnit(0x90, -100), 65536n * 5n)).toEqual([-95, 0]);
  expect(timeOf(new TimeUnit(12, -100), 5_000_000_000_000n)).toEqual([-95, 0]);
});

describe("as exact arithmetic has it", () => {
  const counts = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });

  test("for powers of ten", () => {
    const property = fc.property(counts, fc.integer({ min: 0, max: 127 }), (count, digits) => {
      expect(timeOf(new TimeUnit(digits, 0), count)).toEqual(exact(count, 10n ** BigInt(digits)));
    });
    fc.assert(property, { numRuns: 3000 });
  });

  test("for powers of two", () => {
    const property = fc.property(counts, fc.integer({ min: 0, max: 127 }), (count, digits) => {
      expect(timeOf(new TimeUnit(digits | 0x80, 0), count)).toEqual(exact(count, 1n << BigInt(digits)));
    });
    fc.assert(property, { numRuns: 3000 });
  });

  test("around whole seconds", () => {
    const property = fc.property(fc.nat({ max: 0xffffffff }), fc.integer({ min: -2, max: 2 }), (second, more) => {
      for (const digits of [3, 6, 9]) {
        const perSecond = 10n ** BigInt(digits);
        const count = BigInt(second + 1) * perSecond + BigInt(more);
        expect(timeOf(new TimeUnit(digits, 0), count)).toEqual(exact(count, perSecond));
      }
    });
    fc.assert(property);
  });
});
