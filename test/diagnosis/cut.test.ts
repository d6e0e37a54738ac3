import { expect, test } from "vitest";
import { analyseScript } from "../support/analyse.ts";

/** Cuts each packet of a script so that the TCP ports are left, and the flags are not. */
const cut = (script: string): string => script.replaceAll(/$/gm, " cut 40");

const CASES: readonly (readonly [string, string, string, string | null, string])[] = [
  [
    "answered with options and gone on: connected",
    "0 > S\n+0.01 < S.\n+0.001 > .\n+0.1 > P.(100)\n+0.01 < .",
    "ok",
    null,
    "likely",
  ],
  ["answered without options, then silence: refused", "0 > S\n+0.01 < R.", "refused", "ECONNREFUSED", "likely"],
  ["the same size again and again: unanswered", "0 > S\n1.02 > S\n3.04 > S", "syn-unanswered", "ETIMEDOUT", "possible"],
  ["the second SYN is answered", "0 > S\n1.02 > S\n+0.01 < S.\n+0.001 > .", "syn-retried", null, "likely"],
];

test.each(CASES)("%s", (_name, script, cause, errno, confidence) => {
  const { verdicts } = analyseScript(cut(script), 5);
  expect(verdicts.map((each) => [each.cause.word, each.errno, each.confidence, each.stream])).toEqual([
    [cause, errno, confidence, null],
  ]);
  expect(verdicts[0]?.doubt).toContain("cut before the TCP flags");
});

test("an exchange that does not begin like a connect() has no verdict", () => {
  expect(analyseScript(cut("0 > P.(1000)\n+0.01 < ."), 5).verdicts).toEqual([]);
});
