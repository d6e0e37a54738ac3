import { describe, expect, test } from "vitest";
import { isFailure } from "../../src/report/verdict-fields.ts";
import { analyseScript, verdictOf } from "../support/analyse.ts";
import { ENDS, HANDSHAKE } from "../support/verdict-case.ts";

/** Request and answer. */
const EXCHANGE = `${HANDSHAKE}1 > P.(10)\n+0.01 < P.(20)\n+0.0001 > .\n`;

/** What a script says of each end: the errors, and what is told beside them. */
function told(script: string): { cause: string; failures: string[]; fails: boolean; confidence: string } {
  const verdict = verdictOf(script);
  return {
    cause: verdict.cause.word,
    failures: verdict.failures.map(({ end, call, errno }) => `${end} ${call} ${errno}`),
    fails: isFailure(verdict),
    confidence: verdict.confidence,
  };
}

const OK = { cause: "ok", failures: [], fails: false, confidence: "certain" };

describe("a RST at an end that has closed fails nobody", () => {
  test.each([
    [
      "the server answers the client's FIN with RST",
      `${EXCHANGE}2 > F.\n+0.01 < .\n+0.001 < R. 21(0) ack 12 win 0`,
      OK,
    ],
    ["the same without any data", `${HANDSHAKE}2 > F.\n+0.01 < .\n+0.001 < R. 1(0) ack 2 win 0`, OK],
    ["the client resets what the server has closed", `${EXCHANGE}2 < F.\n+0.0001 > .\n+0.0001 > R. 11(0) ack 22`, OK],
    [
      "the server's FIN was under way when the client reset it",
      `${EXCHANGE}2 > F.\n+0.001 < P.(30)\n+0.0001 > R 12(0) win 0\n+0.005 < F.`,
      OK,
    ],
    [
      "the server aborted by itself when the client's RST was under way",
      `${EXCHANGE}2 > F.\n+0.01 < P. 21:51(30) ack 12\n+0.0001 > R 12(0) win 0\n+0.001 < R. 51(0) ack 12`,
      OK,
    ],
  ])("%s", (_name, script, expected) => {
    expect(told(script)).toEqual(expected);
    expect(verdictOf(script).remarks.join()).toMatch(/sent RST \(frame \d+\) when the|^$/);
  });

  test("unless it may wait for the answer to its request, after shutdown()", () => {
    const script = `${HANDSHAKE}1 > P.(10)\n+0.0001 > F.\n+0.01 < R. 1(0) ack 12 win 0`;
    expect(told(script)).toEqual({
      cause: "aborted",
      failures: ["0 recv ECONNRESET"],
      fails: true,
      confidence: "likely",
    });
    expect(verdictOf(script).doubt).toMatch(/after shutdown\(\) its program gets the error, after close\(\) nobody/);
  });

  test("a server that has not closed gets EPIPE when it sends again", () => {
    const verdict = verdictOf(`${EXCHANGE}2 > F.\n+0.001 > R. 12(0) ack 21`);
    expect(verdict.failures).toMatchObject([{ end: 1, call: "send", errno: "EPIPE" }]);
    expect(verdict.summary).toMatch(/the server's program gets EPIPE if it sends again/);
  });
});

describe("who sent the RST", () => {
  test("bare ones towards both ends at once are a device's", () => {
    const verdict = verdictOf(`${EXCHANGE}3 < R 21(0) win 0\n+0 > R 11(0) win 0`);
    expect(verdict.cause.word).toBe("reset-both-sides");
    expect(verdict.failures.map(({ end, errno }) => `${end} ${errno}`)).toEqual(["0 ECONNRESET", "1 ECONNRESET"]);
  });

  test("those of a close that crossed are not", () => {
    expect(verdictOf(`${EXCHANGE}3 > F.\n+0.001 < R 21(0) win 0\n+0 > R 12(0) win 0`).cause.word).not.toBe(
      "reset-both-sides",
    );
  });

  test("one with the socket's own window is an abort, not a host that forgot the connection", () => {
    const verdict = verdictOf(`${HANDSHAKE}1 < P.(10) win 502\n+0.0001 > .\n+0.001 < R 11(0) win 502`);
    expect([verdict.cause.word, verdict.provenance?.origin]).toEqual(["aborted", "kernel"]);
  });

  test("a RST before the SYN-ACK does not tell the server's distance", () => {
    const script = `${ENDS}0 > S\n0.01 < R. 7(0) ack 99 win 900 ttl 46\n0.02 < S. ttl 49\n+0.0001 > .\n1 > P.(10)\n+0.01 < . ttl 49\n+0.01 < R. 1(0) ack 11 ttl 49`;
    const verdict = verdictOf(script);
    expect([verdict.cause.word, verdict.provenance?.origin]).toEqual(["aborted", "kernel"]);
  });

  test("one that follows the last number by many bare acknowledgments is of the same counter", () => {
    const data = Array.from(
      { length: 80 },
      (_, index) => `${(1 + index / 100).toFixed(2)} > P.(10) id ${500 + index}\n+0.001 < . id ${100 + index}`,
    );
    const verdict = verdictOf(
      `${HANDSHAKE}0.5 < P.(5) id 99\n+0.0001 > .\n${data.join("\n")}\n2 < R. 6(0) ack 801 id 181`,
    );
    expect(verdict.provenance?.reasons.join()).toMatch(/its IP identification 181 follows the host's 99/);
  });
});

test("silence before a RST speaks for a timer", () => {
  const server = verdictOf(`${EXCHANGE}121 < R. 21(0) ack 11 win 0`);
  expect(server.likelyCauses[0]).toBe(
    "an idle timer of the server, or of a proxy or load balancer: the client had been silent for 120 s",
  );
  const client = verdictOf(`${EXCHANGE}61 > R. 11(0) ack 21 win 0`);
  expect(client.likelyCauses[0]).toMatch(/the client's program drops idle connections .* for 60 s/);
  expect(verdictOf(`${EXCHANGE}1.1 < R. 21(0) ack 11 win 0`).likelyCauses[0]).not.toMatch(/idle/);
});

test("a keep-alive probe that meets a closed server is not the program's data", () => {
  const verdict = verdictOf(`${EXCHANGE}2 < F.\n+0.0001 > .\n47 > . 10:11(1)\n+0.01 < R 22(0) win 0`);
  expect([verdict.cause.word, verdict.errno]).toEqual(["write-after-close", "EPIPE"]);
  expect(verdict.summary).toMatch(/a keep-alive probe was answered with RST/);
});

test("a SYN-ACK that answers no SYN of the capture is no connect() that gave up", () => {
  const { verdicts } = analyseScript(`${ENDS}0 > S\n+0.01 < S.\n+0.001 > R 1(0) win 0`, 0, [1]);
  expect(verdicts[0]?.cause.word).toBe("client-reset-synack");
  expect(verdicts[0]?.summary).toMatch(/answers no SYN of the capture/);
  expect(verdicts[0]?.likelyCauses[0]).toMatch(/backscatter/);
});

test("SYNs that come when the handshake is done repeat the capture, not the attempt", () => {
  const once = "0 > S 100(0)\n+0.01 < S. 900(0) ack 101\n+0.0001 > . 101(0) ack 901\n+0.001 > P. 101:111(10) ack 901\n";
  const again = once.replace("0 >", "5 >");
  expect(verdictOf(`${ENDS.replace("relative", "absolute")}${once}${again}`).cause.word).not.toBe("syn-retried");
});

test("a client that goes on to send is connected, whatever its SYN-ACK looked like", () => {
  const { verdicts } = analyseScript(
    `${HANDSHAKE}0.1 > P.(10)\n+0.01 < P.(20)\n+0.0001 > .\n0.2 > F.\n+0.01 < F.\n+0.0001 > .`,
    100,
    [2],
  );
  expect(verdicts.map((each) => [each.cause.word, each.errno])).toEqual([["ok", null]]);
});

describe("the schedule is that of the client's own system", () => {
  const OLD_LINUX = "stack linux\n";

  test("a Linux of before 3.1 is not a Windows that has given up", () => {
    const verdict = verdictOf(
      `client 10.0.0.1:40000\nserver 10.0.0.2:80\nnumbers relative\n${OLD_LINUX}0 > S\n3 > S\n9 > S`,
      60,
    );
    expect([verdict.cause.word, verdict.errno]).toEqual(["application-gave-up", null]);
    expect(verdict.schedule).toMatchObject({ stack: "Linux before 3.1", retries: 5 });
  });
});

test("a refusal that Windows tries again and that succeeds then is not what ends the connection", () => {
  const script = `${ENDS}0 > S\n+0.001 < R. 0(0) ack 1 win 0\n0.5 > S\n+0.001 < S.\n+0.0001 > .\n1 > P.(10)\n+0.01 < P.(20)\n3 < R. 21(0) ack 11`;
  const verdict = analyseScript(script).verdicts.at(-1);
  expect([verdict?.cause.word, verdict?.errno]).toEqual(["aborted", "ECONNRESET"]);
  expect(verdict?.seconds).toBeGreaterThan(2);
});

test("host unreachable from the host itself, of packets that waited together, is its neighbour's silence, not its firewall", () => {
  const script = `${ENDS}0 > S\n+1 > S\n3 < icmp 10.0.0.1 unreachable host quotes 1\n+0.00001 < icmp 10.0.0.1 unreachable host quotes 2`;
  const verdict = analyseScript(script, 0, [1, 2]).verdicts[0];
  expect([verdict?.cause.word, verdict?.errno]).toEqual(["neighbour-unreachable", "EHOSTUNREACH"]);
  expect(verdict?.seconds).toBeCloseTo(3.07, 1);
});

test("host unreachable from the host itself, once for a packet, is what its firewall says", () => {
  const script = `${ENDS}0 > S\n+0.0001 < icmp 10.0.0.1 unreachable host quotes 1`;
  const verdict = analyseScript(script, 0, [1]).verdicts[0];
  expect([verdict?.cause.word, verdict?.errno]).toEqual(["local-firewall-reject", "EHOSTUNREACH"]);
});
