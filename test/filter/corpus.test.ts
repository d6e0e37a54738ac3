import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { findCompiler } from "../../src/filter/compiler.ts";
import { FilterError } from "../../src/filter/error.ts";
import { Filter } from "../../src/filter/filter.ts";
import { readCaptures } from "../../src/pipeline.ts";
import { CORPUS, corpusCaptures, lacksFolder, lacksProgram } from "../support/peers.ts";

const SKIPPED = lacksFolder(CORPUS) || lacksProgram("tcpdump");

const FOLDERS = ["tcp", "pcapng", "filters", "tcpdump-tests", "hostile"];

/** Each capture is filtered with some of them, so that all are used on many. */
const EXPRESSIONS = [
  "tcp",
  "tcp port 80 or tcp port 443",
  "not tcp",
  "ip6",
  "udp and not port 53",
  "icmp or icmp6 or arp",
  "tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-rst) != 0",
  "ip[2:2] - ((ip[0] & 0xf) << 2) - ((tcp[12] & 0xf0) >> 2) > 0",
  "vlan or mpls or pppoes",
  "host 10.0.0.1 or src net 192.168.0.0/16 or dst net 172.16.0.0/12",
  "ip6 and ip6[6] = 0x2c or ip[6:2] & 0x1fff != 0",
  "portrange 1000-5000",
  "greater 100 and less 600",
  "ip protochain 6 or ip6 protochain 58",
  "-ip[8] < 0xffffffc0",
  "ip[8] * 3 % 7 > 2 or ip[8] / 3 = 21",
  "ip broadcast or ip multicast or ip6 multicast",
  "src port 80 and tcp[13] & 16 != 0 and len > 60",
  "not (host 127.0.0.1 or ip6 host ::1) and (tcp or udp)",
  "tcp[0:4] & 0xff > 0x40 and tcp[2] << 2 != tcp[3] | 1",
];
const PER_CAPTURE = 3;

/** The frames that match, by their lengths, and what was said. */
interface Matched {
  readonly frames: string[];
  readonly complaint: string;
}

/** What tcpdump says of a capture that it does not read. */
const UNREAD =
  /unknown data link type|different from the|no Interface Description Blocks|unknown file format|truncated dump file/;
function byTcpdump(file: string, expression: string): Matched | undefined {
  const run = spawnSync("tcpdump", ["-nn", "-r", file, "-w", "-", "--", expression], { maxBuffer: 1 << 28 });
  const complaint = run.stderr
    .toString()
    .replaceAll(/^(?:reading from|Warning:).*\n/gm, "")
    .trim();
  const frames: string[] = [];
  for (let at = 24; at < run.stdout.length;) {
    const captured = run.stdout.readUInt32LE(at + 8);
    frames.push(`${captured} ${run.stdout.readUInt32LE(at + 12)}`);
    at += 16 + captured;
  }
  if (UNREAD.test(complaint)) return undefined;
  return { frames, complaint };
}

const compiler = SKIPPED ? undefined : await findCompiler();

async function byUs(file: string, expression: string): Promise<Matched> {
  const frames: string[] = [];
  const filter = new Filter(compiler!, expression);
  let error: unknown;
  try {
    error = await readCaptures([file], (frame) => void frames.push(`${frame.capturedLength} ${frame.wireLength}`), {
      filter,
    });
  } catch (thrown) {
    error = thrown;
  }
  return { frames, complaint: error instanceof FilterError ? `tcpdump: ${error.message}` : "" };
}

describe.skipIf(SKIPPED)("the same frames as tcpdump", () => {
  test.each(FOLDERS)("%s", { timeout: 240_000 }, async (folder) => {
    let matched = 0;
    for (const [i, file] of corpusCaptures(folder).entries()) {
      for (let n = 0; n < PER_CAPTURE; n++) {
        const expression = EXPRESSIONS[(i * PER_CAPTURE + n) % EXPRESSIONS.length]!;
        const theirs = byTcpdump(file, expression);
        if (theirs === undefined) continue;
        const { frames, complaint } = await byUs(file, expression);
        expect([file, expression, frames]).toEqual([file, expression, theirs.frames]);
        // What tcpdump says else is about damage to the file.
        if (complaint !== "") expect([file, expression, complaint]).toEqual([file, expression, theirs.complaint]);
        matched += theirs.frames.length;
      }
    }
    expect(matched).toBeGreaterThan(0);
  });
});
