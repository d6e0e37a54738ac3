import path from "node:path";
import { describe, expect, test } from "vitest";
import { ERRNO_NUMBERS } from "../../src/report/explain/errno-numbers.ts";
import { joined, listening, ROUTER } from "./joined.ts";
import { CANNOT_CAPTURE, Namespace } from "./namespace.ts";
import { connecting, numberOf, type Ran, run, runProgram } from "./run-connects.ts";
import { CAN_TRACE, traced, UNTRACED } from "./tracing.ts";

/** Many programs are started: for one test, in milliseconds. */
const LONG = 120_000;
const NO_ROUTE = ERRNO_NUMBERS["ENETUNREACH"]?.linux;

/** A namespace with routes of each type, also for IPv6. */
function routed(): Namespace {
  const namespace = new Namespace();
  namespace.run("sysctl", "-qw", "net.ipv6.conf.lo.disable_ipv6=0");
  for (const [index, type] of ["unreachable", "prohibit", "blackhole", "throw"].entries()) {
    namespace.run("ip", "route", "add", type, `10.${index + 1}.0.0/16`);
    namespace.run("ip", "-6", "route", "add", type, `fd0${index + 1}::/64`, "dev", "lo");
  }
  return namespace;
}

const IPV4 = ["10.9.9.9", "10.1.0.9", "10.2.0.9", "10.3.0.9", "10.4.0.9"];
const IPV6 = ["fd09::9", "fd01::9", "fd02::9", "fd03::9", "fd04::9"];
const BY_TYPE = [101, 113, 13, 22, 101];

/** Expects a verdict on each destination with the kernel's errno; where that cannot be traced, its count of what has no route. */
function expectExact({ returned, verdicts }: Ran, addresses: readonly string[], port = 80): void {
  const refused = verdicts.filter(({ stream }) => stream === null);
  const numbers = returned.map(Number).filter((number) => number > 0);
  if (CAN_TRACE) {
    expect(refused.map(({ server }) => server)).toEqual(addresses.map((address) => ({ address, port })));
    expect(refused.map(numberOf)).toEqual(numbers);
    expect(
      refused.every(({ attributed, confidence, cause, evidence }) => isExact(attributed, confidence, cause, evidence)),
    ).toBe(true);
    return;
  }
  const without = numbers.filter((number) => number === NO_ROUTE).length;
  expect(refused.map(numberOf)).toEqual([NO_ROUTE]);
  expect(refused).toMatchObject([{ ...UNKNOWN, times: without }]);
}

function isExact(attributed: unknown, confidence: unknown, cause: unknown, evidence: unknown): boolean {
  const isEmpty = Array.isArray(evidence) && evidence.length === 0;
  return attributed === "call" && confidence === "certain" && cause === "no-route" && isEmpty;
}

/** Tries the addresses of a name in turn, of which the first one is IPv6; tells what the server says. */
const HAPPY = `
const net = require("net");
const lookup = (name, options, done) => done(null, [{ address: "fd09::9", family: 6 }, { address: "127.0.0.1", family: 4 }]);
const told = (text) => console.log(String(text));
net.connect({ host: "server.test", port: 8080, autoSelectFamily: true, lookup })
  .on("data", told).on("error", ({ code, errors: [, last] = [{}, { code }] }) => told(last.code));
// then`;
const READ_OTHER = `net.connect(8081, "127.0.0.1").on("data", told);`;

/** What the kernel only counts. */
const UNKNOWN = {
  cause: "no-route",
  call: "connect",
  client: { address: null, port: null },
  server: { address: null, port: null },
  attributed: "count",
  evidence: [],
};

describe.skipIf(CANNOT_CAPTURE)("run: a connect() that the kernel refuses", { timeout: LONG }, () => {
  test.each([
    ["IPv4", IPV4],
    ["IPv6", IPV6],
  ])("for each type of route, %s, with sockets that do not block", async (_, addresses) => {
    const ran = await run(routed(), [], ...addresses.map((address) => `${address} 80 5`));
    expect(ran.returned.map(Number)).toEqual(BY_TYPE);
    expectExact(ran, addresses);
  });

  test("with sockets that block, of the program's children", async () => {
    const line = IPV4.map((address) => `(bash -c 'exec 3<>/dev/tcp/${address}/80')`).join("; ");
    const ran = await runProgram(routed(), [], ["sh", "-c", `{ ${line}; } 2>&1 | cat`]);
    const texts = ran.returned.filter((text) => text.includes("connect: "));
    const returned = texts.map((text) => {
      const row = Object.values(ERRNO_NUMBERS).find((each) => text.endsWith(each.text));
      return String(row?.linux);
    });
    expect(returned.map(Number)).toEqual(BY_TYPE);
    expectExact({ ...ran, returned }, IPV4);
  });

  test("by rules, and to a broadcast address", async () => {
    const namespace = new Namespace();
    namespace.run("ip", "address", "add", "10.5.0.1/24", "dev", "va");
    namespace.run("ip", "rule", "add", "prohibit", "to", "10.6.0.0/16");
    const addresses = ["10.6.0.1", "10.5.0.255"];
    const ran = await run(namespace, [], ...addresses.map((address) => `${address} 80 5`));
    expect(ran.returned).toEqual(["13", "101"]);
    if (CAN_TRACE) expectExact(ran, addresses);
    else expect(ran.verdicts.every(({ attributed }) => attributed === "count")).toBe(true);
  });

  test("beside a port that is open and one that is closed, each once however often it was tried", async () => {
    const namespace = new Namespace();
    await listening(namespace, 8080);
    const often = Array.from({ length: 300 }, () => "10.9.9.9 80 5");
    const ran = await run(
      namespace,
      ["--verdict-status"],
      "127.0.0.1 8080 5",
      ...often,
      "10.9.9.8 80 5",
      "127.0.0.1 81 5",
    );
    expect([ran.returned[0], ran.returned.at(-1), ran.status]).toEqual(["0", "111", 3]);
    const told = ran.verdicts.map(({ server, errno, times, attributed }) => ({ server, errno, times, attributed }));
    const first = { server: { address: "127.0.0.1", port: 8080 }, errno: null, times: 1 };
    const last = { server: { address: "127.0.0.1", port: 81 }, errno: "ECONNREFUSED", times: 1 };
    const errno = "ENETUNREACH";
    const refused = [
      { server: { address: "10.9.9.9", port: 80 }, errno, times: 300, attributed: "call" },
      { server: { address: "10.9.9.8", port: 80 }, errno, times: 1, attributed: "call" },
    ];
    if (CAN_TRACE) expect(told).toMatchObject([first, ...refused, last]);
    else expect(told).toMatchObject([{ server: UNKNOWN.server, errno, times: 301, attributed: "count" }, first, last]);
  });

  test("as text: a few in full, the others in a sentence each", async () => {
    const targets = Array.from({ length: 5 }, (_, index) => `10.9.9.${index} 80 5`);
    const { stderr } = await new Namespace().tcpscope(["run", "--", ...connecting(...targets)]);
    const sentences = stderr.match(/^connect\(\) to 10\.9\.9\.\d:80 failed: ENETUNREACH after /gm) ?? [];
    expect(sentences).toHaveLength(CAN_TRACE ? 5 : 0);
    expect(stderr.match(/^ {2}cause {4}no-route \(C1\), /gm)).toHaveLength(CAN_TRACE ? 3 : 1);
    expect(stderr).toContain(CAN_TRACE ? "  next     ip route get 10.9.9.0\n" : "           ip route get ADDRESS\n");
  });

  test("what a router refuses is told once, of a socket that blocks as well", async () => {
    const { client, router } = joined();
    router.run("sysctl", "-qw", "net.ipv4.ip_forward=0");
    await router.start([process.execPath, path.join(import.meta.dirname, "reply.js"), "vb", ROUTER]).said("ready");
    const line = `for code in 0 1 13; do (exec 3<>/dev/tcp/10.6.0.$code/80); done 2>&1 | grep connect:`;
    const { verdicts, returned } = await runProgram(client, [], ["bash", "-c", line]);
    expect(returned.map((text) => text.split(": ").at(-1))).toEqual([
      "Network is unreachable",
      "No route to host",
      "No route to host",
    ]);
    expect(verdicts.map(({ errno, attributed }) => [errno, attributed])).toEqual([
      ["ENETUNREACH", expect.not.stringMatching("call")],
      ["EHOSTUNREACH", expect.not.stringMatching("call")],
      ["EHOSTUNREACH", expect.not.stringMatching("call")],
    ]);
  });

  test("UDP is none of it", async () => {
    const script = `require("dgram").createSocket("udp4").connect(53, "10.9.9.9", (error) => { console.log(-error.errno); process.exit(0); })`;
    const ran = await runProgram(new Namespace(), [], [process.execPath, "-e", script]);
    expect(ran.returned).toEqual([String(NO_ROUTE)]);
    if (CAN_TRACE) expect([ran.verdicts, ran.said]).toEqual([[], "tcpscope: no connection of the program was seen\n"]);
    else expect(ran.verdicts).toMatchObject([{ ...UNKNOWN, confidence: "possible" }]);
  });

  test("what is sent without connect() is counted, when the program failed", async () => {
    const script = (status: number): string =>
      `require("dgram").createSocket("udp4").send("x", 53, "10.9.9.9", (error) => { console.log(-error.errno); process.exit(${status}); })`;
    const failed = await runProgram(new Namespace(), [], [process.execPath, "-e", script(1)]);
    expect(failed.returned).toEqual([String(NO_ROUTE)]);
    expect(failed.verdicts).toMatchObject([{ ...UNKNOWN, confidence: CAN_TRACE ? "possible" : "likely", times: 1 }]);
    const well = await runProgram(new Namespace(), [], [process.execPath, "-e", script(0)]);
    expect(well.verdicts).toHaveLength(CAN_TRACE ? 0 : 1);
  });

  test("is none when the other version of IP gets there, at the same port and time", async () => {
    const namespace = routed();
    await listening(namespace, 8080);
    await listening(namespace, 8081);
    const happy = await runProgram(namespace, ["--verdict-status"], [process.execPath, "-e", HAPPY]);
    expect(happy.returned).toEqual(["hello"]);
    expect(happy.status).toBe(0);
    const elsewhere = [process.execPath, "-e", HAPPY.replace("8080", "80").replace("// then", READ_OTHER)];
    const other = await runProgram(namespace, ["--verdict-status"], elsewhere);
    expect(other.returned.toSorted()).toEqual(["ECONNREFUSED", "hello"]);
    expect(other.status).toBe(3);
    if (!CAN_TRACE) return;
    const [instead, ok] = happy.verdicts;
    expect(ok).toMatchObject({ cause: "ok", server: { address: "127.0.0.1", port: 8080 } });
    expect(instead).toMatchObject({ errno: "ENETUNREACH", server: { address: "fd09::9", port: 8080 }, next: [] });
    expect(instead?.["group"]).toEqual({ kind: "happy-eyeballs", streams: [ok?.["stream"]], count: 2 });
    expect(instead?.["summary"]).toMatch(
      / – this host has no route to it; the program reached 127\.0\.0\.1:8080 instead$/,
    );
    expect(other.verdicts.find(({ errno }) => errno === "ENETUNREACH")).toMatchObject({ group: null });
  });

  test("is counted where it cannot be traced", async () => {
    const targets = ["10.9.9.9 80 5", "10.9.9.8 80 5"];
    const { returned, verdicts, said, status } = await runProgram(
      new Namespace(),
      ["--verdict-status"],
      connecting(...targets),
      UNTRACED,
    );
    expect([returned, said, status]).toEqual([["101", "101"], "", 3]);
    expect(verdicts).toMatchObject([
      { ...UNKNOWN, errno: "ENETUNREACH", times: 2, ipVersion: 4, confidence: "likely", stream: null },
    ]);
    expect(verdicts[0]?.["doubt"]).toContain("for all programs of this network namespace");
    expect(verdicts[0]?.["next"]).toContain("ip route get ADDRESS");
  });

  test("is said to be unknown where nothing counts it, nor can it be traced", async () => {
    const namespace = new Namespace();
    namespace.run("ip", "route", "add", "prohibit", "10.1.0.0/24");
    const { returned, verdicts, said } = await runProgram(namespace, [], connecting("10.1.0.9 80 5"), UNTRACED);
    expect([returned, verdicts]).toEqual([["13"], []]);
    expect(said).toContain(
      "leaves nothing to see: tcpscope connect HOST PORT, or strace -f -e trace=connect PROGRAM\n",
    );
  });

  test.each(["SIGTERM", "SIGKILL"] as const)("leaves nothing behind when it is ended by %s", async (signal) => {
    const started = new Namespace().start([
      process.execPath,
      "bin/tcpscope.js",
      "run",
      "--",
      "sh",
      "-c",
      "echo ready; exec sleep 5",
    ]);
    await started.printed(1);
    expect(traced().includes(started.pid)).toBe(CAN_TRACE);
    started.child.kill(signal);
    await expect.poll(() => traced().includes(started.pid), { timeout: 4000 }).toBe(false);
  });
});
