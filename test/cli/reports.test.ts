import { describe, expect, test } from "vitest";
import { fixture, fixtureBytes, tcpscope, temporaryFile } from "./run.ts";

const FAILED = ["refused", "unanswered", "host-unreachable"];
const SHOWN = [...FAILED, "healthy", "abort"];
const ESCAPE = "\u001B[";

/** What NO_COLOR and --color say is to be seen although no terminal is there. */
const COLOURED = ["flows", "diagnose"];

describe("tables and verdicts", () => {
  test.each(SHOWN)("flows of %s", async (name) => {
    const { status, stdout, stderr } = tcpscope(["flows", "-r", fixture(name)]);
    expect([status, stderr]).toEqual([0, ""]);
    await expect(stdout).toMatchFileSnapshot(`expected/flows-${name}.txt`);
  });

  test.each(SHOWN)("diagnose of %s", async (name) => {
    const { stdout, stderr } = tcpscope(["diagnose", "-r", fixture(name)]);
    expect(stderr).toBe("");
    await expect(stdout).toMatchFileSnapshot(`expected/diagnose-${name}.txt`);
  });

  test("diagnose of several connections begins with how many there are of each cause", () => {
    const { stdout } = tcpscope(["diagnose", "-r", fixture("refused"), "-r", fixture("healthy")]);
    expect(stdout.split("\n").slice(0, 4)).toEqual([
      "2 connections and attempts, 1 failed",
      "      1  refused ECONNREFUSED",
      "      1  ok",
      "",
    ]);
  });

  test("why is diagnose", () => {
    expect(tcpscope(["why", "-r", fixture("refused")])).toEqual(tcpscope(["diagnose", "-r", fixture("refused")]));
  });

  test("--only failed leaves out what did not fail", () => {
    const lines = tcpscope([
      "diagnose",
      "--json",
      "--only",
      "failed",
      "-r",
      fixture("refused"),
      "-r",
      fixture("healthy"),
    ])
      .stdout.trimEnd()
      .split("\n");
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([{ cause: "refused" }]);
  });
});

describe("exit status of diagnose", () => {
  test.each(FAILED)("3 for %s", (name) => {
    expect(tcpscope(["diagnose", "-r", fixture(name)]).status).toBe(3);
    expect(tcpscope(["diagnose", "--json", "-r", fixture(name)]).status).toBe(3);
  });

  test("0 when nothing failed", () => {
    expect(tcpscope(["diagnose", "-r", fixture("healthy")]).status).toBe(0);
  });

  test("3 when one of several failed", () => {
    expect(tcpscope(["diagnose", "-r", fixture("healthy"), "-r", fixture("refused")]).status).toBe(3);
  });
});

describe("colour", () => {
  test.each(COLOURED)("%s: none where there is no terminal", (command) => {
    expect(tcpscope([command, "-r", fixture("refused")]).stdout).not.toContain(ESCAPE);
    expect(tcpscope([command, "--color", "auto", "-r", fixture("refused")]).stdout).not.toContain(ESCAPE);
  });

  test.each(COLOURED)("%s: always when it is asked for, also against NO_COLOR", (command) => {
    const args = [command, "--color", "always", "-r", fixture("refused")];
    expect(tcpscope(args).stdout).toContain(`${ESCAPE}31m`);
    expect(tcpscope(args, { env: { NO_COLOR: "1" } }).stdout).toContain(`${ESCAPE}31m`);
  });

  test.each(COLOURED)("%s: never when it is not wanted, also against FORCE_COLOR", (command) => {
    expect(
      tcpscope([command, "--color", "never", "-r", fixture("refused")], { env: { FORCE_COLOR: "1" } }).stdout,
    ).not.toContain(ESCAPE);
  });

  test.each(COLOURED)("%s: the same text with colour and without", (command) => {
    const coloured = tcpscope([command, "--color", "always", "-r", fixture("refused")]).stdout;
    // oxlint-disable-next-line no-control-regex
    expect(coloured.replaceAll(/\u001B\[\d+m/g, "")).toBe(tcpscope([command, "-r", fixture("refused")]).stdout);
  });
});

test("flows of very many connections are one table", () => {
  const file = temporaryFile("flood.pcap", synFlood(20_000));
  const [head = "", ...rows] = tcpscope(["flows", "-r", file]).stdout.trimEnd().split("\n");
  expect(rows).toHaveLength(20_000);
  const column = head.indexOf("outcome");
  expect(rows.filter((row) => row.slice(column, column + 9) !== "no-answer")).toEqual([]);
});

/** A capture of so many SYNs, each of a connection of its own. */
function synFlood(count: number): Uint8Array {
  const template = fixtureBytes("refused").subarray(24, 24 + 16 + 74);
  const bytes = Buffer.alloc(24 + count * template.length);
  bytes.set(fixtureBytes("refused").subarray(0, 24));
  for (let i = 0; i < count; i++) {
    const at = 24 + i * template.length;
    bytes.set(template, at);
    bytes.writeUInt32BE(0x0a000000 + i, at + 16 + 14 + 12);
  }
  return bytes;
}
