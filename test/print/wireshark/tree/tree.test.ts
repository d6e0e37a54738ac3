import fs from "node:fs";
import path from "node:path";
import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { Segment } from "../../../../src/flow/segment.ts";
import { readCaptures, Analysis } from "../../../../src/pipeline.ts";
import { printed, type TextSink } from "../../../../src/print/sink.ts";
import { TreePrinter } from "../../../../src/print/wireshark/tree-printer.ts";
import { Frame } from "../../../../src/wire/frame.ts";
import { printedBy } from "../../../support/printed.ts";
import { FIXTURES } from "../../../support/write-fixtures.ts";

// The frame's time is local.
vi.stubEnv("TZ", "UTC");

const FOLDER = path.join(import.meta.dirname, "captures");
const captures = fs.readdirSync(FOLDER).filter((name) => name.endsWith(".pcap"));

/** One record of a capture. */
interface Captured {
  readonly bytes: Uint8Array;
  readonly linkType: number;
}

async function framesOf(file: string): Promise<Captured[]> {
  const frames: Captured[] = [];
  const error = await readCaptures([file], ({ bytes, start, end, linkType }) => {
    frames.push({ bytes: bytes.slice(start, end), linkType });
  });
  expect(error).toBeUndefined();
  return frames;
}

function printFrame(printer: TreePrinter, analysis: Analysis, segment: Segment | undefined): void {
  const { packet, connections, datagram, transport } = analysis;
  printer.print(packet, segment, connections.timeNs(packet), { index: -1, name: "" }, { datagram, transport });
}

/** Prints frames of one conversation, one after the other. */
class Printing {
  readonly #analysis = new Analysis();
  readonly #printer: TreePrinter;
  readonly #frame = new Frame();

  constructor(sink: TextSink) {
    this.#printer = new TreePrinter(sink);
  }

  /** Of the frame, which is `wireLength` long, `bytes` are captured. What lies behind them must not be read. */
  print({ bytes, linkType }: Captured, wireLength: number): void {
    const frame = this.#frame;
    frame.number++;
    frame.bytes = Uint8Array.from(bytes);
    frame.view = new DataView(frame.bytes.buffer);
    frame.start = 0;
    frame.end = bytes.length;
    frame.wireLength = wireLength;
    frame.linkType = linkType;
    frame.seconds = 1_600_000_000 + frame.number;
    const segment = this.#analysis.observe(frame);
    printFrame(this.#printer, this.#analysis, segment);
  }
}

async function treesOf(file: string): Promise<string> {
  return printedBy(async (sink) => {
    const analysis = new Analysis();
    const printer = new TreePrinter(sink);
    await readCaptures([file], (frame) => {
      const segment = analysis.observe(frame);
      printFrame(printer, analysis, segment);
    });
  });
}

describe("trees", () => {
  test.each(captures)("of %s are Wireshark's", async (name) => {
    const expected = path.join(FOLDER, name.replace(/pcap$/, "txt"));
    await expect(await treesOf(path.join(FOLDER, name))).toMatchFileSnapshot(expected);
  });

  test.each(["refused", "host-unreachable", "healthy", "ecn-table"])(
    "of the fixture %s are Wireshark's",
    async (name) => {
      const trees = await treesOf(path.join(FIXTURES, `${name}.pcap`));
      await expect(trees).toMatchFileSnapshot(path.join(FOLDER, `${name}.txt`));
    },
  );
});

describe("a frame that is cut", () => {
  test.each(captures)("at any length prints what is there (%s)", async (name) => {
    for (const { bytes, linkType } of await framesOf(path.join(FOLDER, name))) {
      const whole = printed((sink) => new Printing(sink).print({ bytes, linkType }, bytes.length));
      for (let length = 0; length < bytes.length; length++) {
        const cut = { bytes: bytes.subarray(0, length), linkType };
        const limited = printed((sink) => new Printing(sink).print(cut, bytes.length));
        const short = printed((sink) => new Printing(sink).print(cut, length));
        expect(limited.startsWith(`Frame 1: ${bytes.length} byte`)).toBe(true);
        expect(short.startsWith(`Frame 1: ${length} byte`)).toBe(true);
        expect(limited.split("\n").length).toBeLessThanOrEqual(whole.split("\n").length + 8);
      }
    }
  });
});

describe("any bytes", () => {
  const linkType = fc.constantFrom(0, 1, 9, 12, 50, 51, 101, 104, 105, 108, 113, 119, 127, 163, 228, 229, 276);

  test("print lines that are text", () => {
    const property = fc.property(linkType, fc.uint8Array({ maxLength: 160 }), (type, bytes) => {
      const text = printed((sink) => new Printing(sink).print({ bytes, linkType: type }, bytes.length));
      // oxlint-disable-next-line no-control-regex
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
    });
    fc.assert(property, { numRuns: 2000 });
  });

  test("in place of others print lines that are text", async () => {
    const all: Captured[] = [];
    for (const name of captures) all.push(...(await framesOf(path.join(FOLDER, name))));
    const change = fc.tuple(fc.nat({ max: 160 }), fc.nat({ max: 255 }));
    const property = fc.property(fc.constantFrom(...all), fc.array(change, { maxLength: 6 }), (captured, changes) => {
      const bytes = Uint8Array.from(captured.bytes);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      const text = printed((sink) => new Printing(sink).print({ ...captured, bytes }, bytes.length));
      // oxlint-disable-next-line no-control-regex
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
    });
    fc.assert(property, { numRuns: 5000 });
  });
});
