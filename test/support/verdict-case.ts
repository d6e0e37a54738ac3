import { expect } from "vitest";
import { verdictOf } from "./analyse.ts";

export const HANDSHAKE = "0 > S\n+0.01 < S.\n+0.0001 > .\n";
export const ENDS = "client 10.0.0.1:40000\nserver 10.0.0.2:80\nnumbers relative\nstack linux\n";

/** `times`: seconds of SYNs that nothing answers. */
export function syns(times: readonly number[]): string {
  return times.map((time) => `${time} > S`).join("\n");
}

/** A script and what its only verdict says. */
export interface VerdictCase {
  readonly name: string;
  readonly script: string;
  /** Until when the capture goes on, in seconds. */
  readonly last?: number;
  readonly cause: string;
  readonly call: string | null;
  readonly errno: string | null;
  readonly confidence?: string;
  readonly seconds?: number;
}

/** Fails where the verdict of the script says something else, or lacks what a person needs. */
export function expectVerdict({ script, last, cause, call, errno, confidence, seconds }: VerdictCase): void {
  const verdict = verdictOf(script, last);
  expect({ cause: verdict.cause.word, call: verdict.call, errno: verdict.errno }).toEqual({ cause, call, errno });
  if (confidence !== undefined) expect(verdict.confidence).toBe(confidence);
  if (seconds !== undefined) expect(verdict.seconds ?? Number.NaN).toBeCloseTo(seconds, 1);
  expect(verdict.summary).not.toBe("");
  if (errno !== null) {
    expect(verdict.summary).toContain(errno);
    expect(verdict.evidence.length).toBeGreaterThan(0);
    expect(verdict.likelyCauses.length).toBeGreaterThan(0);
    expect(verdict.next.length).toBeGreaterThan(0);
  }
}
