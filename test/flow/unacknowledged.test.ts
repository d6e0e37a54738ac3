import fc from "fast-check";
import { expect, test } from "vitest";
import { UnacknowledgedSegments } from "../../src/flow/unacknowledged.ts";

interface Entry {
  start: number;
  readonly end: number;
  readonly frame: number;
}

/** Adds [start, start + length), or acknowledges: numbers are offsets from a base. */
const steps = fc.array(
  fc.oneof(
    fc.record({ start: fc.nat({ max: 60 }), length: fc.integer({ min: 1, max: 20 }) }),
    fc.record({ acknowledgment: fc.nat({ max: 80 }) }),
  ),
  { maxLength: 200 },
);
const base = fc.integer({ min: -0x80000000, max: 0x7fffffff });

test("holds what a plain list holds, wherever the numbers wrap", () => {
  fc.assert(
    fc.property(base, steps, (from, list) => {
      const segments = new UnacknowledgedSegments();
      let model: Entry[] = [];
      for (const [frame, step] of list.entries()) {
        if ("start" in step) {
          segments.add((from + step.start) | 0, (from + step.start + step.length) | 0, frame + 1, frame * 1000);
          model.push({ start: step.start, end: step.start + step.length, frame: frame + 1 });
        } else {
          segments.acknowledge((from + step.acknowledgment) | 0);
          const exact = model.find((entry) => entry.end === step.acknowledgment);
          expect(segments.matchedFrame).toBe(exact?.frame ?? 0);
          if (exact !== undefined) expect(segments.matchedTimeNs).toBe((exact.frame - 1) * 1000);
          model = model.filter((entry) => entry.end > step.acknowledgment);
          for (const entry of model) entry.start = Math.max(entry.start, step.acknowledgment);
        }
        expect(segments.length).toBe(model.length);
        const span = Math.max(...model.map((entry) => entry.end)) - Math.min(...model.map((entry) => entry.start));
        expect(segments.bytesInFlight(from)).toBe(model.length === 0 ? 0 : span);
        expect(model.map((_entry, index) => segments.frame(index))).toEqual(model.map((entry) => entry.frame));
        expect(model.map((_entry, index) => (segments.start(index) - from) | 0)).toEqual(
          model.map((entry) => entry.start),
        );
        expect(model.map((_entry, index) => (segments.end(index) - from) | 0)).toEqual(model.map((entry) => entry.end));
      }
    }),
  );
});

test("remembers ten thousand and then nothing more", () => {
  const segments = new UnacknowledgedSegments();
  for (let i = 0; i < 10_500; i++) segments.add(i, i + 1, i + 1, 0);
  expect(segments.length).toBe(10_000);
  segments.acknowledge(9_990);
  expect(segments.length).toBe(10);
  segments.add(20_000, 20_001, 1, 0);
  expect(segments.bytesInFlight(0)).toBe(20_001 - 9_990);
});
