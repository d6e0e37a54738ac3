import { expect, test } from "vitest";
import type { Connection } from "../../src/flow/connection.ts";
import { Analysis } from "../../src/pipeline.ts";
import { eachFrame } from "../support/frames.ts";
import { parseScript } from "../support/script.ts";

const CLOSED = "0 > S\n+0.01 < S.\n+0.0001 > .\n+0.1 > F.\n+0.01 < F.\n+0.0001 > .";

/** Streams that were over before the input ended, and all, as `stream:client state/server state`. */
function follow(script: string, expires = true): { over: string[]; all: string[] } {
  const told: Connection[] = [];
  const analysis = new Analysis({ analysis: false, expires, onFinished: (connection) => told.push(connection) });
  eachFrame(parseScript(script), (frame) => analysis.follow(frame));
  const before = told.length;
  analysis.finish();
  const all = told.map(({ stream, client, server }) => `${stream}:${client.state}/${server.state}`);
  return { over: all.slice(0, before), all };
}

/** Another connection's SYN at that time. */
const later = (seconds: number, port = 41000): string =>
  `client 10.0.0.1:${port}\nserver 10.0.0.2:80\n${seconds} > S 5(0)`;

test("a closed connection leaves when its TIME_WAIT is over", () => {
  expect(follow(`${CLOSED}\n${later(119)}`).over).toEqual([]);
  expect(follow(`${CLOSED}\n${later(121)}`).over).toEqual(["0:CLOSED/CLOSED"]);
  expect(follow(`${CLOSED}\n${later(121)}`, false).over).toEqual([]);
});

test("a segment that comes meanwhile belongs to it, and makes it wait again", () => {
  const script = `${CLOSED}\n40 < F.\n+0.0001 > .\n${later(130)}`;
  expect(follow(script)).toEqual({ over: [], all: ["0:CLOSED/CLOSED", "1:SYN_SENT/UNKNOWN"] });
});

test("an attempt that nothing answers leaves after five minutes, an idle connection never", () => {
  expect(follow(`0 > S\n1 > S\n3 > S\n${later(290)}`).over).toEqual([]);
  expect(follow(`0 > S\n1 > S\n3 > S\n${later(304)}`).over).toHaveLength(1);
  expect(follow(`0 > S\n+0.01 < S.\n+0.0001 > .\n${later(90_000)}`).over).toEqual([]);
});

test("of more connections than are wanted, those leave that have been silent for longest", () => {
  const opened = (port: number, at: number): string =>
    `client 10.0.0.1:${port}\nserver 10.0.0.2:80\n${at} > S 5(0)\n+0.01 < S. 5(0) ack 6\n+0.001 > . 6(0) ack 6`;
  const script = [1, 2, 3].map((each) => opened(41000 + each, 100 * each)).join("\n");
  const evicted = (mostSilent: number, at: number): [number, string[]] => {
    const over: string[] = [];
    const analysis = new Analysis({ expires: true, mostSilent, onFinished: ({ client }) => over.push(client.state) });
    eachFrame(parseScript(`stack plain\n${script}\n${later(at, 42000)}`), (frame) => analysis.follow(frame));
    return [analysis.connections.evicted, over];
  };
  expect(evicted(4, 900)).toEqual([0, []]);
  expect(evicted(3, 900)).toEqual([1, ["ESTABLISHED"]]);
  expect(evicted(1, 900)).toEqual([3, ["ESTABLISHED", "ESTABLISHED", "ESTABLISHED"]]);
  // The second and the third are not silent for long enough.
  expect(evicted(1, 340)).toEqual([1, ["ESTABLISHED"]]);
});

test("a four-tuple used again is told of when its successor is: that could still correct it", () => {
  const script = `${CLOSED}\n+1 > S 900000(0)\n+0.01 < S. 5(0) ack 900001\n+0.0001 > . ack 6\n${later(500)}`;
  expect(follow(script)).toEqual({
    over: [],
    all: ["0:TIME_WAIT/CLOSED", "1:ESTABLISHED/ESTABLISHED", "2:SYN_SENT/UNKNOWN"],
  });
});

test("memory is needed for live connections only", () => {
  const over: number[] = [];
  const analysis = new Analysis({
    analysis: false,
    expires: true,
    onFinished: ({ stream }) => over.push(stream),
  });
  for (let round = 0; round < 40; round++) {
    const ports = Array.from({ length: 500 }, (_, index) => later(round * 301, 1024 + 600 * (round % 2) + index));
    eachFrame(parseScript(`start 0\n${ports.join("\n")}`), (frame) => analysis.follow(frame));
  }
  expect(over.length).toBeGreaterThan(500 * 38);
});
