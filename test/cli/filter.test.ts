import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { describe, expect, test } from "vitest";
import { fixture, PROGRAM, tcpscope, temporaryFile, temporaryPath } from "./run.ts";
import { lacksProgram } from "../support/peers.ts";

const NO_TCPDUMP = lacksProgram("tcpdump");
const TRACE = fixture("healthy");

/** Lines of standard output. */
function lines(args: readonly string[]): string[] {
  const { status, stdout, stderr } = tcpscope(args);
  expect([status, stderr]).toEqual([0, ""]);
  return stdout.trimEnd().split("\n");
}

describe("an expression", () => {
  const pushed = lines(["-Snr", TRACE]).filter((line) => line.includes("[P."));

  test.each<readonly [string, readonly string[]]>([
    ["in one word", ["tcp[tcpflags] & tcp-push != 0"]],
    ["in several words", ["tcp[13]", "&", "8", "!=", "0"]],
    ["that begins with -", ["--", "-tcp[13] = 0xffffffe8"]],
  ])("%s", (_, words) => {
    expect(lines(["-Snr", TRACE, ...words])).toEqual(pushed);
  });

  test("before more options", () => {
    expect(lines(["-r", TRACE, "tcp[13] & 8 = 8", "-Sn"])).toEqual(pushed);
  });

  test("in a file, with comments", () => {
    const file = temporaryFile("expression", "tcp # only\n# nothing else\nand tcp[13] & 8 != 0\n");
    expect(lines(["-Snr", TRACE, "-F", file])).toEqual(pushed);
    expect(lines(["--count", "-r", TRACE, "-F", temporaryFile("empty", "# all of them\n")])).toEqual(
      lines(["--count", "-r", TRACE]),
    );
  });

  test("from standard input", () => {
    const { stdout } = tcpscope(["-Snr", TRACE, "-F", "-"], { input: new TextEncoder().encode("tcp[13] & 8 != 0") });
    expect(stdout.trimEnd().split("\n")).toEqual(pushed);
  });

  test("not optimised matches the same", () => {
    expect(lines(["-O", "-Snr", TRACE, "tcp[13] & 8 != 0"])).toEqual(pushed);
  });

  test("where no code may be generated", () => {
    const args = ["--disallow-code-generation-from-strings", PROGRAM, "-Snr", TRACE, "tcp[13] & 8 != 0"];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: "utf8",
      env: { ...process.env, TZ: "UTC" },
    });
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout.trimEnd().split("\n")).toEqual(pushed);
  });
});

describe("what it is for", () => {
  const PUSHED = "tcp[13] & 8 != 0";

  test("-c and -# count the packets that match", () => {
    expect(lines(["-#Snr", TRACE, "-c", "1", PUSHED])).toEqual([expect.stringMatching(/^ {4}1 .*\[P\.\]/)]);
    expect(lines(["-#Snr", TRACE, PUSHED]).map((line) => Number(line.slice(0, 5)))).toEqual([1, 2, 3]);
  });

  test("--count", () => {
    expect(lines(["--count", "-r", TRACE, PUSHED])).toEqual(["3 packets"]);
    expect(lines(["--count", "-r", TRACE, "udp"])).toEqual(["0 packets"]);
    expect(lines(["--count", "-c", "1", "-r", TRACE, PUSHED])).toEqual(["1 packet"]);
  });

  test("--json has the frames' numbers in the file", () => {
    const start = (line: string): string | undefined => /^\{"frame":\d+,"time":"[^"]+",/.exec(line)?.[0];
    const pushed = lines(["--json", "-r", TRACE]).filter((line) => line.includes('"flags":"P."'));
    expect(pushed.map(start)).not.toContain(undefined);
    expect(lines(["--json", "-r", TRACE, PUSHED]).map(start)).toEqual(pushed.map(start));
  });

  test("-w writes the packets that match", () => {
    const file = temporaryPath("out.pcap");
    expect(lines(["-r", TRACE, "-w", file, PUSHED])).toEqual([""]);
    expect(lines(["-Snr", file])).toEqual(lines(["-Snr", TRACE, PUSHED]));
  });

  test("flows and diagnose follow what matches", () => {
    const refused = ["-r", fixture("refused"), "-r", TRACE];
    expect(lines(["flows", "--json", ...refused])).toHaveLength(2);
    expect(lines(["flows", "--json", ...refused, "tcp", "port", "81"])).toHaveLength(1);
    const { status, stdout } = tcpscope(["why", "--json", ...refused, "tcp port 80"]);
    expect([status, stdout.trimEnd().split("\n").length]).toEqual([0, 1]);
    expect(tcpscope(["why", "--json", ...refused, "tcp port 81"]).status).toBe(3);
  });
});

describe("an expression that cannot be used", () => {
  test.each(["dump", "flows", "diagnose"])("%s: is wrong: status 2", (command) => {
    expect(tcpscope([command, "-r", TRACE, "tcp port"])).toEqual({
      status: 2,
      stdout: "",
      stderr: "tcpscope: can't parse filter expression: syntax error\n",
    });
  });

  test.each(["dump", "flows", "diagnose"])("%s: matches nothing whatever: status 1", (command) => {
    expect(tcpscope([command, "-r", TRACE, "tcp and udp"])).toEqual({
      status: 1,
      stdout: "",
      stderr: "tcpscope: expression rejects all packets\n",
    });
  });

  test("leaves no file behind", () => {
    const file = temporaryPath("out.pcap");
    expect(tcpscope(["-r", TRACE, "-w", file, "tcp port"]).status).toBe(2);
    expect(fs.existsSync(file)).toBe(false);
    expect(tcpscope(["--count", "-r", TRACE, "tcp port"]).stdout).toBe("");
  });

  test.each<readonly [string, readonly string[], string]>([
    ["of a direction", ["-r", TRACE, "inbound"], "inbound/outbound not supported on Ethernet when reading savefiles"],
    [
      "after a misspelt command",
      ["flwos", "-r", TRACE, "port", "80"],
      "can't parse filter expression: syntax error (did you mean the command flows?)",
    ],
    [
      "that is a file",
      ["-r", TRACE, TRACE],
      `can't parse filter expression: syntax error (captures are named with -r: -r ${TRACE})`,
    ],
    [
      "given twice",
      ["-r", TRACE, "-F", "x", "tcp"],
      "option -F and an expression on the command line exclude each other",
    ],
    [
      "in a file that is not there",
      ["-r", TRACE, "-F", "nothing"],
      "option -F: nothing cannot be read: ENOENT: no such file or directory, open 'nothing'",
    ],
  ])("%s", (_, args, message) => {
    expect(tcpscope(args)).toEqual({ status: 2, stdout: "", stderr: `tcpscope: ${message}\n` });
  });

  test("comes after the trouble with the capture", () => {
    expect(tcpscope(["--count", "-r", "nothing.pcap", "tcp port"])).toEqual({
      status: 1,
      stdout: "",
      stderr: "tcpscope: nothing.pcap: no such file\n",
    });
  });
});

describe("-d", () => {
  test.skipIf(NO_TCPDUMP).each([
    ["-d", "-r", TRACE, "tcp port 80"],
    ["-dd", "-r", TRACE, "ip6 or arp"],
    ["-ddd", "-r", TRACE, "-O", "tcp port 80"],
    ["-d", "-r", TRACE],
    ["-d", "-y", "RAW", "icmp"],
    ["-dddd", "-y", "EN10MB", "inbound"],
  ])("%s %s %s %s prints what tcpdump prints", (...args) => {
    const { stdout } = spawnSync(
      "tcpdump",
      args.filter((arg) => arg !== undefined),
      { encoding: "utf8" },
    );
    expect(stdout).not.toBe("");
    expect(tcpscope(args.filter((arg) => arg !== undefined))).toEqual({ status: 0, stdout, stderr: "" });
  });

  test("without a capture and a link type is for Ethernet, and says so", () => {
    const { status, stdout, stderr } = tcpscope(["-ddd", "arp"]);
    expect([status, stdout]).toEqual([0, "4\n40 0 0 12\n21 0 1 2054\n6 0 0 262144\n6 0 0 0\n"]);
    expect(stderr).toBe("tcpscope: link type EN10MB (Ethernet) is assumed; -y names another\n");
  });

  test.each<readonly [string, readonly string[], number, string]>([
    ["a wrong expression", ["-d", "-r", TRACE, "tcp port"], 2, "can't parse filter expression: syntax error"],
    ["one that matches nothing", ["-d", "-r", TRACE, "tcp and udp"], 1, "expression rejects all packets"],
    ["a wrong link type", ["-d", "-y", "nonsense", "tcp"], 2, "invalid data link type nonsense"],
    [
      "two captures",
      ["-d", "-r", TRACE, "-r", TRACE, "tcp"],
      2,
      "option -d prints one program: name one capture with -r",
    ],
    ["no capture", ["-d", "-r", "nothing.pcap", "tcp"], 1, "nothing.pcap: no such file"],
    [
      "-y and a capture",
      ["-d", "-y", "RAW", "-r", TRACE],
      2,
      "option -y: names the link type of an interface, or for -d without a capture; captures have theirs",
    ],
    ["-d and -w", ["-d", "-r", TRACE, "-w", "-"], 2, "-d and -w exclude each other"],
  ])("%s", (_, args, status, message) => {
    expect(tcpscope(args)).toEqual({ status, stdout: "", stderr: `tcpscope: ${message}\n` });
  });
});
