import { expect, test } from "vitest";
import { FrameTimes } from "../../src/flow/frame-times.ts";

/** After so many frames, a year and a nanosecond between each and the next: since which of them the times are known. */
test.each([
  [1, 1],
  [256, 1],
  [1000, 1],
  [65_535, 1],
  [70_000, 70_000 - 65_535],
])("of %i frames", (count, oldest) => {
  const times = new FrameTimes();
  for (let frame = 1; frame <= count; frame++) times.add(frame, frame * 31_536_000, frame);
  expect(times.since(count, -1)).toBe(0);
  expect(times.since(oldest, -1)).toBe((count - oldest) * 31_536_000e9 + (count - oldest));
});

test("the oldest of many are forgotten", () => {
  const times = new FrameTimes();
  for (let frame = 1; frame <= 70_000; frame++) times.add(frame, frame, 0);
  expect(times.since(70_000 - 65_536, -1)).toBe(-1);
});

test("a time span of months keeps its nanoseconds when it is short", () => {
  const times = new FrameTimes();
  times.add(1, 0, 0);
  times.add(2, 2_000_000_000, 1);
  times.add(3, 2_000_000_000, 4);
  expect(times.since(2, -1)).toBe(3);
});
