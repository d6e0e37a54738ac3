import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PrintingList } from "../../../src/cli/dump-wireshark.ts";
import { readCaptures } from "../../../src/pipeline.ts";
import { CORPUS, LAB, lacksFolder, lacksProgram } from "../../support/peers.ts";
import { printedBy } from "../../support/printed.ts";
import { FIXTURES } from "../../support/write-fixtures.ts";

const FOLDER = path.join(CORPUS, "tcp");
const SKIPPED = lacksProgram("tshark", "4.0.17") || lacksFolder(LAB) || lacksFolder(CORPUS);

/** What is decoded here too; tshark is told to leave the rest alone. */
const KEPT =
  /^(?:frame|eth|ethertype|vlan|ieee8021ad|ip|ipv6|tcp|udp|icmp|icmpv6|arp|data|sll|null|raw|llc|loop|igmp|gre|vxlan|geneve|mpls|pppoes|ppp|_ws\..*|(?:ipv6|tcp|ip|icmpv6)\..*|mptcp.*|tcpopt.*)$/;

/** Captures with a bit of everything: fragments, errors, tags, tunnels, both IP versions. */
const REAL = [
  "suricata-verify__tests_ipv6-evasion_ipv6-malformed-fragments-22_frag-22.pcap",
  "nDPI__tests_cfgs_default_pcap_ftp.pcap",
  "tcpflow__tests_bug8.pcap",
  "wireshark__docbook_examples_test.cap",
];

let folder = "";

beforeAll(() => {
  if (SKIPPED) return;
  folder = mkdtempSync(path.join(tmpdir(), "tshark-"));
  const protocols = execFileSync("tshark", ["-G", "protocols"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const names = protocols.split("\n").map((line) => line.split("\t")[2] ?? "");
  writeFileSync(
    path.join(folder, "disabled_protos"),
    names.filter((name) => name !== "" && !KEPT.test(name)).join("\n"),
  );
});

afterAll(() => {
  if (folder !== "") rmSync(folder, { recursive: true });
});

async function ours(file: string): Promise<string> {
  return printedBy(async (sink) => {
    const printer = new PrintingList({}, sink, false);
    await readCaptures([file], (frame, source) => printer.frame(frame, source));
    printer.end();
  });
}

function theirs(file: string): string {
  const env = { ...process.env, WIRESHARK_CONFIG_DIR: folder, XDG_CONFIG_HOME: folder };
  const { stdout } = spawnSync("tshark", ["-n", "-r", file], { env, encoding: "utf8", maxBuffer: 1 << 26 });
  return stdout;
}

function captures(parent: string, count: number): string[] {
  if (!existsSync(parent)) return [];
  const names = readdirSync(parent).filter((name) => name.endsWith(".pcap"));
  const step = Math.max(1, Math.floor(names.length / count));
  return names.filter((_name, i) => i % step === 0).map((name) => path.join(parent, name));
}

describe.skipIf(SKIPPED)("the same as tshark -n lists", () => {
  const files = [...captures(FIXTURES, 12), ...captures(LAB, 12), ...REAL.map((name) => path.join(FOLDER, name))];
  test.each(files.map((file) => [path.basename(file), file]))("%s", async (_name, file) => {
    expect(await ours(file)).toBe(theirs(file));
  });
});
