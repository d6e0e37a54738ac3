import { Chalk } from "chalk";
import { expect, test } from "vitest";
import type { Connection } from "../../src/flow/connection.ts";
import { Analysis } from "../../src/pipeline.ts";
import { FlowScreen, type ScreenStatus } from "../../src/report/flow-screen.ts";
import { eachFrame } from "../support/frames.ts";
import { parseScript } from "../support/script.ts";

const PLAIN = new Chalk({ level: 0 });
const STATUS: ScreenStatus = { name: "eth0", live: 2, finished: 1, packets: 14, dropped: 0, notice: "" };
const KEYS = "b bytes  r retransmissions  d duration  s start  t RTT  p pause  / filter  q quit";

/** One with 100 bytes that closes, one with 300 bytes sent twice, a SYN that nothing answers. */
const SCRIPT = `numbers relative
client 10.0.0.1:40000
server 10.0.0.2:80
0 > S
+0.01 < S.
+0.01 > .
+0.01 > P. 1:101(100)
+0.01 < . ack 101
+0.01 > F. 101:101(0)
+0.01 < F. 1:1(0) ack 102
+0.01 > . ack 2
client 10.0.0.1:40001
server 10.0.0.2:443
1 > S
+0.002 < S.
+0.001 > .
+0.1 > P. 1:301(300)
+0.3 > P. 1:301(300)
client 10.0.0.1:40002
server 10.0.0.3:22
3 > S`;

function connectionsOf(script: string): Connection[] {
  const seen = new Set<Connection>();
  const analysis = new Analysis({ analysis: false });
  eachFrame(parseScript(script), (frame) => {
    const segment = analysis.observe(frame);
    if (segment !== undefined) seen.add(segment.connection);
  });
  return [...seen];
}

function screen(): { lines: (columns?: number, rows?: number) => string[]; press: (keys: string) => void } {
  const flows = new FlowScreen((text) =>
    text === "odd" ? (connection): boolean => connection.firstStream % 2 === 1 : undefined,
  );
  const connections = connectionsOf(SCRIPT);
  return {
    lines: (columns = 160, rows = 7) => flows.lines(connections, STATUS, { columns, rows }, PLAIN),
    press(keys) {
      for (const key of keys) flows.key(key);
    },
  };
}

/** Streams of the rows, in their order. */
function streams(lines: readonly string[]): string {
  return lines
    .slice(2, -1)
    .map((line) => line.split(" ")[0])
    .join("");
}

test("the whole screen: status, titles, rows by their bytes, keys", () => {
  expect(screen().lines()).toEqual([
    "eth0: 2 live, 1 finished; 14 packets, 0 dropped; by bytes",
    "#  client          server        outcome    states                     handshake  RTT            retrans  bytes    duration  closed by",
    "1  10.0.0.1:40001  10.0.0.2:443  open       ESTABLISHED / ESTABLISHED  3 ms       2 ms / 1 ms    1 / 0    600 / 0  403 ms    -",
    "0  10.0.0.1:40000  10.0.0.2:80   closed     TIME_WAIT / CLOSED         20 ms      10 ms / 10 ms  0 / 0    100 / 0  70 ms     client",
    "2  10.0.0.1:40002  10.0.0.3:22   no-answer  SYN_SENT / UNKNOWN         -          - / -          0 / 0    0 / 0    0 µs      -",
    "",
    KEYS,
  ]);
});

test.each([
  ["b", "102"],
  ["r", "120"],
  ["d", "102"],
  ["s", "210"],
  ["t", "012"],
  ["x", "102"],
])("%s orders the rows as %s", (key, expected) => {
  const { lines, press } = screen();
  press(key);
  expect(streams(lines())).toBe(expected);
});

test("a lower terminal has the first rows, a narrow one fewer columns, and no line is wider than it", () => {
  const { lines } = screen();
  expect(streams(lines(160, 5))).toBe("10");
  expect(lines(160, 5)).toHaveLength(5);
  expect(lines(80)[1]).toBe("client          server        outcome    retrans  bytes    duration");
  for (let columns = 0; columns < 170; columns++) {
    for (let rows = 0; rows < 9; rows++) {
      const drawn = lines(columns, rows);
      expect(drawn).toHaveLength(rows);
      for (const line of drawn) expect(line.length).toBeLessThanOrEqual(columns);
    }
  }
});

test("a filter is text of the rows, or a query when it is one; escape takes it back", () => {
  const { lines, press } = screen();
  press("/10.0.0.2q\u007F");
  expect(lines().at(-1)).toBe("/10.0.0.2_  (text, or a query as of --where)");
  expect(streams(lines())).toBe("102");
  press("\r");
  expect(streams(lines())).toBe("10");
  expect(lines()[0]).toContain("; only 10.0.0.2");
  press("/\u0015odd\r");
  expect(streams(lines())).toBe("1");
  press("/NO-ANSWER\u001B");
  expect(streams(lines())).toBe("1");
  press("\u001B/\u0015No-Answer\r");
  expect(streams(lines())).toBe("2");
  press("\u001B");
  expect(streams(lines())).toBe("102");
});

test("what is typed cannot reach the terminal but as printable ASCII, and has an end", () => {
  const { lines, press } = screen();
  press("/\u0007\u009Bé");
  press("a".repeat(1000));
  expect(lines(2000).at(-1)).toBe(`/${"a".repeat(200)}_  (text, or a query as of --where)`);
});

test("paused, it shows what it showed", () => {
  const flows = new FlowScreen(() => undefined);
  const connections = connectionsOf(SCRIPT);
  const size = { columns: 160, rows: 9 };
  const before = flows.lines(connections, STATUS, size, PLAIN);
  flows.key("p");
  connections[1]!.client.payloadBytes = 5;
  const paused = flows.lines([], STATUS, size, PLAIN);
  expect(paused[0]).toBe(`${before[0]}; paused`);
  expect(paused.slice(1).toSorted()).toEqual(before.slice(1).toSorted());
  flows.key("p");
  expect(streams(flows.lines([], STATUS, size, PLAIN))).toBe("");
  expect(flows.key("q")).toBe("quit");
});

test("what is not known is not counted as nothing, and what happened is told", () => {
  const flows = new FlowScreen(() => undefined);
  const status = { ...STATUS, packets: -1, dropped: -1, notice: "eth0: the interface went down" };
  const [line] = flows.lines([], status, { columns: 200, rows: 3 }, PLAIN);
  expect(line).toBe("eth0: 2 live, 1 finished; ? packets, drops not known; by bytes; eth0: the interface went down");
});

test("what is over is grey", () => {
  const flows = new FlowScreen(() => undefined);
  const rows = flows.lines(connectionsOf(SCRIPT), STATUS, { columns: 160, rows: 9 }, new Chalk({ level: 1 }));
  expect(rows.slice(2, 5).map((row) => row.startsWith("\u001B[90m"))).toEqual([false, true, false]);
});
