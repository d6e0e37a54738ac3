import { describe, expect, test } from "vitest";
import { CLIENT, SERVER } from "../../src/flow/states.ts";
import { analyseScript, statesOf } from "../support/analyse.ts";

const HANDSHAKE = "0 > S\n+0.01 < S.\n+0.0001 > .\n";

/** What happens, the states of the client and of the server after CLOSED and LISTEN. */
const CASES: readonly { name: string; script: string; client: string; server: string; last?: number }[] = [
  { name: "SYN alone", script: "0 > S", client: "SYN_SENT", server: "" },
  {
    name: "SYN answered, the answer on its way",
    script: "0 > S\n+0.01 < S.",
    client: "SYN_SENT ESTABLISHED",
    server: "SYN_RCVD",
  },
  { name: "three-way handshake", script: HANDSHAKE, client: "SYN_SENT ESTABLISHED", server: "SYN_RCVD ESTABLISHED" },
  { name: "refused", script: "0 > S\n+0.01 < R.", client: "SYN_SENT CLOSED", server: "" },
  {
    name: "SYN-ACK seen, but the SYN is repeated: it never reached the socket",
    script: "0 > S\n+0.01 < S.\n1.0 > S",
    client: "SYN_SENT",
    server: "SYN_RCVD",
  },
  {
    name: "close by the client, four segments",
    script: `${HANDSHAKE}1 > F.\n+0.01 < .\n+1 < F.\n+0.0001 > .`,
    client: "SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT",
    server: "SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED",
  },
  {
    name: "close by the client, three segments: the FIN acknowledges the FIN",
    script: `${HANDSHAKE}1 > F.\n+0.01 < F.\n+0.0001 > .`,
    client: "SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT",
    server: "SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED",
  },
  {
    name: "close by the server",
    script: `${HANDSHAKE}1 < F.\n+0.0001 > .\n+1 > F.\n+0.01 < .`,
    client: "SYN_SENT ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED",
    server: "SYN_RCVD ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT",
  },
  {
    name: "half-close: data goes on in the other direction",
    script: `${HANDSHAKE}1 > F.\n+0.01 < .\n+1 < P.(100)\n+0.0001 > .\n+1 < F.\n+0.0001 > .`,
    client: "SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT",
    server: "SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED",
  },
  {
    name: "FIN without its last ACK",
    script: `${HANDSHAKE}1 > F.\n+0.01 < .\n+1 < F.`,
    client: "SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT",
    server: "SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK",
  },
  {
    name: "the last ACK is lost: the FIN comes again and is answered from TIME_WAIT",
    script: `${HANDSHAKE}1 > F.\n+0.01 < .\n+1 < F.\n+0.0001 > .\n+0.3 < F.\n+0.0001 > .`,
    client: "SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT",
    server: "SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED",
  },
  {
    name: "a FIN that never arrives",
    script: `${HANDSHAKE}1 > F.\n+0.2 > F.\n+0.4 > F.`,
    client: "SYN_SENT ESTABLISHED FIN_WAIT_1",
    server: "SYN_RCVD ESTABLISHED",
  },
  {
    name: "TIME_WAIT ends after 60 s",
    script: `${HANDSHAKE}1 > F.\n+0.01 < F.\n+0.0001 > .`,
    client: "SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED",
    server: "SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED",
    last: 62,
  },
  {
    name: "reset by the server while established",
    script: `${HANDSHAKE}1 < R.`,
    client: "SYN_SENT ESTABLISHED CLOSED",
    server: "SYN_RCVD ESTABLISHED CLOSED",
  },
  {
    name: "reset by the client while established",
    script: `${HANDSHAKE}1 > R.`,
    client: "SYN_SENT ESTABLISHED CLOSED",
    server: "SYN_RCVD ESTABLISHED CLOSED",
  },
  {
    name: "reset in CLOSE_WAIT",
    script: `${HANDSHAKE}1 < F.\n+0.0001 > .\n+1 < R.`,
    client: "SYN_SENT ESTABLISHED CLOSE_WAIT CLOSED",
    server: "SYN_RCVD ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 CLOSED",
  },
  {
    name: "the SYN-ACK is repeated although it was acknowledged: the server ignores the ACK",
    script: `${HANDSHAKE}1 < S.\n+0.0001 > .\n3 < S.\n+0.0001 > .`,
    client: "SYN_SENT ESTABLISHED",
    server: "SYN_RCVD",
  },
  {
    name: "the same, and the server stops repeating: it has forgotten the half-open connection",
    script: `${HANDSHAKE}1 < S.\n+0.0001 > .\n3 < S.\n+0.0001 > .`,
    client: "SYN_SENT ESTABLISHED",
    server: "SYN_RCVD CLOSED",
    last: 60,
  },
  {
    name: "the whole schedule of SYNs, and nothing until after its end",
    script: "0 > S\n1.0 > S\n3.0 > S",
    client: "SYN_SENT CLOSED",
    server: "",
    last: 10,
  },
  {
    name: "in the middle of a connection",
    script: "0 > P.(10)\n+0.01 < .",
    client: "ESTABLISHED",
    server: "ESTABLISHED",
  },
  {
    name: "one direction only, after the FIN",
    script: "0 > S\n+0.01 > .\n+1 > F.\n+0.01 > .",
    client: "SYN_SENT ESTABLISHED FIN_WAIT_1 UNKNOWN",
    server: "",
  },
];

describe("states of both ends", () => {
  test.each(CASES)("$name", ({ script, client, server, last }) => {
    expect(statesOf(script, CLIENT, last)).toBe(client);
    expect(statesOf(script, SERVER, last)).toBe(server);
  });
});

const TWO_ENDS = "end a 10.0.0.1:7777\nend b 10.0.0.2:8888\n";

test("simultaneous open is one connection, and both ends pass SYN_RCVD", () => {
  const script = `${TWO_ENDS}0 a > b S 100(0) win 4096\n+0.05 b > a S 900(0) win 4096\n+0.01 a > b S. 100(0) ack 901 win 4096\n+0.05 b > a S. 900(0) ack 101 win 4096`;
  const { connections } = analyseScript(script);
  expect(connections).toHaveLength(1);
  expect(connections[0]?.simultaneousOpen).toBe(true);
  expect(statesOf(script, CLIENT)).toBe("SYN_SENT SYN_RCVD ESTABLISHED");
  expect(statesOf(script, SERVER)).toBe("SYN_SENT SYN_RCVD ESTABLISHED");
  expect(connections[0]?.ends.map((end) => end.repetitions.retransmissions)).toEqual([0, 0]);
});

test("simultaneous close takes both ends through CLOSING", () => {
  const script = `${HANDSHAKE}1 > F. 1(0) ack 1\n+0.001 < F. 1(0) ack 1\n+0.01 > . 2(0) ack 2\n+0.01 < . 2(0) ack 2`;
  expect(statesOf(script, CLIENT)).toBe("SYN_SENT ESTABLISHED FIN_WAIT_1 CLOSING TIME_WAIT");
  expect(statesOf(script, SERVER)).toBe("SYN_RCVD ESTABLISHED FIN_WAIT_1 CLOSING TIME_WAIT");
});

test("a RST out of the window changes nothing, and is not taken for the server's", () => {
  const script = `${HANDSHAKE}1 > P.(10)\n+0.01 < .\n+1 < R 100000(0) win 65535`;
  expect(statesOf(script, CLIENT)).toBe("SYN_SENT ESTABLISHED");
  expect(statesOf(script, SERVER)).toBe("SYN_RCVD ESTABLISHED");
});

test("a forged RST with the right number closes only the end that believes it", () => {
  const script = `${HANDSHAKE}1 > P.(10)\n+0.01 < .\n+1 < R 1(0) win 65535`;
  expect(statesOf(script, CLIENT)).toBe("SYN_SENT ESTABLISHED CLOSED");
  expect(statesOf(script, SERVER)).toBe("SYN_RCVD ESTABLISHED");
});

test("a SYN on a used four-tuple is a connection of its own", () => {
  const script = `client 10.0.0.1:5000\nserver 10.0.0.2:80\nnumbers absolute\n
    0 > S 100(0)\n+0.01 < S. 500(0) ack 101\n+0.01 > . 101(0) ack 501
    1 > F. 101(0) ack 501\n+0.01 < F. 501(0) ack 102\n+0.01 > . 102(0) ack 502
    2 > S 70000(0)\n+0.01 < S. 90000(0) ack 70001\n+0.01 > . 70001(0) ack 90001`;
  const { connections } = analyseScript(script);
  expect(connections.map((connection) => connection.ends.map((end) => end.state).join(" "))).toEqual([
    "TIME_WAIT CLOSED",
    "ESTABLISHED ESTABLISHED",
  ]);
});

test("a SYN answered by a challenge ACK, RST, SYN again: one attempt, and the old connection's server is reset", () => {
  const script = `client 10.0.0.1:5000\nserver 10.0.0.2:80\nnumbers absolute\n
    0 > S 100(0)\n+0.01 < S. 500(0) ack 101\n+0.01 > . 101(0) ack 501
    1 > S 70000(0)\n+0.01 < . 501(0) ack 101\n+0.001 > R 101(0) win 0
    +0.01 > S 70000(0)\n+0.01 < S. 90000(0) ack 70001\n+0.01 > . 70001(0) ack 90001`;
  const { connections } = analyseScript(script);
  expect(connections.map((connection) => connection.ends.map((end) => end.state).join(" "))).toEqual([
    "ESTABLISHED CLOSED",
    "ESTABLISHED ESTABLISHED",
  ]);
  expect(connections[1]?.ends[CLIENT].synSends?.length).toBe(2);
});

test("times of the far end are moved by half of the handshake's half", () => {
  const [connection] = analyseScript(HANDSHAKE).connections;
  expect(connection?.delayNs(SERVER)).toBe(5_000_000);
  expect(connection?.delayNs(CLIENT)).toBe(50_000);
});

test("sequence numbers that wrap in the middle change nothing", () => {
  const wrapped = `client 10.0.0.1:5000 isn 4294967290\nserver 10.0.0.2:80 isn 4294967295\nnumbers relative\nstack linux
    0 > S\n+0.01 < S.\n+0.0001 > .\n+0.1 > P.(100)\n+0.01 < .\n+0.1 < P.(100)\n+0.01 > .\n1 > F.\n+0.01 < F.\n+0.0001 > .`;
  expect(statesOf(wrapped, CLIENT)).toBe("SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT");
  expect(statesOf(wrapped, SERVER)).toBe("SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED");
  const ends = analyseScript(wrapped).connections[0]?.ends;
  expect(ends?.map((end) => [end.payloadBytes, end.repetitions.retransmissions])).toEqual([
    [100, 0],
    [100, 0],
  ]);
});
