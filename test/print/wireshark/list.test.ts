import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { listed, type ListedFrame } from "./listed.ts";

/** Captures of one protocol each: seconds, microseconds, wire length, captured bytes, and the line that tshark 4.0.17 prints with -n. */
interface Group {
  readonly group: string;
  readonly linkType: number;
  readonly frames: readonly (readonly [number, number, number, string, string])[];
}

const GROUPS: readonly Group[] = JSON.parse(readFileSync(new URL("list.json", import.meta.url), "utf8"));

function framesOf({ linkType, frames }: Group): ListedFrame[] {
  return frames.map(([seconds, microseconds, wireLength, hex]) => ({
    linkType,
    seconds,
    nanoseconds: microseconds * 1000,
    wireLength,
    bytes: Uint8Array.from(Buffer.from(hex, "hex")),
  }));
}

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
