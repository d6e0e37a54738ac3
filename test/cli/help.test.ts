import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { program } from "../../src/cli/program.ts";
import { suggestCommand } from "../../src/cli/suggest.ts";
import { tcpscope } from "./run.ts";

const names = program().commands.flatMap((command) => [command.name(), ...command.aliases()]);

test("each command can be made alone", () => {
  for (const command of program().commands) {
    const [alone, ...others] = program(command.name()).commands;
    expect([alone?.helpInformation(), others]).toEqual([command.helpInformation(), []]);
  }
});

describe("--help", () => {
  test.each([
    ["tcpscope", ["--help"]],
    ["dump", ["dump", "--help"]],
    ["flows", ["flows", "-h"]],
    ["diagnose", ["help", "diagnose"]],
    ["connect", ["connect", "--help"]],
    ["run", ["help", "run"]],
    ["ladder", ["ladder", "--help"]],
    ["explain", ["explain", "--help"]],
    ["report", ["report", "--help"]],
    ["interfaces", ["interfaces", "--help"]],
    ["completion", ["completion", "--help"]],
  ])("of %s", async (name, args) => {
    const { status, stdout, stderr } = tcpscope(args);
    expect([status, stderr]).toEqual([0, ""]);
    await expect(stdout).toMatchFileSnapshot(`expected/help-${name}.txt`);
  });

  test("fits a terminal of 80 columns, but for the examples", () => {
    for (const command of program().commands) {
      const lines = tcpscope([command.name(), "--help"])
        .stdout.split("\n")
        .filter((line) => !line.startsWith("  bash  "));
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(
        command.name() === "diagnose" ? 100 : 80,
      );
    }
  });
});

test("--version says name and version", () => {
  const manifest: { version: string } = JSON.parse(
    fs.readFileSync(path.join(import.meta.dirname, "../../package.json"), "utf8"),
  );
  expect(tcpscope(["--version"])).toEqual({ status: 0, stdout: `tcpscope ${manifest.version}\n`, stderr: "" });
});

describe("suggestions", () => {
  test.each(names.map((name) => [name]))("%s is near to itself", (name) => {
    expect(suggestCommand(name)).toBe(name);
  });

  test.each([
    ["diag", "diagnose"],
    ["flwos", "flows"],
    ["dmup", "dump"],
    ["wyh", "why"],
  ])("%s may be %s", (word, command) => {
    expect(suggestCommand(word)).toBe(command);
  });

  test.each([
    "tcp",
    "udp",
    "host",
    "port",
    "net",
    "src",
    "ip",
    "ip6",
    "arp",
    "icmp",
    "less",
    "greater",
    "vlan",
    "ether",
    "not",
    "portrange",
    "10.0.0.1",
  ])("%s begins a filter expression", (word) => {
    expect(suggestCommand(word)).toBeUndefined();
  });
});
