import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BlockFiller } from "../../src/capture/block-filler.ts";
import { BLOCK_BYTES, type IndexedBytes, RING_SIZE, UsingRing } from "../../src/capture/index-ring.ts";
import { type PcapFormat, PcapRecords } from "../../src/capture/pcap-records.ts";
import { Frame } from "../../src/wire/frame.ts";
import { FrameIndexer } from "../support/frame-indexer.ts";
import { HASH, INDEX_WORDS, KEYED, KIND, PLAIN } from "../../src/wire/index-record.ts";
import { ModuleMemory } from "../../src/wire/module-memory.ts";
import { pcapBytes, type PcapRecord } from "../support/pcap-bytes.ts";
import { parseScript, type ScriptPacket } from "../support/script.ts";

const SEED = 4711;
const PCAP_HEADER = 24;
const RECORD_HEADER = 16;
const LINKS = ["ethernet", "ethernet padded", "sll", "sll2", "raw", "null"];
const ENDS = ["client 10.0.0.1:40000\nserver 10.0.0.2:80", "client [2001:db8::1]:40000\nserver [2001:db8::2]:80"];
const SEGMENTS = "0 > S\n+0.1 < S.\n+0.1 > .\n+0.1 > P.(100)\n+0.1 < .(30)\n+0.1 < F.\n+0.1 > R.";

const memory = new ModuleMemory(RING_SIZE);
const ring = new UsingRing(memory.shared.buffer, memory.reserve(RING_SIZE));

let folder = "";
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tcpscope-filler-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

function formatOf(linkType: number, changes: Partial<PcapFormat> = {}): PcapFormat {
  return {
    littleEndian: true,
    recordHeader: RECORD_HEADER,
    unit: 1000,
    order: "captured-first",
    linkType,
    snapLength: 262_144,
    maximum: 262_144,
    ...changes,
  };
}

/** The block that is filled with the records of a file with these bytes. */
function filled(bytes: Uint8Array, format: PcapFormat): IndexedBytes {
  const file = path.join(folder, "capture.pcap");
  fs.writeFileSync(file, bytes);
  const descriptor = fs.openSync(file, "r");
  try {
    new BlockFiller(descriptor, format, SEED, memory.shared).fill(ring.own, PCAP_HEADER);
  } finally {
    fs.closeSync(descriptor);
  }
  return ring.own;
}

/** What an index holds of a record; what follows `KIND` is set for plain segments alone, but for the key. */
function recordOf(words: Int32Array, at: number): number[] {
  const kind = words[at + KIND]!;
  if ((kind & PLAIN) !== 0) return [...words.subarray(at, at + INDEX_WORDS)];
  const key = (kind & KEYED) === 0 ? [] : words.subarray(at + HASH, at + INDEX_WORDS);
  return [...words.subarray(at, at + KIND + 1), ...key];
}

/** The same records, read and indexed one by one. */
function indexedOneByOne(bytes: Uint8Array, format: PcapFormat): { records: number[][]; next: number } {
  const records = new PcapRecords(format);
  const indexer = new FrameIndexer(SEED);
  const words = new Int32Array(INDEX_WORDS);
  const frame = new Frame();
  frame.bytes = bytes.slice(PCAP_HEADER);
  frame.view = new DataView(frame.bytes.buffer);
  const found: number[][] = [];
  let at = 0;
  for (;;) {
    const end = records.next(frame.view, at, frame.bytes.length, frame);
    if (end <= 0 || !indexer.write(words, 0, frame)) return { records: found, next: PCAP_HEADER + at };
    found.push(recordOf(words, 0));
    at = end;
  }
}

function compare(bytes: Uint8Array, format: PcapFormat): void {
  const block = filled(bytes, format);
  const records = Array.from({ length: block.count }, (_, i) => recordOf(block.index, i * INDEX_WORDS));
  expect({ records, next: block.next }).toEqual(indexedOneByOne(bytes, format));
}

function packets(link: string, ends: string, stack: string): readonly ScriptPacket[] {
  return parseScript(`link ${link}\n${ends}\nstack ${stack}\n${SEGMENTS}`);
}

function fileOf(list: readonly PcapRecord[]): Uint8Array {
  return pcapBytes(1, "micro", 262_144, list);
}

const CASES = LINKS.flatMap((link) =>
  ENDS.flatMap((ends) => ["linux", "plain"].map((stack) => ({ link, ends, stack }))),
);

test.each(CASES)("a block is indexed as its frames are, cut at every length: $link, $ends, $stack", (given) => {
  const whole = packets(given.link, given.ends, given.stack);
  const format = formatOf(whole[0]!.linkType);
  const longest = Math.max(...whole.map(({ bytes }) => bytes.length));
  const cut = Array.from({ length: longest + 1 }, (_, length) =>
    whole.map((packet) => ({
      ...packet,
      wireLength: packet.bytes.length,
      bytes: packet.bytes.subarray(0, length),
    })),
  );
  compare(fileOf(cut.flat()), format);
  compare(fileOf(whole), { ...format, snapLength: 60 });
});

test("whatever the bytes of the frames are", () => {
  const lists = CASES.map(({ link, ends, stack }) => packets(link, ends, stack));
  const change = fc.record({ at: fc.nat(90), value: fc.nat(255) });
  fc.assert(
    fc.property(
      fc.constantFrom(...lists),
      fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 7 }),
      (list, all) => {
        const changed = list.map((packet, i) => {
          const bytes = packet.bytes.slice();
          for (const { at, value } of all[i] ?? []) if (at < bytes.length) bytes[at] = value;
          return { ...packet, bytes };
        });
        compare(fileOf(changed), formatOf(list[0]!.linkType));
      },
    ),
    { numRuns: 500 },
  );
});

test("a file that is cut anywhere ends with its last whole record", () => {
  const bytes = fileOf(packets("ethernet", ENDS[0]!, "linux"));
  for (let length = PCAP_HEADER; length <= bytes.length; length++) {
    compare(bytes.subarray(0, length), formatOf(1));
    expect(ring.own.isLast).toBe(true);
  }
});

test("what cannot be a record ends the index before it", () => {
  const bytes = fileOf(packets("ethernet", ENDS[0]!, "linux"));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const second = PCAP_HEADER + RECORD_HEADER + view.getUint32(PCAP_HEADER + 8, true);
  for (const [at, value] of [
    [second + 8, 262_145],
    [second + 8, 0xffffffff],
    [second + 4, 0xfffffff0],
  ] as const) {
    const damaged = bytes.slice();
    new DataView(damaged.buffer).setUint32(at, value, true);
    compare(damaged, formatOf(1));
    expect([ring.own.count, ring.own.next, ring.own.isLast]).toEqual([1, second, true]);
  }
});

test("times in nanoseconds", () => {
  compare(pcapBytes(1, "nano", 262_144, packets("ethernet", ENDS[0]!, "linux")), formatOf(1, { unit: 1 }));
});

test("a record that is larger than others are read at once is indexed, too", () => {
  const [first, ...rest] = packets("ethernet", ENDS[0]!, "linux");
  const large = { ...first!, bytes: new Uint8Array(262_144), wireLength: 262_144 };
  const block = filled(fileOf([large, ...rest]), formatOf(1));
  expect(block.count).toBe(1 + rest.length);
  expect(block.bytes.length).toBe(BLOCK_BYTES);
  const huge = { ...large, bytes: new Uint8Array(BLOCK_BYTES) };
  filled(fileOf([huge, ...rest]), formatOf(1, { maximum: 1 << 20 }));
  expect([ring.own.count, ring.own.next, ring.own.isLast]).toEqual([0, PCAP_HEADER, true]);
});
