import { describe, expect, test } from "vitest";
import { framesOf, GROUPS, listed } from "./listed.ts";

describe.each(GROUPS)("$group", (group) => {
  test("is listed as by tshark", () => {
    const lines = listed(framesOf(group));
    expect(lines).toEqual(group.frames.map(([, , , , line]) => line));
  });

  test("is listed when it is cut at every length, with the same numbers and lengths", () => {
    for (const frame of framesOf(group).slice(0, 12)) {
      const cuts = Array.from({ length: frame.bytes.length + 1 }, (_, length) => ({
        ...frame,
        bytes: frame.bytes.slice(0, length),
      }));
      const lines = listed(cuts);
      expect(lines).toHaveLength(cuts.length);
      for (const [i, line] of lines.entries()) {
        expect(line).toMatch(new RegExp(`^ *${i + 1} +0\\.000000 .* ${frame.wireLength} `));
        expect(line).not.toMatch(/undefined|NaN/);
      }
    }
  });
});
