import fc from "fast-check";
import { expect, test } from "vitest";
import { RefusedConnects } from "../../src/cli/run/refused-connects.ts";
import { parseTraceLine } from "../../src/cli/run/trace-line.ts";

/** Lines as Linux 6.18 prints them, of one thread after the other. */
function line(what: string, thread = 4711, at = "34459.135543", flags = "....."): string {
  return `          client-${thread}   [001] ${flags} ${at}: ${what}`;
}

function lookup(way: string, error: number): string {
  return `fib_table_lookup: table 254 oif 0 iif 1 proto 6 ${way} tos 0 scope 0 flags 8 ==> dev - gw 0.0.0.0/:: err ${error}`;
}

function lookup6(way: string, error: number): string {
  return `fib6_table_lookup: table 254 oif 0 iif 1 proto 6 ${way} flowlabel 0x0 tos 0 scope 0 flags 8 ==> dev lo gw :: err ${error}`;
}

const CALL = "sys_connect(fd: 3, uservaddr: 0x7ffcd4fcf7c0, addrlen: 0x10)";
const NET = "sys_connect -> 0xffffffffffffff9b";
const HOST = "sys_connect -> 0xffffffffffffff8f";
const OF = { thread: 4711, at: 34_459.135543 };

test.each([
  [line(CALL), { kind: "call", ...OF }],
  [line(NET), { kind: "return", ...OF, value: -101 }],
  [line("sys_connect -> 0x0"), { kind: "return", ...OF, value: 0 }],
  [line("sys_connect -> 0xffffff9b"), { kind: "return", ...OF, value: -101 }],
  [
    line(lookup("0.0.0.0/0 -> 10.9.9.9/80", -11)),
    { kind: "lookup", ...OF, address: "10.9.9.9", port: 80, sourcePort: 0, error: -11 },
  ],
  [
    line(lookup6("::1/40000 -> fd99::1/443", -113)),
    { kind: "lookup", ...OF, address: "fd99::1", port: 443, sourcePort: 40_000, error: -113 },
  ],
  // A name may have anything in it; kernels before 5.17 have four flags; with the group of threads.
  [` a: b-1 [c-4711  [001] .... 34459.135543: ${CALL}`, { kind: "call", ...OF }],
  [`  client-4711  (   4711) [001] ..... 34459.135543: ${CALL}`, { kind: "call", ...OF }],
  // What interrupts do on a thread's time is not its own.
  [line(lookup("127.0.0.1/80 -> 127.0.0.1/41534", 0), 4711, "1.0", "b.s1."), undefined],
  [line(lookup("0.0.0.0/0 -> 10.9.9.9/53", -11).replace("proto 6", "proto 17")), undefined],
  ["CPU:1 [LOST 12 EVENTS]", { kind: "loss", events: 12 }],
  [line("tracing_mark_write: tcpscope-end"), { kind: "end" }],
  [line("tracing_mark_write: something else"), undefined],
  ["", undefined],
])("a line of the trace %#", (text, event) => {
  expect(parseTraceLine(text)).toEqual(event);
});

test("any other line is nothing", () => {
  fc.assert(fc.property(fc.string(), (text) => parseTraceLine(text) === undefined));
});

/** What a trace says: address, port, errno, how often. */
function refusedBy(...lines: readonly string[]): (string | number)[][] {
  const refused = new RefusedConnects();
  for (const each of lines) {
    const event = parseTraceLine(each);
    if (event !== undefined) refused.see(event);
  }
  return refused.destinations().map(({ address, port, errno, count }) => [address, port, errno, count]);
}

test("each destination once, of threads side by side", () => {
  const way = "0.0.0.0/0 -> 10.9.9.9/80";
  const one = [line(CALL, 1), line(lookup(way, -11), 1), line(NET, 1)];
  const other = [line(CALL, 2), line(lookup6("::/0 -> fd99::1/80", -113), 2), line(NET, 2)];
  const mixed = one.flatMap((each, index) => [each, other[index]!]);
  expect(refusedBy(...mixed, ...one)).toEqual([
    ["10.9.9.9", 80, "ENETUNREACH", 2],
    ["fd99::1", 80, "ENETUNREACH", 1],
  ]);
});

test.each([
  [
    "the last of several look-ups counts",
    [lookup("0.0.0.0/0 -> 10.1.0.1/80", -11), lookup("0.0.0.0/0 -> 10.1.0.1/80", -113)],
    HOST,
    "EHOSTUNREACH",
  ],
  ["a way to a broadcast address", [lookup("0.0.0.0/0 -> 10.1.0.255/80", 0)], NET, "ENETUNREACH"],
  [
    "a way, but no source address",
    [lookup6("::/0 -> fd99::1/80", 0)],
    "sys_connect -> 0xffffffffffffff9d",
    "EADDRNOTAVAIL",
  ],
  // An error of ICMP, or a neighbour that does not answer.
  ["a way, and a host that is unreachable", [lookup("0.0.0.0/0 -> 10.1.0.1/80", 0)], HOST, undefined],
  ["a way, and a network that is unreachable", [lookup("10.0.0.1/40000 -> 10.1.0.1/80", 0)], NET, undefined],
  ["a way, and no answer yet", [lookup("0.0.0.0/0 -> 10.1.0.1/80", 0)], "sys_connect -> 0xffffffffffffff8d", undefined],
  ["no look-up: another kind of socket", [], NET, undefined],
])("%s", (_, lookups, result, errno) => {
  const [told] = refusedBy(line(CALL), ...lookups.map((each) => line(each)), line(result));
  expect(told?.[2]).toBe(errno);
});

test("look-ups outside of connect() are nothing", () => {
  expect(refusedBy(line(lookup("0.0.0.0/0 -> 10.9.9.9/80", -11)), line(NET))).toEqual([]);
});

test("destinations, times and threads are bounded; the rest is counted", () => {
  const refused = new RefusedConnects();
  for (let thread = 1; thread <= 10_000; thread++) refused.see({ kind: "call", thread, at: 1 });
  const connect = (port: number): void => {
    refused.see({ kind: "call", thread: 1, at: 1 });
    refused.see({ kind: "lookup", thread: 1, at: 1, address: "10.9.9.9", port, sourcePort: 0, error: -11 });
    refused.see({ kind: "return", thread: 1, at: 2, value: -101 });
  };
  for (let port = 1; port <= 300; port++) connect(port);
  for (let again = 0; again < 999; again++) connect(1);
  refused.see({ kind: "loss", events: 3 });
  const destinations = refused.destinations();
  expect([destinations.length, refused.others, refused.lost]).toEqual([256, 44, 3]);
  expect([destinations[0]?.count, destinations[0]?.times.length, destinations[0]?.seconds]).toEqual([1000, 256, 1]);
});
