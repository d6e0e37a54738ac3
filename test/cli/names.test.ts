import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { describe, expect, test } from "vitest";
import { fixture, tcpscope, temporaryFile, temporaryPath } from "./run.ts";
import { lacksProgram } from "../support/peers.ts";

const NO_TCPDUMP = lacksProgram("tcpdump");
const HAS_LISTS = fs.existsSync("/etc/services") && fs.existsSync("/etc/hosts");

function tcpdump(args: readonly string[]): string {
  return spawnSync("tcpdump", args, { encoding: "utf8", env: { ...process.env, TZ: "UTC" } }).stdout;
}

describe.skipIf(NO_TCPDUMP || !HAS_LISTS)("names of the system's files", () => {
  // Captures whose addresses name servers need not be asked for: tcpdump would wait for them.
  test.each([
    [["-r", fixture("telnet-session")]],
    [["-vr", fixture("telnet-session")]],
    [["-er", fixture("telnet-session")]],
    [["-Nr", fixture("syn-black-hole")]],
    [["-nr", fixture("telnet-session")]],
    [["-nnr", fixture("telnet-session")]],
  ])("as tcpdump %s", (args) => {
    expect(tcpscope(args).stdout).toBe(tcpdump(args));
  });
});

test("--hosts names hosts, also with -n, which leaves ports alone", () => {
  const hosts = temporaryFile("hosts", "12.1.1.1 client.example.net\n12.1.3.2 router\n");
  const lines = (args: string[]): string =>
    tcpscope([...args, "--hosts", hosts, "-tr", fixture("host-unreachable")]).stdout;
  expect(lines(["-n"])).toMatch(/^IP client\.example\.net\.23118 > router\.23: Flags \[S\]/);
  expect(lines(["-n", "-N"])).toMatch(/^IP client\.23118 > router\.23: Flags \[S\]/);
  expect(lines(["-n"])).toContain("ICMP host router unreachable");
});

test("a file of hosts that is not there is wrong usage", () => {
  const { status, stderr } = tcpscope(["--hosts", "/nonexistent", "-r", fixture("refused")]);
  expect([status, stderr.split(": ").slice(0, 3)]).toEqual([
    2,
    ["tcpscope", "option --hosts", "/nonexistent cannot be read"],
  ]);
});

test("--resolve does not keep the program waiting", () => {
  const { status, stdout } = tcpscope(["--resolve", "-r", fixture("refused")]);
  expect([status, stdout.split("\n").length]).toEqual([0, 3]);
});

test("-f is refused as tcpdump refuses it", () => {
  expect(tcpscope(["-f", "-r", fixture("refused")])).toMatchObject({ status: 2 });
});

describe("-s", () => {
  test("is accepted for files, and changes nothing", () => {
    const plain = tcpscope(["-nnvvXS", "-r", fixture("refused")]).stdout;
    expect(tcpscope(["-nnvvXSs0", "-r", fixture("refused")])).toEqual({ status: 0, stdout: plain, stderr: "" });
    expect(tcpscope(["-s", "50", "-nnvvXS", "-r", fixture("refused")]).stdout).toBe(plain);
    const file = temporaryPath("out.pcap");
    tcpscope(["-s", "50", "-r", fixture("refused"), "-w", file]);
    expect(fs.statSync(file).size).toBe(fs.statSync(fixture("refused")).size);
  });

  test.each(["abc", "-1", "262145"])("%s is wrong usage", (length) => {
    expect(tcpscope([`-s${length}`, "-r", fixture("refused")]).status).toBe(2);
  });
});

describe("a text trace", () => {
  test("is printed with its own names", () => {
    const { stdout, stderr } = tcpscope(["--style", "stevens", "-r", "fixtures/abort.seed.txt"]);
    expect(stdout).toMatch(/^1 0\.0 bsd1\.\S+ > svr4\.8888: S 671112193:671112193\(0\) win 65535 <mss 1024>\n/);
    expect(stderr).toBe(
      "tcpscope: fixtures/abort.seed.txt: addresses were chosen for names: bsd1 is 192.0.2.1, svr4 is 192.0.2.2\n",
    );
  });

  test("comes from a pipe and is written as a capture", () => {
    const file = temporaryPath("out.pcap");
    const input = fs.readFileSync("fixtures/telnet-session.seed.txt");
    expect(tcpscope(["-r", "-", "-w", file], { input })).toMatchObject({ status: 0 });
    const text = fs.readFileSync("fixtures/telnet-session.tcpdump.txt", "utf8");
    expect(tcpscope(["-nr", file]).stdout).toBe(text);
  });

  test("is filtered", () => {
    expect(tcpscope(["-nr", "fixtures/abort.seed.txt", "--count", "src port 8888"]).stdout).toBe("2 packets\n");
  });

  test("is diagnosed", () => {
    const { status, stdout } = tcpscope(["why", "-r", "fixtures/refused-after-a-second.seed.txt"]);
    expect(status).toBe(3);
    expect(stdout).toContain("failed: ECONNREFUSED after 1 s");
  });

  test("without a packet is refused with the reason", () => {
    expect(tcpscope(["-r", "fixtures/half-open-ssh.seed.txt"])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("18 rows give neither ports nor flags (SSHv2), such as line 2"),
    });
  });
});

test("--states is a column of each style", () => {
  const lines = tcpscope(["-n", "--states", "-X", "-r", fixture("refused")]).stdout.split("\n");
  expect(lines[0]).toMatch(/, length 0 {2}\{SYN_SENT \| LISTEN\}$/);
  expect(lines[1]).toMatch(/^\t0x0000: {2}/);
});

test.each([
  [["--fold", "60"], "option --fold: goes with --style stevens"],
  [["--style", "stevens", "--json"], "exclude each other"],
  [["--states", "--json"], "exclude each other"],
  [["-n", "--resolve"], "exclude each other"],
])("%s: %s", (args, text) => {
  expect(tcpscope([...args, "-r", fixture("refused")])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining(text),
  });
});
