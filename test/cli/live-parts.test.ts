import { expect, test } from "vitest";
import { CaptureClock } from "../../src/cli/capture-clock.ts";
import { LiveAnalysis } from "../../src/cli/follow-live.ts";
import { StatusLines } from "../../src/cli/status-lines.ts";
import { eachFrame } from "../support/frames.ts";
import { parseScript } from "../support/script.ts";

test("the capture's time goes on between its frames", () => {
  let now = 1000;
  const clock = new CaptureClock(() => now);
  clock.note(0);
  now += 1500;
  expect(clock.nowNs).toBe(1.5e9);
  clock.note(2e9);
  expect(clock.nowNs).toBe(2e9);
  now += 10;
  // A frame that is not newer does not tell the time.
  clock.note(1e9);
  expect(clock.nowNs).toBe(2.01e9);
});

test("connections that changed are told once; without frames, time goes on for verdicts", async () => {
  const analysis = new LiveAnalysis(() => {});
  eachFrame(parseScript("0 > S\n+0.01 < S.\n+0.01 > ."), (frame) => analysis.follow(frame));
  expect(analysis.takeChanged().size).toBe(1);
  const first = analysis.connections.lastTimeNs;
  expect(first).toBeGreaterThanOrEqual(0.02e9);
  for (let last = first, i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(analysis.takeChanged().size).toBe(0);
    expect(analysis.connections.lastTimeNs).toBeGreaterThanOrEqual(last + 3e6);
    last = analysis.connections.lastTimeNs;
  }
});

test("status lines are erased before lines are printed above them, and cut to the terminal", () => {
  const written: string[] = [];
  const status = new StatusLines(
    (text) => void written.push(text),
    () => 10,
  );
  status.print("a\n");
  status.show(["first line too long", "second"]);
  status.print("b\n");
  status.show(["third"]);
  status.show([]);
  expect(written.join("")).toBe("a\nfirst lin\nsecond\u001B[1A\r\u001B[Jb\nthird\r\u001B[J");
});

test("of many status lines the first are shown", () => {
  let written = "";
  const status = new StatusLines(
    (text) => (written += text),
    () => 80,
  );
  status.show(["1", "2", "3", "4", "5", "6", "7"]);
  expect(written).toBe("1\n2\n3\n4\n5\n… and 2 more");
});
