import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { CANNOT_CAPTURE, linesOf, Namespace, objectsOf, type Started } from "./namespace.ts";

/** Connects and sends five bytes; the server closes after it. */
const CONNECT = `const server = net.createServer((socket) => { socket.resume(); socket.on("end", () => socket.end()); });
server.listen(8080, "127.0.0.1", () => net.connect(8080, "127.0.0.1").end("hello").on("close", () => server.close()));`;
const REFUSED = `net.connect(81, "127.0.0.1").on("error", () => {});`;
/** To a host that there is not, whose link-layer address is known: nothing answers. */
const DROPPED = `net.connect(81, "10.0.0.2").on("error", () => {});`;

/** A namespace with a host behind va that never answers, and two SYNs for each attempt, one second apart. */
function namespaceOf(): Namespace {
  const namespace = new Namespace();
  namespace.run("sysctl", "-qw", "net.ipv4.tcp_syn_linear_timeouts=0", "net.ipv4.tcp_syn_retries=1");
  namespace.run("ip", "addr", "add", "10.0.0.1/24", "dev", "va");
  namespace.run("ip", "neigh", "add", "10.0.0.2", "lladdr", "02:00:00:00:00:02", "dev", "va");
  return namespace;
}

/** Runs a script in the namespace until its sockets are closed. */
function runScript(namespace: Namespace, script: string): void {
  namespace.run(process.execPath, "--input-type=module", "-e", `import net from "node:net"; ${script}`);
}

/** Ports that the kernel chose and durations are other ones each time. */
function general(text: string): string {
  return text
    .replaceAll(/(127\.0\.0\.1|10\.0\.0\.1):[3-6]\d{4}/g, "$1:PORT")
    .replaceAll(/\d+(?:\.\d+)? (?:µs|ms|s)\b/g, "TIME")
    .replaceAll(/\d\d:\d\d:\d\d/g, "CLOCK")
    .replaceAll(/ +/g, " ");
}

describe.skipIf(CANNOT_CAPTURE)("flows -i, where no terminal shows it", () => {
  test("prints a line for each connection that is over, the others at the end", async () => {
    const namespace = namespaceOf();
    const capture = await namespace.capture(["flows", "-i", "lo"]);
    runScript(namespace, CONNECT);
    await capture.printed(2);
    runScript(namespace, REFUSED);
    await capture.printed(3);
    expect(capture.child.exitCode).toBeNull();
    const { status, stdout } = await capture.interrupt();
    expect(status).toBe(0);
    expect(linesOf(general(stdout))).toEqual([
      "# client server outcome states handshake RTT retrans bytes duration closed by",
      "0 127.0.0.1:PORT 127.0.0.1:8080 closed TIME_WAIT / CLOSED TIME TIME / TIME 0 / 0 5 / 0 TIME client",
      "1 127.0.0.1:PORT 127.0.0.1:81 refused CLOSED / UNKNOWN - TIME / - 0 / 0 0 / 0 TIME server (RST)",
    ]);
    const [, first = "", second = ""] = linesOf(stdout);
    expect(first.indexOf("127.0.0.1:8080")).toBe(second.indexOf("127.0.0.1:81"));
  });

  test("prints each once, those that did not end at the end", async () => {
    const namespace = namespaceOf();
    const capture = await namespace.capture(["flows", "-i", "va"]);
    runScript(namespace, DROPPED);
    const { stdout } = await capture.interrupt();
    // Whether connect() has returned is known from the schedule only, to a few hundredths of a second.
    expect(linesOf(general(stdout).replace("SYN_SENT", "CLOSED")).slice(1)).toEqual([
      "0 10.0.0.1:PORT 10.0.0.2:81 no-answer CLOSED / UNKNOWN - - / - 1 / 0 0 / 0 TIME -",
    ]);
  });

  test("prints objects at once, and those that match only", async () => {
    const namespace = namespaceOf();
    const where = ["--where", 'flow.outcome == "refused"'];
    const all = await namespace.capture(["flows", "--json", "-i", "lo"]);
    const refused = await namespace.capture(["flows", "--json", "-i", "lo", ...where]);
    runScript(namespace, CONNECT);
    runScript(namespace, REFUSED);
    await all.printed(2);
    await refused.printed(1);
    const outcomes = async (capture: Started): Promise<unknown[]> =>
      objectsOf((await capture.interrupt()).stdout).map(({ outcome }) => outcome);
    expect(await outcomes(all)).toEqual(["closed", "refused"]);
    expect(await outcomes(refused)).toEqual(["refused"]);
  });
});

describe.skipIf(CANNOT_CAPTURE)("diagnose -i", () => {
  test("prints a failure when it is certain, the same one again as a line, and at the end how many there were", async () => {
    const namespace = namespaceOf();
    const capture = await namespace.capture(["diagnose", "-i", "lo"]);
    runScript(namespace, CONNECT);
    runScript(namespace, REFUSED);
    await capture.printed(13);
    runScript(namespace, REFUSED);
    await capture.printed(14);
    const { status, stdout } = await capture.interrupt();
    expect(status).toBe(3);
    const refusal =
      "connect() to 127.0.0.1:81 failed: ECONNREFUSED after TIME – the host answered the SYN with RST, nothing listens there";
    const lines = linesOf(general(stdout));
    expect(lines[0]).toBe(refusal);
    expect(lines.slice(-4)).toEqual([
      `${refusal} (again)`,
      "3 connections and attempts, 2 failed",
      " 2 refused ECONNREFUSED",
      " 1 ok",
    ]);
  });

  test("says that a schedule is recognised, and how it ended, without any packet then", async () => {
    const namespace = namespaceOf();
    const capture = await namespace.capture(["diagnose", "-i", "va"]);
    runScript(namespace, DROPPED);
    await capture.printed(5);
    const { status, stdout } = await capture.interrupt();
    expect(status).toBe(3);
    const lines = linesOf(general(stdout));
    expect(lines.slice(0, 2)).toEqual([
      "10.0.0.1:PORT > 10.0.0.2:81: SYN unanswered, sent 2 times, next SYN at CLOCK, ETIMEDOUT at CLOCK (as Linux 6.5 or later)",
      "connect() to 10.0.0.2:81 failed: ETIMEDOUT after TIME – 2 SYNs at 0, TIME: nothing answered any SYN",
    ]);
    expect(lines.slice(-2)).toEqual(["1 connection or attempt, 1 failed", " 1 syn-unanswered ETIMEDOUT"]);
  });

  test.each([
    [[], ["refused", "ok"]],
    [["--only", "failed"], ["refused"]],
    [["--where", 'verdict.cause == "ok"'], ["ok"]],
  ])("--json with %j prints each verdict at once", async (options, expected) => {
    const namespace = namespaceOf();
    const capture = await namespace.capture(["diagnose", "--json", "-i", "lo", ...options]);
    runScript(namespace, REFUSED);
    runScript(namespace, CONNECT);
    await capture.printed(expected.length);
    const { stdout, status } = await capture.interrupt();
    expect(objectsOf(stdout).map(({ cause }) => cause)).toEqual(expected);
    expect(status).toBe(expected.includes("refused") ? 3 : 0);
  });

  test("ends with status 0 when nothing failed", async () => {
    const capture = await new Namespace().capture(["diagnose", "-i", "lo"]);
    expect((await capture.interrupt()).status).toBe(0);
  });
});

/** Whether `script` of util-linux is here, which makes a terminal. */
const SCRIPT_VERSION = spawnSync("script", ["--version"], { encoding: "utf8" });
const HAS_SCRIPT = SCRIPT_VERSION.error === undefined && SCRIPT_VERSION.stdout.includes("util-linux");

/** Runs tcpscope on a terminal of its own; what it says there is on its standard output. */
function onTerminal(namespace: Namespace, args: string): Started {
  const command = `trap : INT; stty cols 100 rows 12; ${process.execPath} bin/tcpscope.js ${args}; echo "status $?"; stty -a | grep -o -- "-\\?echo\\b"`;
  return namespace.start(["script", "-qec", command, "/dev/null"], { TERM: "xterm", SHELL: "/bin/sh" });
}

/** Waits until the terminal has shown this. */
async function shown(started: Started, text: string): Promise<void> {
  while (!started.stdout.includes(text)) {
    if (started.child.exitCode !== null) throw new Error(`it has ended: ${started.stdout}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const ENTERED = "\u001B[?1049h";
const LEFT = "\u001B[?25h\u001B[?1049l";

describe.skipIf(CANNOT_CAPTURE || !HAS_SCRIPT)("on a terminal", () => {
  test.each([
    ["q", "q", "status 0"],
    ["^C", "\u0003", "status 0"],
  ])("flows shows a table, and gives the screen back at %s", async (_, key, status) => {
    const namespace = namespaceOf();
    const terminal = onTerminal(namespace, "flows -i lo");
    await shown(terminal, ENTERED);
    runScript(namespace, REFUSED);
    await shown(terminal, "refused");
    terminal.child.stdin.write("/81\r");
    await shown(terminal, "; only 81");
    terminal.child.stdin.write("s");
    await shown(terminal, "by start");
    terminal.child.stdin.write(key);
    const { stdout } = await terminal.ended;
    const after = stdout.slice(stdout.lastIndexOf(LEFT));
    expect(after).toContain("2 packets captured");
    expect(after).toContain(status);
    expect(after.trimEnd().split("\n").at(-1)).toBe("echo");
    expect(stdout.split(ENTERED)).toHaveLength(2);
  });

  test("diagnose counts down", async () => {
    const namespace = namespaceOf();
    const terminal = onTerminal(namespace, "diagnose -i va");
    await shown(terminal, "listening on");
    runScript(namespace, DROPPED);
    await shown(terminal, "failed: ETIMEDOUT");
    terminal.child.stdin.write("\u0003");
    const { stdout } = await terminal.ended;
    expect(stdout).toMatch(
      /10\.0\.0\.1:\d+ > 10\.0\.0\.2:81: SYN unanswered, next SYN in \d\.\d s, ETIMEDOUT at \d\d:\d\d:\d\d/,
    );
    expect(stdout).toContain("status 3");
  });
});
