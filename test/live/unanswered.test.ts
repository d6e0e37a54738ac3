import { describe, expect, test } from "vitest";
import { supplement } from "../../src/cli/run/unanswered.ts";
import { bareVerdict } from "../../src/diagnosis/attempt.ts";
import * as causes from "../../src/diagnosis/causes.ts";
import { Evidence } from "../../src/diagnosis/evidence.ts";
import { linuxSynTimeout } from "../../src/flow/syn-schedule.ts";

const CLIENT = { address: "10.0.0.1", port: 40_000 };
const SERVER = { address: "10.0.0.2", port: 80 };
const AROUND = {
  evidence: new Evidence(),
  settings: { retries: 1, linear: 4, givesUp: linuxSynTimeout(1, 4) },
  everywhere: true,
  lost: 0,
  hasPort: () => false,
  sinceStartNs: (milliseconds: number) => milliseconds * 1e6,
  ended: 100_000,
};
const CAPTURED = bareVerdict({
  stream: 0,
  client: CLIENT,
  server: SERVER,
  timeNs: 1000 * 1e6,
  cause: causes.SYN_UNANSWERED,
  summary: "",
});
const TIMED_OUT = { ...CAPTURED, predicted: true, errno: "ETIMEDOUT" };
const GIVEN_UP = { ...CAPTURED, cause: causes.APPLICATION_GAVE_UP };

/** When a socket was looked at, in milliseconds: the last time before its connect(), the first and the last time in SYN_SENT, and the first time after. */
function socket([notBefore, since, last, gone]: readonly number[]) {
  return { client: CLIENT, server: SERVER, notBefore: notBefore ?? 0, since: since ?? 0, last: last ?? 0, gone };
}

/** The SYN leaves at 1000; the kernel gives up at about 4070. */
describe("who ended a connect() without an answer", () => {
  test.each([
    ["the kernel", [990, 1005, 4060, 4080], "ETIMEDOUT"],
    ["the kernel, though it was seen late for the first time", [0, 1900, 4060, 4080], "ETIMEDOUT"],
    ["the kernel, though it was seen late to be gone", [990, 1005, 4000, 5500], "ETIMEDOUT"],
    ["the program", [990, 1005, 2990, 3010], null],
    ["the program, though it was seen late for the first time", [0, 2900, 2990, 3010], null],
  ] as const)("%s", (_, looks, errno) => {
    for (const verdict of [TIMED_OUT, GIVEN_UP]) {
      const { seen } = supplement([verdict], [socket(looks)], AROUND);
      expect(seen.map((replaced) => replaced.verdict.errno)).toEqual([errno]);
    }
  });

  test("a socket that is there for longer than the kernel's time has other settings: the SYNs tell", () => {
    for (const verdict of [TIMED_OUT, GIVEN_UP]) {
      const { seen } = supplement([verdict], [socket([990, 1005, 7000, 7010])], AROUND);
      expect(seen[0]?.verdict).toBe(verdict);
    }
  });

  test.each([
    ["the kernel", [990, 1005, 4060, 4080], "ETIMEDOUT"],
    ["the kernel, though it was seen late for the first time", [990, 1900, 4060, 4080], "ETIMEDOUT"],
    ["the program", [990, 1005, 2990, 3010], null],
  ] as const)("no packet: %s", (_, looks, errno) => {
    const { unseen } = supplement([], [socket(looks)], AROUND);
    expect(unseen).toMatchObject([{ errno, cause: causes.LOCAL_FIREWALL_DROP }]);
  });
});
