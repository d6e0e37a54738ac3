import { describe, expect, test } from "vitest";
import { fixture, tcpscope, temporaryFile } from "./run.ts";
import { synFlood } from "./syn-flood.ts";

const INPUTS = ["healthy", "refused", "abort", "healthy"].flatMap((name) => ["-r", fixture(name)]);
const LEFT_OUT = /^tcpscope: (\d+) connections without fault(?: and (\d+) others)? are left out: .*--max-connections/m;

describe("--max-connections", () => {
  test("connections without fault are left out first, and counted", () => {
    const { status, stdout, stderr } = tcpscope(["diagnose", "--json", "--max-connections", "2", ...INPUTS]);
    const causes = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).cause);
    expect(status).toBe(3);
    expect(causes).toEqual(["aborted", "refused"]);
    const [, healthy, lost] = LEFT_OUT.exec(stderr) ?? [];
    expect([healthy, lost]).toEqual(["1", undefined]);
  });

  test("the summary counts those that are left out", () => {
    const { stdout } = tcpscope(["diagnose", "--max-connections", "2", ...INPUTS]);
    expect(stdout.split("\n").slice(0, 8)).toEqual([
      "3 connections and attempts, 2 failed",
      "      1  aborted",
      "      1  refused ECONNREFUSED",
      "      1  ok",
      "",
      "by server: failed",
      expect.stringMatching(/^ {6}1 {2}\S+ +aborted$/),
      expect.stringMatching(/^ {6}1 {2}\S+ +refused ECONNREFUSED$/),
    ]);
  });

  test("the one that is asked for is kept in any case", () => {
    const args = ["--json", "--max-connections", "1", "--flow", "2"];
    const { stdout, stderr } = tcpscope(["diagnose", ...args, ...INPUTS]);
    expect(JSON.parse(stdout)).toMatchObject({ stream: 2, cause: "ok" });
    expect(stderr).toContain("--max-connections");
  });

  test("what has no room although something was wrong is counted, too", () => {
    const { stdout, stderr } = tcpscope(["diagnose", "--json", "--max-connections", "1", ...INPUTS]);
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(LEFT_OUT.exec(stderr)?.[2]).toBe("1");
  });

  test("flows prints every connection, those that were finished early with what was seen of them", () => {
    const { status, stdout, stderr } = tcpscope(["flows", "--json", "--max-connections", "1", ...INPUTS]);
    expect(status).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(3);
    expect(stderr).toMatch(/^tcpscope: \d+ connections were finished early: .*--max-connections/m);
  });

  test("nothing is said where all have room", () => {
    const { stderr } = tcpscope(["diagnose", "--max-connections", "3", ...INPUTS]);
    expect(stderr).not.toContain("--max-connections");
  });

  test("report keeps the timing of those that it keeps", () => {
    const { status, stdout, stderr } = tcpscope(["report", "--json", "--max-connections", "2", ...INPUTS]);
    expect(status).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(2);
    expect(stderr).toMatch(LEFT_OUT);
  });

  test.each(["flows", "diagnose", "report"])("a flood ends no %s where the heap is small", (command) => {
    const file = temporaryFile("flood.pcap", synFlood(45_000));
    const env = { NODE_OPTIONS: "--max-old-space-size=160" };
    const { status, stderr } = tcpscope([command, "--json", "-r", file], { env });
    expect(status).toBe(command === "diagnose" ? 3 : 0);
    expect(stderr).toMatch(/^tcpscope: \d+ connections .*--max-connections/m);
    expect(stderr).not.toContain("heap");
  });

  test.each(["0", "-1", "many", "1.5"])("%s is refused", (value) => {
    const { status, stderr } = tcpscope(["flows", "--max-connections", value, ...INPUTS]);
    expect(status).toBe(2);
    expect(stderr).toContain("a whole number above 0 is needed");
  });
});
