import { describe, expect, test } from "vitest";
import { nearestNames } from "../../src/cli/suggest.ts";
import { TOPICS, topicWords } from "../../src/report/explain/catalogue.ts";
import { fixture, tcpscope } from "./run.ts";

describe("explain", () => {
  test.each([
    ["list", []],
    ["econnreset", ["10054"]],
    ["refused", ["refused"]],
    ["time-wait", ["TIME_WAIT"]],
    ["window-scale", ["wscale"]],
    ["icmp", ["3/13"]],
    ["address-in-use", ["EADDRINUSE"]],
    ["header", ["tcp-header", "options"]],
    ["states", ["--states"]],
    ["states-healthy", ["--states", "-r", fixture("healthy")]],
    ["states-simultaneous", ["--states", "-r", fixture("simultaneous-open"), "--flow", "0"]],
    ["states-half-open", ["--states", "-r", fixture("half-open-ssh")]],
  ])("%s", async (name, args) => {
    const { status, stdout, stderr } = tcpscope(["explain", ...args]);
    expect([status, stderr]).toEqual([0, ""]);
    await expect(stdout).toMatchFileSnapshot(`expected/explain-${name}.txt`);
  });

  test("does not mind upper and lower case, nor dashes", () => {
    const { stdout } = tcpscope(["explain", "TIME_WAIT"]);
    expect(tcpscope(["explain", "time-wait"]).stdout).toBe(stdout);
    expect(tcpscope(["explain", "Time", "Wait"]).stdout).toBe(stdout);
  });

  test("tells several topics", () => {
    const one = (word: string): string => tcpscope(["explain", word]).stdout;
    expect(tcpscope(["explain", "RST", "EPIPE"]).stdout).toBe(`${one("RST")}\n${one("EPIPE")}`);
  });

  test("takes the text that a program printed", () => {
    expect(tcpscope(["explain", "connection", "refused"]).stdout).toBe(tcpscope(["explain", "ECONNREFUSED"]).stdout);
  });

  test("suggests what is near to an unknown topic, after what it knows", () => {
    const { status, stdout, stderr } = tcpscope(["explain", "FIN", "econnrefusd", "xyzzy"]);
    expect(status).toBe(2);
    expect(stdout).toBe(tcpscope(["explain", "FIN"]).stdout);
    expect(stderr).toBe(
      'tcpscope: no topic "econnrefusd" (did you mean ECONNREFUSED?); tcpscope explain lists all\n' +
        'tcpscope: no topic "xyzzy"; tcpscope explain lists all\n',
    );
  });

  test("shows what it was asked without control characters", () => {
    const { stderr } = tcpscope(["explain", "\u001B[31mred"]);
    expect(stderr).not.toContain("\u001B");
  });

  test("as objects", () => {
    const topics = tcpscope(["explain", "--json"])
      .stdout.trimEnd()
      .split("\n")
      .map((line): { name: string } => JSON.parse(line));
    expect(topics.map(({ name }) => name)).toEqual(TOPICS.map(({ name }) => name));
    expect(JSON.parse(tcpscope(["explain", "--json", "111"]).stdout)).toMatchObject({
      kind: "errno",
      name: "ECONNREFUSED",
      trace: ["0.000000  client > server  SYN seq 0", "0.000214  client < server  RST ACK seq 0 ack 1 win 0"],
    });
  });

  test("a capture without --states is wrong usage", () => {
    expect(tcpscope(["explain", "-r", fixture("healthy")])).toEqual({
      status: 2,
      stdout: "",
      stderr: "tcpscope: options -r and --flow go with --states: tcpscope explain --states -r FILE\n",
    });
  });

  test("a connection that is not there is said", () => {
    const { status, stderr } = tcpscope(["explain", "--states", "--flow", "9", "-r", fixture("healthy")]);
    expect([status, stderr]).toEqual([1, "tcpscope: no connection has number 9: see tcpscope flows\n"]);
  });
});

describe("nearest", () => {
  test.each([
    ["tme_wait", "TIME_WAIT"],
    ["pmtu", "pmtu-black-hole"],
    ["econreset", "ECONNRESET"],
    ["fastretrans", "fastRetransmission"],
  ])("%s may be %s", (word, topic) => {
    expect(nearestNames(word, topicWords())[0]).toBe(topic);
  });

  test("of nothing like it is nothing", () => {
    expect(nearestNames("qqqqqqqqq", topicWords())).toEqual([]);
  });
});
