import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { fixture, PROGRAM, tcpscope, temporaryFile, temporaryPath } from "./run.ts";
import { lacksProgram } from "../support/peers.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const OPTIONAL = process.env["CI"] === undefined;
const NO_TCPDUMP = lacksProgram("tcpdump");
const NO_TSHARK = lacksProgram("tshark");
const NO_NAMESPACE = OPTIONAL && process.getuid?.() !== 0;

/** Names of the files that a run leaves in a folder of its own, with what they hold. */
function filesOf(run: (folder: string) => void): Map<string, Buffer> {
  const folder = path.dirname(temporaryPath("x"));
  run(folder);
  const names = fs.readdirSync(folder).toSorted();
  return new Map(names.map((name) => [name, fs.readFileSync(path.join(folder, name))]));
}

function written(capture: string, ...args: readonly string[]): Map<string, Buffer> {
  return filesOf((folder) => {
    const options = { cwd: folder, env: { PATH: process.env["PATH"], TZ: "UTC" } };
    const run = spawnSync(process.execPath, [PROGRAM, "-r", capture, ...args], options);
    expect(run.stderr.toString().replace(/^Maximum file limit reached: \d+\n/, "")).toBe("");
    expect(run.status).toBe(0);
  });
}

/** A capture of 2,000 frames of 1,000 bytes, seven a second; each begins with its number. */
function longCapture(): string {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65535, 16);
  header.writeUInt32LE(1, 20);
  const records = Array.from({ length: 2000 }, (_, index) => {
    const record = Buffer.alloc(1016, index & 0xff);
    record.writeUInt32LE(1_700_000_000 + Math.floor(index / 7));
    record.writeUInt32LE((index % 7) * 1000, 4);
    record.writeUInt32LE(1000, 8);
    record.writeUInt32LE(1000, 12);
    record.writeUInt32BE(index, 16);
    return record;
  });
  return temporaryFile("long.pcap", Buffer.concat([header, ...records]));
}

describe.skipIf(NO_TCPDUMP)("the same files as tcpdump", () => {
  // tcpdump has no packet time for -G: a second of its own clock passes in no test.
  test.each([
    ["-w", "f"],
    ["-w", "f", "-C", "1"],
    ["-w", "f", "-C", "1", "-W", "1"],
    ["-w", "f", "-C", "1", "-W", "2"],
    ["-w", "f", "-C", "1", "-W", "10"],
    ["-w", "f", "-C", "1", "-W", "11"],
    ["-w", "f", "-C", "1", "-W", "101"],
    ["-w", "f", "-C", "1", "-U"],
    ["-w", "f", "-C", "1", "-G", "86400"],
    ["-w", "f", "-C", "1", "-G", "86400", "-W", "12"],
    ["-w", "f", "-G", "86400", "-W", "12"],
    ["-w", "f", "-C", "1", "less 500"],
    ["-w", "f", "-C", "1", "-W", "20", "less 500"],
    ["-w", "f", "-c", "1200", "-C", "1"],
  ])("%s %s %s %s %s %s %s", (...args) => {
    const capture = longCapture();
    const theirs = filesOf((folder) => {
      // Root gives its rights up otherwise, and may not write there.
      const user = process.getuid?.() === 0 ? ["-Z", "root"] : [];
      const run = spawnSync("tcpdump", [...user, "-r", capture, ...args], { cwd: folder });
      expect(run.status, run.stderr.toString()).toBe(0);
    });
    const ours = written(capture, ...args);
    expect([...ours.keys()]).toEqual([...theirs.keys()]);
    for (const [name, bytes] of theirs) expect(ours.get(name)?.equals(bytes), name).toBe(true);
  });
});

describe("-G", () => {
  // 2,000 frames, seven a second, from 22:13:20 on: 286 seconds.
  test.each<readonly [string[], string[]]>([
    [
      ["-w", "%H%M%S", "-G", "100"],
      ["221320", "221500", "221640"],
    ],
    [
      ["-w", "%H%M%S", "-G", "100", "-W", "2"],
      ["221320", "221500"],
    ],
    [
      ["-w", "%M", "-G", "143"],
      ["13", "15"],
    ],
    [["-w", "f", "-G", "100"], ["f"]],
    [["-w", "%%-%Q", "-G", "1000"], ["%-%Q"]],
    [
      ["-w", "%H%M%S.", "-G", "150", "-C", "1", "-W", "11"],
      ["221320.00", "221320.01", "221550.00"],
    ],
  ])("%s", (args, names) => {
    expect([...written(longCapture(), ...args).keys()]).toEqual(names);
  });

  test("each file begins with the first frame after the period of the one before", () => {
    const files = [...written(longCapture(), "-w", "%H%M%S", "-G", "100").values()];
    expect(files.map((bytes) => bytes.readUInt32BE(40))).toEqual([0, 700, 1400]);
    expect(files.map((bytes) => (bytes.length - 24) / 1016)).toEqual([700, 700, 600]);
  });

  test("says when it ends at the limit", () => {
    const run = tcpscope(["-r", longCapture(), "-w", temporaryPath("f%s"), "-G", "10", "-W", "2"]);
    expect(run).toMatchObject({ status: 0, stderr: "Maximum file limit reached: 2\n" });
  });
});

describe("sizes of -C", () => {
  test.each([
    ["1m", 2 ** 20],
    ["100k", 100 * 1024],
    ["100K", 100 * 1024],
  ])("%s", (size, bytes) => {
    const files = [...written(longCapture(), "-w", "f", "-C", size).values()];
    // All but the last one have just become larger.
    const full = files.filter((file) => file.length > bytes);
    expect(full.length).toBe(files.length - 1);
    expect(full.every((file) => file.length <= bytes + 1016)).toBe(true);
    expect(files.length).toBe(Math.ceil((2000 * 1016) / bytes));
  });
});

describe("-z", () => {
  const script = (text: string): string => {
    const file = temporaryFile("command", `#!/bin/sh\n${text}\n`);
    fs.chmodSync(file, 0o755);
    return file;
  };

  test("is run for each file that is complete, with its name as the one argument", () => {
    const log = temporaryPath("log");
    const capture = longCapture();
    written(capture, "-w", "a b", "-C", "1", "-z", script(`echo "$# $1 $(wc -c < "$1")" >> ${log}`));
    const lines = fs
      .readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    expect(lines.toSorted()).toEqual(["1 a b 1000784", "1 a b1 1000784", "1 a b2 30504"]);
  });

  test("is over before a file of a ring is written again", () => {
    const log = temporaryPath("log");
    written(longCapture(), "-w", "f", "-C", "1", "-W", "2", "-z", script(`sleep 0.1; wc -c < "$1" >> ${log}`));
    expect(fs.readFileSync(log, "utf8")).toBe("1000784\n1000784\n30504\n");
  });

  test("may take the file away", () => {
    expect([...written(longCapture(), "-w", "f", "-C", "1", "-z", "gzip").keys()]).toEqual(["f.gz", "f1.gz", "f2.gz"]);
  });

  test.each([
    ["/nowhere/command", "spawn /nowhere/command ENOENT"],
    ["gzip -9", "spawn gzip -9 ENOENT"],
    ["false", "exit status 1"],
  ])("%s is told", (command, text) => {
    const file = temporaryPath("f");
    const { status, stderr } = tcpscope(["-r", fixture("refused"), "-w", file, "-z", command]);
    expect([status, stderr]).toEqual([1, `tcpscope: -z ${command} ${file}: ${text}\n`]);
    expect(fs.statSync(file).size).toBeGreaterThan(24);
  });
});

test.each([
  [["-C", "1"], "option -C: goes with -w FILE"],
  [["-G", "1"], "option -G: goes with -w FILE"],
  [["-z", "gzip"], "option -z: goes with -w FILE"],
  [["--annotate"], "option --annotate: goes with -w FILE"],
  [["-w", "f", "-W", "3"], "option -W: goes with -C or -G"],
  [["-w", "-", "-C", "3"], "option -C: standard output is one file; give -w a name"],
  [
    ["-w", "f", "--annotate"],
    "option --annotate: pcap has no comments; let the name of -w end in .pcapng, or add --write-format pcapng",
  ],
  [
    ["-w", "f", "-C", "0"],
    "option '-C <size>' argument '0' is invalid. a whole number above 0 is needed, in millions of bytes, or with k, m or g.",
  ],
  [
    ["-w", "f", "-C", "1x"],
    "option '-C <size>' argument '1x' is invalid. a whole number above 0 is needed, in millions of bytes, or with k, m or g.",
  ],
  [["-w", "f", "-G", "-1"], "option '-G <seconds>' argument '-1' is invalid. a whole number above 0 is needed."],
])("%s is refused", (args, text) => {
  expect(tcpscope(["-r", fixture("refused"), ...args])).toEqual({
    status: 2,
    stdout: "",
    stderr: `tcpscope: ${text}\n`,
  });
});

test("a file of the rotation that is read is not overwritten", () => {
  const capture = longCapture();
  const before = fs.readFileSync(capture);
  const name = capture.replace(/long\.pcap$/, "l");
  fs.linkSync(capture, `${name}1`);
  const { status, stderr } = tcpscope(["-r", capture, "-w", name, "-C", "1"]);
  expect([status, stderr]).toEqual([
    2,
    `tcpscope: ${name}1: is read and cannot be written at the same time; give -w another name\n`,
  ]);
  expect(fs.readFileSync(capture).equals(before)).toBe(true);
});

describe.skipIf(NO_NAMESPACE)("a full disk", () => {
  /** Runs a line of shell where /mnt is a disk of so many bytes. */
  function onSmallDisk(size: string, line: string): { status: number | null; stdout: Buffer; stderr: string } {
    const text = `mount -t tmpfs -o size=${size} none /mnt && cd /mnt && ${line}`;
    const run = spawnSync("unshare", ["-m", "bash", "-c", text], { maxBuffer: 1 << 26 });
    return { status: run.status, stdout: run.stdout, stderr: run.stderr.toString() };
  }

  test.each(["f", "f.pcapng"])("leaves whole frames in %s, and says so", (name) => {
    const capture = longCapture();
    const command = `"${process.execPath}" "${PROGRAM}" -r ${capture} -w ${name}; echo $? >&2; cat ${name}`;
    const { stdout, stderr } = onSmallDisk("300k", command);
    expect(stderr).toBe(
      `tcpscope: ${name}: the disk is full, the file is not complete; it was cut after the last frame that fits, and can be read\n1\n`,
    );
    expect(stdout.length).toBeGreaterThan(290_000);
    const kept = temporaryFile("kept", stdout);
    const { status, stdout: count } = tcpscope(["-r", kept, "--count"]);
    expect([status, count]).toEqual([
      0,
      `${Math.floor((300 * 1024 - (name === "f" ? 24 : 68)) / (name === "f" ? 1016 : 1032))} packets\n`,
    ]);
  });

  test("has room for nothing", () => {
    const { stderr } = onSmallDisk(
      "4k",
      `dd if=/dev/zero of=x bs=4k count=1 status=none; "${process.execPath}" "${PROGRAM}" -r ${ROOT}/${fixture("refused")} -w f; echo $? >&2; wc -c < f >&2`,
    );
    expect(stderr).toMatch(/^tcpscope: f: (?:the disk is full|cannot be written)[^\n]*\n1\n0\n$/);
  });
});

describe("pcapng", () => {
  test.skipIf(NO_TSHARK)("--annotate: what tshark reads as comments", () => {
    const file = temporaryPath("out.pcapng");
    expect(tcpscope(["-r", fixture("half-open-ssh"), "-w", file, "--annotate", "-c", "9"]).status).toBe(0);
    const { stdout } = spawnSync(
      "tshark",
      ["-n", "-r", file, "-T", "fields", "-e", "frame.number", "-e", "frame.comment"],
      { encoding: "utf8" },
    );
    expect(stdout.split("\n").filter((line) => !line.endsWith("\t"))).toEqual([
      "1\tclient ESTABLISHED",
      "2\tserver ESTABLISHED",
      "7\t[TCP Window Update]",
      "9\tclient ESTABLISHED → CLOSED, server ESTABLISHED → CLOSED\\n" +
        "recv() on the connection to 192.168.1.104:22 failed: ECONNRESET after 496.5 s – the server no longer knows the connection: " +
        "data was answered with a bare RST, after 489 s of silence",
      "",
    ]);
  });

  test("--annotate: an ICMP error that ends the attempt, and a file of the other name", () => {
    const file = temporaryPath("out");
    const args = ["-r", fixture("host-unreachable"), "-w", file, "--annotate", "--write-format", "pcapng"];
    expect(tcpscope(args)).toEqual({ status: 0, stdout: "", stderr: "" });
    const bytes = fs.readFileSync(file).toString("utf8");
    expect(bytes).toContain("client SYN_SENT → CLOSED\nconnect() to 12.1.3.2:23 failed: EHOSTUNREACH after 11.2 ms");
  });

  test("frames of several link types go into one file, in their order", () => {
    const raw = Buffer.from(fs.readFileSync(path.join(ROOT, fixture("refused"))));
    raw.writeUInt32LE(101, 20);
    const second = temporaryFile("raw.pcap", raw);
    const file = temporaryPath("out.pcapng");
    expect(tcpscope(["-r", fixture("refused"), "-r", second, "-w", file]).stderr).toBe("");
    expect(tcpscope(["-r", file, "--count"]).stdout).toBe("4 packets\n");
    const refused = tcpscope(["-r", file, "-w", temporaryPath("out.pcap")]);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/frame 3 has link type 101, .* or all of them as pcapng\n$/);
  });

  test.skipIf(NO_TSHARK)("capinfos reads interfaces and their counters", () => {
    const file = temporaryPath("f.pcapng");
    written(longCapture(), "-w", file, "-c", "5");
    const run = spawnSync("capinfos", ["-M", file], { encoding: "utf8" });
    expect(run.status, run.stderr).toBe(0);
    expect(run.stdout).toMatch(/Number of packets: +5\n/);
    expect(run.stdout).toMatch(/Capture application: tcpscope\n/);
  });
});
