import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openCapture } from "../../../src/capture/open.ts";
import { DEFAULT_OPTIONS, type TcpdumpOptions } from "../../../src/print/tcpdump/options.ts";
import { TcpdumpPrinter } from "../../../src/print/tcpdump/printer.ts";
import { TextSink } from "../../../src/print/sink.ts";
import { Frame } from "../../../src/wire/frame.ts";
import { lacksFolder } from "../../support/peers.ts";

const SUITE = fileURLToPath(new URL("../../../../shared/corpus/tcpdump-tests/", import.meta.url));
const SKIPPED = lacksFolder(SUITE);

/** One line of the suite's list: a capture, arguments, and the file that holds what is printed. */
interface Case {
  readonly name: string;
  readonly words: readonly string[];
  readonly expected: string;
}

/** Tests of protocols that are not printed, or only in brief. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "heapoverflow-in_checksum",
  "icmp-cksum-oobr-3",
  "ppp_ip_udp_dns-vv",
  "relts-0x80000000",
  "rpvst-v",
]);

/** The tests of headers up to transport (tier A), and of applications and tunnels (tier B). */
function cases(): readonly Case[] {
  const [head = "", ...lines] = readFileSync(`${SUITE}TESTLIST.tsv`, "utf8").trim().split(/\r?\n/);
  const columns = head.split("\t");
  return lines
    .map((line) => Object.fromEntries(line.split("\t").map((value, i) => [columns[i] ?? "", value])))
    .filter((row) => row["tier"] === "A" || row["tier"] === "B")
    .filter((row) => !LEFT_OUT.has(row["name"] ?? ""))
    .map((row) => ({
      name: row["name"] ?? "",
      words: (row["args"] ?? "").split(" "),
      expected: (row["local_matches"] === "yes" ? row["expected"] : row["local_out"]) || (row["expected"] ?? ""),
    }));
}

function optionsOf(words: readonly string[]): Partial<TcpdumpOptions> {
  const count = (letter: string): number =>
    words.filter((word) => new RegExp(`^-${letter}+$`).test(word)).reduce((sum, word) => sum + word.length - 1, 0);
  return {
    numbers: words.includes("-#"),
    verbosity: count("v"),
    time: count("t"),
    linkLayer: count("e") > 0,
    quiet: count("q") > 0,
    hex: count("x"),
    hexAscii: count("X"),
    ascii: count("A"),
    ...(words.includes("domain") ? { payloadType: "domain" } : {}),
  };
}

async function printedText(path: string, options: Partial<TcpdumpOptions>): Promise<string> {
  let text = "";
  const sink = new TextSink((bytes, length) => {
    text += Buffer.from(bytes.subarray(0, length)).toString("latin1");
  });
  const printer = new TcpdumpPrinter(sink, { ...DEFAULT_OPTIONS, ...options });
  const frame = new Frame();
  for await (const block of (await openCapture(path)).blocks()) while (block.next(frame)) printer.print(frame);
  sink.flush();
  return text;
}

/** A file without any test would be an error. */
const WITHOUT: readonly Case[] = [{ name: "list", words: [], expected: "" }];

test.skipIf(SKIPPED).each(SKIPPED ? WITHOUT : cases())("tcpdump's own test $name", async ({ words, expected }) => {
  const zone = process.env["TZ"];
  process.env["TZ"] = "GMT0";
  try {
    const path = SUITE + (words[words.indexOf("-r") + 1] ?? "");
    expect(await printedText(path, optionsOf(words))).toBe(readFileSync(SUITE + expected, "latin1"));
  } finally {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  }
});
