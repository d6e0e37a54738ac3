import { execFile, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { openCapture } from "../../../src/capture/open.ts";
import { DEFAULT_OPTIONS, type TcpdumpOptions } from "../../../src/print/tcpdump/options.ts";
import { TcpdumpPrinter } from "../../../src/print/tcpdump/printer.ts";
import { TextSink } from "../../../src/print/sink.ts";
import { Frame } from "../../../src/wire/frame.ts";
import { hasShared } from "../../support/shared.ts";

const LAB = fileURLToPath(new URL("../../../../shared/lab", import.meta.url));
const CORPUS = fileURLToPath(new URL("../../../../shared/corpus/tcp", import.meta.url));
const VERSION = spawnSync("tcpdump", ["--version"], { encoding: "utf8" });
const HAS_TCPDUMP = `${VERSION.stdout}${VERSION.stderr}`.includes("tcpdump version 4.99.3");
const SKIPPED = (process.env["CI"] === undefined && !HAS_TCPDUMP) || !hasShared("corpus", "lab");

const OPTION_SETS: readonly (readonly [readonly string[], Partial<TcpdumpOptions>])[] = [
  [[], {}],
  [["-vv", "-e"], { verbosity: 2, linkLayer: true }],
  [["-S", "-q"], { absoluteSequence: true, quiet: true }],
  [["-v", "-K", "-X"], { verbosity: 1, skipChecksums: true, hexAscii: 1 }],
];

const run = promisify(execFile);

async function ours(path: string, options: Partial<TcpdumpOptions>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const sink = new TextSink((bytes, length) => {
    text += decoder.decode(bytes.subarray(0, length), { stream: true });
  });
  const printer = new TcpdumpPrinter(sink, { ...DEFAULT_OPTIONS, time: 2, ...options });
  const frame = new Frame();
  let count = 0;
  for await (const block of (await openCapture(path)).blocks()) {
    while (count < 300 && block.next(frame)) {
      count++;
      printer.print(frame);
    }
    if (count >= 300) break;
  }
  sink.flush();
  return text;
}

async function theirs(path: string, words: readonly string[]): Promise<string> {
  const { stdout } = await run("tcpdump", ["-n", "-tt", "-c", "300", ...words, "-r", path], { maxBuffer: 1 << 26 });
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
  const paths = [...lab.map((name) => `${LAB}/${name}`), ...REAL.map((name) => `${CORPUS}/${name}`)];

  test.each(OPTION_SETS)("with %j", { timeout: 60_000 }, async (words, options) => {
    const present = paths.filter((path) => existsSync(path));
    expect(present.length).toBeGreaterThan(50);
    for (const path of present) expect(await ours(path, options), path).toBe(await theirs(path, words));
  });
});
