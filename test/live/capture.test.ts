import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { describe, expect, test } from "vitest";
import { temporaryPath } from "../cli/run.ts";
import { CANNOT_CAPTURE, countsOf, linesOf, Namespace, objectsOf } from "./namespace.ts";

const COUNT = 5000;

describe.skipIf(CANNOT_CAPTURE)("every packet is printed or counted as dropped", () => {
  // On all interfaces, the pair's frames are seen as they leave the one and as they come to the other.
  test.each([
    ["vb", "va", COUNT, COUNT],
    ["lo", "lo", COUNT, 2 * COUNT],
    ["any", "va", 2 * COUNT, 2 * COUNT],
  ])("on %s", async (interfaceName, from, printed, received) => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["-n", "-i", interfaceName]);
    namespace.send(from, COUNT);
    const { status, stdout, stderr } = await capture.interrupt();
    expect(status).toBe(0);
    expect(countsOf(stderr)).toEqual({ captured: printed, received, dropped: 0 });
    expect(linesOf(stdout)).toHaveLength(printed);
  });

  test("also when it is stopped until the buffer is full", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["-n", "-i", "vb", "-B", "1024"]);
    capture.child.kill("SIGSTOP");
    namespace.send("va", 50_000);
    capture.child.kill("SIGCONT");
    const { stdout, stderr } = await capture.interrupt();
    const { captured, received, dropped } = countsOf(stderr);
    expect([received, captured + dropped]).toEqual([50_000, 50_000]);
    expect(dropped).toBeGreaterThan(0);
    expect(linesOf(stdout)).toHaveLength(captured);
  });

  // With packets gathered for 10 ms, a buffer of 16 MiB is used up within 0.64 s.
  test("none is lost when it is stopped for a second, and packets come seldom", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["-i", "vb", "-w", temporaryPath("written.pcap")]);
    capture.child.kill("SIGSTOP");
    namespace.send("va", 1000, 1000);
    capture.child.kill("SIGCONT");
    expect(countsOf((await capture.interrupt()).stderr)).toEqual({ captured: 1000, received: 1000, dropped: 0 });
  });

  test("also when nobody reads what is printed for a while: the kernel drops, memory does not grow", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["-n", "-i", "vb", "-B", "1024"]);
    capture.child.stdout.pause();
    namespace.send("va", 100_000, 50_000);
    const [, kibibytes] = /VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${capture.pid}/status`, "utf8")) ?? [];
    expect(Number(kibibytes)).toBeLessThan(200_000);
    capture.child.stdout.resume();
    // It hears signals again when what it waited for is written.
    capture.child.kill("SIGUSR1");
    await capture.said("dropped by kernel");
    const { stdout, stderr } = await capture.interrupt();
    const { captured, received, dropped } = countsOf(stderr);
    expect([received, captured + dropped, linesOf(stdout).length]).toEqual([100_000, 100_000, captured]);
    expect(dropped).toBeGreaterThan(0);
  });
});

describe.skipIf(CANNOT_CAPTURE)("beside tcpdump", () => {
  test.each(["vb", "lo", "any"])("on %s, it prints the same with the same nanoseconds", async (name) => {
    const namespace = new Namespace();
    const file = temporaryPath("theirs.pcap");
    const theirs = namespace.start(["tcpdump", "-i", name, "-B", "16384", "--nano", "-Z", "root", "-U", "-w", file]);
    await theirs.said("listening on");
    const ours = await namespace.capture(["-n", "--nano", "-tt", "-e", "-i", name]);
    namespace.send(name === "lo" ? "lo" : "va", 500, 2000);
    const { stdout } = await ours.interrupt();
    const lines = linesOf(stdout);
    expect(lines).toHaveLength(name === "any" ? 1000 : 500);
    // tcpdump takes what the kernel has a second late.
    const theirLines = (): string[] => linesOf(namespace.run("tcpdump", "-n", "--nano", "-tt", "-e", "-r", file));
    while (theirLines().length < lines.length) await new Promise((resolve) => setTimeout(resolve, 100));
    await theirs.interrupt();
    expect(lines).toEqual(theirLines());
  });

  test.each([[[]], [["-s", "60"]], [["-U"]], [["-Q", "in"]], [["tcp", "dst", "port", "443"]]])(
    "with %j, it writes the same file",
    async (options) => {
      const namespace = new Namespace();
      const [ours, theirs] = [temporaryPath("ours.pcap"), temporaryPath("theirs.pcap")];
      const tcpdump = namespace.start(["tcpdump", "-i", "vb", "--nano", "-Z", "root", "-U", "-w", theirs, ...options]);
      await tcpdump.said("listening on");
      const capture = await namespace.capture(["-i", "vb", "-w", ours, ...options]);
      namespace.send("va", 500, 5000);
      expect((await capture.interrupt()).stdout).toBe("");
      expect(fs.statSync(ours).size).toBeGreaterThan(10_000);
      while (fs.statSync(theirs).size < fs.statSync(ours).size)
        await new Promise((resolve) => setTimeout(resolve, 100));
      await tcpdump.interrupt();
      expect(fs.readFileSync(ours).equals(fs.readFileSync(theirs))).toBe(true);
    },
  );

  test("-D, -L and -J print the same", () => {
    const namespace = new Namespace();
    for (const args of [["-D"], ["-L", "-i", "lo"], ["-L", "-i", "any"], ["-J", "-i", "lo"], ["-J", "-i", "vb"]]) {
      const ours = namespace.run(process.execPath, "bin/tcpscope.js", ...args);
      // It lists on standard error.
      expect(ours).toBe(namespace.run("sh", "-c", 'exec tcpdump "$@" 2>&1', "sh", ...args));
    }
  });
});

describe.skipIf(CANNOT_CAPTURE)("a live capture", () => {
  test("begins with tcpdump's line", async () => {
    const capture = await new Namespace().capture(["-i", "any", "-s", "100"]);
    const { stderr } = await capture.interrupt();
    expect(linesOf(stderr)[0]).toBe(
      "tcpscope: listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 100 bytes",
    );
  });

  test("prints what comes while it goes on", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["-n", "-t", "-i", "vb"]);
    namespace.send("va", 1);
    await capture.printed(1);
    namespace.send("va", 1);
    await capture.printed(2);
    expect(capture.child.exitCode).toBeNull();
    expect(linesOf((await capture.interrupt()).stdout)[1]).toMatch(
      /^IP 10\.0\.0\.1\.10000 > 10\.0\.0\.2\.443: Flags \[P\.\]/,
    );
  });

  test("ends after -c packets; the counts tell how many", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["-n", "-i", "vb", "-c", "3"]);
    namespace.send("va", 100);
    const { status, stdout, stderr } = await capture.ended;
    expect([status, linesOf(stdout).length, countsOf(stderr).captured]).toEqual([0, 3, 3]);
  });

  test("says its counts at SIGUSR1 and goes on", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["-n", "-i", "vb"]);
    namespace.send("va", 2);
    await capture.printed(2);
    capture.child.kill("SIGUSR1");
    await capture.said("tcpscope: 2 packets captured, 2 packets received by filter, 0 packets dropped by kernel\n");
    namespace.send("va", 1);
    const { status, stdout } = await capture.interrupt();
    expect([status, linesOf(stdout).length]).toEqual([0, 3]);
  });

  test("has the kernel run the expression", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["-n", "-i", "vb", "src", "port", "443"]);
    namespace.send("va", 1000);
    const { stdout, stderr } = await capture.interrupt();
    expect(countsOf(stderr)).toEqual({ captured: 500, received: 500, dropped: 0 });
    expect(linesOf(stdout).every((line) => line.includes(" IP 10.0.0.2.443 > "))).toBe(true);
  });

  test("has the interface's name: of any, that of each packet", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["--json", "-i", "any"]);
    const other = await namespace.capture(["--json", "-i", "vb"]);
    namespace.send("va", 1);
    const names = (text: string): unknown[] => objectsOf(text).map((each) => each["interface"]);
    expect(names((await capture.interrupt()).stdout)).toEqual(["va", "vb"]);
    expect(names((await other.interrupt()).stdout)).toEqual(["vb"]);
  });

  test("takes an interface by its number, and a link type by its name", async () => {
    const namespace = new Namespace();
    const number = linesOf(namespace.run("tcpdump", "-D")).findIndex((line) => line.includes(".any ")) + 1;
    const capture = await namespace.capture(["-n", "-i", String(number), "-y", "LINUX_SLL"]);
    expect((await capture.interrupt()).stderr).toContain("listening on any, link-type LINUX_SLL (Linux cooked v1)");
  });

  test("sees one direction with -Q", async () => {
    const namespace = new Namespace();
    const captures = await Promise.all(
      ["in", "out"].map((direction) => namespace.capture(["-i", "va", "-Q", direction])),
    );
    namespace.send("va", 5);
    const runs = await Promise.all(captures.map((capture) => capture.interrupt()));
    expect(runs.map(({ stdout }) => linesOf(stdout).length)).toEqual([0, 5]);
  });

  test("writes and prints with -w and --print", async () => {
    const namespace = new Namespace();
    const file = temporaryPath("both.pcap");
    const capture = await namespace.capture(["-n", "-i", "vb", "-w", file, "--print"]);
    namespace.send("va", 20);
    const { stdout } = await capture.interrupt();
    expect(linesOf(stdout)).toHaveLength(20);
    expect(linesOf(namespace.run("tcpdump", "-nr", file))).toEqual(linesOf(stdout));
  });

  test("leaves no packet socket to programs that are started", async () => {
    const capture = await new Namespace().capture(["-i", "vb"]);
    const folder = `/proc/${capture.pid}`;
    const sockets = linesOf(fs.readFileSync(`${folder}/net/packet`, "utf8")).slice(1);
    const inodes = new Set(sockets.map((line) => line.trim().split(/\s+/).at(-1)));
    const descriptors = fs.readdirSync(`${folder}/fd`).filter((descriptor) => {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(fs.readlinkSync(`${folder}/fd/${descriptor}`)) ?? [];
      return inodes.has(inode);
    });
    expect(descriptors).toHaveLength(1);
    const [, flags] = /flags:\s+(\d+)/.exec(fs.readFileSync(`${folder}/fdinfo/${descriptors[0]}`, "utf8")) ?? [];
    expect(Number.parseInt(flags ?? "0", 8) & 0o2000000).toBe(0o2000000);
  });
});

describe.skipIf(CANNOT_CAPTURE)("reports on what is captured", () => {
  test("flows: a row for each connection", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["flows", "--json", "-i", "vb"]);
    namespace.send("va", 400);
    const { status, stdout, stderr } = await capture.interrupt();
    expect([status, linesOf(stdout).length, countsOf(stderr).captured]).toEqual([0, 100, 400]);
  });

  test("diagnose: a refused connection, and its exit status", async () => {
    const namespace = new Namespace();
    const capture = await namespace.capture(["why", "-i", "lo"]);
    const script = `require("node:net").connect(81, "127.0.0.1").on("error", (error) => process.stdout.write(error.code))`;
    expect(namespace.run(process.execPath, "-e", script)).toBe("ECONNREFUSED");
    const { status, stdout } = await capture.interrupt();
    expect(status).toBe(3);
    expect(stdout).toMatch(/^connect\(\) to 127\.0\.0\.1:81 failed: ECONNREFUSED/);
  });
});

test.skipIf(CANNOT_CAPTURE)("interfaces: what there is, and the engines", () => {
  const namespace = new Namespace();
  namespace.run("ip", "addr", "add", "10.9.0.1/24", "dev", "va");
  const objects = objectsOf(namespace.run(process.execPath, "bin/tcpscope.js", "interfaces", "--json"));
  expect(objects.find((each) => each["interface"] === "va")).toMatchObject({
    up: true,
    running: true,
    loopback: false,
    linkType: "EN10MB",
    addresses: ["10.9.0.1/24"],
  });
  expect(objects.find((each) => each["interface"] === "lo")).toMatchObject({
    loopback: true,
    addresses: ["127.0.0.1/8"],
  });
  expect(objects.flatMap((each) => ("engine" in each ? [each["engine"]] : []))).toEqual(["libpcap", "child", "cap"]);
  expect(objects.find((each) => each["engine"] === "libpcap")).toMatchObject({ works: true });
  const text = linesOf(spawnSync(process.execPath, ["bin/tcpscope.js", "interfaces"], { encoding: "utf8" }).stdout);
  expect(text[0]).toMatch(/^# {3}interface +flags +link type +addresses$/);
});
