import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { spawnSync } from "node:child_process";
import { describe, expect, onTestFinished, test } from "vitest";
import { PROGRAM, shell, temporaryPath } from "../cli/run.ts";
import { CANNOT_CAPTURE, countsOf, linesOf, Namespace, objectsOf } from "./namespace.ts";

/** Root without the capability to capture: as any other user, but for the permissions of files. */
const POWERLESS = ["setpriv", "--bounding-set=-net_raw,-net_admin"];

test.skipIf(CANNOT_CAPTURE)("^C ends it at once when nobody reads what it has printed", async () => {
  const namespace = new Namespace();
  const capture = await namespace.capture(["-n", "-i", "vb"]);
  const ended = new Promise((resolve) => capture.child.once("exit", (_, signal) => resolve(signal)));
  capture.child.stdout.pause();
  namespace.send("va", 50_000);
  // The first one may come before the pipe is full.
  const again = setInterval(() => capture.child.kill("SIGINT"), 1000);
  expect(await ended).toBe("SIGINT");
  clearInterval(again);
});

test.skipIf(CANNOT_CAPTURE)("^C ends -w - when nobody reads it, with one line and the counts", async () => {
  const namespace = new Namespace();
  const capture = await namespace.capture(["-w", "-", "-i", "vb"]);
  capture.child.stdout.pause();
  namespace.send("va", 50_000);
  const exit = new Promise((resolve) => capture.child.once("exit", (status) => resolve(status)));
  // The first one may come before the pipe is full for long.
  const again = setInterval(() => capture.child.kill("SIGINT"), 2500);
  expect(await exit).toBe(1);
  clearInterval(again);
  capture.child.stdout.resume();
  const { stderr } = await capture.ended;
  expect(linesOf(stderr).slice(1)).toEqual([
    expect.stringMatching(
      /^tcpscope: standard output: nobody reads it; \d+ bytes of the packets that were captured last could not be written, the capture is cut there$/,
    ),
    expect.stringMatching(/^\d+ packets captured$/),
    expect.stringMatching(/^\d+ packets received by filter$/),
    expect.stringMatching(/^\d+ packets dropped by kernel$/),
  ]);
});

test.skipIf(CANNOT_CAPTURE)("a pipe of -w - that is read late gets all packets", async () => {
  const namespace = new Namespace();
  const file = temporaryPath("late.pcap");
  const capture = namespace.start([
    "sh",
    "-c",
    `"${process.execPath}" "${PROGRAM}" -w - -i vb -c 20000 | (sleep 4; cat > "${file}")`,
  ]);
  await capture.said("listening on");
  namespace.send("va", 20_000);
  expect(countsOf((await capture.ended).stderr)).toMatchObject({ captured: 20_000, dropped: 0 });
  expect(shell(`"${process.execPath}" "${PROGRAM}" -r "${file}" --count`).stdout).toBe("20000 packets\n");
});

describe.skipIf(CANNOT_CAPTURE)("an interface that cannot be opened", () => {
  test.each([
    [
      ["-i", "vaa"],
      1,
      "tcpscope: vaa: No such device exists; tcpscope interfaces lists what there is (did you mean va?)\n",
    ],
    [["-i", "wlan0"], 1, "tcpscope: wlan0: No such device exists; tcpscope interfaces lists what there is\n"],
    [["-i", "99"], 1, "tcpscope: 99: there is no interface of that number; tcpscope interfaces lists what there is\n"],
    [["-i", "va", "-y", "FOO"], 1, "tcpscope: va: invalid data link type FOO\n"],
    [["-i", "va", "-y", "RAW"], 1, "tcpscope: va: RAW is not one of the DLTs supported by this device\n"],
    [["-i", "va", "-j", "foo"], 1, "tcpscope: va: invalid time stamp type foo\n"],
    [["-i", "va", "tcp", "prot", "80"], 2, "tcpscope: can't parse filter expression: syntax error\n"],
    [["-i", "va", "ip and ip6"], 1, "tcpscope: expression rejects all packets\n"],
    [["-i", "va", "-Z", "nobody-there"], 2, "tcpscope: option -Z: there is no user nobody-there\n"],
  ])("%j", async (args, status, stderr) => {
    const file = temporaryPath("not-made.pcap");
    expect(await new Namespace().tcpscope([...args.slice(0, 2), "-w", file, ...args.slice(2)])).toEqual({
      status,
      stdout: "",
      stderr,
    });
    expect(fs.existsSync(file)).toBe(false);
  });

  test.each(["flows", "diagnose"])("by %s", async (command) => {
    const { status, stderr } = await new Namespace().tcpscope([command, "-i", "vaa"]);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^tcpscope: vaa: No such device exists.*\n$/)]);
  });

  test("because it is down", async () => {
    const namespace = new Namespace();
    namespace.run("ip", "link", "set", "va", "down");
    const { status, stderr } = await namespace.tcpscope(["-i", "va"]);
    expect([status, stderr]).toEqual([1, "tcpscope: va: That device is not up; ip link set va up\n"]);
  });

  test.each([
    [
      "va",
      /^tcpscope: va: You don't have permission .*; run it with sudo \(root is given up .*\), or as a user who may run dumpcap\n$/,
    ],
    ["vaa", /^tcpscope: vaa: No such device exists; .* \(did you mean va\?\)\n$/],
  ])("because the user may not: %s", async (name, stderr) => {
    const namespace = new Namespace();
    const run = await namespace.start([...POWERLESS, process.execPath, PROGRAM, "-i", name]).ended;
    expect(run).toEqual({ status: 1, stdout: "", stderr: expect.stringMatching(stderr) });
  });

  test("interfaces says which engines do not work, and why", async () => {
    const command = [...POWERLESS, process.execPath, PROGRAM, "interfaces", "--json"];
    const { status, stdout } = await new Namespace().start(command).ended;
    const engines = objectsOf(stdout).filter((each) => "engine" in each);
    expect(status).toBe(0);
    expect(engines.slice(0, 2)).toEqual([
      { engine: "libpcap", works: false, about: expect.stringContaining("You don't have permission") },
      { engine: "child", works: false, about: expect.stringContaining("no permission to capture; run it with sudo") },
    ]);
  });
});

/** Nobody, where the project's files can be read by everybody. */
const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
const NOBODY_READS =
  !CANNOT_CAPTURE && spawnSync(NOBODY[0]!, [...NOBODY.slice(1), process.execPath, PROGRAM, "--version"]).status === 0;

test.skipIf(!NOBODY_READS)("another user than root is told what to do", async () => {
  const run = await new Namespace().start([...NOBODY, process.execPath, PROGRAM, "-i", "lo"]).ended;
  expect(run).toEqual({
    status: 1,
    stdout: "",
    stderr: expect.stringMatching(/^tcpscope: lo: You don't have permission .*sudo/),
  });
});

describe.skipIf(CANNOT_CAPTURE)("an interface that changes while it is captured on", () => {
  test("that disappears ends the capture: what came before is printed and written", async () => {
    const namespace = new Namespace();
    const file = temporaryPath("before.pcap");
    const capture = await namespace.capture(["-n", "-i", "vb", "-w", file, "--print"]);
    namespace.send("va", 10);
    await capture.printed(10);
    namespace.run("ip", "link", "del", "vb");
    const { status, stdout, stderr } = await capture.ended;
    expect([status, linesOf(stdout).length, countsOf(stderr).captured]).toEqual([1, 10, 10]);
    expect(stderr).toContain("tcpscope: vb: The interface disappeared; what it had delivered was read\n");
    expect(linesOf(namespace.run("tcpdump", "-nr", file))).toEqual(linesOf(stdout));
    expect(linesOf(namespace.run("tshark", "-r", file))).toHaveLength(10);
  });

  test("that goes down and up again does not end it, and is told", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["-n", "-i", "vb"]);
    namespace.run("ip", "link", "set", "vb", "down");
    await capture.said("tcpscope: vb: the interface went down; the capture goes on\n");
    namespace.run("ip", "link", "set", "vb", "up");
    await capture.said("tcpscope: vb: the interface is up again\n");
    namespace.send("va", 3);
    await capture.printed(3);
    const { status, stdout } = await capture.interrupt();
    expect([status, linesOf(stdout).length]).toEqual([0, 3]);
  });
});

describe.skipIf(CANNOT_CAPTURE)("output that cannot be written", () => {
  test("nobody reads it any more: the end, without a word", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["-n", "-i", "vb"]);
    capture.child.stdout.destroy();
    namespace.send("va", 10);
    const { status, stderr } = await capture.ended;
    expect(status).toBe(0);
    expect(linesOf(stderr).filter((line) => !line.includes("listening on"))).toEqual([]);
  });

  test("the disk is full: one line says so, and what is there can be read", async () => {
    const namespace = new Namespace();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tcpscope-full-"));
    onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, "full.pcap");
    onTestFinished(() => void spawnSync("umount", [folder]));
    expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tcpscope", folder]).status).toBe(0);
    const capture = await namespace.capture(["-i", "vb", "-w", file]);
    namespace.send("va", 5000);
    const { status, stderr } = await capture.ended;
    expect(status).toBe(1);
    expect(stderr).toContain(
      `tcpscope: ${file}: the disk is full, the file is not complete; it was cut after the last frame that fits`,
    );
    const { stdout } = shell(`tcpdump -nr ${file} 2>/dev/null || true`);
    expect(linesOf(stdout).length).toBeGreaterThan(100);
  });
});
