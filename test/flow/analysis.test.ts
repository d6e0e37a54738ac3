import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ANALYSIS_NAMES } from "../../src/flow/analysis.ts";
import type { Segment } from "../../src/flow/segment.ts";
import { Analysis } from "../../src/pipeline.ts";
import { eachFrame } from "../support/frames.ts";
import { NO_TIME } from "../../src/flow/time.ts";
import { parseScript } from "../support/script.ts";

interface Row {
  readonly flags: string;
  readonly stream: number;
  readonly relative: readonly [number, number];
  readonly acksFrame: number;
  readonly ackRttNs: number;
  readonly bytesInFlight: number;
  readonly rto: readonly [number, number];
  readonly duplicate: readonly [number, number];
  readonly scaledWindow: number;
  readonly initialRttNs: number;
  readonly completeness: number;
}

function row(segment: Segment): Row {
  return {
    flags: ANALYSIS_NAMES.filter((_name, bit) => (segment.analysis & (1 << bit)) !== 0).join(" "),
    stream: segment.connection.stream,
    relative: [segment.relativeSequence, segment.relativeAcknowledgment],
    acksFrame: segment.acksFrame,
    ackRttNs: segment.ackRttNs,
    bytesInFlight: segment.bytesInFlight,
    rto: [segment.rtoFrame, segment.rtoNs],
    duplicate: [segment.duplicateAckNumber, segment.duplicateAckFrame],
    scaledWindow: segment.scaledWindow,
    initialRttNs: segment.connection.analysisInitialRttNs,
    completeness: segment.connection.completeness,
  };
}

/** The analysis of every segment of a script, in order. */
function analyse(script: string): Row[] {
  const analysis = new Analysis();
  const rows: Row[] = [];
  eachFrame(parseScript(script), (frame) => {
    const segment = analysis.observe(frame);
    if (segment !== undefined) rows.push(row(segment));
  });
  return rows;
}

function last(script: string): Row {
  const found = analyse(script).at(-1);
  if (found === undefined) throw new Error("no segment");
  return found;
}

const HANDSHAKE = "0 > S\n+0.01 < S.\n+0.01 > .\n";
const PLAIN = "stack plain\nnumbers relative\n";

/** Each flag where it must stand and, beside it, the nearest case where it must not; the last segment is the one in question. */
describe("flags of the last segment", () => {
  test.each([
    // Holes and overtaking; the initial round-trip time is 20 ms.
    { name: "data behind a hole", script: "1 > .(100)\n+0 > . 201:301(100)", flags: "lostSegment" },
    { name: "data without a hole", script: "1 > .(100)\n+0 > . 101:201(100)", flags: "" },
    { name: "a RST behind a hole", script: "1 > .(100)\n+0 > R 201:201(0)", flags: "" },
    {
      name: "data that fills a hole soon",
      script: "1 > .(100)\n+0 > . 201:301(100)\n+0.019 > . 101:201(100)",
      flags: "outOfOrder",
    },
    {
      name: "data that fills a hole late",
      script: "1 > .(100)\n+0 > . 201:301(100)\n+0.021 > . 101:201(100)",
      flags: "retransmission",
    },
    {
      name: "data that ends where the highest ends",
      script: "1 > .(100)\n+0 > . 201:301(100)\n+0.01 > . 250:301(51)",
      flags: "retransmission",
    },
    // Sent again.
    { name: "the same data after a second", script: "1 > P.(100)\n2 > P. 1:101(100)", flags: "retransmission" },
    { name: "new data after a second", script: "1 > P.(100)\n2 > P.(100)", flags: "" },
    {
      name: "the same data after its acknowledgment",
      script: "1 > P.(100)\n+0.01 < .\n2 > P. 1:101(100)",
      flags: "retransmission spuriousRetransmission",
    },
    {
      name: "more than was acknowledged",
      script: "1 > P.(100)\n+0.01 < .\n2 > P. 1:102(101)",
      flags: "retransmission",
    },
    {
      name: "after two duplicate acknowledgments",
      script:
        "1 > .(100)\n+0 > .(100)\n+0 > .(100)\n+0.03 < . ack 1\n+0 < . ack 1\n+0 < . ack 1\n+0.001 > . 1:101(100)",
      flags: "retransmission fastRetransmission",
    },
    {
      name: "after one duplicate acknowledgment",
      script: "1 > .(100)\n+0 > .(100)\n+0 > .(100)\n+0.03 < . ack 1\n+0 < . ack 1\n+0.001 > . 1:101(100)",
      flags: "retransmission",
    },
    {
      name: "long after two duplicate acknowledgments",
      script: "1 > .(100)\n+0 > .(100)\n+0 > .(100)\n+0.01 < . ack 1\n+0 < . ack 1\n+0 < . ack 1\n+0.02 > . 1:101(100)",
      flags: "retransmission",
    },
    {
      name: "another segment than the duplicate acknowledgments ask for",
      script:
        "1 > .(100)\n+0 > .(100)\n+0 > .(100)\n+0.03 < . ack 1\n+0 < . ack 1\n+0 < . ack 1\n+0.001 > . 101:201(100)",
      flags: "retransmission",
    },
    { name: "a FIN again", script: "1 > F.\n2 > F.", flags: "retransmission" },
    { name: "a RST again", script: "1 > R.\n2 > R.", flags: "" },
    // Acknowledgments.
    {
      name: "the same acknowledgment again",
      script: "1 > P.(100)\n+0.01 < . ack 1\n+0 < . ack 1",
      flags: "duplicateAck",
    },
    { name: "the same acknowledgment with data", script: "1 > P.(100)\n+0.01 < P. 1:11(10) ack 1", flags: "" },
    { name: "the same acknowledgment with FIN", script: "1 > P.(100)\n+0.01 < . ack 1\n+0 < F. ack 1", flags: "" },
    {
      name: "the same acknowledgment with another window",
      script: "1 > P.(100)\n+0.01 < . ack 1 win 400\n+0.01 < . ack 1 win 300",
      flags: "windowUpdate",
    },
    {
      name: "another acknowledgment with another window",
      script: "1 > P.(100)\n+0.01 < . ack 51\n+0.01 < . ack 101 win 300",
      flags: "",
    },
    { name: "of what was not captured", script: "1 > P.(100)\n+0.01 < . ack 201", flags: "ackLostSegment" },
    { name: "of what was not captured, again", script: "1 > P.(100)\n+0.01 < . ack 201\n+0.01 < . ack 301", flags: "" },
    { name: "of what was captured", script: "1 > P.(100)\n+0.01 < . ack 101", flags: "" },
    {
      name: "of what was not captured, after the other end has acknowledged something",
      script: "1 > P.(100)\n+0.01 < .(10) ack 201\n+0.01 > . 101:101(0) ack 11\n+0.01 < . ack 301",
      flags: "ackLostSegment",
    },
    // Windows.
    { name: "no window", script: "1 < . win 0", flags: "zeroWindow" },
    { name: "no window in a RST", script: "1 < R. win 0", flags: "" },
    { name: "window 1", script: "1 < . win 1", flags: "windowUpdate" },
    { name: "one byte into no window", script: "1 < . win 0\n+1 > .(1)", flags: "zeroWindowProbe" },
    { name: "two bytes into no window", script: "1 < . win 0\n+1 > .(2)", flags: "" },
    {
      name: "the answer to a probe",
      script: "1 < . win 0\n+1 > .(1)\n+0.01 < . ack 1 win 0",
      flags: "zeroWindow zeroWindowProbeAck",
    },
    {
      name: "an acknowledgment without window after more than a probe",
      script: "1 < . win 0\n+1 > .(2)\n+0.01 < . ack 1 win 0",
      flags: "zeroWindow",
    },
    { name: "data up to the edge of the window", script: "1 < . win 2\n+1 > .(256)", flags: "windowFull" },
    { name: "data to one byte before the edge", script: "1 < . win 2\n+1 > .(255)", flags: "" },
    // Keep-alives.
    {
      name: "one byte before the next number, empty",
      script: "1 > P.(100)\n+0.01 < .\n10 > . 100:100(0)",
      flags: "keepAlive",
    },
    {
      name: "one byte before the next number, with that byte",
      script: "1 > P.(100)\n+0.01 < .\n10 > . 100:101(1)",
      flags: "keepAlive",
    },
    {
      name: "two bytes before the next number",
      script: "1 > P.(100)\n+0.01 < .\n10 > . 99:101(2)",
      flags: "retransmission spuriousRetransmission",
    },
    {
      name: "the answer to a keep-alive",
      script: "1 > P.(100)\n+0.01 < .\n10 > . 100:100(0)\n+0.01 < .",
      flags: "keepAliveAck",
    },
    {
      name: "an answer to a keep-alive with another window",
      script: "1 > P.(100)\n+0.01 < .\n10 > . 100:100(0)\n+0.01 < . win 300",
      flags: "windowUpdate",
    },
    // The same four-tuple.
    { name: "a SYN with another number", script: "9 > S 5000000(0)", flags: "reusedPorts" },
    { name: "the SYN again", script: "9 > S 1000000(0)", flags: "retransmission" },
    {
      name: "a SYN-ACK with another number",
      script: "9 < S. 5000000(0) ack 1000001",
      flags: "lostSegment reusedPorts",
    },
  ])("$name: $flags", ({ script, flags }) => {
    expect(last(HANDSHAKE + script).flags).toBe(flags);
  });

  test("a window that no scale is known for is never full", () => {
    expect(last(`${PLAIN}0 < . 1:1(0) ack 1 win 100\n+1 > . 1:101(100) ack 1`).flags).toBe("");
    expect(last(`0 > S <>\n+0 < S. <>\n+0 > .\n+1 < . win 100\n+1 > .(100)`).flags).toBe("windowFull");
  });

  test("a time that steps back makes nothing fast or out of order", () => {
    expect(last(`${HANDSHAKE}1 > .(100)\n+0 > . 201:301(100)\n0.5 > . 101:201(100)`).flags).toBe("retransmission");
  });
});

describe("numbers", () => {
  test("relative numbers count from the initial ones", () => {
    const rows = analyse(`${HANDSHAKE}1 > P.(100)\n+0.01 < .`);
    expect(rows.map((each) => each.relative)).toEqual([
      [0, 0],
      [0, 1],
      [1, 1],
      [1, 1],
      [1, 101],
    ]);
  });

  test("without the handshake they start at 1", () => {
    const rows = analyse(`${PLAIN}0 > P. 500:600(100) ack 900\n+0.01 < . 900:900(0) ack 600`);
    expect(rows.map((each) => each.relative)).toEqual([
      [1, 1],
      [1, 101],
    ]);
  });

  test("a segment without ACK shows its acknowledgment as it is", () => {
    expect(last(`${HANDSHAKE}1 > R 1:1(0)`).relative).toEqual([1, 0]);
  });

  test("a SYN with another number starts the next stream, a repeated one does not", () => {
    const again = "9 > S 1000000(0)\n10 > S 5000000(0)\n+0.01 < S.\n";
    expect(analyse(HANDSHAKE + again).map((each) => each.stream)).toEqual([0, 0, 0, 0, 1, 1]);
  });

  test("an acknowledgment names the frame that ends where it acknowledges", () => {
    const script = `${HANDSHAKE}1 > .(100)\n+0.001 > .(100)\n+0.01 < . ack 201`;
    expect(last(script)).toMatchObject({ acksFrame: 5, ackRttNs: 10_000_000 });
    expect(last(script.replace("201", "150"))).toMatchObject({ acksFrame: 0 });
  });

  test("of a segment sent twice it names the first", () => {
    expect(last(`${HANDSHAKE}1 > .(100)\n+0.3 > . 1:101(100)\n+0.01 < .`)).toMatchObject({
      acksFrame: 4,
      ackRttNs: 310_000_000,
    });
  });

  test("the time-out counts from the oldest unacknowledged segment", () => {
    const script = `${HANDSHAKE}1 > .(100)\n1.1 > .(100)\n2 > . 101:201(100)`;
    expect(last(script).rto).toEqual([4, 1_000_000_000]);
    expect(last(script.replace("2 >", "1.2 < . ack 101\n2 >")).rto).toEqual([5, 900_000_000]);
  });

  test("duplicate acknowledgments are numbered and name the first of them", () => {
    const rows = analyse(`${HANDSHAKE}1 > .(100)\n+0.01 < . ack 1\n+0 < . ack 1\n+0 < . ack 1\n+0.01 < .\n+0 < .`);
    expect(rows.map((each) => each.duplicate)).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
      [1, 2],
      [2, 2],
      [0, 0],
      [1, 8],
    ]);
  });

  test("bytes in flight: highest end minus lowest start, acknowledged parts left out", () => {
    const rows = analyse(`${HANDSHAKE}1 > .(100)\n+0 > .(100)\n+0.01 < . ack 50\n+0 > .(100)\n+0 > F.(10)`);
    expect(rows.map((each) => each.bytesInFlight)).toEqual([-1, -1, -1, 100, 200, -1, 251, 261]);
  });

  test("what SACK blocks report is not in flight", () => {
    const script = `${HANDSHAKE}1 > .(100)\n+0 > .(100)\n+0.01 < . ack 1 <nop,nop,sack {101:201}>\n+0 > .(50)`;
    expect(last(script).bytesInFlight).toBe(150);
  });

  test("behind a hole the bytes in flight are not known until the other end acknowledges", () => {
    const rows = analyse(`${HANDSHAKE}1 > .(100)\n+0 > . 201:301(100)\n+0 > .(100)\n+0.01 < . ack 101 <>\n+0 > .(100)`);
    expect(rows.map((each) => each.bytesInFlight)).toEqual([-1, -1, -1, 100, -1, -1, -1, 300]);
  });

  test("the initial round trip counts from the latest SYN to the first segment after it", () => {
    expect(last("0 > S\n1 > S\n1.01 < S.\n1.015 > .").initialRttNs).toBe(15_000_000);
    expect(last("0 > S\n+0.007 < R.").initialRttNs).toBe(7_000_000);
    // Clocks step back: these frames are older than the first.
    expect(
      last("server 10.0.0.9:80\n9 > S 1(0)\nserver 10.0.0.2:80\n1 > S 1(0)\n1.5 < S. 5(0) ack 2\n2 > . 2(0) ack 6")
        .initialRttNs,
    ).toBe(1_000_000_000);
    expect(last("0 < S. 2000000(0) ack 1000001\n1.015 > .").initialRttNs).toBe(NO_TIME);
  });

  test("windows are scaled when both ends offer it, and never in a SYN", () => {
    const scaled = analyse(`0 > S win 1000\n+0 < S. win 1000\n+0 > . win 1000`);
    expect(scaled.map((each) => each.scaledWindow)).toEqual([1000, 1000, 128_000]);
    expect(last(`0 > S win 1000\n+0 < S. win 1000 <mss 1460>\n+0 > . win 1000`).scaledWindow).toBe(1000);
    expect(last(`0 > S win 1000 <mss 1460>\n+0 < S. win 1000\n+0 < . win 1000`).scaledWindow).toBe(1000);
    expect(last(`${HANDSHAKE}1 > S 1000000(0) <>\n+0 > . win 1000`).scaledWindow).toBe(128_000);
  });
});

/** SYN 1, SYN-ACK 2, ACK 4, data 8, FIN 16, RST 32. */
test.each([
  { name: "SYN alone", script: "0 > S", completeness: 1 },
  { name: "refused", script: "0 > S\n+0.01 < R.", completeness: 1 + 4 + 32 },
  { name: "handshake", script: HANDSHAKE, completeness: 7 },
  { name: "handshake cut before its last ACK", script: "0 > S\n+0.01 < S.", completeness: 3 },
  { name: "with data and an orderly end", script: `${HANDSHAKE}1 > P.(10)\n+0 < F.`, completeness: 31 },
  { name: "data alone", script: `${PLAIN}0 > P. 1:11(10) ack 1`, completeness: 0 },
  { name: "data from the middle", script: `${PLAIN}0 > P. 1:11(10) ack 1\n+0 > P. 11:21(10) ack 1`, completeness: 8 },
  { name: "after reuse it starts anew", script: `${HANDSHAKE}1 > P.(10)\n2 > S 5000000(0)`, completeness: 1 },
])("completeness: $name", ({ script, completeness }) => {
  expect(last(script).completeness).toBe(completeness);
});

/** Conversations of segments around each other's numbers, as [from client, flags, offset, acknowledgment offset, length, milliseconds]. */
const conversation = fc.array(
  fc.tuple(
    fc.boolean(),
    fc.constantFrom(".", ".", ".", "P.", "F."),
    fc.integer({ min: 0, max: 60 }),
    fc.integer({ min: 0, max: 60 }),
    fc.constantFrom(0, 0, 1, 10, 20),
    fc.constantFrom(1, 5, 30, 300),
  ),
  { maxLength: 25 },
);

type Conversation = readonly (readonly [boolean, string, number, number, number, number])[];

/** Numbers are at least 1: Wireshark takes 0 for "not seen yet". */
function scriptOf(isns: readonly [number, number], steps: Conversation): string {
  const at = (end: 0 | 1, offset: number): number => (isns[end] + offset) >>> 0;
  const lines = [
    "numbers absolute",
    "stack plain",
    `0 > S ${isns[0]}:${isns[0]}(0)`,
    `+0.01 < S. ${isns[1]}:${isns[1]}(0) ack ${at(0, 1)}`,
    ...steps.map(([client, flags, offset, acknowledgment, length, milliseconds]) => {
      const [own, other] = client ? ([0, 1] as const) : ([1, 0] as const);
      const from = at(own, 1 + offset);
      const to = at(own, 1 + offset + length);
      return `+${milliseconds / 1000} ${client ? ">" : "<"} ${flags} ${from}:${to}(${length}) ack ${at(other, 1 + acknowledgment)}`;
    }),
  ];
  return lines.join("\n");
}

test("numbers that wrap are analysed as those that do not", () => {
  const nearWrap = fc.oneof(
    fc.integer({ min: 0xffffff80, max: 0xffffffff }),
    fc.integer({ min: 0x7fffff80, max: 0x7fffffff }),
    fc.integer({ min: 1, max: 0xffffffff }),
  );
  fc.assert(
    fc.property(nearWrap, nearWrap, conversation, (client, server, steps) => {
      expect(analyse(scriptOf([client, server], steps))).toEqual(analyse(scriptOf([1000, 5000], steps)));
    }),
    {
      numRuns: 300,
      // A sequence number of 0 is not what a SYN, without ACK, acknowledges.
      examples: [
        [
          1,
          4_294_967_264,
          [
            [false, ".", 23, 0, 10, 1],
            [false, ".", 31, 1, 10, 1],
          ],
        ],
        [
          1,
          4_294_967_293,
          [
            [false, ".", 0, 1, 0, 1],
            [true, ".", 0, 2, 0, 1],
            [false, ".", 0, 1, 0, 1],
          ],
        ],
      ],
    },
  );
});

test("no conversation breaks what the numbers promise", () => {
  fc.assert(
    fc.property(conversation, (steps) => {
      const rows = analyse(scriptOf([1000, 5000], steps));
      for (const [index, each] of rows.entries()) {
        expect(each.acksFrame).toBeLessThan(index + 1);
        expect(each.rto[0]).toBeLessThan(index + 1);
        expect(each.duplicate[1]).toBeLessThan(index + 1);
        expect(each.bytesInFlight).toBeLessThanOrEqual(200);
        // A segment is sent again in one way only, or overtaken.
        expect(each.flags).not.toMatch(/spurious.*outOfOrder|fast.*spurious|fast.*outOfOrder/);
        if (/fast|spurious/.test(each.flags)) expect(each.flags).toContain("retransmission ");
      }
    }),
  );
});
