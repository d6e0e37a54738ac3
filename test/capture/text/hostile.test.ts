import fc from "fast-check";
import { expect, test } from "vitest";
import { CaptureError } from "../../../src/capture/error.ts";
import { MAX_LINE } from "../../../src/capture/text/clean.ts";
import { HexLines } from "../../../src/capture/text/hex-lines.ts";
import { Notices } from "../../../src/capture/text/notices.ts";
import { TraceParser } from "../../../src/capture/text/trace.ts";
import { readTrace } from "./trace.ts";

/** Pieces that traces are made of. */
const PIECES = [
  "09:00:00.000000 IP ",
  "2016-09-02 15:03:35.987518 ",
  "1 0.0 ",
  "10.0.0.1.80 > ",
  "::1.80 > ",
  "svr4.discard > ",
  "10.0.0.2.4000: ",
  "Flags [S.], ",
  "Flags [",
  "seq 1:4294967295, ",
  "ack 99999999999, ",
  "win 65536, ",
  "options [mss 70000,sack 3 {1:2}{3:4}{5:6},nop,nop,TS val 1 ecr 2,unknown-99 0xffff], ",
  "length 65535",
  "length 0",
  "S 1:1(0) ",
  "<mss 1024,",
  "> ",
  "(DF) (ttl 999, id 70000)",
  "ICMP host 10.0.0.2 unreachable, length 36",
  "ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28",
  "TCP 74 48126 → 81 [SYN, ACK] Seq=0 Ack=1 Win=64240 Len=0 WS=65536",
  "\t0x0000:  4500 003c 3977 4000 4006 ed42 0a00 0001  E..<9w@.@..B....",
  "No. Time Source Destination Protocol",
  "&lt;<br>",
  "\n",
  "\n",
  " ",
  "\t",
  "中",
];

const text = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 5 }), fc.nat().map(String)), { maxLength: 60 })
  .map((parts) => parts.join(""));

test("any text is read or refused, and frames make sense", async () => {
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 32, max: 200 }), async (input, bufferSize) => {
      try {
        const { frames } = await readTrace(input, bufferSize);
        for (const { bytes, wireLength, nanoseconds } of frames) {
          expect(bytes.length).toBeGreaterThan(0);
          expect(wireLength).toBeGreaterThanOrEqual(bytes.length);
          expect(nanoseconds).toBeGreaterThanOrEqual(0);
          expect(nanoseconds).toBeLessThan(1e9);
        }
      } catch (error) {
        if (!(error instanceof CaptureError)) throw error;
      }
    }),
    { numRuns: 300 },
  );
});

test("where the input is cut into parts makes no difference", async () => {
  const lines =
    PIECES.join("").repeat(3) + "\n09:00:00.000000 IP ::1.80 > ::2.4000: Flags [.], ack 1, win 2, length 7\n";
  const whole = await readTrace(lines);
  for (const size of [32, 33, 47, 100]) expect((await readTrace(lines, size)).frames).toEqual(whole.frames);
});

/** Characters of a line that a parser could stumble over, each repeated to the limit. */
const LONG = [
  "1",
  "a",
  " ",
  "\t",
  "<",
  "&",
  ">",
  ":",
  ".",
  "[",
  "(",
  "0 ",
  "ab ",
  "1.",
  "10.0.0.1 > ",
  "-",
  "{1:2}",
  "→ ",
  "|",
  "\u001B[",
];

test.each(LONG)("a line of %j takes steps in proportion to its length", (part) => {
  const starts = [
    "",
    "09:00:00.000000 IP ",
    "09:00:00.000000 IP 1.1.1.1.1 > 1.1.1.1.2: Flags [S], options [",
    "1 0.0 ",
    "\t0x0000:  ",
    '"1","0.0",',
  ];
  for (const start of starts) {
    const parser = new TraceParser({ startTrace: () => undefined, packet: () => undefined }, new Notices());
    const line = (start + part.repeat(MAX_LINE)).slice(0, MAX_LINE);
    // Backtracking of the square of the length would take minutes for these.
    for (let i = 0; i < 50; i++) parser.line(line);
    parser.end();
  }
});

test("a line without end is kept up to a limit only", async () => {
  const endless = "x".repeat(1 << 22);
  const { frames } = await readTrace(
    `${endless}\n09:00:00.000000 IP 10.0.0.1.1 > 10.0.0.2.2: Flags [.], ack 1, win 2, length 0\n`,
  );
  expect(frames).toHaveLength(1);
});

test("bytes below a line stop at what a capture can hold", () => {
  const hex = new HexLines();
  let taken = 0;
  for (let at = 0; at < 40000; at++) {
    if (hex.take(`\t0x${(16 * at).toString(16).padStart(4, "0")}:  ${"4500 ".repeat(8)}`)) taken++;
  }
  expect(taken).toBeLessThan(20000);
  expect(hex.length).toBeLessThanOrEqual(262144 + 16);
});
