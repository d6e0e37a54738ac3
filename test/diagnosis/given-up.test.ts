import { describe, expect, test } from "vitest";
import { isFailure } from "../../src/report/verdict-fields.ts";
import { analyseScript, verdictOf } from "../support/analyse.ts";
import { ENDS, HANDSHAKE } from "../support/verdict-case.ts";

const UNANSWERED = `${HANDSHAKE}0.5 > P.(5)\n+0.01 < P.(5)\n+0.0001 > .\n1 > P.(10)\n1.2 > P. 6:16(10)\n1.6 > P. 6:16(10)\n`;

describe("the program gives up before the kernel", () => {
  test.each([
    ["with FIN", `${UNANSWERED}2 > F. 16(0)\n2.4 > P. 6:16(10)`],
    ["with RST", `${UNANSWERED}2 > R. 16(0) ack 6`],
  ])("%s", (_name, script) => {
    const verdict = verdictOf(script, 60);
    expect([verdict.cause.word, verdict.call, verdict.errno, isFailure(verdict)]).toEqual([
      "application-gave-up",
      null,
      null,
      true,
    ]);
    expect(verdict.summary).toMatch(
      /the client's program gave the connection to 10\.0\.0\.2:80 up .* after 1 s: its data, sent again 2 times/,
    );
    expect(verdict.likelyCauses[0]).toMatch(/a time-out of the program/);
  });

  test("who closes at once after the data waited for nothing", () => {
    const verdict = verdictOf(UNANSWERED.replace("1 > P.(10)", "1 > FP.(10)"), 60);
    expect(verdict.cause.word).not.toBe("application-gave-up");
  });

  test("what was acknowledged after all was not given up", () => {
    expect(verdictOf(`${UNANSWERED}1.7 < .\n2 > F.\n+0.01 < F.\n+0.0001 > .`).cause.word).toBe("ok");
  });
});

describe("neighbours that do not answer, and few SYNs", () => {
  const ASKED =
    "\n10 arp who-has 10.0.0.77 tell 10.0.0.1\n11.02 arp who-has 10.0.0.77 tell 10.0.0.1\n12.04 arp who-has 10.0.0.77 tell 10.0.0.1";

  test.each([
    ["repeated once", "0 > S\n1 > S", "ETIMEDOUT"],
    ["repeated twice", "0 > S\n1 > S\n3 > S", "ETIMEDOUT"],
    ["repeated as by default", "0 > S\n1 > S\n2 > S\n3 > S\n4 > S", "EHOSTUNREACH"],
  ])("another SYN of that client was %s", (_name, syns, errno) => {
    const { verdicts } = analyseScript(`${ENDS}${syns}${ASKED}`, 40);
    const verdict = verdicts.find((each) => each.cause.word === "neighbour-unreachable");
    expect(verdict?.errno).toBe(errno);
    expect(verdict?.failures).toMatchObject([{ call: "connect", errno }]);
    expect(verdict?.remarks.join()).toMatch(/tcp_syn_retries=1/);
  });
});

test("a SYN-ACK that passes while the client repeats its SYN did not reach its socket", () => {
  const { connections } = analyseScript(`${ENDS}0 > S\n+0.01 < S.\n1.02 > S\n+0.01 < S.\n3.04 > S\n+0.01 < S.`, 4);
  expect(connections[0]?.client.state).toBe("SYN_SENT");
  const proved = analyseScript(`${ENDS}0 > S\n+0.01 < S.\n1.02 > S\n+0.01 < S.\n+0.0001 > .\n`).connections[0];
  expect([proved?.client.state, proved?.server.state]).toEqual(["ESTABLISHED", "ESTABLISHED"]);
});

test("an unreachable error takes the back-off back: one time at which the kernel gives up", () => {
  const repeats = [0.2, 0.4, 0.6, 0.8, 1, 1.2].map(
    (time) => `${1 + time} > P. 1:11(10)\n+0.0001 < icmp 10.0.9.254 unreachable host quotes 4`,
  );
  const verdict = verdictOf(`${HANDSHAKE}1 > P.(10)\n${repeats.join("\n")}`);
  expect([verdict.errno, verdict.failures.length]).toEqual(["EHOSTUNREACH", 0]);
  expect(verdict.seconds).toBeCloseTo(2.4, 2);
  expect((verdict.schedule?.nextSyn ?? 0) + 1).toBeCloseTo(verdict.seconds ?? 0, 2);
});

describe("what later calls return", () => {
  test.each([
    ["a connect() that failed", "0 > S\n+0.01 < R.", ["send EPIPE", "recv ENOTCONN"]],
    ["a reset", `1 > P.(10)\n+0.01 < R. 1(0) ack 11 win 0`, ["send EPIPE", "recv 0"]],
    ["a window that stays closed", `1 > P.(1000)\n+0.01 < . win 0\n1.3 > . 1000(0)\n+0.01 < . win 0`, ["send EAGAIN"]],
    ["a FIN that nobody answers with one", `1 < F.\n+0.0001 > .`, ["recv 0"]],
  ])("%s", (name, script, expected) => {
    const begin = name.startsWith("a connect()") ? ENDS : HANDSHAKE;
    const { later } = verdictOf(`${begin}${script}`, 100);
    expect(later.map(({ call, returns }) => `${call} ${returns}`)).toEqual(expected);
  });
});

test("repetitions of full-size segments by a timer are the timer's, whatever was acknowledged before", () => {
  const repeats = [1.2, 1.63, 2.46, 4.12].map((time) => `${time} > . 101:1549(1448)`).join("\n");
  const script = `${HANDSHAKE}0.5 > P.(100)\n+0.01 < .\n1 > .(1448)\n+0 > .(1448)\n+0 > .(1448)\n${repeats}`;
  expect([...(analyseScript(script).connections[0]?.client.repetitions.causes ?? [])]).toEqual([["rto", 4]]);
});
