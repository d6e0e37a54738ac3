import { Chalk } from "chalk";
import { describe, expect, test } from "vitest";
import type { Ladder } from "../../src/report/ladder-row.ts";
import { ladderMermaid } from "../../src/report/ladder-mermaid.ts";
import { ladderText } from "../../src/report/ladder-text.ts";
import { ladderOf } from "../../src/report/ladder.ts";
import { SegmentLog, SegmentRecord } from "../../src/report/segment-record.ts";
import { hanging, wrap } from "../../src/report/wrap.ts";
import type { Connection } from "../../src/flow/connection.ts";
import { Analysis, readCaptures } from "../../src/pipeline.ts";
import { FIXTURES, fixtureNames } from "../support/write-fixtures.ts";

const plain = new Chalk({ level: 0 });

/** The ladders of all connections of a fixture. */
async function laddersOf(name: string): Promise<Ladder[]> {
  const connections: Connection[] = [];
  const records = new Map<number, SegmentRecord>();
  const analysis = new Analysis({ onFinished: (connection) => connections.push(connection) });
  await readCaptures([`${FIXTURES}/${name}.pcap`], (frame) => {
    const segment = analysis.observe(frame);
    if (segment === undefined) return;
    const { firstStream } = segment.connection;
    const record = records.get(firstStream) ?? new SegmentRecord();
    records.set(firstStream, record);
    record.add(segment);
  });
  analysis.finish();
  expect(connections).not.toEqual([]);
  return connections.map((connection) => ladderOf(connection, records.get(connection.firstStream)?.list() ?? []));
}

describe.each(fixtureNames())("ladder of %s", (name) => {
  test.each([60, 80, 100, 120])("fits %i columns, its arrows as wide as there is room", async (width) => {
    const ladders = await laddersOf(name);
    for (const ladder of ladders) {
      const lines = ladderText(ladder, plain, width);
      expect(lines.filter((line) => line.length > width)).toEqual([]);
      const arrows = lines.filter((line) => /[▶✗◀]/.test(line));
      expect(new Set(arrows.map((line) => line.lastIndexOf("│") - line.indexOf("│"))).size).toBeLessThanOrEqual(1);
    }
  });

  test("names every segment of a short connection", async () => {
    for (const ladder of await laddersOf(name)) {
      const frames = ladder.rows.flatMap((row) => (row.frame > 0 ? [row.frame] : []));
      expect(frames).toEqual([...new Set(frames)].toSorted((a, b) => a - b));
      expect(ladder.rows.every((row) => row.kind === "gap" || row.labels.length > 0)).toBe(true);
    }
  });

  test("as Mermaid has one arrow a row, and no number sign that is not escaped", async () => {
    for (const ladder of await laddersOf(name)) {
      const lines = ladderMermaid(ladder);
      expect(lines.filter((line) => /^ {2}[CS](?:->>|-->>|-x)[CS]: /.test(line)).length).toBe(
        ladder.rows.filter((row) => row.kind === "segment" || row.kind === "icmp").length,
      );
      expect(lines.filter((line) => /#(?!35;|59;)|(?<!#\d\d);/.test(line))).toEqual([]);
    }
  });
});

test("colours change nothing but colours", async () => {
  const coloured = new Chalk({ level: 1 });
  for (const ladder of await laddersOf("final-ack-lost")) {
    const text = ladderText(ladder, coloured, 80).join("\n");
    expect(text).toContain("\u001B[");
    // oxlint-disable-next-line no-control-regex
    const bare = text.replaceAll(/\u001B\[\d+m/g, "").replaceAll(/ +$/gm, "");
    expect(bare).toBe(ladderText(ladder, plain, 80).join("\n"));
  }
});

test("a record of a long connection is bounded", async () => {
  const record = new SegmentRecord();
  const log = new SegmentLog();
  const analysis = new Analysis();
  await readCaptures([`${FIXTURES}/healthy.pcap`], (frame) => {
    const segment = analysis.observe(frame);
    if (segment === undefined) return;
    for (let i = 0; i < 20_000; i++) {
      record.add(segment);
      log.add(segment);
    }
  });
  const list = record.list();
  expect(list.length).toBeLessThanOrEqual(80);
  expect(list.map(({ ordinal }) => ordinal)).toEqual(list.map(({ ordinal }) => ordinal).toSorted((a, b) => a - b));
  expect(list.at(-1)?.ordinal).toBe(20_000 * 11 - 1);
  expect(log.of(0).length).toBe(65_536);
});

describe("wrap", () => {
  test("breaks at spaces, keeps long words and fixed spaces", () => {
    expect(wrap("a bb ccc dddddddddd e", 5)).toEqual(["a bb", "ccc", "dddddddddd", "e"]);
    expect(wrap("#1\u00A0x y", 4)).toEqual(["#1 x", "y"]);
    expect(wrap("", 5)).toEqual([""]);
  });

  test("hangs the lines that follow", () => {
    expect(hanging("  next ", "one two three", 14)).toEqual(["  next one two", "       three"]);
  });
});
