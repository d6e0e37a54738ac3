import { describe, expect, test } from "vitest";
import { fixture, fixtureBytes, shell, tcpscope, temporaryFile } from "./run.ts";

const COMMANDS = ["dump", "flows", "diagnose", "ladder"];

describe("what cannot be read", () => {
  test.each(COMMANDS)("%s: a missing file", (command) => {
    expect(tcpscope([command, "-r", "nothing.pcap"])).toEqual({
      status: 1,
      stdout: "",
      stderr: "tcpscope: nothing.pcap: no such file\n",
    });
  });

  test.each(COMMANDS)("%s: a directory", (command) => {
    expect(tcpscope([command, "-r", "fixtures"])).toEqual({
      status: 1,
      stdout: "",
      stderr: "tcpscope: fixtures: is a directory, not a capture\n",
    });
  });

  test.each(COMMANDS)("%s: an empty file", (command) => {
    const file = temporaryFile("empty", "");
    expect(tcpscope([command, "-r", file])).toEqual({
      status: 1,
      stdout: "",
      stderr: `tcpscope: ${file}: is empty: a capture has at least 24 bytes\n`,
    });
  });

  test.each(COMMANDS)("%s: standard input without anything", (command) => {
    const { status, stdout, stderr } = tcpscope([command, "-r", "-"]);
    expect([status, stdout, stderr]).toEqual([
      1,
      "",
      "tcpscope: standard input: is empty: a capture has at least 24 bytes\n",
    ]);
  });

  test.each(COMMANDS)("%s: no capture", (command) => {
    const { status, stdout, stderr } = tcpscope([command, "-r", "package.json"]);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^tcpscope: package\.json: not a capture and no trace that can be read: no line of it is .*\n$/,
    );
  });

  test("the second file: the first is printed", () => {
    const { status, stdout, stderr } = tcpscope(["-r", fixture("refused"), "-r", "nothing.pcap"]);
    expect([status, stdout.split("\n").length - 1, stderr]).toEqual([1, 2, "tcpscope: nothing.pcap: no such file\n"]);
  });
});

describe("a file that is cut", () => {
  const cut = (): string => temporaryFile("cut.pcap", fixtureBytes("healthy").subarray(0, 1000));

  test("is printed as far as it goes", () => {
    const file = cut();
    const { status, stdout, stderr } = tcpscope(["-nr", file]);
    expect(status).toBe(1);
    expect(stdout).toBe(tcpscope(["-nc", "6", "-r", fixture("healthy")]).stdout);
    expect(stderr).toBe(
      `tcpscope: ${file}: record of frame 7 at byte 675 needs 1482 bytes, the file has 325 left; the capture was cut: what comes before it was read\n`,
    );
  });

  test("is written as far as it goes", () => {
    expect(shell(`tcpscope -r ${cut()} -w - 2>/dev/null | tcpscope --count -r -`).stdout).toBe("6 packets\n");
  });

  test("has the connections that are in it", () => {
    const { status, stdout, stderr } = tcpscope(["flows", "--json", "-r", cut()]);
    expect([status, stderr.split("\n").length]).toEqual([1, 2]);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "open", clientToServer: { packets: 3 } });
  });

  test("is diagnosed, and status 1 says that there may be more", () => {
    const file = temporaryFile("cut.pcap", fixtureBytes("refused").subarray(0, 180));
    const { status, stdout, stderr } = tcpscope(["diagnose", "--json", "-r", file]);
    expect([status, stderr.split("\n").length]).toEqual([1, 2]);
    expect(JSON.parse(stdout)).toMatchObject({ cause: "syn-unanswered" });
  });
});

describe("wrong usage", () => {
  test("nothing to read, for who may not capture", () => {
    // Also root may not, without this capability.
    const command = process.getuid?.() === 0 ? "setpriv --bounding-set=-net_raw,-net_admin" : "";
    expect(shell(`${command} ${process.execPath} bin/tcpscope.js`.trim())).toEqual({
      status: 2,
      stdout: "",
      stderr:
        "tcpscope: nothing to read: name a capture with -r FILE (- is standard input), " +
        "or capture: sudo tcpscope -i INTERFACE; see tcpscope --help\n",
    });
  });

  test.each([
    ["no file after -r", ["-r"], "option '-r, --read <file>' argument missing"],
    ["an unknown option", ["--xyzzy", "-r", "x"], "unknown option '--xyzzy' (--help lists what there is)"],
    ["an option that is nearly one", ["--jsn", "-r", "x"], "unknown option '--jsn'\n(Did you mean --json?)"],
    ["a command that is nearly one", ["flow", "-r", "x"], "unknown command flow (did you mean flows?)"],
    ["a command with swapped letters", ["diganose", "-r", "x"], "unknown command diganose (did you mean diagnose?)"],
    [
      "a file without -r",
      [fixture("refused")],
      `${fixture("refused")}: a capture is named with -r: tcpscope -r ${fixture("refused")}`,
    ],
    [
      "no packets",
      ["-c", "0", "-r", "x"],
      "option '-c <number>' argument '0' is invalid. a whole number above 0 is needed.",
    ],
    [
      "a count that is none",
      ["-c", "1e3", "-r", "x"],
      "option '-c <number>' argument '1e3' is invalid. a whole number above 0 is needed.",
    ],
    ["two precisions", ["--nano", "--micro", "-r", "x"], "--nano and --micro exclude each other"],
    [
      "two precisions",
      ["--nano", "--time-stamp-precision", "micro", "-r", "x"],
      "--nano and --time-stamp-precision micro exclude each other",
    ],
    ["-r and -V", ["-V", "x", "-r", "x"], "-r and -V exclude each other"],
    ["--count and --json", ["--count", "--json", "-r", "x"], "--count and --json exclude each other"],
    ["--detail alone", ["--detail", "-r", "x"], "option --detail: goes with --style wireshark"],
    ["--detail and -x", ["--style", "wireshark", "--detail", "-x", "-r", "x"], "--detail and -x exclude each other"],
    ["--json and --style", ["--style", "wireshark", "--json", "-r", "x"], "--json and --style exclude each other"],
    ["six t", ["-tttttt", "-r", "x"], "only -t, -tt, -ttt, -tttt and -ttttt are options"],
    [
      "a colour",
      ["flows", "--color", "red", "-r", "x"],
      "option '--color <when>' argument 'red' is invalid. Allowed choices are auto, always, never.",
    ],
    [
      "a shell",
      ["completion", "csh"],
      "command-argument value 'csh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish.",
    ],
  ])("%s", (_, args, message) => {
    expect(tcpscope(args)).toEqual({ status: 2, stdout: "", stderr: `tcpscope: ${message}\n` });
  });

  test("a list of files that names none", () => {
    const file = temporaryFile("list", "\n");
    expect(tcpscope(["-V", file])).toEqual({
      status: 2,
      stdout: "",
      stderr: `tcpscope: option -V: ${file} names no file\n`,
    });
  });
});

describe("tcpdump's options that are not here", () => {
  const LETTERS = [
    "-B1",
    "-C1",
    "-E x",
    "-G1",
    "-I",
    "-M x",
    "-Qin",
    "-W1",
    "-Z x",
    "-f",
    "-jx",
    "-m x",
    "-p",
    "-yx",
    "-z x",
  ];

  test.each(LETTERS)("%s is refused with a reason", (option) => {
    const { status, stdout, stderr } = tcpscope([...option.split(" "), "-r", fixture("refused")]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(new RegExp(`^tcpscope: option ${option.slice(0, 2)}: [A-Za-z0-9].{10,}\\n$`));
  });

  test("by their long names too", () => {
    expect(tcpscope(["--immediate-mode"]).stderr).toMatch(/^tcpscope: option --immediate-mode: packets are printed/);
  });

  test("-i and -r exclude each other", () => {
    expect(tcpscope(["-i", "lo", "-r", fixture("refused")])).toEqual({
      status: 2,
      stdout: "",
      stderr: "tcpscope: -i and -r exclude each other\n",
    });
  });
});
