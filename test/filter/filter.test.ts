import { describe, expect, test } from "vitest";
import type { ExpressionCompiler } from "../../src/filter/compiler.ts";
import { FilterError } from "../../src/filter/error.ts";
import { Filter } from "../../src/filter/filter.ts";
import { readCaptures, type ReadingOptions } from "../../src/pipeline.ts";
import { join, Pcapng, pcapHeader, pcapRecord } from "../capture/bytes.ts";
import { temporaryFile } from "../capture/read.ts";
import { assemble } from "./assemble.ts";

const ETHERNET = 1;
const RAW = 101;
const NETLINK = 253;

/** An IPv4 header of a protocol. */
function ip(protocol: number): Uint8Array {
  const bytes = new Uint8Array(20);
  bytes.set([0x45, 0, 0, 20]);
  bytes[9] = protocol;
  return bytes;
}

function ethernet(etherType: number, payload: Uint8Array): Uint8Array {
  return join(new Uint8Array(12), Uint8Array.of(etherType >> 8, etherType & 0xff), payload);
}

const TCP = ip(6);
const UDP = ip(17);
const ARP = ethernet(0x806, new Uint8Array(28));

/** Frames on Ethernet, on a tunnel without link layer, and on what no expression is compiled for. */
const MIXED = ((): Uint8Array => {
  const file = new Pcapng();
  return join(
    file.section(),
    file.interface(RAW),
    file.interface(ETHERNET),
    file.packet(0, 1n, TCP),
    file.packet(1, 2n, ARP),
    file.packet(1, 3n, ethernet(0x800, TCP)),
    file.packet(0, 4n, UDP),
    file.packet(1, 5n, ethernet(0x800, UDP)),
    file.packet(0, 6n, TCP),
  );
})();

interface Reading {
  readonly numbers: number[];
  readonly opened: number;
  readonly error: unknown;
}

/** Numbers of the frames that match, and the error that was returned or thrown. */
async function read(
  captures: readonly Uint8Array[],
  expression: string,
  options: ReadingOptions = {},
): Promise<Reading> {
  const numbers: number[] = [];
  let opened = 0;
  const filter = await Filter.load(expression);
  const hooks = { ...options, filter, onOpen: (): void => void opened++ };
  try {
    const files = captures.map((bytes, i) => temporaryFile(bytes, `trace${i}`));
    const error = await readCaptures(files, (frame) => void numbers.push(frame.number), hooks);
    return { numbers, opened, error };
  } catch (error) {
    return { numbers, opened, error };
  }
}

function pcap(linkType: number, ...frames: readonly Uint8Array[]): Uint8Array {
  return join(pcapHeader({ linkType }), ...frames.map((data) => pcapRecord({ data })));
}

describe("several link types in a capture", () => {
  test("have a program each, and frames keep their numbers", async () => {
    expect(await read([MIXED], "tcp")).toEqual({ numbers: [1, 3, 6], opened: 1, error: undefined });
    expect(await read([MIXED], "udp")).toEqual({ numbers: [4, 5], opened: 1, error: undefined });
  });

  test("may include some on which nothing can match", async () => {
    expect(await read([MIXED], "arp")).toEqual({ numbers: [2], opened: 1, error: undefined });
  });

  test("are compiled for once each", async () => {
    const links: (number | string)[] = [];
    const compiler: ExpressionCompiler = {
      compile({ link }) {
        links.push(link);
        return assemble([[6, 1]]);
      },
    };
    const filter = new Filter(compiler, "anything");
    const view = new DataView(new ArrayBuffer(60));
    for (const link of [ETHERNET, RAW, ETHERNET, RAW, RAW]) expect(filter.matches(link, view, 0, 60, 60)).toBe(true);
    expect(links).toEqual([ETHERNET, RAW]);
  });
});

describe("several captures", () => {
  test("are one input, whatever their link types", async () => {
    const captures = [pcap(RAW, TCP, UDP), pcap(ETHERNET, ARP, ethernet(0x800, TCP))];
    expect(await read(captures, "tcp")).toMatchObject({ numbers: [1, 4], opened: 2, error: undefined });
    expect(await read(captures, "arp")).toMatchObject({ numbers: [3], opened: 2, error: undefined });
  });

  test("one of a link type that cannot be filtered comes too late for the others", async () => {
    const { numbers, opened, error } = await read([pcap(RAW, TCP), pcap(NETLINK, TCP)], "tcp port 80 or tcp");
    expect([numbers, opened]).toEqual([[1], 1]);
    expect(error).toBeInstanceOf(FilterError);
    expect(error).toMatchObject({ code: "refused", message: expect.stringMatching(/not implemented/) });
  });
});

describe("expressions that cannot be used", () => {
  test("are refused before anything is opened for output", async () => {
    const { numbers, opened, error } = await read([pcap(ETHERNET, ARP)], "tcp port");
    expect([numbers, opened]).toEqual([[], 0]);
    expect(error).toMatchObject({ code: "refused", message: "can't parse filter expression: syntax error" });
  });

  test("because nothing can match them, of a file with one link type at once", async () => {
    const { opened, error } = await read([pcap(ETHERNET, ARP)], "tcp and udp");
    expect(opened).toBe(0);
    expect(error).toMatchObject({ code: "rejects-all", message: "expression rejects all packets" });
  });

  test("because nothing can match them, of several link types at the end", async () => {
    const { numbers, opened, error } = await read([MIXED], "tcp and udp");
    expect([numbers, opened]).toEqual([[], 1]);
    expect(error).toMatchObject({ code: "rejects-all" });
  });

  test("at the first frame, where a capture names its link types only later", async () => {
    const file = new Pcapng();
    const empty = file.section();
    const late = join(empty, file.interface(ETHERNET), file.packet(0, 1n, ARP));
    expect(await read([empty], "tcp port")).toMatchObject({ numbers: [], error: undefined });
    expect(await read([late], "tcp port")).toMatchObject({ numbers: [], error: { code: "refused" } });
  });
});
