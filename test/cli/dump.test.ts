import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { fixture, fixtureBytes, fixtureText, shell, tcpscope, temporaryFile, temporaryPath } from "./run.ts";
import { lacksProgram } from "../support/peers.ts";

const NO_TCPDUMP = lacksProgram("tcpdump");
const REFUSED = fixtureText("refused");

/** The times of lines, and the rest of them. */
function withoutTimes(text: string): string {
  return text.replaceAll(/^\S+ /gm, "");
}

describe("the default command", () => {
  test("is dump", () => {
    expect(tcpscope(["-nr", fixture("refused")])).toEqual({ status: 0, stdout: REFUSED, stderr: "" });
    expect(tcpscope(["dump", "-nr", fixture("refused")]).stdout).toBe(REFUSED);
  });

  test.each([
    [["-nnvvr", fixture("refused")]],
    [["-n", "-n", "-vv", "-r", fixture("refused")]],
    [[`-nnvvr${fixture("refused")}`]],
    [["-nvvn", `--read=${fixture("refused")}`]],
  ])("takes options together and apart: %s", (args) => {
    const { status, stdout } = tcpscope(args);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^09:00:00\.000000 IP \(tos 0x0, ttl 64, id 14711, .*\n {4}10\.0\.0\.1\.48126 > 10\.0\.0\.2\.81: Flags \[S\], cksum 0xabb1 \(correct\)/,
    );
  });
});

describe("options", () => {
  test("-# numbers the packets of all files on", () => {
    const { stdout } = tcpscope(["-#", "-n", "-r", fixture("refused"), "-r", fixture("telnet-handshake")]);
    expect(stdout.split("\n").map((line) => line.slice(0, 7))).toEqual([
      "    1  ",
      "    2  ",
      "    3  ",
      "    4  ",
      "    5  ",
      "",
    ]);
  });

  test("-c ends after so many packets, of all files", () => {
    const { status, stdout } = tcpscope(["-n", "-c", "3", "-r", fixture("refused"), "-r", fixture("healthy")]);
    expect(status).toBe(0);
    expect(stdout).toBe(REFUSED + fixtureText("healthy").split("\n", 1)[0] + "\n");
  });

  test("--count says how many packets there are", () => {
    expect(tcpscope(["--count", "-r", fixture("refused"), "-r", fixture("healthy")]).stdout).toBe("13 packets\n");
    expect(tcpscope(["--count", "-c", "1", "-r", fixture("refused")]).stdout).toBe("1 packet\n");
  });

  test("-t to -ttttt choose the time", () => {
    const times = [1, 2, 3, 4, 5].map(
      (count) =>
        tcpscope([`-n${"t".repeat(count)}`, "-r", fixture("refused")])
          .stdout.split("\n")[1]!
          .split(" 10.0.0")[0],
    );
    expect(times).toEqual([
      "IP",
      "1709283600.000214 IP",
      " 00:00:00.000214 IP",
      "2024-03-01 09:00:00.000214 IP",
      " 00:00:00.000214 IP",
    ]);
  });

  test.each([["--nano"], ["--time-stamp-precision=nano"]])("%s prints nanoseconds", (option) => {
    expect(tcpscope([option, "-nr", fixture("refused")]).stdout).toContain("09:00:00.000214000 IP ");
  });

  test("-V reads the files that a file names", () => {
    const list = temporaryFile("list", `${fixture("refused")}\n${fixture("telnet-handshake")}\n`);
    expect(tcpscope(["--count", "-V", list]).stdout).toBe("5 packets\n");
    expect(tcpscope(["--count", "-V", "-"], { input: list }).stdout).toBe("5 packets\n");
  });

  test("--json prints an object for each packet", () => {
    const lines = tcpscope(["--json", "-r", fixture("refused")])
      .stdout.trimEnd()
      .split("\n");
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { frame: 1, time: "1709283600.000000000", tcp: { stream: 0, flags: "S", sourcePort: 48126 } },
      { frame: 2, time: "1709283600.000214000", tcp: { stream: 0, flags: "R.", sourcePort: 81 } },
    ]);
  });
});

describe("input", () => {
  test("comes from a pipe", () => {
    expect(tcpscope(["-nr", "-"], { input: fixtureBytes("refused") })).toEqual({
      status: 0,
      stdout: REFUSED,
      stderr: "",
    });
  });

  test("comes from a redirected file", () => {
    expect(tcpscope(["-nr", "-"], { input: fixture("refused") }).stdout).toBe(REFUSED);
  });

  test("comes compressed from a pipe", () => {
    expect(tcpscope(["-nr", "-"], { input: gzipSync(fixtureBytes("refused")) }).stdout).toBe(REFUSED);
  });

  test("comes from a pipe of a name", () => {
    const pipe = temporaryPath("pipe");
    expect(shell(`mkfifo ${pipe} && { cat ${fixture("refused")} > ${pipe} & tcpscope -nr ${pipe}; }`).stdout).toBe(
      REFUSED,
    );
  });

  test("is several files, one after the other", () => {
    expect(tcpscope(["-n", "-r", fixture("refused"), "-r", fixture("healthy")]).stdout).toBe(
      REFUSED + fixtureText("healthy"),
    );
  });

  test("of one host has the same connection in several files", () => {
    const { stdout } = tcpscope(["-nr", fixture("healthy"), "-r", fixture("healthy")]);
    expect(withoutTimes(stdout.split("\n")[0]!)).toBe(withoutTimes(stdout.split("\n")[11]!));
  });
});

describe("-w", () => {
  test.skipIf(NO_TCPDUMP)("writes what tcpdump prints as it prints ours", () => {
    const file = temporaryPath("out.pcap");
    expect(tcpscope(["-r", fixture("healthy"), "-w", file])).toEqual({ status: 0, stdout: "", stderr: "" });
    const { stdout } = spawnSync("tcpdump", ["-nr", file], { encoding: "utf8", env: { ...process.env, TZ: "UTC" } });
    expect(stdout).toBe(fixtureText("healthy"));
  });

  test("writes the same bytes that it has read", () => {
    const file = temporaryPath("out.pcap");
    tcpscope(["-r", fixture("healthy"), "-w", file]);
    expect(fs.readFileSync(file).equals(fixtureBytes("healthy"))).toBe(true);
  });

  test("writes to a pipe, packet by packet with -U", () => {
    expect(shell(`tcpscope -r ${fixture("refused")} -w - | tcpscope -nr -`).stdout).toBe(REFUSED);
    expect(shell(`tcpscope -r ${fixture("refused")} -U -w - | tcpscope -nr -`).stdout).toBe(REFUSED);
  });

  test("prints as well with --print, and counts with --count", () => {
    const file = temporaryPath("out.pcap");
    expect(tcpscope(["-nr", fixture("refused"), "-w", file, "--print"]).stdout).toBe(REFUSED);
    expect(tcpscope(["-r", fixture("refused"), "-w", file, "--count"]).stdout).toBe("2 packets\n");
    expect(tcpscope(["-nr", file]).stdout).toBe(REFUSED);
  });

  test("writes a capture without packets", () => {
    const [empty, file] = [
      temporaryFile("empty.pcap", fixtureBytes("refused").subarray(0, 24)),
      temporaryPath("out.pcap"),
    ];
    expect(tcpscope(["-r", empty, "-w", file]).status).toBe(0);
    expect(tcpscope(["--count", "-r", file])).toEqual({ status: 0, stdout: "0 packets\n", stderr: "" });
  });

  test("keeps nanoseconds, and cuts them with --micro", () => {
    const [nano, micro] = [temporaryPath("nano.pcap"), temporaryPath("micro.pcap")];
    tcpscope(["--nano", "-r", fixture("refused"), "-w", nano]);
    tcpscope(["--micro", "-r", nano, "-w", micro]);
    expect(fs.readFileSync(nano).readUInt32LE(0)).toBe(0xa1b23c4d);
    expect(fs.readFileSync(micro).equals(fixtureBytes("refused"))).toBe(true);
  });

  test("does not empty the file that is read", () => {
    const file = temporaryFile("both.pcap", fixtureBytes("refused"));
    const { status, stderr } = tcpscope(["-r", file, "-w", file]);
    expect([status, stderr]).toEqual([
      2,
      `tcpscope: ${file}: is read and cannot be written at the same time; give -w another name\n`,
    ]);
    expect(fs.readFileSync(file).equals(fixtureBytes("refused"))).toBe(true);
  });

  test("says why a file cannot be written", () => {
    const { status, stdout, stderr } = tcpscope(["-r", fixture("refused"), "-w", "fixtures/no/such.pcap"]);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^tcpscope: fixtures\/no\/such\.pcap: cannot be written: .+\n$/);
  });
});
