import fc from "fast-check";
import { expect, test } from "vitest";
import type { Scope } from "../../src/flow/connections.ts";
import type { Segment } from "../../src/flow/segment.ts";
import { Analysis } from "../../src/pipeline.ts";
import { eachFrame } from "../support/frames.ts";
import { parseScript } from "../support/script.ts";

/** What every scope tells of a segment. */
function named(segment: Segment): readonly unknown[] {
  const { connection, from, analysis, relativeSequence, relativeAcknowledgment } = segment;
  const { duplicateAckNumber, duplicateAckFrame, scaledWindow, timeNs, payloadLength, flags } = segment;
  const names = [analysis, duplicateAckNumber, duplicateAckFrame];
  const numbers = [relativeSequence, relativeAcknowledgment, scaledWindow, timeNs, payloadLength, flags];
  return [connection.stream, connection.clientInferred, from, ...names, ...numbers];
}

/** What "segments" tells besides. */
function timed(segment: Segment): readonly unknown[] {
  const { acksFrame, ackRttNs, isAnalysed, bytesInFlight, rtoFrame, rtoNs, connection } = segment;
  const { windowScale } = connection.ends[segment.from];
  return [
    acksFrame,
    ackRttNs,
    isAnalysed,
    bytesInFlight,
    rtoFrame,
    rtoNs,
    connection.analysisInitialRttNs,
    windowScale,
  ];
}

function rows(script: string, scope: Scope, tell: (segment: Segment) => readonly unknown[]): unknown[] {
  const analysis = new Analysis({ scope });
  const found: unknown[] = [];
  eachFrame(parseScript(script), (frame) => {
    const segment = analysis.observe(frame);
    if (segment !== undefined) found.push(tell(segment));
  });
  return found;
}

/** Segments that mostly follow on what both ends have sent: [from client, flags, how far off, acknowledged of what was sent, length, window, ms]. */
const step = fc.tuple(
  fc.boolean(),
  fc.constantFrom(".", ".", ".", ".", ".", "P.", "F.", "R.", "S"),
  fc.constantFrom(0, 0, 0, 0, 0, -1, -10, 10),
  fc.constantFrom(0, 0, 0, -10, 10),
  fc.constantFrom(0, 0, 1, 10, 10, 20),
  fc.constantFrom(50, 50, 50, 5, 0),
  fc.constantFrom(1, 30, 300),
);

const conversation = fc.record({
  scales: fc.constantFrom(["", ""], [" <wscale 2>", " <wscale 1>"], [" <wscale 2>", ""]),
  hasHandshake: fc.boolean(),
  steps: fc.array(step, { maxLength: 30 }),
});

type Conversation = typeof conversation extends fc.Arbitrary<infer T> ? T : never;

const STARTS = [0xffffffc0, 5000] as const;

function scriptOf({ scales, hasHandshake, steps }: Conversation): string {
  const [client, server] = STARTS;
  const lines = ["numbers absolute", "stack plain"];
  if (hasHandshake) {
    lines.push(`0 > S ${client}:${client}(0) win 50${scales[0]}`);
    lines.push(`+0.01 < S. ${server}:${server}(0) ack ${client + 1} win 50${scales[1]}`);
    lines.push(`+0.01 > . ${client + 1}:${client + 1}(0) ack ${server + 1} win 50`);
  }
  const sent = [1, 1];
  for (const [isClient, flags, off, acknowledged, length, window, milliseconds] of steps) {
    const [own, other] = isClient ? ([0, 1] as const) : ([1, 0] as const);
    const at = (end: 0 | 1, offset: number): number => (STARTS[end] + offset) >>> 0;
    const from = sent[own]! + off;
    const ack = flags === "S" ? "" : ` ack ${at(other, sent[other]! + acknowledged)}`;
    lines.push(
      `+${milliseconds / 1000} ${isClient ? ">" : "<"} ${flags} ${at(own, from)}:${at(own, from + length)}(${length})${ack} win ${window}`,
    );
    sent[own] = Math.max(sent[own]!, from + length);
  }
  return lines.join("\n");
}

test("a smaller scope tells the same, where it tells anything", () => {
  fc.assert(
    fc.property(conversation, (each) => {
      const script = scriptOf(each);
      expect(rows(script, "names", named)).toEqual(rows(script, "ends", named));
      expect(rows(script, "segments", named)).toEqual(rows(script, "ends", named));
      expect(rows(script, "segments", timed)).toEqual(rows(script, "ends", timed));
    }),
    { numRuns: 200 },
  );
});
