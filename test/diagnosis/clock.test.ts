import { expect, test } from "vitest";
import { diagnoseAll } from "../../src/diagnosis/diagnose.ts";
import type { Verdict } from "../../src/diagnosis/verdict.ts";
import type { Connection } from "../../src/flow/connection.ts";
import { Analysis } from "../../src/pipeline.ts";
import { eachFrame } from "../support/frames.ts";
import { parseScript } from "../support/script.ts";

const OTHER = "client 10.0.0.1:50000\nserver 10.0.0.9:80\n0 > S\n+0.01 < S.\n+0.01 > .";

const SCRIPTS: readonly (readonly [string, string])[] = [
  ["refused", "0 > S\n+0.01 < R."],
  ["syn-unanswered", "0 > S\n1 > S\n3 > S\n7 > S\n15 > S\n31 > S"],
  ["synack-lost", "client 10.0.0.1:40000 ttl 50\n0 > S\n+0.001 < S.\n1 > S\n+0.001 < S.\n3 > S\n+0.001 < S."],
  ["zero-window", "0 > S\n+0.01 < S.\n+0.01 > .\n+0.1 > P.(100)\n+0.01 < . win 0\n+5 < . win 1000"],
];

/** What is told of the connection to 10.0.0.2, where a connection before has times that are so many seconds later. */
function told(script: string, later: number): readonly unknown[] {
  const connections: Connection[] = [];
  const analysis = new Analysis({ onFinished: (connection) => connections.push(connection) });
  const before = parseScript(OTHER).map((packet) => ({ ...packet, seconds: packet.seconds + later }));
  eachFrame([...before, ...parseScript(script)], (frame) => {
    analysis.observe(frame);
  });
  analysis.finish();
  const verdicts: readonly Verdict[] = diagnoseAll(connections, analysis.evidence, analysis.connections.lastTimeNs);
  const verdict = verdicts.find(({ server }) => server.address === "10.0.0.2");
  return [verdict?.cause.word, verdict?.phase, verdict?.errno, verdict?.vantage];
}

test.each(SCRIPTS)("a clock that was set back does not change what is told: %s", (cause, script) => {
  const sameClock = told(script, 0);
  expect(sameClock[0]).toBe(cause);
  expect(told(script, 3600)).toEqual(sameClock);
});
