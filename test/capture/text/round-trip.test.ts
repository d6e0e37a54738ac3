import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { printed } from "../../../src/print/sink.ts";
import { DEFAULT_OPTIONS, type TcpdumpOptions } from "../../../src/print/tcpdump/options.ts";
import { TcpdumpPrinter } from "../../../src/print/tcpdump/printer.ts";
import { eachFrame } from "../../support/frames.ts";
import { parseScript } from "../../support/script.ts";
import { FIXTURES, fixtureNames, fixtureText } from "../../support/write-fixtures.ts";
import { printTrace, readTrace } from "./trace.ts";
import { lacksProgram } from "../../support/peers.ts";

vi.stubEnv("TZ", "UTC");

const names = fixtureNames();
const NO_TSHARK = lacksProgram("tshark");

function printFixture(name: string, options: Partial<TcpdumpOptions>): string {
  return printed((sink) => {
    const printer = new TcpdumpPrinter(sink, { ...DEFAULT_OPTIONS, ...options });
    eachFrame(parseScript(fixtureText(`${name}.script`)), (frame) => printer.print(frame));
  });
}

/** What applications print behind the length is not read: the payload is not in the text. */
function withoutPayload(text: string): string {
  return text.replaceAll(/(, length \d+)(?:: .*|  ?\[\|.*)$/gm, "$1").replaceAll(/ \[\|\w+\]$/gm, "");
}

describe.each([
  ["-S", { absoluteSequence: true }],
  ["relative numbers", {}],
  ["-tttt -S", { absoluteSequence: true, time: 4 }],
  ["-tt", { time: 2 }],
  ["-ttttt", { time: 5 }],
  ["-t -S", { time: 1, absoluteSequence: true }],
  ["-e", { linkLayer: true }],
  ["-#", { numbers: true }],
] satisfies [string, Partial<TcpdumpOptions>][])("%s", (_, options) => {
  test.each(names)("%s is printed, read and printed the same", async (name) => {
    // Link-layer addresses and line numbers are those of the text: they do not come back.
    const printing: Partial<TcpdumpOptions> = { ...options, linkLayer: false, numbers: false };
    const text = printFixture(name, options);
    const again = printTrace(await readTrace(text), printing);
    const expected = printFixture(name, printing);
    expect(withoutPayload(again)).toBe(withoutPayload(expected));
  });
});

test.each(names)("%s: the bytes of -X and -x are those of the packets", async (name) => {
  for (const options of [{ hexAscii: 1 }, { hex: 1 }, { hexAscii: 2 }, { hex: 2, verbosity: 1 }]) {
    const again = await readTrace(printFixture(name, options));
    expect(printTrace(again, { hex: 1, verbosity: 2 })).toBe(printFixture(name, { hex: 1, verbosity: 2 }));
  }
});

test.each(names)("%s: what -v prints of the IP header is kept", async (name) => {
  const text = printFixture(name, { verbosity: 1 });
  const header = (line: string): string => line.replace(/, bad cksum.*|, options \(.*/, "");
  const headers = (lines: string): string[] => lines.match(/^\S.*$/gm)?.map(header) ?? [];
  const again = printTrace(await readTrace(text), { verbosity: 1 });
  expect(headers(again)).toEqual(headers(text));
});

/** Rows of applications before any row of their connection with ports: nothing tells what they are. */
const LEFT_OUT: Readonly<Record<string, number>> = { "half-open-ssh": 4 };

/** Addresses, flags and length of each TCP line. */
function segments(text: string): string[] {
  const lines = text.match(/^\S+ IP .*: Flags \[[^\]]+\].* length \d+/gm) ?? [];
  return lines.map((line) =>
    line.replace(/^\S+ /, "").replaceAll(/, (?:seq|ack|win|options) (?:\[[^\]]*\]|[\d:]+)/g, ""),
  );
}

describe.skipIf(NO_TSHARK)("tshark's list", () => {
  test.each(names)("%s is read", async (name) => {
    const file = path.join(FIXTURES, `${name}.pcap`);
    const { stdout } = spawnSync("tshark", ["-n", "-r", file], {
      encoding: "utf8",
      env: { ...process.env, TZ: "UTC" },
    });
    const again = segments(printTrace(await readTrace(stdout)));
    const expected = segments(printFixture(name, {}));
    expect(again).toHaveLength(expected.length - (LEFT_OUT[name] ?? 0));
    let at = 0;
    expect(again.filter((line) => (at = expected.indexOf(line, at) + 1) === 0)).toEqual([]);
  });
});

test("the fixtures are there", () => {
  expect(names.length).toBeGreaterThan(20);
  expect(fs.existsSync(FIXTURES)).toBe(true);
});
