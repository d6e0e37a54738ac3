import { describe, expect, test } from "vitest";
import { type CompileRequest, LibpcapCompiler } from "../../src/libpcap/compile.ts";
import { loadLibpcap } from "../../src/libpcap/library.ts";

const compiler = new LibpcapCompiler(await loadLibpcap());
const ETHERNET = 1;
const RAW = 101;

function compile(expression: string, request: Partial<CompileRequest> = {}): number[][] {
  const program = compiler.compile({ expression, link: ETHERNET, snapLength: 65535, optimize: true, ...request });
  const { codes, jumpTrue, jumpFalse, operands } = program;
  return Array.from({ length: program.length }, (_, i) => [codes[i]!, jumpTrue[i]!, jumpFalse[i]!, operands[i]!]);
}

describe("programs", () => {
  test("have libpcap's instructions", () => {
    expect(compile("arp")).toEqual([
      [0x28, 0, 0, 12],
      [0x15, 0, 1, 0x806],
      [0x06, 0, 0, 65535],
      [0x06, 0, 0, 0],
    ]);
  });

  test("hold numbers of 32 bits", () => {
    expect(compile("ip dst host 255.254.253.252")).toContainEqual([0x15, 0, 1, 0xfffefdfc]);
  });

  test("return the snap length", () => {
    expect(compile("", { snapLength: 96 })).toEqual([[0x06, 0, 0, 96]]);
  });

  test("are made for a link type", () => {
    expect(compile("ip", { link: RAW })[0]).toEqual([0x30, 0, 0, 0]);
    expect(compile("ip", { link: "RAW" })).toEqual(compile("ip", { link: RAW }));
    expect(compile("ip", { link: "en10mb" })).toEqual(compile("ip"));
  });

  test("for BSD's loopback take the family's number in the byte order of the file, whatever system wrote it", () => {
    const families = (littleEndian: boolean): number[] =>
      compile("ip6", { link: 0, littleEndian })
        .filter(([code]) => code === 0x15)
        .map(([, , , operand]) => operand!);
    expect(families(true).toSorted((a, b) => a - b)).toEqual([0x18000000, 0x1c000000, 0x1e000000]);
    expect(families(false).toSorted((a, b) => a - b)).toEqual([24, 28, 30]);
  });

  test("are longer when they are not optimised", () => {
    expect(compile("tcp port 80", { optimize: false }).length).toBeGreaterThan(compile("tcp port 80").length);
  });

  test("know broadcasts without a netmask, as tcpdump does", () => {
    expect(compile("ip broadcast").length).toBeGreaterThan(4);
  });

  test("do not depend on one another", () => {
    const first = compile("tcp port 80");
    for (let port = 1; port < 500; port++) compile(`udp port ${port}`);
    expect(compile("tcp port 80")).toEqual(first);
  });
});

describe("refusals are libpcap's own", () => {
  test.each<readonly [string, Partial<CompileRequest>, string, unknown]>([
    ["tcp port", {}, "refused", "can't parse filter expression: syntax error"],
    ["ip and arp", {}, "rejects-all", "expression rejects all packets"],
    ["arp", { link: RAW }, "rejects-all", "expression rejects all packets"],
    ["tcp[0:3] = 1", {}, "refused", "data size must be 1, 2, or 4"],
    ["inbound", {}, "refused", "inbound/outbound not supported on Ethernet when reading savefiles"],
    ["ether[0] / 0 = 1", {}, "refused", "division by zero"],
    ["tcp", { link: 9999 }, "refused", expect.stringMatching(/^unknown data link type 9999/)],
    ["tcp", { link: "nonsense" }, "refused", "invalid data link type nonsense"],
  ])("%s", (expression, request, code, message) => {
    expect(() => compile(expression, request)).toThrow(
      expect.objectContaining({ name: "LibpcapError", code, message }),
    );
  });

  test("and the next expression is compiled all the same", () => {
    expect(() => compile("tcp port")).toThrow();
    expect(compile("arp")).toHaveLength(4);
  });

  test("but for expressions that might take all of the stack", () => {
    expect(compiler.maximumLength).toBe(16384);
    expect(() => compile("ip or ".repeat(4000))).toThrow(
      /^filter expression has 24000 characters, 16384 at most are compiled/,
    );
    expect(compile(`${"(".repeat(3000)}ip${")".repeat(3000)}`)).toEqual(compile("ip"));
  });
});
