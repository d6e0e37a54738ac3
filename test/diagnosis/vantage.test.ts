import { expect, test } from "vitest";
import { verdictOf } from "../support/analyse.ts";

const ENDS = (client: number, server: number): string =>
  `client 10.0.0.1:40000 ttl ${client}\nserver 10.0.0.2:80 ttl ${server}\nnumbers relative\nstack linux\n`;

const CASES: readonly (readonly [string, string, string])[] = [
  ["the client's TTL is whole", `${ENDS(64, 57)}0 > S\n+0.01 < S.\n+0.0001 > .`, "client"],
  ["the server's TTL is whole", `${ENDS(50, 64)}0 > S\n+0.00001 < S.\n+0.01 > .`, "server"],
  ["both TTLs were counted down", `${ENDS(60, 120)}0 > S\n+0.01 < S.\n+0.01 > .`, "middle"],
  ["both whole: the server's half is long", `${ENDS(64, 64)}0 > S\n+0.01 < S.\n+0.0001 > .`, "client"],
  ["both whole: the client's half is long", `${ENDS(64, 64)}0 > S\n+0.0001 < S.\n+0.01 > .`, "server"],
  ["both whole and both quick", `${ENDS(64, 64)}0 > S\n+0.00002 < S.\n+0.00001 > .`, "unknown"],
  ["TTLs and times contradict each other", `${ENDS(64, 59)}0 > S\n+0.001 < S.\n+0.03 > .`, "unknown"],
  ["both whole and both halves long", `${ENDS(64, 64)}0 > S\n+0.01 < S.\n+0.008 > .`, "middle"],
  ["nothing comes back", `${ENDS(64, 64)}0 > S\n1 > S`, "unknown"],
  ["nothing comes back, from afar", `${ENDS(55, 64)}0 > S\n1 > S`, "unknown"],
  ["the SYN is missing", `${ENDS(64, 50)}0 < S.\n+0.001 > .`, "client"],
  ["one address", "client 10.0.0.1:40000\nserver 10.0.0.1:80\n0 > S\n+0.01 < S.\n+0.0001 > .", "loopback"],
];

test.each(CASES)("%s", (_name, script, at) => {
  const { vantage } = verdictOf(script, 3);
  expect(vantage.at).toBe(at);
  expect(vantage.reason).not.toBe("");
});

test("a SYN-ACK that the client ignores is lost beyond a capture at the server, dropped at one at the client", () => {
  const exchange = "0 > S\n+0.0001 < S.\n1 > S\n+0.0001 < S.\n3 > S\n+0.0001 < S.";
  expect(verdictOf(ENDS(50, 64) + exchange, 10).cause.word).toBe("synack-lost");
  expect(verdictOf(ENDS(64, 50) + exchange, 10).cause.word).toBe("synack-dropped-locally");
});

test("what a capture at the other end would tell is said of a silence", () => {
  expect(verdictOf("0 > S\n1 > S\n3 > S", 30).otherEnd).toContain("whether the SYN arrives");
});
