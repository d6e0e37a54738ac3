import fc from "fast-check";
import { expect, test } from "vitest";
import { distance, less, lessOrEqual } from "../../src/flow/sequence.ts";

/** Any 32 bits as the analysis holds them: signed. */
const number = fc.integer({ min: -0x80000000, max: 0x7fffffff });
const ahead = fc.integer({ min: 1, max: 0x7fffffff });

test.each([
  { first: 0, second: 1, name: "next to each other" },
  { first: 0x7fffffff, second: -0x80000000, name: "where the sign changes" },
  { first: -1, second: 0, name: "where 32 bits wrap" },
  { first: -100, second: 1_000_000, name: "across the wrap" },
])("order: $name", ({ first, second }) => {
  expect(less(first, second)).toBe(true);
  expect(less(second, first)).toBe(false);
  expect(lessOrEqual(first, second)).toBe(true);
  expect(lessOrEqual(second, first)).toBe(false);
});

test("a number is neither before nor after itself", () => {
  fc.assert(
    fc.property(number, (a) => {
      expect(less(a, a)).toBe(false);
      expect(lessOrEqual(a, a)).toBe(true);
      expect(distance(a, a)).toBe(0);
    }),
  );
});

test("what is less than 2^31 ahead comes after", () => {
  fc.assert(
    fc.property(number, ahead, (a, by) => {
      const b = (a + by) | 0;
      expect(less(a, b)).toBe(true);
      expect(lessOrEqual(b, a)).toBe(false);
      expect(distance(b, a)).toBe(by);
      expect(distance(a, b)).toBe(0x100000000 - by);
    }),
  );
});

test("the order does not change when both move on together", () => {
  fc.assert(
    fc.property(number, number, number, (a, b, by) => {
      expect(less((a + by) | 0, (b + by) | 0)).toBe(less(a, b));
    }),
  );
});
