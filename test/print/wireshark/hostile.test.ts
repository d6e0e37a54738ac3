import fc from "fast-check";
import { expect, test } from "vitest";
import { lineColours } from "../../../src/print/wireshark/colour.ts";
import { COLUMN_NAMES } from "../../../src/print/wireshark/columns.ts";
import { framesOf, GROUPS, listed, type ListedFrame } from "./listed.ts";

const FRAMES: readonly ListedFrame[] = GROUPS.flatMap(framesOf);

/** The line without escapes: each begins with ESC [ and ends with a letter. */
function uncoloured(line: string): string {
  return line
    .split("\u001b[")
    .map((part, i) => (i === 0 ? part : part.replace(/^[\d;]*[mK]/, "")))
    .join("");
}

const change = fc.record({ at: fc.nat(120), value: fc.integer({ min: 0, max: 255 }) });
const broken = fc
  .record({
    frame: fc.constantFrom(...FRAMES),
    changes: fc.array(change, { maxLength: 4 }),
    captured: fc.option(fc.nat(120), { nil: undefined }),
    longer: fc.nat(8),
  })
  .map(({ frame, changes, captured, longer }): ListedFrame => {
    const bytes = frame.bytes.slice(0, captured);
    for (const { at, value } of changes) if (at < bytes.length) bytes[at] = value;
    return { ...frame, bytes, wireLength: bytes.length + longer };
  });

/** Whether nothing in the text could steer a terminal. */
function isPrintable(text: string): boolean {
  return [...text].every((letter) => letter >= " " && (letter < "\u007f" || letter > "\u009f"));
}

test("any bytes give one printable line each, with every column", () => {
  fc.assert(
    fc.property(fc.array(broken, { minLength: 1, maxLength: 6 }), (frames) => {
      const lines = listed(frames);
      expect(lines).toHaveLength(frames.length);
      expect(lines.filter((line) => !isPrintable(line))).toEqual([]);
      expect(listed(frames, { columns: COLUMN_NAMES })).toHaveLength(frames.length);
    }),
    { numRuns: 250 },
  );
});

test("colours stand around the line and change nothing of it", () => {
  const colours = lineColours(24);
  fc.assert(
    fc.property(fc.array(broken, { minLength: 1, maxLength: 4 }), (frames) => {
      const plain = listed(frames, { colours }).map(uncoloured);
      expect(plain).toEqual(listed(frames));
    }),
    { numRuns: 80 },
  );
});
