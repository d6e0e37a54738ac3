import path from "node:path";
import { describe, expect, test } from "vitest";
import { PROGRAM } from "../cli/run.ts";
import { CONNECT_SCHEMA } from "../../src/report/schema/own-traffic-schema.ts";
import { joined, listening, ROUTER, stalled } from "./joined.ts";
import { CANNOT_CAPTURE, linesOf, Namespace } from "./namespace.ts";
import { expectAsPublished } from "./schema.ts";

/** What a test looks at of what connect --json prints. */
interface Answer {
  readonly connected: boolean;
  readonly kernel: string | null;
  readonly number: number | null;
  readonly gaveUp: string | null;
  readonly wire: string | null | undefined;
  readonly cause: string | undefined;
  readonly agree: boolean | null;
  readonly explanation: string | null;
  readonly status: number | null;
}

interface Printed extends Pick<Answer, "agree" | "explanation"> {
  readonly kernel: {
    readonly connected: boolean;
    readonly errno: string | null;
    readonly number: number | null;
    readonly gaveUp: string | null;
  };
  readonly verdict: { readonly errno: string | null; readonly cause: string } | null;
  readonly cause: string | null;
}

async function connect(namespace: Namespace, ...args: string[]): Promise<Answer> {
  const { status, stdout, stderr } = await namespace.tcpscope(["connect", "--json", ...args]);
  if (stdout === "") throw new Error(stderr);
  const object: Printed = JSON.parse(stdout);
  expectAsPublished(CONNECT_SCHEMA, [object]);
  const { kernel, verdict, agree, explanation } = object;
  return {
    connected: kernel.connected,
    kernel: kernel.errno,
    number: kernel.number,
    gaveUp: kernel.gaveUp,
    wire: verdict?.errno,
    cause: verdict?.cause ?? object.cause ?? undefined,
    agree,
    explanation,
    status,
  };
}

/** Kernels take their time, and many programs are started: for one test, in milliseconds. */
const LONG = 120_000;

describe.skipIf(CANNOT_CAPTURE)("connect: the kernel's answer and the wire's are the same", { timeout: LONG }, () => {
  test("for a port that is open, and one that is closed", async () => {
    const namespace = new Namespace();
    await listening(namespace, 8080);
    expect(await connect(namespace, "127.0.0.1", "8080")).toMatchObject({
      connected: true,
      kernel: null,
      wire: null,
      agree: true,
      status: 0,
    });
    expect(await connect(namespace, "127.0.0.1", "81")).toMatchObject({
      connected: false,
      kernel: "ECONNREFUSED",
      number: 111,
      wire: "ECONNREFUSED",
      cause: "refused",
      agree: true,
      status: 3,
    });
  });

  test("for routers that reject, and one that drops", async () => {
    const { client, router } = joined();
    const routes = [
      ["unreachable", "10.1.0.0/24", "EHOSTUNREACH"],
      ["prohibit", "10.2.0.0/24", "EHOSTUNREACH"],
      ["throw", "10.3.0.0/24", "ENETUNREACH"],
      ["blackhole", "10.4.0.0/24", "ETIMEDOUT"],
    ] as const;
    for (const [kind, network, errno] of routes) {
      router.run("ip", "route", "add", kind, network);
      const answer = await connect(client, network.replace("0/24", "9"), "80");
      expect([kind, answer]).toMatchObject([kind, { kernel: errno, wire: errno, agree: true, status: 3 }]);
    }
  });

  test("for each code of ICMP destination unreachable", async () => {
    const { client, router } = joined();
    router.run("sysctl", "-qw", "net.ipv4.ip_forward=0");
    const responder = path.join(import.meta.dirname, "reply.js");
    await router.start([process.execPath, responder, "vb", ROUTER]).said("ready");
    // Code 4 is no end: the segment is sent again, smaller.
    const codes = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    const answers: unknown[] = [];
    for (const code of codes) {
      const { kernel, wire, agree } = await connect(client, `10.6.0.${code}`, "80");
      answers.push([code, kernel, wire, agree]);
    }
    expect(answers).toEqual([
      [0, "ENETUNREACH", "ENETUNREACH", true],
      [1, "EHOSTUNREACH", "EHOSTUNREACH", true],
      [2, "ENOPROTOOPT", "ENOPROTOOPT", true],
      [3, "ECONNREFUSED", "ECONNREFUSED", true],
      [5, "EOPNOTSUPP", "EOPNOTSUPP", true],
      [6, "ENETUNREACH", "ENETUNREACH", true],
      [7, "EHOSTDOWN", "EHOSTDOWN", true],
      [8, "ENONET", "ENONET", true],
      [9, "ENETUNREACH", "ENETUNREACH", true],
      [10, "EHOSTUNREACH", "EHOSTUNREACH", true],
      [11, "ENETUNREACH", "ENETUNREACH", true],
      [12, "EHOSTUNREACH", "EHOSTUNREACH", true],
      [13, "EHOSTUNREACH", "EHOSTUNREACH", true],
      [14, "EHOSTUNREACH", "EHOSTUNREACH", true],
      [15, "EHOSTUNREACH", "EHOSTUNREACH", true],
    ]);
  });

  test("for a neighbour that is not there", async () => {
    const { client } = joined();
    client.run("sysctl", "-qw", "net.ipv4.tcp_syn_retries=6");
    expect(await connect(client, "10.0.0.77", "80")).toMatchObject({
      kernel: "EHOSTUNREACH",
      number: 113,
      wire: "EHOSTUNREACH",
      cause: "neighbour-unreachable",
      agree: true,
    });
  });

  test("for a backlog that is full", async () => {
    const namespace = new Namespace();
    const { server, pid } = await stalled(namespace, 8080);
    const connected = [];
    for (let i = 0; i < 2; i++) connected.push((await connect(namespace, "127.0.0.1", "8080")).connected);
    const answer = await connect(namespace, "127.0.0.1", "8080");
    process.kill(pid, "SIGCONT");
    expect(connected).toEqual([true, true]);
    expect(answer).toMatchObject({ kernel: "ETIMEDOUT", number: 110, wire: "ETIMEDOUT", agree: true });
    server.child.kill();
  });
});

describe.skipIf(CANNOT_CAPTURE)("connect says why the kernel and the wire differ", () => {
  test("when the program's time is over first", async () => {
    const { client, router } = joined();
    router.run("ip", "route", "add", "blackhole", "10.4.0.0/24");
    const answer = await connect(client, "--timeout", "0.5", "10.4.0.9", "80");
    expect(answer).toMatchObject({ kernel: null, gaveUp: "timeout", agree: false, status: 3 });
    expect(answer.explanation).toContain("--timeout ended it before the kernel did");
  });

  test.each([
    ["unreachable", "EHOSTUNREACH", "a route of type unreachable"],
    ["prohibit", "EACCES", "a route of type prohibit"],
    ["blackhole", "EINVAL", "a route of type blackhole"],
    ["throw", "ENETUNREACH", "this host has no route"],
  ])("when a local route of type %s keeps it from being sent", async (kind, errno, why) => {
    const namespace = new Namespace();
    namespace.run("ip", "route", "add", kind, "10.1.0.0/24");
    const answer = await connect(namespace, "10.1.0.9", "80");
    expect(answer).toMatchObject({ kernel: errno, wire: undefined, agree: false, status: 3, cause: "no-route" });
    expect(answer.explanation).toContain(why);
  });

  test("when no local port is free, or the source is another's address", async () => {
    const namespace = new Namespace();
    namespace.run("ip", "address", "add", "10.1.0.1/24", "dev", "va");
    const answer = await connect(namespace, "--source", "10.9.9.9", "10.1.0.9", "80");
    expect(answer).toMatchObject({ kernel: "EADDRNOTAVAIL", wire: undefined, cause: "local-address-or-port" });
  });
});

describe.skipIf(CANNOT_CAPTURE)("connect prints", () => {
  test("the exchange with both states, and the two answers", async () => {
    const namespace = new Namespace();
    const { status, stdout, stderr } = await namespace.tcpscope(["connect", "127.0.0.1", "81"]);
    const [syn, reset, ...rest] = linesOf(stdout);
    expect(syn).toMatch(/^[\d:.]+ IP 127\.0\.0\.1\.\d+ > 127\.0\.0\.1\.81: Flags \[S\], .*\{SYN_SENT \| LISTEN\}$/);
    expect(reset).toMatch(/Flags \[R\.\], .*\{CLOSED \| UNKNOWN\} client: connect\(\) = -1 ECONNREFUSED$/);
    expect(rest[0]).toMatch(/^kernel {3}connect\(\) to 127\.0\.0\.1:81 = -1 ECONNREFUSED \(111\) after [\d.]+ ms$/);
    expect(rest[1]).toMatch(
      /^wire {5}connect\(\) = -1 ECONNREFUSED \(refused, certain\): connect\(\) to 127\.0\.0\.1:81/,
    );
    expect([status, stderr]).toEqual([3, "tcpscope: 127.0.0.1: trying 127.0.0.1:81\n"]);
  });

  test("nothing of connections that others make to the same port", async () => {
    const namespace = new Namespace();
    await listening(namespace, 8080);
    const others = namespace.start([
      process.execPath,
      "-e",
      `const net = require("net"); (function again() { net.connect(8080, "127.0.0.1").resume().on("close", again); if (!again.told) { again.told = true; console.error("ready"); } })()`,
    ]);
    await others.said("ready");
    const { stdout } = await namespace.tcpscope(["connect", "127.0.0.1", "8080"]);
    const syns = linesOf(stdout).filter((line) => line.includes("Flags [S],"));
    expect(syns).toHaveLength(1);
  });

  test("from the source that is asked for", async () => {
    const namespace = new Namespace();
    await listening(namespace, 8080);
    const { stdout } = await namespace.tcpscope(["connect", "--source", "127.0.0.9:40123", "127.0.0.1", "8080"]);
    expect(stdout).toContain("IP 127.0.0.9.40123 > 127.0.0.1.8080: Flags [S]");
  });

  test("the kernel's answer alone to who may not capture, and what to do", async () => {
    const namespace = new Namespace();
    const powerless = ["setpriv", "--bounding-set", "-net_raw,-net_admin", process.execPath, PROGRAM];
    const { status, stdout, stderr } = await namespace.start([...powerless, "connect", "127.0.0.1", "81"]).ended;
    expect(stdout).toMatch(/^kernel {3}connect\(\) to 127\.0\.0\.1:81 = -1 ECONNREFUSED \(111\) after [\d.]+ .?s\n$/);
    expect(stderr).toContain("without a capture there is only the kernel's answer");
    expect(stderr).toContain("sudo");
    expect(status).toBe(3);
  });

  test("what the kernel tells of the socket, without any privilege", async () => {
    const { client, router } = joined();
    router.run("ip", "route", "add", "blackhole", "10.4.0.0/24");
    const powerless = ["setpriv", "--bounding-set", "-net_raw,-net_admin", process.execPath, PROGRAM];
    const silent = ["connect", "--timeout", "1.5", "10.4.0.9", "80"];
    const [text, json] = await Promise.all([
      client.start([...powerless, ...silent]).ended,
      client.start([...powerless, ...silent, "--json"]).ended,
    ]);
    expect(linesOf(text.stdout)[1]).toMatch(
      /^tcp_info SYN_SENT 1\.\d+ s after the call, rto [\d.]+ m?s, 1 sent again, 1 unacknowledged, advmss 1460$/,
    );
    expect(JSON.parse(json.stdout)).toMatchObject({
      tcpInfo: { state: "SYN_SENT", totalRetransmissions: 1, unacknowledged: 1, advertisedMss: 1460 },
      interface: null,
      verdict: null,
    });
    await listening(client, 8080);
    const open = await client.start([...powerless, "connect", "--json", "127.0.0.1", "8080"]).ended;
    expectAsPublished(CONNECT_SCHEMA, [JSON.parse(json.stdout), JSON.parse(open.stdout)]);
    expect(JSON.parse(open.stdout)).toMatchObject({
      tcpInfo: { totalRetransmissions: 0, options: ["timestamps", "sack", "window-scale"], pathMtu: 65535 },
    });
  });

  test.each([
    [["connect", "no-such-host.invalid", "80"], 1, "no-such-host.invalid cannot be resolved"],
    [["connect", "127.0.0.1", "70000"], 2, "is no port"],
    [["connect", "127.0.0.1", "no-such-service"], 2, "is no port"],
    [["connect", "-4", "-6", "127.0.0.1", "80"], 2, "exclude each other"],
    [["connect", "-4", "--source", "::1", "127.0.0.1", "80"], 2, "the other version of IP"],
    [["connect", "--source", "here", "127.0.0.1", "80"], 2, "option --source"],
    [["connect", "--timeout", "0", "127.0.0.1", "80"], 2, "a number of seconds"],
  ])("one line for %j", async (args, status, text) => {
    const run = await new Namespace().tcpscope(args);
    expect([run.status, run.stdout]).toEqual([status, ""]);
    expect(run.stderr).toContain(text);
  });
});
