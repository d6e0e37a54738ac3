import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { openCapture } from "../../../src/capture/open.ts";
import { DEFAULT_OPTIONS, type TcpdumpOptions } from "../../../src/print/tcpdump/options.ts";
import { TcpdumpPrinter } from "../../../src/print/tcpdump/printer.ts";
import { Frame } from "../../../src/wire/frame.ts";
import { CORPUS, LAB, lacksFolder, lacksProgram } from "../../support/peers.ts";
import { printedBy } from "../../support/printed.ts";

const FOLDER = path.join(CORPUS, "tcp");
const SKIPPED = lacksProgram("tcpdump", "tcpdump version 4.99.3") || lacksFolder(LAB) || lacksFolder(CORPUS);

const OPTION_SETS: readonly (readonly [readonly string[], Partial<TcpdumpOptions>])[] = [
  [[], {}],
  [["-vv", "-e"], { verbosity: 2, linkLayer: true }],
  [["-S", "-q"], { absoluteSequence: true, quiet: true }],
  [["-v", "-K", "-X"], { verbosity: 1, skipChecksums: true, hexAscii: 1 }],
];

const run = promisify(execFile);

async function ours(file: string, options: Partial<TcpdumpOptions>): Promise<string> {
  return printedBy(async (sink) => {
    const printer = new TcpdumpPrinter(sink, { ...DEFAULT_OPTIONS, time: 2, ...options });
    const frame = new Frame();
    let count = 0;
    for await (const block of (await openCapture(file)).blocks()) {
      while (count < 300 && block.next(frame)) {
        count++;
        printer.print(frame);
      }
      if (count >= 300) break;
    }
  });
}

async function theirs(file: string, words: readonly string[]): Promise<string> {
  const { stdout } = await run("tcpdump", ["-n", "-tt", "-c", "300", ...words, "-r", file], { maxBuffer: 1 << 26 });
  return stdout;
}

/** Real captures of TCP with nothing in them that is not decoded. */
const REAL = [
  "PcapPlusPlus__Tests_Pcap++Test_PcapExamples_four_ipv6_http_sessions.pcap",
  "haka__sample_test_httpfilter-ref.pcap",
  "nDPI__tests_cfgs_default_pcap_ftp.pcap",
  "suricata-verify__tests_ftp_ftp-ippair-leak-5204_input.pcap",
];

describe.skipIf(SKIPPED)("the same as tcpdump prints", () => {
  const lab = SKIPPED ? [] : readdirSync(LAB).filter((name) => name.endsWith(".pcap"));
  const paths = [...lab.map((name) => path.join(LAB, name)), ...REAL.map((name) => path.join(FOLDER, name))];

  test.each(OPTION_SETS)("with %j", { timeout: 60_000 }, async (words, options) => {
    const present = paths.filter((each) => existsSync(each));
    expect(present.length).toBeGreaterThan(50);
    for (const file of present) expect(await ours(file, options), file).toBe(await theirs(file, words));
  });
});
