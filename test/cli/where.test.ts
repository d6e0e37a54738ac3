import { describe, expect, test } from "vitest";
import { fixture, tcpscope } from "./run.ts";

function lines(...args: readonly string[]): string[] {
  const { status, stdout, stderr } = tcpscope(args);
  expect([status === 3 ? 0 : status, stderr]).toEqual([0, ""]);
  return stdout.split(/\r?\n/).slice(0, -1);
}

describe("dump --where", () => {
  test.each<readonly [string[], string[]]>([
    [
      ["--where", "tcp.flags.syn == 1"],
      ["10", "11"],
    ],
    [["--where", "tcp.flags.syn == 1", "src port 22"], ["11"]],
    [["--where", "tcp.flags.syn == 1", "-c", "1"], ["10"]],
    [
      ["--where", "tcp.stream == 1 and tcp.len > 0"],
      ["13", "14", "16", "18"],
    ],
    [["--where", 'states.server == "CLOSED"'], ["9"]],
  ])("%s", (args, frames) => {
    expect(lines("-r", fixture("half-open-ssh"), "--fields", "frame", ...args)).toEqual(frames);
  });

  test("an expression and a query both have to match; streams count as without the query", () => {
    const args = [
      "-r",
      fixture("half-open-ssh"),
      "--fields",
      "frame,tcp.stream",
      "--where",
      "tcp.port == 50501 and tcp.len == 0",
    ];
    expect(lines(...args, "tcp[tcpflags] & tcp-syn != 0")).toEqual(["10\t0", "11\t0"]);
    expect(lines(...args)[0]).toBe("10\t1");
  });

  test("prints and counts what matches", () => {
    expect(lines("-r", fixture("refused"), "--where", "tcp.flags.reset == 1", "-t")).toEqual([
      "IP 10.0.0.2.81 > 10.0.0.1.48126: Flags [R.], seq 0, ack 1693673521, win 0, length 0",
    ]);
    expect(lines("-r", fixture("refused"), "--where", "tcp.flags.reset == 1", "--count")).toEqual(["1 packet"]);
  });
});

describe("flows and diagnose --where", () => {
  test.each<readonly [string, string, string[]]>([
    ["flows", 'flow.outcome == "reset"', ["0"]],
    ["flows", "handshake.complete", ["1"]],
    ["flows", "not handshake.complete", ["0"]],
    ["flows", "handshake.total > 0", ["1"]],
    ["flows", "server.address == 192.168.0.0/16 and flow.server.port == 22", ["0", "1"]],
    ["flows", "server.address == 2001:db8::/32", []],
    ["flows", "client.address != server.address", ["0", "1"]],
    ["flows", 'transitions.state == "SYN_RCVD"', ["1"]],
    ["flows", 'flow.history matches "^s.*h"', ["1"]],
    ["flows", 'verdict.cause == "half-open"', ["0"]],
    ["flows", "close.how in {reset, fin}", ["0"]],
    ["diagnose", "verdict.errno", ["0"]],
    ["diagnose", "verdict.evidence.frame == 9", ["0"]],
    ["diagnose", 'flow.outcome == "open" or verdict.seconds > 1000', ["1"]],
  ])("%s: %s", (command, query, streams) => {
    expect(lines(command, "-r", fixture("half-open-ssh"), "--fields", "stream", "--where", query)).toEqual(streams);
  });

  test("the exit status of diagnose speaks of what matches", () => {
    const run = (query: string): number | null =>
      tcpscope(["diagnose", "-r", fixture("half-open-ssh"), "--where", query]).status;
    expect([run("flow.stream == 0"), run("flow.stream == 1")]).toEqual([3, 0]);
  });
});

test.each([
  [
    ["--where", "tcp.analysis.retransmision && ip"],
    'there is no field "tcp.analysis.retransmision"; did you mean tcp.analysis.retransmission?\n  tcp.analysis.retransmision && ip\n  ^~~~~~~~~~~~~~~~~~~~~~~~~~',
  ],
  [
    ["--where", "ip.addr == 10.0.0.1 and zebra"],
    'there is no field "zebra"; --where help lists them\n  ip.addr == 10.0.0.1 and zebra\n                          ^~~~~',
  ],
  [["--where", "tcp.port =="], "a value is needed, the query ends here\n  tcp.port ==\n             ^"],
  [
    ["flows", "--where", "ip.addr == 10.0.0.1"],
    "ip.addr is a field of packets: of a connection there is client.address or server.address\n  ip.addr == 10.0.0.1\n  ^~~~~~~",
  ],
  [
    ["flows", "--where", "tcp.flags.ece == 1"],
    "tcp.flags.ece is a field of packets: ask for it in dump\n  tcp.flags.ece == 1\n  ^~~~~~~~~~~~~",
  ],
  [
    ["flows", "--where", "flow.outcom == refused"],
    'there is no field "flow.outcom"; did you mean flow.outcome?\n  flow.outcom == refused\n  ^~~~~~~~~~~',
  ],
  [
    ["flows", "--where", "flow.retransmissions > 2"],
    'there is no field "flow.retransmissions"; did you mean clientToServer.retransmissions?\n  flow.retransmissions > 2\n  ^~~~~~~~~~~~~~~~~~~~',
  ],
  [["--where", "tcp \u001B[31m"], '"\\u001b" means nothing here\n  tcp ?[31m\n      ^'],
])("%j points at the place", (args, text) => {
  const [command, ...rest] = args[0] === "flows" ? args : ["dump", ...args];
  expect(tcpscope([command!, "-r", fixture("refused"), ...rest])).toEqual({
    status: 2,
    stdout: "",
    stderr: `tcpscope: --where: ${text}\n`,
  });
});

describe("--fields and --csv", () => {
  test.each<readonly [string[], string[]]>([
    [
      ["--fields", "frame,tcp.flags,tcp.options.name,tcp.options.value"],
      ["1\tS\tmss,sackPermitted,timestamps,nop,windowScale\t1460,1000,7", "2\tR.\t\t"],
    ],
    [
      ["--fields", "frame, ip.source", "--csv"],
      ["frame,ip.source", "1,10.0.0.1", "2,10.0.0.2"],
    ],
    [["flows", "--fields", "stream,outcome,states.client"], ["0\trefused\tCLOSED"]],
    [
      ["diagnose", "--csv", "--fields", "errno,seconds,summary"],
      [
        "errno,seconds,summary",
        'ECONNREFUSED,0.000214,"connect() to 10.0.0.2:81 failed: ECONNREFUSED after 214 µs – the host answered the SYN with RST, nothing listens there"',
      ],
    ],
  ])("%j", (args, expected) => {
    const named = args[0] === "flows" || args[0] === "diagnose";
    const [command, ...rest] = named ? args : ["dump", ...args];
    const printed = lines(command!, "-r", fixture("refused"), ...rest);
    expect(printed).toEqual(expected);
  });

  test("lines of CSV end as RFC 4180 says, and all have the same columns", () => {
    for (const command of ["dump", "flows", "diagnose"]) {
      const { stdout } = tcpscope([command, "-r", fixture("half-open-ssh"), "--csv"]);
      const rows = stdout.split("\r\n");
      expect(rows.pop()).toBe("");
      expect(rows.length).toBeGreaterThan(2);
      const columns = rows.map((row) => row.replaceAll(/"(?:[^"]|"")*"/g, "x").split(",").length);
      expect(new Set(columns).size, command).toBe(1);
    }
  });

  test.each([
    [["flows", "--fields", "clientt.port"], '--fields: there is no key "clientt.port"; did you mean client.port?'],
    [
      ["flows", "--fields", "flow.retransmissions"],
      '--fields: there is no key "flow.retransmissions"; did you mean clientToServer.retransmissions?',
    ],
    [["dump", "--fields", "flags"], '--fields: there is no key "flags"; did you mean tcp.flags?'],
    [["dump", "--fields", "zebra"], '--fields: there is no key "zebra"; --fields help lists them'],
    [["dump", "--fields", "frame", "--json"], "--json and --fields exclude each other"],
    [["flows", "--csv", "--json"], "--json and --fields or --csv exclude each other"],
    [["dump", "--fields", "frame", "-w", "x"], "option --fields: with -w nothing is printed; add --print"],
    [["dump", "--where", "tcp", "-d"], "-d and --where exclude each other"],
    [["dump", "--csv", "--count"], "--count and --csv exclude each other"],
  ])("%j is refused", ([command = "", ...args], text) => {
    expect(tcpscope([command, "-r", fixture("refused"), ...args])).toEqual({
      status: 2,
      stdout: "",
      stderr: `tcpscope: ${text}\n`,
    });
  });

  test.each([
    ["dump", "--fields", "tcp.analysis"],
    ["flows", "--fields", "clientToServer.rtt.mean"],
    ["diagnose", "--fields", "likelyCauses"],
    ["dump", "--where", "tcp.analysis.retransmission"],
    ["flows", "--where", "handshake.total"],
    ["diagnose", "--where", "verdict.seconds"],
  ])("%s %s help lists %s", (command, option, name) => {
    expect(lines(command, option, "help").map((line) => line.split(" ")[0])).toContain(name);
  });
});
