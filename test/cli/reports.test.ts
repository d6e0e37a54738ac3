import { describe, expect, test } from "vitest";
import { fixture, fixtureBytes, tcpscope, temporaryFile } from "./run.ts";
import { synFlood } from "./syn-flood.ts";

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

  test("diagnose of several connections tells the failed ones first, each with its number", async () => {
    const files = ["abort", "half-open-ssh", "refused", "healthy"].flatMap((name) => ["-r", fixture(name)]);
    await expect(tcpscope(["diagnose", ...files]).stdout).toMatchFileSnapshot("expected/diagnose-several.txt");
  });

  test("diagnose tells one of many that are alike, and names the others", async () => {
    const file = temporaryFile("flood.pcap", synFlood(40));
    await expect(tcpscope(["diagnose", "-r", file]).stdout).toMatchFileSnapshot("expected/diagnose-alike.txt");
    const { status, stdout } = tcpscope(["diagnose", "--flow", "17", "-r", file]);
    expect(status).toBe(3);
    expect(stdout).toContain("10.0.0.17:48126");
    expect(stdout).not.toContain("alike");
  });

  test.each(SHOWN)("diagnose of %s from standard input is that of the file", (name) => {
    expect(tcpscope(["diagnose", "-r", "-"], { input: fixtureBytes(name) })).toEqual(
      tcpscope(["diagnose", "-r", fixture(name)]),
    );
  });

  test("diagnose --flow draws also what did not fail", async () => {
    const { status, stdout } = tcpscope(["diagnose", "--flow", "0", "-r", fixture("healthy")]);
    expect(status).toBe(0);
    await expect(stdout).toMatchFileSnapshot("expected/diagnose-flow.txt");
  });

  test("diagnose --flow of a number that no connection has", () => {
    expect(tcpscope(["diagnose", "--flow", "5", "-r", fixture("refused")])).toEqual({
      status: 1,
      stdout: "",
      stderr: "tcpscope: no connection has number 5: see tcpscope flows\n",
    });
  });

  test("diagnose --markdown is a page", async () => {
    const files = ["refused", "healthy"].flatMap((name) => ["-r", fixture(name)]);
    const { status, stdout } = tcpscope(["diagnose", "--markdown", ...files]);
    expect(status).toBe(3);
    await expect(stdout).toMatchFileSnapshot("expected/diagnose-page.md");
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
