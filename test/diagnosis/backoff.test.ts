import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoffSchedule, linuxGivesUp, nextOf, patternOf, retriesOf } from "../../src/diagnosis/backoff.ts";
import { verdictOf } from "../support/analyse.ts";
import { HANDSHAKE } from "../support/verdict-case.ts";

describe("back-off", () => {
  test("the limit of tcp_retries2 is 924.6 s by default, 102.2 s with 8 (Documentation/networking/ip-sysctl)", () => {
    expect(linuxGivesUp(15)).toBeCloseTo(924.6);
    expect(linuxGivesUp(8)).toBeCloseTo(102.2);
  });

  test("measured with tcp_retries2=8: doubling after a tail loss probe, and the setting is found", () => {
    const times = [0, 0.28, 0.51, 0.97, 1.9, 3.72, 7.34, 14.8, 29.4, 60.1];
    expect(patternOf(times)).toBe("doubling");
    const due = nextOf(times, "doubling");
    expect(due).toBeCloseTo(121.5, 1);
    expect(retriesOf(60.1, 119.5)).toBe(8);
  });

  test("time-outs that do not double are even", () => {
    expect(patternOf([0, 0.21, 0.42, 0.63, 0.85])).toBe("even");
    expect(patternOf([0, 1, 5, 6])).toBe("irregular");
    expect(patternOf([0, 1])).toBe("irregular");
  });

  test("a doubling list of any first time-out is recognised, and goes on by doubling", () => {
    const lists = fc.tuple(fc.double({ min: 0.2, max: 3, noNaN: true }), fc.integer({ min: 4, max: 9 }));
    fc.assert(
      fc.property(lists, ([first, count]) => {
        const times = Array.from({ length: count }, (_, index) => first * (2 ** index - 1));
        expect(patternOf(times)).toBe("doubling");
        expect(nextOf(times, "doubling")).toBeLessThanOrEqual(first * (2 ** count - 1) + 1e-9);
      }),
    );
  });

  test("while the capture has not come to the next one, the default is predicted", () => {
    const schedule = backoffSchedule("data", [0, 0.2, 0.6, 1.4, 3], 4);
    expect(schedule.nextSyn).toBeCloseTo(6.2);
    expect(schedule.givesUp).toBeGreaterThan(924);
    expect(schedule.stack).toContain("tcp_retries2=15");
  });

  test("when the next one stays away the kernel has given up", () => {
    const schedule = backoffSchedule("data", [0, 0.2, 0.6, 1.4, 3], 100);
    expect(schedule.nextSyn).toBe(null);
    expect(schedule.givesUp).toBeCloseTo(6.2);
    expect(schedule.stack).toContain("tcp_retries2=4");
  });
});

test("keep-alive probes show interval and count", () => {
  const script = `${HANDSHAKE}1 > P.(1)\n+0.01 < .\n3 > . 1:1(0)\n4 > . 1:1(0)\n5 > . 1:1(0)\n6 > R. 2(0)`;
  const { schedule } = verdictOf(script);
  expect(schedule?.kind).toBe("keep-alive");
  expect(schedule?.stack).toContain("1 s, TCP_KEEPCNT 3");
});

test("data that is sent again shows its schedule in the verdict", () => {
  const script = `${HANDSHAKE}1 > P.(100)\n1.2 > P. 1:101(100)\n1.6 > P. 1:101(100)\n2.4 > P. 1:101(100)\n4.0 > P. 1:101(100)`;
  const verdict = verdictOf(script, 100);
  expect([verdict.schedule?.kind, verdict.schedule?.retries, verdict.predicted]).toEqual(["data", 4, true]);
  expect(verdict.later.map((each) => `${each.call} ${each.returns}`)).toEqual(["send EPIPE", "recv 0"]);
});
