import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryPath } from "../cli/run.ts";
import { CANNOT_CAPTURE, countsOf, linesOf, Namespace } from "./namespace.ts";

const BENCH = path.join(import.meta.dirname, "../bench");
/** The package cap is not ours: test/bench has it. */
const WITH_CAP = { NODE_PATH: path.join(BENCH, "node_modules") };
const HAS_CAP =
  process.env["CI"] !== undefined || fs.existsSync(path.join(WITH_CAP.NODE_PATH, "cap/build/Release/cap.node"));

/** Has Node.js find no koffi, as after an installation without it. */
const HOOK = `import Module from "node:module";
const resolve = Module._resolveFilename;
Module._resolveFilename = (name, ...rest) => {
  if (!/^(?:koffi$|@koromix\\/)/.test(name)) return resolve(name, ...rest);
  throw Object.assign(new Error("there is none"), { code: "MODULE_NOT_FOUND" });
};`;
const NO_KOFFI = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(HOOK)}` };

/** A PATH on which there is dumpcap and not tcpdump. */
function dumpcapAlone(): NodeJS.ProcessEnv {
  const folder = path.dirname(temporaryPath("x"));
  fs.symlinkSync(spawnSync("which", ["dumpcap"], { encoding: "utf8" }).stdout.trim(), path.join(folder, "dumpcap"));
  return { PATH: folder };
}

/** Starts tcpscope with another PATH, which `ip netns exec` itself shall not have. */
function withEnvironment(namespace: Namespace, env: NodeJS.ProcessEnv, args: readonly string[]) {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return namespace.start(["env", ...settings, process.execPath, "bin/tcpscope.js", ...args]);
}

/** Fewer than cap has room for. */
const COUNT = 200;

describe.skipIf(CANNOT_CAPTURE)("the engine", () => {
  test.each([
    ["child", "tcpdump", {}],
    ["child", "dumpcap", dumpcapAlone],
    ["cap", "cap", WITH_CAP],
    ["libpcap", "libpcap", {}],
  ])("%s (%s) gives every packet", async (engine, by, environment) => {
    if (engine === "cap" && !HAS_CAP) return;
    const namespace = new Namespace();
    const env = typeof environment === "function" ? environment() : environment;
    const capture = withEnvironment(namespace, env, ["-v", "-t", "-n", "-i", "vb", "--engine", engine, "tcp"]);
    const beside = await namespace.capture(["-v", "-t", "-n", "-i", "vb"]);
    await capture.said(`tcpscope: vb: captured by ${by}\n`);
    namespace.send("va", COUNT, 5000);
    const { status, stdout, stderr } = await capture.interrupt();
    expect(status).toBe(0);
    expect(stderr).toContain(`${COUNT} packets captured\n`);
    expect(linesOf(stdout)).toEqual(linesOf((await beside.interrupt()).stdout));
    if (engine !== "cap") expect(countsOf(stderr)).toEqual({ captured: COUNT, received: COUNT, dropped: 0 });
  });

  test("child counts what was dropped", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["-n", "-i", "vb", "--engine", "child", "-B", "1024"]);
    capture.child.kill("SIGSTOP");
    namespace.send("va", 100_000);
    capture.child.kill("SIGCONT");
    const { stdout, stderr } = await capture.interrupt();
    const { captured, received, dropped } = countsOf(stderr);
    expect(dropped).toBeGreaterThan(0);
    expect(captured).toBe(linesOf(stdout).length);
    expect([received, captured + dropped]).toEqual([100_000, 100_000]);
  });

  test("child says its counts at SIGUSR1", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["-n", "-i", "vb", "--engine", "child"]);
    namespace.send("va", 5);
    await capture.printed(5);
    capture.child.kill("SIGUSR1");
    await capture.said("tcpscope: 5 packets captured, 5 packets received by filter, 0 packets dropped by kernel\n");
    expect((await capture.interrupt()).status).toBe(0);
  });

  test("child whose program is killed: one line, and what it gave", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["-n", "-i", "vb", "--engine", "child"]);
    namespace.send("va", 5);
    await capture.printed(5);
    const [tcpdump = ""] = fs
      .readFileSync(`/proc/${capture.pid}/task/${capture.pid}/children`, "utf8")
      .trim()
      .split(" ");
    process.kill(Number(tcpdump), "SIGKILL");
    const { status, stdout, stderr } = await capture.ended;
    expect([status, linesOf(stdout).length]).toEqual([1, 5]);
    expect(stderr).toContain("tcpscope: vb: tcpdump was ended by SIGKILL; what it had handed over was read\n");
  });

  test("child whose interface disappears", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["-n", "-i", "vb", "--engine", "child"]);
    namespace.run("ip", "link", "del", "vb");
    const { status, stderr } = await capture.ended;
    expect([status, stderr]).toEqual([1, expect.stringMatching(/tcpscope: vb: .*The interface disappeared/)]);
  });

  test("child ends with us, also at -c and when nobody reads any more", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["-n", "-i", "vb", "--engine", "child", "-c", "2"]);
    const [tcpdump] = fs.readFileSync(`/proc/${capture.pid}/task/${capture.pid}/children`, "utf8").trim().split(" ");
    namespace.send("va", 100);
    const { status, stderr } = await capture.ended;
    expect([status, countsOf(stderr)]).toEqual([0, { captured: 2, received: 100, dropped: 0 }]);
    expect(fs.existsSync(`/proc/${tcpdump}`)).toBe(false);
  });

  test.each([
    [["-i", "vaa"], 1, /^tcpscope: vaa: No such device exists.*\(did you mean va\?\)\n$/],
    [["-i", "va", "tcp prot 80"], 2, /^tcpscope: can't parse filter expression: syntax error\n$/],
    [["-i", "va", "-y", "FOO"], 1, /^tcpscope: va: invalid data link type FOO\n$/],
  ])("child: %j is refused as by libpcap", async (args, status, stderr) => {
    const run = await new Namespace().tcpscope(["--engine", "child", ...args]);
    expect(run).toEqual({ status, stdout: "", stderr: expect.stringMatching(stderr) });
  });

  test("child is taken where there is no koffi, and that is told with -v", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["-v", "-n", "-i", "vb"], NO_KOFFI);
    await capture.said("tcpscope: vb: captured by tcpdump\n");
    namespace.send("va", 10);
    await capture.printed(10);
    expect((await capture.interrupt()).status).toBe(0);
    const listed = await namespace.tcpscope(["interfaces"], NO_KOFFI);
    expect(listed.stdout).toMatch(/^libpcap +no +koffi is not installed; npm install koffi$/m);
    expect(listed.stdout).toMatch(/^\d+ +vb +Up, Running, Connected/m);
    const refused = await namespace.tcpscope(["-i", "vb", "--engine", "libpcap"], NO_KOFFI);
    expect([refused.status, refused.stderr]).toEqual([
      1,
      expect.stringMatching(
        /^tcpscope: live capture needs libpcap, and koffi to call it: koffi is not installed; npm install koffi, or/,
      ),
    ]);
  });

  test("nothing is there: what to install", async () => {
    const env = { ...NO_KOFFI, PATH: path.dirname(temporaryPath("x")) };
    const { status, stderr } = await withEnvironment(new Namespace(), env, ["-i", "vb"]).ended;
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/npm install koffi, or install tcpdump or dumpcap, which are used instead\n$/),
    ]);
  });
});

describe.skipIf(CANNOT_CAPTURE || !HAS_CAP)("cap", () => {
  beforeAll(() => expect(fs.existsSync(path.join(WITH_CAP.NODE_PATH, "cap/build/Release/cap.node"))).toBe(true));

  test("says what it cannot tell", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["-n", "-i", "vb", "--engine", "cap"], WITH_CAP);
    await capture.said("takes times late");
    namespace.send("va", 1);
    await capture.printed(1);
    const { status, stderr } = await capture.interrupt();
    expect(status).toBe(0);
    expect(stderr).toContain("nor counts drops");
    expect(stderr).toContain(
      "1 packet captured\npackets received by filter: not known\npackets dropped by kernel: not known\n",
    );
  });

  test.each([
    [["-p"], "-p"],
    [["-s", "100"], "-s"],
    [["-Q", "in"], "-Q"],
  ])("has no %j", async (args, option) => {
    const run = await new Namespace().tcpscope(["-i", "vb", "--engine", "cap", ...args], WITH_CAP);
    expect(run).toEqual({
      status: 1,
      stdout: "",
      stderr: `tcpscope: vb: the engine cap has no option like ${option}\n`,
    });
  });

  test("an interface that is not there", async () => {
    const run = await new Namespace().tcpscope(["-i", "wlan0", "--engine", "cap"], WITH_CAP);
    expect([run.status, run.stdout]).toEqual([1, ""]);
    expect(run.stderr).toMatch(/tcpscope: wlan0: /);
  });
});

test.skipIf(CANNOT_CAPTURE)("cap that is not installed: how to get it", async () => {
  const run = await new Namespace().tcpscope(["-i", "vb", "--engine", "cap"]);
  expect(run).toEqual({
    status: 1,
    stdout: "",
    stderr:
      "tcpscope: engine cap: it is not installed; npm install cap builds it (libpcap-dev and a compiler are needed)\n",
  });
});
