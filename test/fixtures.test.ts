import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { DEFAULT_OPTIONS, type TcpdumpOptions } from "../src/print/tcpdump/options.ts";
import { TcpdumpPrinter } from "../src/print/tcpdump/printer.ts";
import { printed } from "../src/print/sink.ts";
import { eachFrame } from "./support/frames.ts";
import { parseScript } from "./support/script.ts";
import { buildFixture, FIXTURES, fixtureNames, fixtureText, writeFixtures } from "./support/write-fixtures.ts";
import { lacksProgram } from "./support/peers.ts";

// The articles print local times; the scripts take them as UTC.
vi.stubEnv("TZ", "UTC");

if (process.env["WRITE_FIXTURES"] === "1") writeFixtures();

/** Fixtures whose text shows more than `tcpdump -n` does. */
const VERBOSE = new Set(["ecn", "ecn-table", "host-unreachable", "option-layout", "ssh-detail", "windows-refused"]);

const names = fixtureNames();
const printedNames = names.filter((name) => fs.existsSync(path.join(FIXTURES, `${name}.tcpdump.txt`)));
const NO_TCPDUMP = lacksProgram("tcpdump");

test("every capture has a script", () => {
  const captures = fs.readdirSync(FIXTURES).filter((file) => /\.pcap(ng)?$/.test(file));
  expect(captures.map((file) => path.parse(file).name).sort()).toEqual(names);
});

test.each(names)("%s.pcap is what its script builds", (name) => {
  const committed = fs.readFileSync(path.join(FIXTURES, `${name}.pcap`));
  expect(committed.equals(buildFixture(name))).toBe(true);
});

test("the README names every fixture", () => {
  const readme = fixtureText("README.md");
  expect(names.filter((name) => !readme.includes(`| \`${name}\` |`))).toEqual([]);
});

describe("printed as tcpdump prints", () => {
  test.each(printedNames)("%s by us", (name) => {
    const options: TcpdumpOptions = { ...DEFAULT_OPTIONS, verbosity: VERBOSE.has(name) ? 1 : 0 };
    const text = printed((sink) => {
      const printer = new TcpdumpPrinter(sink, options);
      eachFrame(parseScript(fixtureText(`${name}.script`)), (frame) => printer.print(frame));
    });
    expect(text).toBe(fixtureText(`${name}.tcpdump.txt`));
  });

  test.skipIf(NO_TCPDUMP).each(printedNames)("%s by tcpdump", (name) => {
    const args = [VERBOSE.has(name) ? "-nv" : "-n", "-r", path.join(FIXTURES, `${name}.pcap`)];
    const { stdout } = spawnSync("tcpdump", args, { encoding: "utf8", env: { ...process.env, TZ: "UTC" } });
    expect(stdout).toBe(fixtureText(`${name}.tcpdump.txt`));
  });
});

test("the refusal that the article prints as relative has an absolute number", () => {
  const last = parseScript(fixtureText("refused-after-a-second.script")).at(-1)!;
  const sequence = new DataView(last.bytes.buffer).getUint32(14 + 20 + 4);
  expect(sequence).toBe((1766537774 + 3482791532) % 2 ** 32);
});

test("the segment of the article's detail tree has its checksum", () => {
  const last = parseScript(fixtureText("ssh-detail.script")).at(-1)!;
  expect(new DataView(last.bytes.buffer).getUint16(14 + 20 + 16)).toBe(0x29cf);
});

test("frame lengths are those of the articles' tables", () => {
  const lengths = (name: string): number[] => parseScript(fixtureText(`${name}.script`)).map((p) => p.wireLength);
  expect(lengths("windows-refused")).toEqual([72, 56, 72, 56, 72, 56, 72, 56, 72, 56, 72, 56]);
  const table = fixtureText("half-open-ssh.seed.txt").trim().split("\n").slice(1);
  expect(lengths("half-open-ssh")).toEqual(table.map((row) => Number(row.split("\t").at(-1))));
});
