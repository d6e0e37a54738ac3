import path from "node:path";
import { describe, expect, test } from "vitest";
import { joined, ROUTER, stalled } from "./joined.ts";
import { CANNOT_CAPTURE, Namespace } from "./namespace.ts";
import { numberOf, run } from "./run-connects.ts";

/** Kernels take their time, and many programs are started: for one test, in milliseconds. */
const LONG = 120_000;

describe.skipIf(CANNOT_CAPTURE)("run: the verdict is what the kernel returned", { timeout: LONG }, () => {
  test("for each code of ICMP destination unreachable", async () => {
    const { client, router } = joined();
    router.run("sysctl", "-qw", "net.ipv4.ip_forward=0");
    await router.start([process.execPath, path.join(import.meta.dirname, "reply.js"), "vb", ROUTER]).said("ready");
    // Code 4 is no end: the segment is sent again, smaller.
    const codes = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    const { returned, verdicts } = await run(client, [], ...codes.map((code) => `10.6.0.${code} 80 20`));
    expect(verdicts.map(({ server }) => server)).toEqual(
      codes.map((code) => ({ address: `10.6.0.${code}`, port: 80 })),
    );
    expect(verdicts.map(numberOf)).toEqual(returned.map(Number));
    expect(returned).toEqual("101 113 92 111 95 101 112 64 101 113 101 113 113 113 113".split(" "));
  });

  test("for a router that drops: the kernel's time, and the program's", async () => {
    const { client, router } = joined();
    router.run("ip", "route", "add", "blackhole", "10.4.0.0/24");
    const { returned, verdicts } = await run(client, [], "10.4.0.9 80 20", "10.4.0.8 80 2");
    expect(returned).toEqual(["110", "given up"]);
    expect(verdicts).toMatchObject([
      { errno: "ETIMEDOUT", cause: "syn-unanswered", attributed: "socket" },
      { call: null, errno: null, cause: "application-gave-up", attributed: "socket" },
    ]);
    expect(verdicts[1]?.["summary"]).toMatch(
      /^connect\(\) to 10\.4\.0\.8:80 was given up by the application after [12](\.\d)? s – its SYNs were not answered$/,
    );
    expect(verdicts[1]?.["remarks"]).toEqual([
      expect.stringMatching(/^the kernel would have gone on to [\d.]+ s \(net\.ipv4\.tcp_syn_retries=1, /),
    ]);
  });

  test("for a firewall of this host that drops: the kernel's time, and the program's", async () => {
    const { client } = joined();
    client.run("nft", "add table inet test; add chain inet test output { type filter hook output priority 0; }");
    client.run("nft", "add rule inet test output tcp dport 8080 drop");
    const { returned, verdicts, said } = await run(client, [], `${ROUTER} 8080 20`, `${ROUTER} 8080 1`);
    expect(returned).toEqual(["110", "given up"]);
    expect(verdicts).toMatchObject([
      { stream: null, errno: "ETIMEDOUT", cause: "local-firewall-drop", attributed: "socket" },
      { stream: null, errno: null, cause: "local-firewall-drop", attributed: "socket", evidence: [] },
    ]);
    expect(verdicts[0]?.["server"]).toEqual({ address: ROUTER, port: 8080 });
    expect(verdicts[1]?.["summary"]).toContain("no packet of it left this host: a firewall in its OUTPUT chain");
    expect(said).toBe("");
  });

  test("for a neighbour that is not there: the kernel's time, and the program's", async () => {
    const { client } = joined();
    client.run("sysctl", "-qw", "net.ipv4.tcp_syn_retries=6");
    const { returned, verdicts } = await run(client, [], "10.0.0.77 80 20", "10.0.0.78 81 1", "10.0.0.79 82 0.5");
    expect(returned).toEqual(["113", "given up", "given up"]);
    expect(verdicts).toMatchObject([
      { errno: "EHOSTUNREACH", cause: "neighbour-unreachable", server: { address: "10.0.0.77", port: 80 } },
      { errno: null, cause: "neighbour-unreachable", server: { address: "10.0.0.78", port: 81 } },
      { errno: null, cause: "neighbour-unreachable", server: { address: "10.0.0.79", port: 82 } },
    ]);
    expect(verdicts.map(({ evidence }) => evidence)).toMatchObject([
      [{}, {}, {}, { note: expect.stringContaining("quotes the SYN") }],
      expect.arrayContaining([{ frame: 5, note: "who has 10.0.0.78? (ARP), unanswered" }]),
      expect.arrayContaining([expect.objectContaining({ note: "who has 10.0.0.79? (ARP), unanswered" })]),
    ]);
  });

  test("for a gateway that is not there", async () => {
    const { client } = joined();
    client.run("ip", "route", "replace", "default", "via", "10.0.0.99");
    const { verdicts } = await run(client, [], "10.7.0.1 80 1.5");
    expect(verdicts).toMatchObject([
      { cause: "neighbour-unreachable", server: { address: "10.7.0.1", port: 80 }, attributed: "socket" },
    ]);
    expect(verdicts[0]?.["summary"]).toContain(
      "nobody answers to the address of 10.0.0.99, the way to it, on this link",
    );
  });

  test("for a backlog that is full", async () => {
    const namespace = new Namespace();
    const { server, pid } = await stalled(namespace, 8080);
    const target = "127.0.0.1 8080 20";
    const { returned, verdicts } = await run(namespace, [], target, target, target);
    process.kill(pid, "SIGCONT");
    expect(returned).toEqual(["0", "0", "110"]);
    expect(verdicts.map(numberOf)).toEqual([0, 0, 110]);
    expect(verdicts[2]).toMatchObject({ cause: "accept-queue-full", attributed: "socket" });
    server.child.kill();
  });
});

describe.skipIf(CANNOT_CAPTURE)("run: what may be sent elsewhere", () => {
  test("is no firewall's where another interface carries it", async () => {
    const { client, router } = joined();
    router.run("ip", "route", "add", "blackhole", "10.4.0.0/24");
    const { verdicts, said } = await run(client, ["-i", "lo"], "10.4.0.9 80 1");
    expect(verdicts).toEqual([]);
    expect(said).toContain("1 of the program's sockets waited for an answer with no packet on this interface");
  });
});
