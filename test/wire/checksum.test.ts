import * as fc from "fast-check";
import { expect, test } from "vitest";
import { addWords, foldSum } from "../../src/wire/checksum.ts";

/** RFC 1071 section 1, a word at a time. */
function plainSum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

test("the example of RFC 1071 section 3", () => {
  const bytes = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);
  expect(foldSum(addWords(new DataView(bytes.buffer), 0, 8, 0))).toBe(0xddf2);
});

test("words of 32 bits come to the same sum as words of 16", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      expect(foldSum(addWords(view, 0, bytes.length, 0))).toBe(plainSum(bytes));
    }),
    { numRuns: 1000 },
  );
});

test("the longest packet of ones does not lose a bit", () => {
  const bytes = new Uint8Array(262_144).fill(0xff);
  expect(foldSum(addWords(new DataView(bytes.buffer), 0, bytes.length, 0))).toBe(0xffff);
});
