import fs from "node:fs";
import { describe, expect, test } from "vitest";
import { pcapBytes, type PcapRecord } from "../support/pcap-bytes.ts";
import { fixture, tcpscope } from "./run.ts";

const RADIOTAP = Buffer.from("000009000200000000", "hex");
const RADIO_HEADERS: readonly (readonly [name: string, linkType: number, header: Buffer])[] = [
  ["nothing", 105, Buffer.alloc(0)],
  ["radiotap", 127, RADIOTAP],
  ["Prism", 119, Buffer.alloc(144)],
  ["AVS", 163, Buffer.from("802110010000000c00000000", "hex")],
];
/** QoS data that an access point passes on; the addresses come between. */
const FRAME_CONTROL = Buffer.from("88020000", "hex");
const ACCESS_POINT = Buffer.from("020000000099", "hex");
const AFTER = Buffer.from("10000000aaaa03000000", "hex");

/** A fixture's Ethernet frames as an access point would send them. */
function overTheAir(name: string, linkType: number, header: Buffer): Uint8Array {
  const bytes = fs.readFileSync(fixture(name));
  const records: PcapRecord[] = [];
  for (let at = 24; at < bytes.length;) {
    const length = bytes.readUInt32LE(at + 8);
    const frame = bytes.subarray(at + 16, at + 16 + length);
    const [destination, source, rest] = [frame.subarray(0, 6), frame.subarray(6, 12), frame.subarray(12)];
    const wireless = Buffer.concat([header, FRAME_CONTROL, destination, ACCESS_POINT, source, AFTER, rest]);
    const wireLength = bytes.readUInt32LE(at + 12) + wireless.length - frame.length;
    const fraction = bytes.readUInt32LE(at + 4);
    records.push({ seconds: bytes.readUInt32LE(at), nanoseconds: fraction * 1000, bytes: wireless, wireLength });
    at += 16 + length;
  }
  return pcapBytes(linkType, "micro", 262144, records);
}

function json(args: readonly string[], input?: Uint8Array): string {
  const { status, stdout, stderr } = tcpscope([...args, "--json"], input === undefined ? {} : { input });
  expect([status, stderr]).toEqual([status === 3 ? 3 : 0, ""]);
  return stdout;
}

describe.each(RADIO_HEADERS)("802.11 behind %s", (_name, linkType, header) => {
  test.each(["healthy", "abort", "ecn"])("has the connections of the same packets over Ethernet: %s", (name) => {
    const input = overTheAir(name, linkType, header);
    for (const command of ["flows", "diagnose"])
      expect(json([command, "-r", "-"], input)).toBe(json([command, "-r", fixture(name)]));
  });
});

describe("802.11", () => {
  const input = overTheAir("healthy", 127, RADIOTAP);

  test("is told in JSON", () => {
    const [first] = json(["dump", "-r", "-", "-c", "1"], input).split("\n");
    const { ieee80211, ethernet, tcp } = JSON.parse(first!);
    expect(ieee80211).toEqual({
      type: 2,
      subtype: 8,
      source: "02:00:0a:00:00:01",
      destination: "02:00:0a:00:00:02",
      bssid: "02:00:00:00:00:99",
      sequenceNumber: 1,
      fragmentNumber: 0,
      retry: false,
      protected: false,
    });
    expect(ethernet).toBeUndefined();
    expect(tcp.flags).toBe("S");
  });

  test("has fields that are asked for", () => {
    const count = (query: string): string => tcpscope(["-r", "-", "--count", "--where", query], { input }).stdout;
    const all = count("wlan");
    expect(all).toMatch(/^[1-9]/);
    expect(count("wlan.bssid == 02:00:00:00:00:99 and wlan.fc.type == 2 and wlan.fc.subtype == 8")).toBe(all);
    expect(count("wlan.fc.retry == 1 or wlan.fc.protected == 1 or wlan.seq != 1")).toMatch(/^0/);
    expect(count("wlan.sa == 02:00:0a:00:00:01 or wlan.da == 02:00:0a:00:00:01")).toBe(all);
  });

  test("is filtered as libpcap does", () => {
    const { stdout } = tcpscope(["-n", "-t", "-r", "-", "tcp[tcpflags] & tcp-syn != 0"], { input });
    expect(stdout.match(/Flags \[S\.?\]/g)).toHaveLength(2);
  });

  test("with -H, mesh headers are looked for", () => {
    const header = "88020000 010000000001 020000000002 030000000003 1000 0001";
    const mesh = Buffer.from(`${header} 001f01000000 aaaa030000000806`.replaceAll(" ", ""), "hex");
    const capture = pcapBytes(105, "micro", 262144, [
      { seconds: 0, nanoseconds: 0, bytes: mesh, wireLength: mesh.length },
    ]);
    expect(tcpscope(["-t", "-H", "-e", "-r", "-"], { input: capture }).stdout).toMatch(
      /^MeshData \(AE 0 TTL 31 seq 1\) /,
    );
    expect(tcpscope(["-t", "-e", "-r", "-"], { input: capture }).stdout).not.toContain("MeshData");
  });
});
