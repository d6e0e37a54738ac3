import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { Analysis, readCaptures } from "../../src/pipeline.ts";
import { compileQuery } from "../../src/query/compile.ts";
import { PACKET_FIELDS } from "../../src/query/packet-fields.ts";
import { PacketSubject } from "../../src/query/packet-subject.ts";
import { EXPRESSIONS } from "./expressions.ts";
import { CORPUS, lacksFolder, lacksProgram } from "../support/peers.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const FOLDER = path.join(CORPUS, "tcp");
const NO_TSHARK = lacksProgram("tshark") || lacksFolder(FOLDER);

/** Numbers of the frames that each query matches. */
async function matched(file: string, queries: readonly string[]): Promise<Map<string, number[]>> {
  const compiled = queries.map((query) => ({ frames: [] as number[], query, ...compileQuery(query, PACKET_FIELDS) }));
  const analysis = new Analysis();
  const subject = new PacketSubject(analysis.packet);
  await readCaptures([file], (frame, source) => {
    const segment = analysis.observe(frame);
    subject.move(analysis.packet, segment, source.interfaces[frame.interfaceIndex]?.name ?? "");
    for (const { matches, frames } of compiled) if (matches(subject)) frames.push(frame.number);
  });
  return new Map(compiled.map(({ query, frames }) => [query, frames]));
}

/** The same by tshark, without the reassembly that adds fields of one packet to another. */
function byTshark(file: string, query: string): number[] {
  const preferences = ["tcp.desegment_tcp_streams:FALSE", "ip.defragment:FALSE", "ipv6.defragment:FALSE"];
  const args = [
    "-n",
    "-r",
    file,
    ...preferences.flatMap((each) => ["-o", each]),
    "-Y",
    query,
    "-T",
    "fields",
    "-e",
    "frame.number",
  ];
  const run = spawnSync("tshark", args, { encoding: "utf8" });
  expect(run.status, `${query}: ${run.stderr}`).toBe(0);
  return run.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map(Number);
}

describe.skipIf(NO_TSHARK)("the same frames as tshark -Y", () => {
  test.each(Object.entries(EXPRESSIONS))("%s", { timeout: 300_000 }, async (name, queries) => {
    const file = path.join(FOLDER, name);
    const ours = await matched(file, queries);
    for (const query of queries) {
      const theirs = byTshark(file, query);
      expect(theirs.length, `${query} matches nothing there: it proves nothing`).toBeGreaterThan(0);
      expect(ours.get(query), query).toEqual(theirs);
    }
  });
});

describe("our own captures", () => {
  test.each<readonly [string, string, readonly number[]]>([
    ["refused", "tcp.flags.reset == 1", [2]],
    ["refused", "frame.time_relative == 0 and frame.time_delta == 0", [1]],
    ["refused", "frame.time_delta == 0.000214", [2]],
    ["healthy", "frame.time_relative > 0.044 && frame.time_delta > 0.01", [10]],
    ["refused", "tcp.flags.rst == true", [2]],
    ["refused", "not tcp.flags.syn == 1", [2]],
    ["refused", "tcp.options.mss > 1400", [1]],
    ["refused", "tcp.options.mss", [1]],
    ["refused", "ip.addr == 10.0.0.1 xor ip.src == 10.0.0.1", [2]],
    ["refused", "ip.addr == 10.0.0.0/31", [1, 2]],
    ["refused", "ip.addr === 10.0.0.0/30", [1, 2]],
    ["refused", "ip.addr === 10.0.0.1", []],
    ["refused", "ip.addr != 10.0.0.1", []],
    ["refused", "ip.addr ~= 10.0.0.1", [1, 2]],
    ["refused", "ipv6.addr == ::/0", []],
    ["refused", "ipv6.addr != ::1", []],
    ["refused", "ip.src in {10.0.0.2..10.0.0.9, 192.0.2.0/24}", [2]],
    ["refused", 'states.client == "CLOSED"', [2]],
    ["refused", "states.client == SYN_SENT", [1]],
    ["refused", 'states.client matches "^syn"', [1]],
    ["refused", "tcp.port == 81 and tcp.port != 81", []],
    ["refused", "tcp.srcport > tcp.dstport", [1]],
    ["refused", "tcp.dstport in {0x51}", [1]],
    ["unanswered", 'retransmission.cause == "syn"', [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    ["unanswered", "retransmission.cause in {tlp, sack, keep-alive, window-probe, duplicate-capture}", []],
    ["unanswered", "retransmission.of in {1..3} and frame.number > 3", [4]],
    ["ssh-detail", 'tcp.payload contains "SSH-2" and tcp.payload contains 53:53:48', [4, 5]],
  ])("%s: %s", async (fixture, query, frames) => {
    const all = await matched(path.join(ROOT, "fixtures", `${fixture}.pcap`), [query]);
    expect(all.get(query)).toEqual(frames);
  });
});

describe("what does not go together is refused", () => {
  test.each([
    ["tcp.analysis.retransmision", 'there is no field "tcp.analysis.retransmision"', 0],
    [
      "ip and flow.outcome",
      "flow.outcome is a field of connections, and of a packet it is not known yet: ask for it in flows or diagnose",
      7,
    ],
    ["tcp.port == 80.5", 'tcp.port is a whole number, not "80.5"', 12],
    ['tcp.port == "80"', 'tcp.port is a whole number, not "80"', 12],
    ["tcp.flags.syn == 2", 'tcp.flags.syn is true or false, 1 or 0, not "2"', 17],
    ["tcp.analysis.rto > fast", 'tcp.analysis.rto is a number of seconds, not "fast"', 19],
    ["ip.src == 10.0.0.256", 'ip.src is an IPv4 address, with or without /prefix, not "10.0.0.256"', 10],
    ["ip.src == ::1", 'ip.src is an IPv4 address, with or without /prefix, not "::1"', 10],
    ["ip.src == 10.0.0.0/33", 'the prefix of an IPv4 address has 0 to 32 bits, not "10.0.0.0/33"', 10],
    ["ipv6.src == 1::2::3", 'ipv6.src is an IPv6 address, with or without /prefix, not "1::2::3"', 12],
    ["eth.src == 00:11", 'eth.src is an Ethernet address such as 00:00:5e:00:53:01, not "00:11"', 11],
    ["ip.src contains 1", "ip.src is an address: contains does not go with it", 0],
    ["tcp.port matches 8", "tcp.port is no text: matches does not go with it", 0],
    ["tcp == 1", "tcp stands for bytes: only contains and matches go with it", 0],
    ["ip.src & 1", "ip.src is no number: it has no bits to ask for", 0],
    ["states.client == SYN_SEND", "states.client is one of UNKNOWN, CLOSED, LISTEN, SYN_SENT,", 17],
    ['tcp.payload matches "("', "not a regular expression:", 20],
  ])("%s", (query, message, column) => {
    expect(() => compileQuery(query, PACKET_FIELDS)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message), column }),
    );
  });
});

test("every field is described, has a name of its own, and is in the manual page", () => {
  const names = PACKET_FIELDS.fields.flatMap((field) => [field.name, ...(field.aliases ?? [])]);
  expect(new Set(names).size).toBe(names.length);
  expect(PACKET_FIELDS.fields.filter(({ about }) => about.length < 2)).toEqual([]);
  const page = fs.readFileSync(path.join(ROOT, "man/tcpscope.1"), "utf8").replaceAll("\\-", "-");
  const words = new Set(page.split(/[\s,]+/));
  expect(names.filter((name) => !words.has(name))).toEqual([]);
});

test("every field can be asked for in every way that its type allows, of any packet", async () => {
  const values = {
    number: "1",
    seconds: "0.5",
    boolean: "true",
    ipv4: "10.0.0.1",
    ipv6: "::1",
    ethernet: "00:00:5e:00:53:01",
    text: '"x"',
    address: "::1",
    bytes: '"x"',
  };
  const queries = PACKET_FIELDS.fields.flatMap((field) => {
    const { name, type } = field;
    if (type === "bytes") return [name, `${name} contains "x"`, `${name} matches "x"`];
    const value = "choices" in field && field.choices !== undefined ? `"${field.choices[0]}"` : values[type];
    return [
      name,
      ...["==", "!=", "~=", "===", "<", ">="].map((operator) => `${name} ${operator} ${value}`),
      `${name} in {${value}}`,
      `${name} == ${name}`,
    ];
  });
  const all = await matched(path.join(ROOT, "fixtures/ssh-detail.pcap"), queries);
  // What is equal to itself is there, and what is there is equal to itself.
  for (const { name, type } of PACKET_FIELDS.fields)
    if (type !== "bytes") expect(all.get(`${name} == ${name}`), name).toEqual(all.get(name));
});
