import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { assert, asyncProperty, constantFrom, array, nat, option, tuple } from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { DEFAULT_OPTIONS } from "../../src/print/tcpdump/options.ts";
import {
  Analysis,
  CaptureError,
  type Connection,
  diagnoseAll,
  flowObject,
  JsonPrinter,
  readCaptures,
  TcpdumpPrinter,
  TextSink,
  verdictObject,
} from "../../src/index.ts";

const FIXTURES = path.join(import.meta.dirname, "../../fixtures");
const captures = fs
  .readdirSync(FIXTURES)
  .filter((file) => file.endsWith(".pcap"))
  .map((file) => fs.readFileSync(path.join(FIXTURES, file)));
const HEADER = 24;
const LINK_TYPE = 20;
/** Link types that are decoded, and one that is not. */
const LINK_TYPES = [0, 1, 9, 12, 50, 51, 101, 104, 108, 113, 228, 229, 276, 147];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tcpscope-mutation-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** What everything prints of a capture, and the error that ended its reading. */
async function everything(
  bytes: Uint8Array,
): Promise<{ readonly json: string[]; readonly error: CaptureError | undefined }> {
  const file = path.join(folder, "trace");
  fs.writeFileSync(file, bytes);
  let text = "";
  const json = new TextSink((batch, length) => (text += Buffer.from(batch.subarray(0, length)).toString()));
  const nowhere = new TextSink(() => {});
  const connections: Connection[] = [];
  const analysis = new Analysis({ onFinished: (connection) => connections.push(connection) });
  const printers = [
    new TcpdumpPrinter(nowhere, DEFAULT_OPTIONS),
    new TcpdumpPrinter(nowhere, { ...DEFAULT_OPTIONS, verbosity: 3, linkLayer: true, hexAscii: 2 }),
  ];
  const packets = new JsonPrinter(json);
  const error = await readCaptures([file], (frame) => {
    for (const printer of printers) printer.print(frame);
    packets.print(analysis.packet, analysis.observe(frame), "", undefined);
  });
  analysis.finish();
  json.flush();
  const flows = connections.map((connection) =>
    JSON.stringify(flowObject(connection, analysis.connections.start, analysis.connections.lastTimeNs)),
  );
  const verdicts = diagnoseAll(connections, analysis.evidence, analysis.connections.lastTimeNs).map((verdict) =>
    JSON.stringify(verdictObject(verdict)),
  );
  return { json: [...text.split("\n").slice(0, -1), ...flows, ...verdicts], error };
}

/** A capture, bytes of it to be replaced, where to cut it, and a link type that is not its own. */
const damaged = tuple(
  constantFrom(...captures),
  array(tuple(nat(), nat(255)), { maxLength: 20 }),
  option(nat()),
  option(constantFrom(...LINK_TYPES)),
).map(([capture, changes, cut, linkType]) => {
  const bytes = Uint8Array.from(capture);
  for (const [at, value] of changes) bytes[HEADER + (at % (bytes.length - HEADER))] = value;
  if (linkType !== null) new DataView(bytes.buffer).setUint32(LINK_TYPE, linkType, true);
  return cut === null ? bytes : bytes.subarray(0, cut % bytes.length);
});

describe("damaged captures", () => {
  test("are printed and followed as far as they go", async () => {
    await assert(
      asyncProperty(damaged, async (bytes) => {
        const { json, error } = await everything(bytes);
        for (const line of json) expect(typeof JSON.parse(line)).toBe("object");
        if (error !== undefined) expect(error).toBeInstanceOf(CaptureError);
      }),
      { numRuns: 500 },
    );
  });

  test("lose nothing when nothing was damaged", async () => {
    for (const capture of captures) {
      const { json, error } = await everything(capture);
      expect(error).toBeUndefined();
      expect(json.length).toBeGreaterThan(1);
    }
  });
});
