import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { checkProgram } from "../../src/filter/check.ts";
import { findCompiler } from "../../src/filter/compiler.ts";
import { listing, type ListingStyle } from "../../src/filter/listing.ts";
import * as op from "../../src/filter/opcodes.ts";
import { assemble, type Instruction } from "./assemble.ts";
import { nativeImage, nativeProgram } from "./native.ts";
import { lacksProgram } from "../support/peers.ts";

const NO_TCPDUMP = lacksProgram("tcpdump");

/** All codes that a checked program can have; libpcap runs ldx #pktlen, but does not print it. */
function knownCodes(): number[] {
  return Array.from({ length: 256 }, (_, code) => code).filter((code) => {
    if (code === op.LDX + op.LEN) return false;
    try {
      checkProgram(assemble([[code], [op.RET]]));
      return true;
    } catch {
      return false;
    }
  });
}

describe("-d", () => {
  test("prints each instruction as libpcap does", () => {
    const codes = knownCodes();
    expect(codes.length).toBe(48);
    const instructions = codes.flatMap((code) => [0, 7, 0x86dd].map((operand): Instruction => [code, operand, 3, 4]));
    const program = assemble(instructions);
    const native = nativeProgram(program);
    const expected = instructions.map((_, i) => nativeImage(native, i));
    expect(listing(program, "assembly").trimEnd().split("\n")).toEqual(expected.join("\n").trimEnd().split("\n"));
  });

  test("prints large numbers as libpcap does", () => {
    const large = knownCodes().filter((code) => ![op.ST, op.STX, op.LD + op.MEM, op.LDX + op.MEM].includes(code));
    const instructions = large.flatMap((code) =>
      [0x80000000, 0xfffffffb].map((operand): Instruction => [code, operand, 255, 0]),
    );
    const program = assemble(instructions);
    const native = nativeProgram(program);
    const expected = instructions.map((_, i) => `${nativeImage(native, i)}\n`).join("");
    expect(listing(program, "assembly")).toBe(expected);
  });

  test("names the Linux kernel's metadata as libpcap does", () => {
    const offsets = Array.from({ length: 80 }, (_, i) => op.ANCILLARY - 8 + i);
    const program = assemble(offsets.map((offset): Instruction => [op.LD + op.ABS + op.HALF, offset]));
    const native = nativeProgram(program);
    expect(listing(program, "assembly")).toBe(offsets.map((_, i) => `${nativeImage(native, i)}\n`).join(""));
  });
});

const EXPRESSIONS = [
  "",
  "tcp",
  "tcp port 80 and host 10.0.0.1",
  "ip6 and tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
  "vlan 3 and udp",
  "ip protochain 6",
  "-ip[8] > 0 and ether[0] & 1 = 0 and len <= 100",
  "icmp[icmptype] = icmp-unreach or icmp6 or arp",
  "ip[2:2] - ((ip[0] & 0xf) << 2) - ((tcp[12] & 0xf0) >> 2) != 0",
  "mpls 5 and host 10.0.0.1",
];
const STYLES: readonly (readonly [string, ListingStyle])[] = [
  ["-d", "assembly"],
  ["-dd", "c"],
  ["-ddd", "numbers"],
];

describe.skipIf(NO_TCPDUMP)("the same text as tcpdump", () => {
  test.each(STYLES)("%s", async (option, style) => {
    const compiler = await findCompiler();
    for (const expression of EXPRESSIONS) {
      for (const link of ["EN10MB", "RAW", "LINUX_SLL2"]) {
        const optimize = link !== "RAW";
        const request = { expression, link, optimize, snapLength: 262144 };
        const theirs = spawnSync("tcpdump", [option, "-y", link, ...(optimize ? [] : ["-O"]), "--", expression], {
          encoding: "utf8",
        });
        let ours = "";
        try {
          ours = listing(compiler.compile(request), style);
        } catch (error) {
          expect(`tcpdump: ${error instanceof Error ? error.message : ""}`).toBe(theirs.stderr.trim());
        }
        expect([expression, link, ours]).toEqual([expression, link, theirs.stdout]);
      }
    }
  });
});
