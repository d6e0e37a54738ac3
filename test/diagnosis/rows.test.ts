import { describe, expect, test } from "vitest";
import { analyseScript, verdictOf } from "../support/analyse.ts";
import { ENDS, expectVerdict, HANDSHAKE, syns, type VerdictCase } from "../support/verdict-case.ts";

const CASES: readonly VerdictCase[] = [
  {
    name: "C23: a SYN-ACK that acknowledges another SYN, then the true one",
    script: `${ENDS}0 > S 100(0)\n+0.01 < S. 500(0) ack 77\n+0.0001 > R 77(0)\n1 > S 100(0)\n+0.01 < S. 900(0) ack 101\n+0.0001 > .`,
    cause: "synack-wrong-ack",
    call: null,
    errno: null,
  },
  {
    name: "C28: a RST far outside of the window",
    script: `${HANDSHAKE}1 > P.(10)\n+0.01 < .\n2 < R 300001(0) win 0\n3 > P.(10)\n+0.01 < P.(20)`,
    cause: "reset-ignored",
    call: null,
    errno: null,
  },
  {
    name: "C29: both ends are reset at the same moment",
    script: `${HANDSHAKE}1 > P.(10)\n+0.01 < .\n2 < R. 1(0) ack 11\n+0.0001 > R. 11(0) ack 1`,
    cause: "reset-both-sides",
    call: "recv",
    errno: "ECONNRESET",
  },
  {
    name: "C14b: fragmentation needed for data, and it goes on",
    script: `${ENDS}0 > S\n+0.01 < S.\n+0.0001 > .\n1 > P.(1448)\n+0.001 < icmp 10.0.9.254 3/4 quotes 4 mtu 1400\n+0.001 > P. 1:1349(1348)\n+0.01 < .`,
    cause: "fragmentation-needed",
    call: null,
    errno: null,
  },
  {
    name: "C33: only full-size segments are repeated, and nothing comes any more",
    script: `${HANDSHAKE}1 > P.(100)\n+0.01 < .\n2 > .(1448)\n2.2 > . 101:1549(1448)\n2.6 > . 101:1549(1448)\n3.4 > . 101:1549(1448)\n5 > . 101:1549(1448)`,
    last: 100,
    cause: "pmtu-black-hole",
    call: "send",
    errno: "ETIMEDOUT",
    confidence: "possible",
  },
  {
    name: "C34: the client hello is never acknowledged",
    script: `${HANDSHAKE}0.02 > P. 1:7(6) "\\u0016\\u0003\\u0001\\u0002\\u0000\\u0001"\n0.3 > P. 1:7(6) "\\u0016\\u0003\\u0001\\u0002\\u0000\\u0001"\n0.8 > P. 1:7(6) "\\u0016\\u0003\\u0001\\u0002\\u0000\\u0001"\n1.7 > P. 1:7(6) "\\u0016\\u0003\\u0001\\u0002\\u0000\\u0001"\n3.5 > P. 1:7(6) "\\u0016\\u0003\\u0001\\u0002\\u0000\\u0001"`,
    last: 100,
    cause: "first-data-blocked",
    call: "send",
    errno: "ETIMEDOUT",
  },
  {
    name: "C35: the request is acknowledged and never answered",
    script: `${HANDSHAKE}1 > P.(100)\n+0.01 < .\n31 > F.\n+0.01 < F.\n+0.0001 > .`,
    cause: "server-silent",
    call: null,
    errno: null,
  },
  {
    name: "C36: the receive window stays closed for seconds",
    script: `${HANDSHAKE}1 > P.(1000)\n+0.01 < . win 0\n1.3 > . 1000(0)\n+0.01 < . win 0\n3 < . win 500\n+0.01 > P.(10)\n+0.01 < .`,
    cause: "zero-window",
    call: null,
    errno: null,
  },
  {
    name: "C37: the server closed, the client never does",
    script: `${HANDSHAKE}1 < F.\n+0.0001 > .`,
    last: 100,
    cause: "close-leak",
    call: null,
    errno: null,
  },
  {
    name: "C38: the SYN that asks for ECN is lost, the one without is answered",
    script: HANDSHAKE.replace("0 > S", "0 > SEW\n1.02 > S"),
    cause: "ecn-blocked",
    call: null,
    errno: null,
  },
  {
    name: "C39: the SYN with data is lost, the plain one is answered",
    script: `${ENDS}0 > S 100:110(10) <mss 1460,tfo 0102030405060708>\n1.02 > S 100(0) <mss 1460>\n+0.01 < S. 900(0) ack 101 <mss 1460>\n+0.0001 > .`,
    cause: "tfo-blocked",
    call: null,
    errno: null,
  },
  {
    name: "C40: the same SYN twice, one hop apart",
    script: `${ENDS}0 > S 100(0) <mss 1460> id 77\n+0.0001 > S 100(0) <mss 1460> id 77 ttl 63\n+0.01 < S. 900(0) ack 101 <mss 1460>\n+0.0001 > .`,
    cause: "duplicate-capture",
    call: null,
    errno: null,
    confidence: "certain",
  },
  {
    name: "the FIN's data is never acknowledged: nobody is left to get an error",
    script: `${HANDSHAKE}1 > P.(10)\n+0.001 > F.\n1.3 > F. 11(0)\n1.6 > P. 1:11(10)\n2.2 > P. 1:11(10)\n3.4 > P. 1:11(10)\n5.8 > P. 1:11(10)`,
    last: 100,
    cause: "peer-vanished",
    call: null,
    errno: null,
  },
  {
    name: "a SYN that gets only challenge ACKs fails with ETIMEDOUT",
    script: syns([0, 1, 3, 7, 15, 31])
      .replace("0 > S", "0 > S 100(0)\n+0.01 < . 5000(0) ack 9000")
      .replace(/^(\d+) > S$/gm, "$1 > S 100(0)"),
    last: 70,
    cause: "syn-to-half-open",
    call: "connect",
    errno: "ETIMEDOUT",
  },
];

describe("rows of the table of causes", () => {
  test.each(CASES)("$name", expectVerdict);
});

test("C22: a new SYN on ports in TIME_WAIT is let in, because it is newer", () => {
  const script = `${HANDSHAKE}1 < F.\n+0.0001 > .\n+0.01 > F.\n+0.01 < .\n2 > S 90000000(0)\n+0.01 < S.\n+0.0001 > .`;
  const { verdicts } = analyseScript(script);
  expect(verdicts.map((each) => [each.cause.word, each.errno])).toEqual([
    ["ok", null],
    ["time-wait-reuse", null],
  ]);
  expect(verdicts[1]?.summary).toMatch(/TIME_WAIT at the server: accepted because the new SYN's timestamp is newer/);
});

test("C32: probes that stay unanswered to the end of the capture: the error is predicted", () => {
  const verdict = verdictOf(`${HANDSHAKE}1 > P.(1)\n+0.01 < .\n76 > . 1:1(0)\n151 > . 1:1(0)\n226 > . 1:1(0)`, 230);
  expect([verdict.cause.word, verdict.errno, verdict.confidence]).toEqual([
    "keepalive-timeout",
    "ETIMEDOUT",
    "possible",
  ]);
  expect(verdict.seconds).toBeCloseTo(76 + 9 * 75, 0);
});

test("C41: two addresses of one name side by side are one connect()", () => {
  const ends =
    "numbers relative\nstack linux\nend a [fd00::1]:40001\nend b 10.0.0.1:40002\nend s6 [fd00::2]:80\nend s4 10.0.0.2:80";
  const script = `${ends}
    0 a > s6 S\n0.25 b > s4 S\n+0.01 s4 > b S.\n+0.0001 b > s4 .\n+0.001 b > s4 P.(100)\n+0.01 s4 > b P.(100)`;
  const { verdicts } = analyseScript(script, 20);
  expect(verdicts.map((each) => [each.cause.word, each.errno, each.group?.kind, each.group?.streams])).toEqual([
    ["happy-eyeballs", null, "happy-eyeballs", [0, 1]],
    ["ok", null, "happy-eyeballs", [0, 1]],
  ]);
});

test("a program that tries again after each refusal: its tries are one group", () => {
  const ports = [40001, 40002, 40003];
  const ends = ports.map((port, index) => `end c${index} 10.0.0.1:${port}`).join("\n");
  const tries = ports.map((_, index) => `${index} c${index} > s S\n+0.01 s > c${index} R.`).join("\n");
  const { verdicts } = analyseScript(`numbers relative\nstack linux\n${ends}\nend s 10.0.0.2:80\n${tries}`);
  expect(verdicts.map((each) => [each.cause.word, each.group?.kind, each.group?.count])).toEqual(
    ports.map(() => ["refused", "retries", 3]),
  );
  expect(verdicts[1]?.remarks).toContain("try 2 of 3 that the program made in a row");
});

test("many ports of one host in vain: a scan; what connect() returned stays", () => {
  const ports = Array.from({ length: 20 }, (_, index) => index + 1);
  const ends = ports.map((port) => `end s${port} 10.0.0.2:${port}\nend c${port} 10.0.0.1:${40000 + port}`).join("\n");
  const tries = ports.map((port) => `${port * 0.01} c${port} > s${port} S\n+0.001 s${port} > c${port} R.`).join("\n");
  const { verdicts } = analyseScript(`numbers relative\nstack linux\n${ends}\n${tries}`);
  expect(
    new Set(verdicts.map((each) => `${each.cause.word} ${each.errno} ${each.group?.kind} ${each.group?.count}`)),
  ).toEqual(new Set(["refused ECONNREFUSED port-scan 20"]));
});

test("a scanner's raw SYNs are no connect()", () => {
  const ports = Array.from({ length: 20 }, (_, index) => index + 1);
  const ends = ports
    .map((port) => `end s${port} 10.0.0.2:${port}\nend c${port} 10.0.0.1:${40000 + port} win 1024`)
    .join("\n");
  const tries = ports
    .map((port) => `${port * 0.01} c${port} > s${port} S <mss 1460>\n+0.001 s${port} > c${port} R.`)
    .join("\n");
  const { verdicts } = analyseScript(`numbers relative\nstack plain\n${ends}\n${tries}`);
  expect(new Set(verdicts.map((each) => `${each.cause.word} ${each.errno} ${each.failures.length}`))).toEqual(
    new Set(["port-scan null 0"]),
  );
});

test("an ICMP error that is ignored is told, with its router", () => {
  const script = `client 10.0.0.1:40000\nserver 10.0.0.2:80\nnumbers absolute\n0 > S 5000000(0)\n0.001 > S 100(0)\n+0.01 < icmp 10.0.9.254 unreachable host quotes 1`;
  const verdict = analyseScript(script, 20, [1]).verdicts[0];
  expect(verdict?.remarks[0]).toContain("from 10.0.9.254 (frame 2) is ignored");
});

test("an ICMP redirect for this connection is told", () => {
  const script = `${ENDS}0 > S\n+0.001 < icmp 10.0.0.254 5/1 quotes 1\n+0.01 < S.\n+0.0001 > .`;
  const verdict = verdictOf(script);
  expect(verdict.cause.word).toBe("ok");
  expect(verdict.remarks.join()).toContain("the gateway changed: 10.0.0.254 told 10.0.0.1 to reach 10.0.0.2");
});

test("the hops to the router that answered are told", () => {
  const verdict = verdictOf(`${ENDS}0 > S\n+0.01 < icmp 10.0.9.254 unreachable host quotes 1 hops 3 ttl 61`);
  expect(verdict.summary).toContain("the router 10.0.9.254, 4 hops away,");
});
