import { describe, expect, test } from "vitest";
import { encodeIp } from "../../../src/capture/encode-ip.ts";
import { printed } from "../../../src/print/sink.ts";
import { DEFAULT_OPTIONS } from "../../../src/print/tcpdump/options.ts";
import { TcpdumpPrinter } from "../../../src/print/tcpdump/printer.ts";
import { Frame } from "../../../src/wire/frame.ts";
import { LINKTYPE_RAW, PROTOCOL_VRRP } from "../../../src/wire/protocol.ts";

/** What tcpdump 4.99.3 prints of a VRRP message in IPv4 of which `captured` bytes are there. */
function print(hex: string, verbosity: number, captured = 1000, ttl = 255): string {
  const payload = Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
  const ip = { version: 4, source: "10.0.0.1", destination: "224.0.0.18", ttl } as const;
  const bytes = encodeIp(ip, { protocol: PROTOCOL_VRRP, payload });
  const frame = new Frame();
  frame.bytes = bytes;
  frame.view = new DataView(bytes.buffer);
  frame.linkType = LINKTYPE_RAW;
  frame.wireLength = bytes.length;
  frame.end = Math.min(bytes.length, 20 + captured);
  const text = printed((sink) => new TcpdumpPrinter(sink, { ...DEFAULT_OPTIONS, time: 1, verbosity }).print(frame));
  return text.slice(text.indexOf("224.0.0.18: ") + 12, -1);
}

const VERSION_2 = "2133 6402 0107 3d93 0a0000fe 0a0000fd 7365637265740000";

describe("VRRP", () => {
  test.each([
    [VERSION_2, 0, "VRRPv2, Advertisement, vrid 51, prio 100, authtype simple, intvl 7s, length 24"],
    ["3133 6401 1234 0000 0a0000fe", 0, "VRRPv3, Advertisement, vrid 51, prio 100, intvl 564cs, length 12"],
    [
      "3133 6401 1234 0000 0a0000fe",
      1,
      "VRRPv3, Advertisement, vrid 51, prio 100, intvl 564cs, length 12, (bad vrrp cksum 0), addrs: 10.0.0.254",
    ],
    ["2333 6402 0107 0000", 0, "VRRPv2, unknown type (3)"],
    ["1133 6402 0107 0000", 0, "VRRPv1, Advertisement"],
  ])("%s with -v %i", (hex, verbosity, text) => {
    expect(print(hex, verbosity)).toBe(text);
  });

  test("a password, and a TTL that has crossed a router", () => {
    expect(print(VERSION_2, 1, 1000, 1)).toMatch(
      /^VRRPv2, Advertisement, \(ttl 1\), .*, addrs\(2\): 10\.0\.0\.254,10\.0\.0\.253 auth "secret"$/,
    );
  });

  test("cut at every length", () => {
    for (let captured = 0; captured < 22; captured++) expect(print(VERSION_2, 1, captured)).toMatch(/ \[\|vrrp\]$/);
    expect(print(VERSION_2, 1, 2)).toBe("VRRPv2, Advertisement [|vrrp]");
    expect(print(VERSION_2, 1, 13)).toMatch(/addrs\(2\): 10\.0\.0\.254 \[\|vrrp\]$/);
  });
});
