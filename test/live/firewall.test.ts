import { describe, expect, test } from "vitest";
import { CONNECT_SCHEMA, RUN_SCHEMA } from "../../src/report/schema/own-traffic-schema.ts";
import { CANNOT_CAPTURE, Namespace, objectsOf } from "./namespace.ts";
import { expectAsPublished } from "./schema.ts";

const SOMEBODY_ELSE = "10.0.0.9";
/** Kernels take their time, and many programs are started: for one test, in milliseconds. */
const LONG = 120_000;

/** A namespace with a way to a host that is silent, and a firewall whose OUTPUT chain has one rule, for port 8080. */
function behindFirewall(verdict: string): Namespace {
  const namespace = new Namespace();
  namespace.run("ip", "address", "add", "10.0.0.1/24", "dev", "va");
  namespace.run("ip", "neighbour", "add", SOMEBODY_ELSE, "lladdr", "02:00:00:00:00:09", "dev", "va");
  // An error may meet connect() itself: then the next SYN counts.
  namespace.run("sysctl", "-qw", "net.ipv4.tcp_syn_retries=1");
  namespace.run("nft", "add table inet test; add chain inet test output { type filter hook output priority 0; }");
  namespace.run("nft", `add rule inet test output ip protocol tcp tcp dport 8080 ${verdict}`);
  return namespace;
}

const PROGRAM = `require("net").connect(8080, "${SOMEBODY_ELSE}").on("error", ({ code }) => console.log(code));`;

/** The rule, and what connect() returns: measured with Linux 6.18. */
const REJECTIONS = [
  ["reject with tcp reset", "ECONNREFUSED"],
  ["reject with icmp port-unreachable", "ECONNREFUSED"],
  ["reject with icmp host-unreachable", "EHOSTUNREACH"],
  ["reject with icmp net-unreachable", "ENETUNREACH"],
  ["reject with icmp prot-unreachable", "ENOPROTOOPT"],
  ["reject with icmp host-prohibited", "EHOSTUNREACH"],
  ["reject with icmp net-prohibited", "ENETUNREACH"],
  ["reject with icmp admin-prohibited", "EHOSTUNREACH"],
] as const;

describe.skipIf(CANNOT_CAPTURE)("a firewall of this host", { timeout: LONG }, () => {
  test.each(REJECTIONS)("%s: %s, by the kernel and by the wire", async (rule, errno) => {
    const namespace = behindFirewall(rule);
    const connected = await namespace.tcpscope(["connect", "--json", SOMEBODY_ELSE, "8080"]);
    expectAsPublished(CONNECT_SCHEMA, objectsOf(connected.stdout));
    expect(objectsOf(connected.stdout)).toMatchObject([
      { kernel: { connected: false, errno }, verdict: { errno }, cause: "local-firewall-reject", agree: true },
    ]);
    const run = await namespace.tcpscope(["run", "--json", "--", process.execPath, "-e", PROGRAM]);
    expect(run.stdout).toBe(`${errno}\n`);
    const verdicts = objectsOf(run.stderr.replaceAll(/^tcpscope: .*\n/gm, ""));
    expectAsPublished(RUN_SCHEMA, verdicts);
    expect(verdicts).toMatchObject([{ errno, cause: "local-firewall-reject" }]);
  });

  test("drop: ETIMEDOUT, and nothing on any interface", async () => {
    const namespace = behindFirewall("drop");
    const { stdout } = await namespace.tcpscope(["connect", "--json", SOMEBODY_ELSE, "8080"]);
    expectAsPublished(CONNECT_SCHEMA, objectsOf(stdout));
    expect(objectsOf(stdout)).toMatchObject([
      {
        kernel: { connected: false, errno: "ETIMEDOUT" },
        interface: "any",
        verdict: null,
        cause: "local-firewall-drop",
        agree: false,
        explanation: expect.stringContaining("no packet of it left this host"),
      },
    ]);
  });
});
