import { describe, expect, test } from "vitest";
import { colourDepth } from "../../src/cli/colour-depth.ts";
import { fixture, tcpscope } from "./run.ts";

const LIST = ["--style", "wireshark", "-r", fixture("refused")];

function lines(args: readonly string[], env: NodeJS.ProcessEnv = {}): string[] {
  const { status, stdout, stderr } = tcpscope(args, { env });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout.trimEnd().split("\n");
}

describe("--style wireshark", () => {
  test("prints the packet list", () => {
    expect(lines(LIST)).toEqual([
      "    1   0.000000     10.0.0.1 → 10.0.0.2     TCP 74 48126 → 81 [SYN] Seq=0 Win=64240 Len=0 MSS=1460 SACK_PERM TSval=1000 TSecr=0 WS=128",
      "    2   0.000214     10.0.0.2 → 10.0.0.1     TCP 54 81 → 48126 [RST, ACK] Seq=1 Ack=1 Win=0 Len=0",
    ]);
  });

  test.each([
    ["-t", "    2     10.0.0.2 → "],
    ["-tt", "    2 1709283600.000214     10.0.0.2 → "],
    ["-ttt", "    2   0.000214     10.0.0.2 → "],
    ["-tttt", "    2 2024-03-01 09:00:00.000214     10.0.0.2 → "],
    ["-ttttt", "    2   0.000214     10.0.0.2 → "],
    ["--nano", "    2 0.000214000     10.0.0.2 → "],
  ])("%s changes the time", (option, start) => {
    expect(lines([option, ...LIST])[1]).toContain(start);
  });

  test("prints chosen columns, a dash where the packet has no such value", () => {
    const columns =
      "no,delta,ip.id,ip.ttl,dst,srcport,dstport,stream,tcp.seq,tcp.ack,tcp.len,tcp.window,tcp.flags,tcp.rtt,vlan,proto";
    expect(lines(["--columns", columns, ...LIST])).toEqual([
      "    1   0.000000 0x3977 64 10.0.0.2     48126 81 0 0 0 0 64240 0x002 - - TCP",
      "    2   0.000214 0x0000 64 10.0.0.1     81 48126 0 1 1 0 0 0x014 0.000214 - TCP",
    ]);
  });

  test("--states: both ends' states and the call that returns, behind the line or below the tree", () => {
    const states = ["{SYN_SENT | LISTEN}", "{CLOSED | UNKNOWN} client: connect() = -1 ECONNREFUSED"];
    expect(lines(["--states", ...LIST])).toEqual(lines(LIST).map((line, i) => `${line}  ${states[i]}`));
    const trees = lines(["--states", "--detail", ...LIST]);
    expect(trees.filter((line) => line.startsWith("["))).toEqual(states.map((text) => `[Connection states: ${text}]`));
    expect(trees.filter((line) => !line.startsWith("["))).toEqual(lines(["--detail", ...LIST]));
  });

  test("what --where leaves out counts for times and analysis", () => {
    const whole = ["--style", "wireshark", "-r", fixture("close-last-ack-lost")];
    const where = ["--where", "tcp.analysis.retransmission"];
    const retransmissions = lines(whole).filter((line) => line.includes("Retransmission]"));
    expect(retransmissions.length).toBeGreaterThan(0);
    expect(lines([...where, ...whole])).toEqual(retransmissions);
    const [first = ""] = lines([...where, "--detail", ...whole]);
    expect(first).toMatch(new RegExp(`^Frame ${retransmissions[0]?.trim().split(" ", 1)[0]}: `));
    const trees = lines([...where, "--detail", ...whole]).join("\n");
    expect(trees).toContain("This frame is a (suspected) retransmission");
    expect(trees).toContain("[Time delta from previous displayed frame: 0.000000000 seconds]");
    expect(trees).not.toContain("[Time since reference or first frame: 0.000000000 seconds]");
  });

  test("refuses columns that there are not, with the nearest and all names", () => {
    const { status, stdout, stderr } = tcpscope(["--columns", "no,sorce", ...LIST]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(
      /^tcpscope: option --columns: "sorce" is no column \(did you mean src\?\); there are no, time, /,
    );
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test.each([
    [["--columns", "no", "-r", fixture("refused")], "option --columns: the columns are those of --style wireshark"],
    [["--json", ...LIST], "--json and --style exclude each other"],
    [["--style", "shark", "-r", fixture("refused")], "'shark' is invalid"],
  ])("%j is wrong usage", (args, text) => {
    const { status, stderr } = tcpscope(args);
    expect(status).toBe(2);
    expect(stderr).toContain(text);
  });
});

describe("--color", () => {
  test("is off in a pipe", () => {
    expect(lines(LIST, { COLORTERM: "truecolor" }).join("")).not.toContain("\u001b");
  });

  test.each([
    [{ COLORTERM: "truecolor" }, "\u001b[38;2;18;39;46m\u001b[48;2;160;160;160m"],
    [{ TERM: "xterm-256color" }, "\u001b[38;5;235m\u001b[48;5;247m"],
    [{ TERM: "vt100" }, "\u001b[30m\u001b[100m"],
  ])("colours whole lines of the list with %j", (env, before) => {
    const [syn] = lines(["--color", "always", ...LIST], env);
    expect(syn?.startsWith(`${before}    1 `)).toBe(true);
    expect(syn?.endsWith("WS=128\u001b[K\u001b[0m")).toBe(true);
  });

  test("colours the text of what is out of the ordinary in tcpdump's style", () => {
    const [syn, rst] = lines(["--color", "always", "-nnr", fixture("refused")]);
    expect(syn?.startsWith("\u001b[36m09:00:00.000000 IP ") && syn.endsWith("\u001b[0m")).toBe(true);
    expect(rst?.startsWith("\u001b[31m09:00:00.000214 IP ") && rst.endsWith("\u001b[0m")).toBe(true);
  });

  test.each([
    ["auto", {}, true, 4],
    ["auto", { COLORTERM: "24bit" }, true, 24],
    ["auto", { TERM: "screen-256color" }, true, 8],
    ["auto", { TERM: "xterm" }, false, undefined],
    ["auto", { NO_COLOR: "1", TERM: "xterm" }, true, undefined],
    ["auto", { TERM: "dumb" }, true, undefined],
    ["always", { NO_COLOR: "1" }, false, 4],
    ["never", { COLORTERM: "truecolor" }, true, undefined],
  ] as const)("%s with %j on a terminal (%s): %s bits", (choice, env, isTerminal, depth) => {
    expect(colourDepth(choice, env, isTerminal)).toBe(depth);
  });
});
