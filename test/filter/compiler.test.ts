import { describe, expect, test } from "vitest";
import { type ExpressionCompiler, findCompiler } from "../../src/filter/compiler.ts";
import { type ChildResult, type RunChild, TcpdumpCompiler } from "../../src/filter/tcpdump.ts";
import type { CompileRequest } from "../../src/libpcap/compile.ts";
import { type LibpcapLibrary, loadLibpcap } from "../../src/libpcap/library.ts";
import { lacksProgram } from "../support/peers.ts";

const NO_TCPDUMP = lacksProgram("tcpdump");
const REQUEST: CompileRequest = { expression: "tcp port 80", link: 1, snapLength: 65535, optimize: true };

const withoutKoffi = (): Promise<LibpcapLibrary> =>
  loadLibpcap(() => Promise.reject(new Error("Cannot find package 'koffi'")));
const withoutLibpcap = (): Promise<LibpcapLibrary> => loadLibpcap(undefined, ["libpcap.so.99"]);

/** A tcpdump that does as it is told. */
function tcpdumpThat(answer: Partial<ChildResult>, calls: string[][] = []): () => Promise<TcpdumpCompiler> {
  const run: RunChild = (command, args) => {
    calls.push([command, ...args]);
    return { status: 0, stdout: "", stderr: "", ...answer };
  };
  return () => Promise.resolve(new TcpdumpCompiler(run));
}

const NO_TCPDUMP_THERE = tcpdumpThat({ status: undefined, stderr: "spawnSync tcpdump ENOENT" });

describe("without libpcap", () => {
  test.skipIf(NO_TCPDUMP).each([
    ["koffi", withoutKoffi],
    ["libpcap", withoutLibpcap],
  ])("%s is missing: tcpdump makes the same programs", async (_, load) => {
    const libpcap = await findCompiler();
    const tcpdump = await findCompiler(load);
    for (const expression of ["", "tcp port 80 and host 10.0.0.1", "ip protochain 6", "-ip[8] > 0", "ip broadcast"]) {
      for (const request of [
        { link: 1 },
        { link: 101, snapLength: 96 },
        { link: 276, optimize: false },
        { link: "RAW" },
      ]) {
        const full = { ...REQUEST, expression, ...request };
        expect([full, tcpdump.compile(full)]).toEqual([full, libpcap.compile(full)]);
      }
    }
  });

  test.skipIf(NO_TCPDUMP)("refusals are the same too", async () => {
    const tcpdump = await findCompiler(withoutKoffi);
    const compile =
      (expression: string, link: number | string = 1) =>
      (): unknown =>
        tcpdump.compile({ ...REQUEST, expression, link });
    expect(compile("tcp port")).toThrow(
      expect.objectContaining({ code: "refused", message: "can't parse filter expression: syntax error" }),
    );
    expect(compile("tcp and udp")).toThrow(
      expect.objectContaining({ code: "rejects-all", message: "expression rejects all packets" }),
    );
    expect(compile("inbound")).toThrow("inbound/outbound not supported on Ethernet when reading savefiles");
    expect(compile("tcp", "nonsense")).toThrow(
      expect.objectContaining({ code: "refused", message: "invalid data link type nonsense" }),
    );
  });

  test("tcpdump gets the expression as one word that is no option", async () => {
    const calls: string[][] = [];
    const compiler = await findCompiler(withoutKoffi, tcpdumpThat({ stdout: "1\n6 0 0 65535\n" }, calls));
    const program = compiler.compile({ ...REQUEST, expression: "-ip[8] > 0", optimize: false });
    expect(calls).toEqual([
      ["tcpdump", "--version"],
      ["tcpdump", "-ddd", "-O", "-r", "-", "--", "-ip[8] > 0"],
    ]);
    expect([...program.codes, ...program.operands]).toEqual([6, 65535]);
  });

  test.each([
    ["less than it says", "2\n6 0 0 1\n", "tcpdump -ddd did not print a program"],
    ["something else", "1\n6 0 0 x\n", "tcpdump -ddd printed no instruction: 6 0 0 x"],
  ])("tcpdump prints %s", async (_, stdout, message) => {
    const compiler = await findCompiler(withoutKoffi, tcpdumpThat({ stdout }));
    expect(() => compiler.compile(REQUEST)).toThrow(message);
  });

  test("tcpdump fails in a way of its own", async () => {
    const compiler: ExpressionCompiler = await findCompiler(withoutKoffi, tcpdumpThat({}));
    expect(() => compiler.compile(REQUEST)).toThrow("tcpdump -ddd did not print a program");
    const run: RunChild = (_, args) =>
      args[0] === "--version"
        ? { status: 0, stdout: "", stderr: "" }
        : { status: null, stdout: "", stderr: "Segmentation fault\n" };
    const crashed = await findCompiler(withoutKoffi, () => Promise.resolve(new TcpdumpCompiler(run)));
    expect(() => crashed.compile(REQUEST)).toThrow("tcpdump did not compile the filter expression: Segmentation fault");
  });
});

describe("with nothing that compiles", () => {
  test("koffi is what to install", async () => {
    await expect(findCompiler(withoutKoffi, NO_TCPDUMP_THERE)).rejects.toMatchObject({
      name: "FilterError",
      code: "no-compiler",
      message:
        "filter expressions need libpcap, and koffi to call it: koffi cannot be loaded: Cannot find package 'koffi'; " +
        "npm install koffi, or install tcpdump, which is used instead",
    });
  });

  test("or libpcap", async () => {
    await expect(findCompiler(withoutLibpcap, NO_TCPDUMP_THERE)).rejects.toMatchObject({
      code: "no-compiler",
      message: expect.stringMatching(
        /: libpcap is not installed \(tried libpcap\.so\.99\); install .+, or install tcpdump, which is used instead$/,
      ),
    });
  });

  test("errors of other kinds are not taken for that", async () => {
    await expect(findCompiler(() => Promise.reject(new RangeError("a bug")))).rejects.toThrow(RangeError);
  });
});

test("a zero byte does not end an expression", async () => {
  const compiler = await findCompiler();
  expect(() => compiler.compile({ ...REQUEST, expression: "tcp\0 and nonsense" })).toThrow(
    "filter expression has a zero byte",
  );
});
