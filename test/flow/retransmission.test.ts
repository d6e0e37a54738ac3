import { expect, test } from "vitest";
import { NameNumbers, NO_NAMES } from "../../src/flow/name-numbers.ts";
import { NO_REPETITIONS, Repetitions } from "../../src/flow/repetitions.ts";
import { CLIENT, SERVER } from "../../src/flow/states.ts";
import { analyseScript } from "../support/analyse.ts";

const HANDSHAKE = "0 > S\n+0.01 < S.\n+0.0001 > .\n";

function client(script: string) {
  const end = analyseScript(script).connections[0]?.ends[CLIENT];
  if (end === undefined) throw new Error("no connection");
  return end;
}

/** What is sent again, how often the kernel counts it, and under which cause. */
test.each([
  { name: "nothing", script: `${HANDSHAKE}1 > P.(100)\n+0.01 < .\n+0.1 > P.(100)\n+0.01 < .`, count: 0, causes: {} },
  { name: "SYN", script: "0 > S\n1 > S\n3 > S\n+0.01 < S.\n+0.001 > .", count: 2, causes: { syn: 2 } },
  {
    name: "data, by the timer",
    script: `${HANDSHAKE}1 > P.(100)\n+0.2 > P. 1:101(100)\n+0.4 > P. 1:101(100)`,
    count: 2,
    causes: { tlp: 1, rto: 1 },
  },
  {
    name: "data, by the timer, without SACK",
    script: `stack plain\n${HANDSHAKE}1 > P.(100)\n+0.2 > P. 1:101(100)\n+0.4 > P. 1:101(100)`,
    count: 2,
    causes: { rto: 2 },
  },
  {
    name: "the last of three segments as a probe, then the first by the timer and all behind it",
    script: `${HANDSHAKE}1 > .(100)\n+0 > .(100)\n+0 > P.(100)\n+0.02 > P. 201:301(100)\n+0.2 > . 1:101(100)\n+0.01 < . ack 101\n+0 > . 101:201(100)`,
    count: 3,
    causes: { tlp: 1, rto: 2 },
  },
  { name: "FIN", script: `${HANDSHAKE}1 > F.\n+0.2 > F.`, count: 1, causes: { fin: 1 } },
  {
    name: "data after three duplicate ACKs",
    script: `${HANDSHAKE}1 > .(1448)\n+0 > .(1448)\n+0 > .(1448)\n+0 > .(1448)\n+0.01 < . ack 1\n+0 < . ack 1\n+0 < . ack 1\n+0 < . ack 1\n+0.001 > . 1:1449(1448)`,
    count: 1,
    causes: { fast: 1 },
  },
  {
    name: "data that was acknowledged already",
    script: `${HANDSHAKE}1 > P.(100)\n+0.01 < .\n+0.001 > P. 1:101(100)`,
    count: 1,
    causes: { spurious: 1 },
  },
  {
    name: "a keep-alive is none",
    script: `${HANDSHAKE}1 > P.(100)\n+0.01 < .\n10 > . 100:100(0)\n+0.01 < .\n20 > . 100:101(1)\n+0.01 < .`,
    count: 0,
    causes: { "keep-alive": 2 },
  },
  {
    name: "a window probe is none",
    script: `${HANDSHAKE}1 > P.(100)\n+0.01 < . win 0\n+0.3 > . 100:100(0)\n+0.01 < . win 0`,
    count: 0,
    causes: { "window-probe": 1 },
  },
  {
    name: "a larger segment that begins with old data",
    script: `${HANDSHAKE}1 > P.(100)\n+0.3 > P. 1:201(200)`,
    count: 1,
    causes: { rto: 1 },
  },
  {
    name: "the same packet, captured again with one hop less",
    script: `${HANDSHAKE}1 > P.(100) id 77 ttl 64\n+0.00001 > P. 1:101(100) id 77 ttl 63`,
    count: 0,
    causes: { "duplicate-capture": 1 },
  },
  {
    name: "the same packet minutes later, from a stack that keeps the identification",
    script: `${HANDSHAKE}1 > P.(100) id 77\n+300 > P. 1:101(100) id 77`,
    count: 1,
    causes: { tlp: 1 },
  },
  {
    name: "the same packet, brought twice by the network",
    script: `${HANDSHAKE}1 > P.(100) id 77\n+0.00001 > P. 1:101(100) id 77`,
    count: 0,
    causes: { "network-duplicate": 1 },
  },
  {
    name: "each SYN captured twice, behind a router's address",
    script: "0 > S id 7\n+0.00001 > S id 7 ttl 63\n1 > S id 8\n+0.00001 > S id 8 ttl 63",
    count: 1,
    causes: { syn: 1, "duplicate-capture": 2 },
  },
  {
    name: "each SYN captured twice, without an identification",
    script: "0 > S id 0\n+0.0005 > S id 0 ttl 63\n1 > S id 0\n+0.0005 > S id 0 ttl 63",
    count: 1,
    causes: { syn: 1, "duplicate-capture": 2 },
  },
  {
    name: "segments that are at the second place when the last of them was at the first",
    script: `${HANDSHAKE}1 > .(100) id 77\n+0.00001 > .(100) id 78\n+0.00001 > . 1:101(100) id 77 ttl 63\n+0.00001 > . 101:201(100) id 78 ttl 63`,
    count: 0,
    causes: { "duplicate-capture": 2 },
  },
  {
    name: "data that takes another way when it is sent again",
    script: `${HANDSHAKE}1 > P.(100) id 77\n+0.05 > P. 1:101(100) id 78 ttl 63`,
    count: 1,
    causes: { tlp: 1 },
  },
  {
    name: "data that takes another way when it is sent again, without an identification",
    script: `${HANDSHAKE}1 > P.(100) id 0\n+0.05 > P. 1:101(100) id 0 ttl 63`,
    count: 1,
    causes: { tlp: 1 },
  },
  {
    name: "a keep-alive captured twice",
    script: `${HANDSHAKE}1 > P.(100)\n+0.01 < .\n10 > . 100:100(0) id 9\n+0.00001 > . 100:100(0) id 9 ttl 63\n+0.01 < .`,
    count: 0,
    causes: { "keep-alive": 1, "duplicate-capture": 1 },
  },
])("sent again: $name", ({ script, count, causes }) => {
  const end = client(script);
  expect(end.repetitions.retransmissions).toBe(count);
  expect(Object.fromEntries(end.repetitions.causes ?? [])).toEqual(causes);
});

test("SYN-ACKs sent again count for the server", () => {
  const [connection] = analyseScript("0 > S\n+0.01 < S.\n1.01 < S.\n3.01 < S.").connections;
  expect(connection?.ends[SERVER].repetitions.retransmissions).toBe(2);
  expect(connection?.ends[CLIENT].repetitions.retransmissions).toBe(0);
});

test("intervals are those between a segment and its repetition", () => {
  const end = client(`${HANDSHAKE}1 > P.(100)\n1.2 > P. 1:101(100)\n1.6 > P. 1:101(100)`);
  expect(end.repetitions.retransmissionIntervals).toEqual([200_000_000, 400_000_000]);
});

test("a segment that fills a hole and was sent earlier was overtaken, not sent again", () => {
  const end = client(`${HANDSHAKE}1 > .(100) id 10\n+0.001 > . 201:301(100) id 12\n+0.0001 > . 101:201(100) id 11`);
  expect(end.repetitions.retransmissions).toBe(0);
});

test("a forged RST far beyond does not make what follows a repetition", () => {
  const end = analyseScript(`${HANDSHAKE}1 < R 500000(0) win 65535\n+0.1 < P. 1:101(100) ack 1`).connections[0]?.ends[
    SERVER
  ];
  expect(end?.repetitions.retransmissions).toBe(0);
  expect(end?.payloadBytes).toBe(100);
});

test("a SYN that waited for its neighbour's address counts the repetitions that never left", () => {
  const script = `client 10.0.0.1:40000
    server 10.0.9.9:80
    0 arp who-has 10.0.0.254 tell 10.0.0.1
    1.03 arp who-has 10.0.0.254 tell 10.0.0.1
    +0.00001 arp reply 10.0.0.254 is-at 02:00:00:00:00:fe to 10.0.0.1
    +0.00001 > S 100(0)`;
  const [connection] = analyseScript(script).connections;
  expect(connection?.ends[CLIENT].repetitions.retransmissions).toBe(1);
  expect(connection?.queuedSinceNs).toBe(0);
  expect(connection?.transitions.at(0)).toMatchObject({ state: "SYN_SENT", timeNs: 0 });
});

test("what all ends have in common that sent nothing again stays empty", () => {
  const scripts = [
    "0 > S\n1 > S\n+0.01 < S.\n1.5 < S.\n+0.001 > .",
    `${HANDSHAKE}1 > P.(100)\n+0.2 > P. 1:101(100)\n+0.01 < .\n10 > . 100:100(0)\n+0.01 < .`,
    `${HANDSHAKE}1 > P.(100)\n+0.01 < . win 0\n2 > . 101:102(1)\n+0.01 < . win 0\n+1 < . win 500\n+0.1 > F.\n+1 > F.`,
  ];
  for (const script of scripts) analyseScript(script);
  expect(NO_REPETITIONS).toEqual(new Repetitions());
  expect(NO_NAMES).toEqual(new NameNumbers());
});
