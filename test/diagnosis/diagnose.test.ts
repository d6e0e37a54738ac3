import { describe, expect, test } from "vitest";
import { CLIENT, SERVER } from "../../src/flow/states.ts";
import { analyseScript, verdictOf } from "../support/analyse.ts";
import { ENDS, expectVerdict, HANDSHAKE, syns, type VerdictCase } from "../support/verdict-case.ts";

const CASES: readonly VerdictCase[] = [
  { name: "a healthy handshake", script: HANDSHAKE, cause: "ok", call: null, errno: null },
  {
    name: "C6: RST answers the SYN",
    script: "0 > S\n+0.0003 < R.",
    cause: "refused",
    call: "connect",
    errno: "ECONNREFUSED",
    confidence: "certain",
    seconds: 0.0003,
  },
  {
    name: "C6: Windows tries three times, half a second apart, without timestamps",
    script: `${ENDS}stack plain\n0 > S 7(0) <mss 1460>\n+0.0002 < R.\n0.5 > S 7(0) <mss 1460>\n+0.0002 < R.\n1.0 > S 7(0) <mss 1460>\n+0.0002 < R.`,
    cause: "refused",
    call: "connect",
    errno: "ECONNREFUSED",
    seconds: 1.0002,
  },
  {
    name: "C7: a RST with a sequence number and a window",
    script: "0 > S\n+0.01 < R. 1766537774(0) win 64240",
    cause: "refused-by-middlebox",
    call: "connect",
    errno: "ECONNREFUSED",
  },
  {
    name: "C10: a RST that carries a text",
    script: '0 > S\n+0.01 < R. "No route"',
    cause: "refused-with-diagnostic",
    call: "connect",
    errno: "ECONNREFUSED",
  },
  {
    name: "C8: reset right after the handshake",
    script: `${HANDSHAKE}+0.001 < R.`,
    cause: "reset-after-handshake",
    call: "recv",
    errno: "ECONNRESET",
  },
  {
    name: "C9: the client resets the SYN-ACK",
    script: "0 > S\n3 < S.\n+0.0001 > R",
    cause: "client-reset-synack",
    call: null,
    errno: null,
  },
  {
    name: "C11: host unreachable from a router",
    script: `${ENDS}0 > S\n+0.01 < icmp 10.0.9.254 unreachable host quotes 1`,
    cause: "icmp-unreachable",
    call: "connect",
    errno: "EHOSTUNREACH",
    confidence: "certain",
    seconds: 0.01,
  },
  {
    name: "C12: administratively prohibited",
    script: `${ENDS}0 > S\n+0.01 < icmp 10.0.9.254 3/13 quotes 1`,
    cause: "icmp-prohibited",
    call: "connect",
    errno: "EHOSTUNREACH",
  },
  {
    name: "C13: port unreachable",
    script: `${ENDS}0 > S\n+0.01 < icmp 10.0.0.2 3/3 quotes 1`,
    cause: "icmp-port-unreachable",
    call: "connect",
    errno: "ECONNREFUSED",
  },
  {
    name: "C14: TTL exceeded",
    script: `${ENDS}0 > S\n+0.01 < icmp 10.0.9.254 11/0 quotes 1`,
    cause: "ttl-exceeded",
    call: "connect",
    errno: "EHOSTUNREACH",
  },
  {
    name: "an ICMP error while connect() still holds the socket is stored: the next one counts",
    script: `${ENDS}0 > S\n+0.00003 < icmp 10.0.0.2 3/1 quotes 1\n1.02 > S\n+0.00003 < icmp 10.0.0.2 3/1 quotes 3`,
    cause: "icmp-unreachable",
    call: "connect",
    errno: "EHOSTUNREACH",
    seconds: 1.02003,
  },
  {
    name: "C15: the whole default schedule of Linux 6.5",
    script: syns([0, 1.016, 2.04, 3.064, 4.088, 5.112, 7.128, 11.32, 19.51, 35.64, 68.67]),
    last: 140,
    cause: "syn-unanswered",
    call: "connect",
    errno: "ETIMEDOUT",
    confidence: "certain",
    seconds: 134.27,
  },
  {
    name: "C15: the article's six SYNs",
    script: syns([0, 1, 3, 7, 15, 31]),
    last: 66,
    cause: "syn-unanswered",
    call: "connect",
    errno: "ETIMEDOUT",
    confidence: "certain",
    seconds: 63.8,
  },
  {
    name: "C15: the capture ends before the next SYN is due",
    script: syns([0, 1, 3]),
    last: 3.5,
    cause: "syn-unanswered",
    call: "connect",
    errno: "ETIMEDOUT",
    confidence: "possible",
  },
  {
    name: "the application gave up: the next SYN of the schedule stays away",
    script: "0 > S",
    last: 10,
    cause: "application-gave-up",
    call: null,
    errno: null,
  },
  {
    name: "the application gave up in the linear part",
    script: syns([0, 1.01, 2.03]),
    last: 60,
    cause: "application-gave-up",
    call: null,
    errno: null,
  },
  {
    name: "C17: the third SYN is answered",
    script: "0 > S\n1 > S\n3 > S\n+0.01 < S.\n+0.0001 > .",
    cause: "syn-retried",
    call: null,
    errno: null,
  },
  {
    name: "C18: the SYN-ACK is in the capture, but the SYN is repeated",
    script: "0 > S\n+0.01 < S.\n1 > S\n+0.01 < S.\n3 > S\n+0.01 < S.",
    last: 10,
    cause: "synack-dropped-locally",
    call: "connect",
    errno: "ETIMEDOUT",
  },
  {
    name: "C19: the server repeats its SYN-ACK although it was acknowledged",
    script: `${HANDSHAKE}1.01 < S.\n+0.0001 > .\n3.03 < S.\n+0.0001 > .`,
    cause: "accept-queue-full-at-ack",
    call: null,
    errno: null,
  },
  {
    name: "C24: data after a long silence is answered by a bare RST",
    script: `${HANDSHAKE}1 > P.(10)\n+0.01 < .\n490 > P.(10)\n+0.0002 < R 1(0) win 0`,
    cause: "half-open",
    call: "recv",
    errno: "ECONNRESET",
  },
  {
    name: "C25: the server aborts",
    script: `${HANDSHAKE}1 > P.(10)\n+0.01 < .\n+0.4 < R.`,
    cause: "aborted",
    call: "recv",
    errno: "ECONNRESET",
  },
  {
    name: "C26: data after the server's FIN is answered by RST",
    script: `${HANDSHAKE}1 < F.\n+0.0001 > .\n2 > P.(10)\n+0.01 < R 2(0) win 0`,
    cause: "write-after-close",
    call: "send",
    errno: "EPIPE",
  },
  {
    name: "C27: a RST with another TTL",
    script: `${HANDSHAKE}1 > P.(10)\n+0.005 < R. 1(0) ack 11 win 0 ttl 113\n+0.1 < . 1(0) ack 11`,
    cause: "reset-forged",
    call: "recv",
    errno: "ECONNRESET",
  },
  {
    name: "C30: data is never acknowledged",
    script: `${HANDSHAKE}1 > P.(100)\n1.2 > P. 1:101(100)\n1.6 > P. 1:101(100)\n2.4 > P. 1:101(100)\n4.0 > P. 1:101(100)`,
    last: 100,
    cause: "peer-vanished",
    call: "send",
    errno: "ETIMEDOUT",
  },
  {
    name: "C32: keep-alive probes stay unanswered",
    script: `${HANDSHAKE}1 > P.(1)\n+0.01 < .\n3 > . 1:1(0)\n4 > . 1:1(0)\n5 > . 1:1(0)\n6 > R. 2(0)`,
    cause: "keepalive-timeout",
    call: "recv",
    errno: "ETIMEDOUT",
  },
];

describe("verdicts", () => {
  test.each(CASES)("$name", expectVerdict);
});

test("C2: ICMP from the host itself, and no SYN: its own firewall", () => {
  const script = `${ENDS}0 > S\n+0 < icmp 10.0.0.1 3/3 quotes 1\n1 > S\n+0 < icmp 10.0.0.1 3/3 quotes 3`;
  const { verdicts } = analyseScript(script, 0, [1, 3]);
  expect(verdicts.map((each) => [each.cause.word, each.errno, each.stream])).toEqual([
    ["local-firewall-reject", "ECONNREFUSED", null],
  ]);
  expect(verdicts[0]?.seconds).toBeCloseTo(1);
});

test("C4: ARP that nobody answers", () => {
  const script =
    "client 10.0.0.1:40000\nserver 10.0.0.77:80\n0 arp who-has 10.0.0.77 tell 10.0.0.1\n1.02 arp who-has 10.0.0.77 tell 10.0.0.1\n2.04 arp who-has 10.0.0.77 tell 10.0.0.1";
  const { verdicts } = analyseScript(script);
  expect(verdicts.map((each) => [each.cause.word, each.errno, each.client.port])).toEqual([
    ["neighbour-unreachable", "EHOSTUNREACH", null],
  ]);
});

test("ARP that is answered says nothing", () => {
  const script =
    "client 10.0.0.1:40000\nserver 10.0.0.77:80\n0 arp who-has 10.0.0.77 tell 10.0.0.1\n1.02 arp who-has 10.0.0.77 tell 10.0.0.1\n+0 arp reply 10.0.0.77 is-at 02:00:00:00:00:77 to 10.0.0.1";
  expect(analyseScript(script).verdicts).toEqual([]);
});

test("C16: the same port answers others and ignores this client", () => {
  const script = `numbers relative\nstack linux\nend a 10.0.0.1:40001\nend b 10.0.0.1:40002\nend s 10.0.0.2:80
    0 a > s S\n+0.01 s > a S.\n+0.0001 a > s .\n0.1 b > s S\n1.1 b > s S\n3.1 b > s S`;
  const verdicts = analyseScript(script, 20).verdicts;
  expect(verdicts.map((each) => each.cause.word)).toEqual(["ok", "accept-queue-full"]);
});

test("an ICMP error that quotes a number out of the window is ignored, as the kernel does", () => {
  const script = `client 10.0.0.1:40000\nserver 10.0.0.2:80\nnumbers absolute\n0 > S 5000000(0)\n0.001 > S 100(0)\n+0.01 < icmp 10.0.9.254 unreachable host quotes 1`;
  const verdict = analyseScript(script, 20, [1]).verdicts[0];
  expect(verdict?.errno).toBe(null);
  expect(verdict?.cause.word).toBe("application-gave-up");
});

test("failures name both ends, and what later calls return", () => {
  const verdict = verdictOf(`${HANDSHAKE}1 > P.(10)\n+0.01 < .\n+0.4 < R.`);
  expect(verdict.failures.map((each) => [each.end, each.call, each.errno])).toEqual([[CLIENT, "recv", "ECONNRESET"]]);
  expect(verdict.later.map((each) => [each.call, each.returns])).toEqual([
    ["send", "EPIPE"],
    ["recv", "0"],
  ]);
});

test("a client that aborts makes the server's program fail", () => {
  const verdict = verdictOf(`${HANDSHAKE}1 > P.(10)\n+0.01 < .\n+0.4 > R.`);
  expect(verdict.errno).toBe(null);
  expect(verdict.failures.map((each) => [each.end, each.errno])).toEqual([[SERVER, "ECONNRESET"]]);
});

test.each([
  { retries: 2, times: [0, 1, 2, 3, 4, 5], seconds: 7.05 },
  { retries: 3, times: [0, 1, 2, 3, 4, 5, 7, 11], seconds: 19.2 },
])("Linux 6.5 with tcp_syn_retries=$retries and four linear time-outs", ({ retries, times, seconds }) => {
  const verdict = verdictOf(syns(times), 60);
  expect(verdict.errno).toBe("ETIMEDOUT");
  expect(verdict.schedule?.stack).toContain(`Linux 6.5 or later with tcp_syn_retries=${retries}`);
  expect(verdict.seconds).toBeCloseTo(seconds, 1);
});

test("the schedule of unanswered SYNs is named, with what is still to come", () => {
  const verdict = verdictOf(syns([0, 1.016, 2.04, 3.064]), 3.5);
  expect(verdict.schedule?.stack).toContain("Linux 6.5");
  expect(verdict.schedule?.nextSyn).toBeCloseTo(4.09, 1);
  expect(verdict.schedule?.retries).toBe(10);
});
