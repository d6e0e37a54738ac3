import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { CaptureError } from "../../src/capture/error.ts";
import { openCapture } from "../../src/capture/open.ts";
import { PcapngWriter, type PcapngWriterOptions } from "../../src/capture/pcapng-writer.ts";
import { Frame } from "../../src/wire/frame.ts";
import { payload, pcapHeader, pcapRecord, join } from "./bytes.ts";
import { readCapture, temporaryDirectory, temporaryFile, timeText } from "./read.ts";
import { CORPUS, lacksFolder, lacksProgram } from "../support/peers.ts";

const FOLDER = path.join(CORPUS, "pcapng");
const NO_CORPUS = lacksFolder(FOLDER);
const NO_TSHARK = lacksProgram("tshark");

const captures = fs.existsSync(FOLDER) ? fs.readdirSync(FOLDER).map((name) => path.join(FOLDER, name)) : [];

/** Copies captures into one file of pcapng. */
async function copy(inputs: readonly string[], options: PcapngWriterOptions = {}): Promise<string> {
  const file = path.join(temporaryDirectory(), "out.pcapng");
  const writer = PcapngWriter.create(file, options);
  const frame = new Frame();
  try {
    for (const input of inputs) {
      const source = await openCapture(input, { firstNumber: frame.number + 1 });
      writer.open(source);
      for await (const block of source.blocks()) while (block.next(frame)) writer.add(frame, source);
    }
  } catch (error) {
    // What comes before the damage of an input is enough here.
    if (!(error instanceof CaptureError)) throw error;
  }
  writer.close();
  return file;
}

test("a section, its interface and a packet, byte for byte", async () => {
  const input = temporaryFile(
    join(pcapHeader({ snapLength: 96 }), pcapRecord({ data: payload(5), seconds: 1, fraction: 7 })),
  );
  const bytes = fs.readFileSync(await copy([input], { commentOf: () => "é" }));
  expect(bytes.toString("hex").match(/.{1,8}/g)).toEqual(
    [
      // Section Header Block: type, length, byte order, version 1.0, unknown length; shb_userappl.
      "0a0d0d0a 2c000000 4d3c2b1a 01000000 ffffffff ffffffff 04000800 74637073 636f7065 00000000 2c000000",
      // Interface Description Block: Ethernet, 96 bytes.
      "01000000 18000000 01000000 60000000 00000000 18000000",
      // Enhanced Packet Block: interface 0, 1,000,007 µs, 5 of 5 bytes; opt_comment.
      "06000000 34000000 00000000 00000000 47420f00 05000000 05000000",
      `${Buffer.from(payload(5)).toString("hex")}000000 01000200 c3a90000 00000000 34000000`,
    ]
      .join(" ")
      .replaceAll(" ", "")
      .match(/.{1,8}/g),
  );
});

test("each frame of inputs with several link types keeps its own interface", async () => {
  const ethernet = temporaryFile(join(pcapHeader(), pcapRecord({ data: payload(60) })));
  const raw = temporaryFile(
    join(pcapHeader({ linkType: 101, magic: 0xa1b23c4d }), pcapRecord({ data: payload(40), fraction: 5 })),
  );
  const { frames, source } = await readCapture(await copy([ethernet, raw]));
  expect(frames).toMatchObject([
    { linkType: 1, interfaceIndex: 0, data: payload(60) },
    { linkType: 101, interfaceIndex: 1, nanoseconds: 5, data: payload(40) },
  ]);
  expect(source?.interfaces).toMatchObject([{ resolution: 1e-6 }, { resolution: 1e-9 }]);
});

test.each([0, 1, 4294, 4295, 2 ** 31, 2 ** 32, 2 ** 33])("second %i in nanoseconds", async (seconds) => {
  const file = path.join(temporaryDirectory(), "out.pcapng");
  const writer = PcapngWriter.create(file, { precision: "nano" });
  const source = await openCapture(temporaryFile(pcapHeader()));
  const bytes = payload(4);
  writer.add(
    Object.assign(new Frame(), { number: 1, seconds, nanoseconds: 999_999_999, end: 4, wireLength: 4, bytes }),
    source,
  );
  writer.close();
  expect((await readCapture(file)).frames).toMatchObject([{ seconds, nanoseconds: 999_999_999 }]);
});

test.each([-1, 18_446_744_073])("second %i is refused: 64 bits of nanoseconds cannot hold it", async (seconds) => {
  const writer = PcapngWriter.create(path.join(temporaryDirectory(), "out.pcapng"), { precision: "nano" });
  const source = await openCapture(temporaryFile(pcapHeader()));
  const frame = Object.assign(new Frame(), { number: 3, seconds });
  expect(() => writer.add(frame, source)).toThrow(
    `frame 3 was captured at second ${seconds} since 1970, pcapng holds 0 to`,
  );
  writer.close();
});

test("a comment that is too long is cut after a whole character", async () => {
  const input = temporaryFile(join(pcapHeader(), pcapRecord({ data: payload(5) })));
  const { frames } = await readCapture(await copy([input], { commentOf: () => `x${"é".repeat(40_000)}` }));
  expect(frames[0]?.comment).toBe(`x${"é".repeat(32_767)}`);
});

describe.skipIf(NO_CORPUS)("captures of pcapng", () => {
  test("keep frames, comments, directions, interfaces and counters", async () => {
    let frames = 0;
    let comments = 0;
    for (const file of captures) {
      const before = await readCapture(file);
      if (before.source === undefined || before.source.interfaces.length === 0) continue;
      const after = await readCapture(await copy([file]));
      expect(after.error, file).toBeUndefined();
      // A whole test runner's comparison of every byte takes seconds.
      expect(after.frames.map(summary).join("\n") === before.frames.map(summary).join("\n"), file).toBe(true);
      const described = before.source.interfaces.map((each) => ({ ...description(each) }));
      expect(
        after.source?.interfaces.map((each) => ({ ...description(each) })),
        file,
      ).toEqual(described);
      frames += before.frames.length;
      comments += before.frames.filter(({ comment }) => comment !== "").length;
    }
    expect(frames).toBeGreaterThan(1000);
    expect(comments).toBeGreaterThan(5);
  });

  test.skipIf(NO_TSHARK).each(["fpcap__tracefiles_pcapng-example.pcapng", "packets__http_dvwa_sqlinjection.pcapng"])(
    "tshark sees the same in %s",
    async (name) => {
      const file = path.join(FOLDER, name);
      expect(byTshark(await copy([file]))).toBe(byTshark(file));
    },
  );
});

function summary(frame: Awaited<ReturnType<typeof readCapture>>["frames"][number]): string {
  const { wireLength, linkType, interfaceIndex, direction, comment, data } = frame;
  return `${timeText(frame)} ${wireLength} ${linkType} ${interfaceIndex} ${direction} ${comment} ${Buffer.from(data).toString("latin1")}`;
}

function description(
  each: NonNullable<Awaited<ReturnType<typeof readCapture>>["source"]>["interfaces"][number],
): object {
  const { name, description, filter, linkType, snapLength, fcsLength, received, dropped, systemDropped } = each;
  return { name, description, filter, linkType, snapLength, fcsLength, received, dropped, systemDropped };
}

function byTshark(file: string): string {
  const fields = ["number", "time_epoch", "cap_len", "len", "comment", "interface_name", "packet_flags"];
  const run = spawnSync(
    "tshark",
    ["-n", "-r", file, "-T", "fields", ...fields.flatMap((name) => ["-e", `frame.${name}`])],
    {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    },
  );
  expect(run.status, run.stderr).toBe(0);
  expect(run.stdout.length).toBeGreaterThan(20);
  return run.stdout;
}
