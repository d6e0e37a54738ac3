import { expect, test } from "vitest";
import { type Pending, pendingOf } from "../../src/diagnosis/pending.ts";
import type { Connection } from "../../src/flow/connection.ts";
import { Analysis } from "../../src/pipeline.ts";
import { answeredText, clockText, countdownText, scheduleLine } from "../../src/report/countdown.ts";
import { eachFrame } from "../support/frames.ts";
import { parseScript } from "../support/script.ts";

const ENDS = "numbers relative\nclient 10.0.0.1:40000\nserver 10.0.0.2:81\n";
const START = { seconds: 1_480_000_000, nanoseconds: 0 };
const OPEN = "0 > S\n+0.01 < S.\n+0.01 > .\n";

function connectionOf(script: string): Connection {
  let last: Connection | undefined;
  const analysis = new Analysis({ analysis: false });
  eachFrame(parseScript(ENDS + script), (frame) => (last = analysis.observe(frame)?.connection));
  return last!;
}

/** What is waited for after so many seconds. */
function at(script: string, seconds: number): { connection: Connection; pending: Pending | undefined } {
  const connection = connectionOf(script);
  return { connection, pending: pendingOf(connection, seconds * 1e9) };
}

function countdown(script: string, seconds: number): string | undefined {
  const { connection, pending } = at(script, seconds);
  const text = pending && countdownText(connection, pending, START, seconds * 1e9);
  // Times of day are those of the machine's zone.
  return text?.replace(/\d\d:\d\d:\d\d/, "HH:MM:SS");
}

const SYN = "10.0.0.1:40000 > 10.0.0.2:81: SYN unanswered";

test.each([
  ["0 > S", 0.025, `${SYN}, next SYN in 1.0 s, ETIMEDOUT at HH:MM:SS`],
  ["0 > S\n1 > S", 1.5, `${SYN}, next SYN in 0.5 s, ETIMEDOUT at HH:MM:SS`],
  ["0 > S\n1 > S", 2.1, `${SYN}, next SYN is due, ETIMEDOUT at HH:MM:SS`],
  ["0 > S\n1 > S", 2.7, `${SYN}, next SYN in 0.3 s, ETIMEDOUT at HH:MM:SS`],
  ["0 > S\n1 > S\n3 > S", 3.1, `${SYN}, next SYN in 4.0 s, ETIMEDOUT at HH:MM:SS`],
  ["0 > S\n1 > S\n2 > S\n3 > S\n4 > S\n5 > S\n7 > S", 7.1, `${SYN}, next SYN in 4.0 s, ETIMEDOUT at HH:MM:SS`],
  ["0 > S\n1 > S\n3 > S\n7 > S\n15 > S\n31 > S\n63 > S", 100, `${SYN}, ETIMEDOUT in 28.6 s, at HH:MM:SS`],
])("the countdown of %j after %f s", (script, seconds, expected) => {
  expect(countdown(script, seconds)).toBe(expected);
});

test.each([
  ["a refused SYN", "0 > S\n+0.01 < R. 0(0) ack 1", 0.1],
  ["a SYN whose repetition stays away", "0 > S", 60],
  ["fewer SYNs than any default, when the time of their setting is over", "0 > S\n1 > S", 5],
  ["an open connection", OPEN, 1],
  ["data that was sent again once", `${OPEN}+0.1 > P. 1:11(10)\n+0.2 > P. 1:11(10)`, 0.5],
  [
    "data that was acknowledged",
    `${OPEN}+0.1 > P. 1:11(10)\n+0.2 > P. 1:11(10)\n+0.4 > P. 1:11(10)\n+0.01 < . ack 11`,
    1,
  ],
])("nothing is waited for of %s", (_, script, seconds) => {
  expect(at(script, seconds).pending).toBeUndefined();
});

test("data that nobody acknowledges has the schedule of its time-outs", () => {
  const script = `${OPEN}1 > P. 1:11(10)\n1.2 > P. 1:11(10)\n1.6 > P. 1:11(10)\n2.4 > P. 1:11(10)`;
  expect(countdown(script, 3)).toBe(
    "10.0.0.1:40000 > 10.0.0.2:81: data unanswered, next retransmission in 1.0 s, ETIMEDOUT at HH:MM:SS",
  );
});

test("SYNs of no known schedule double", () => {
  expect(countdown("0 > S\n0.3 > S\n0.9 > S", 1)).toBe(`${SYN}, next SYN in 1.1 s`);
});

test("a SYN-ACK that nobody acknowledges is the server's", () => {
  expect(countdown("0 > S\n+0.01 < S.\n1.01 < S.\n3.01 < S.", 4)).toBe(
    "10.0.0.2:81 > 10.0.0.1:40000: SYN-ACK unanswered, next SYN-ACK in 3.0 s",
  );
});

test("lines that stay say whose schedule it is, and how it ended", () => {
  const { connection, pending } = at("0 > S\n1 > S\n3 > S", 3.1);
  expect(scheduleLine(connection, pending!, START)).toBe(
    `${SYN}, sent 3 times, next SYN at ${clockText(START, 7.1e9)}, ETIMEDOUT at ${clockText(START, 130.1e9)} (as Linux 3.7 to 6.4, or with linear timeouts off)`,
  );
  expect(answeredText(connection, pending!)).toBe("10.0.0.1:40000 > 10.0.0.2:81: SYN answered, sent 3 times");
});
