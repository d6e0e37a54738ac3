import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { RING_SIZE } from "../../src/capture/index-ring.ts";
import type { Connection } from "../../src/flow/connection.ts";
import { Analysis, readCaptures } from "../../src/pipeline.ts";
import { flowObject } from "../../src/report/flow-json.ts";
import type { Frame } from "../../src/wire/frame.ts";
import { eachFrame } from "../support/frames.ts";
import { pcapBytes, type PcapRecord } from "../support/pcap-bytes.ts";
import { parseScript } from "../support/script.ts";
import { lacksFolder, SHARED } from "../support/peers.ts";

/** Follows connections with and without header prediction; what is to be compared. */
class Both {
  predicted = 0;
  readonly #with = new Connections();
  readonly #without = new Connections();

  frame(frame: Frame): void {
    if (this.#with.analysis.connections.observePredicted(frame)) this.predicted++;
    else this.#with.analysis.observe(frame);
    this.#without.analysis.observe(frame);
  }

  compare(): void {
    expect(this.#with.objects()).toEqual(this.#without.objects());
  }
}

class Connections {
  readonly #finished: Connection[] = [];
  readonly analysis: Analysis = new Analysis({
    analysis: false,
    indexRoom: RING_SIZE,
    onFinished: (connection) => void this.#finished.push(connection),
  });

  objects(): object[] {
    this.analysis.finish();
    const { start, lastTimeNs } = this.analysis.connections;
    return this.#finished.map((connection) => flowObject(connection, start, lastTimeNs));
  }
}

const HANDSHAKE = "0 > S\n+0.01 < S.\n+0.0001 > .";

const segment = fc
  .record({
    wait: fc.constantFrom("0.0001", "0.01", "0.3", "2"),
    from: fc.constantFrom(">", "<"),
    kind: fc.oneof(
      { weight: 60, arbitrary: fc.constantFrom(".", "P.(1)", "P.(100)", ".(1460)") },
      {
        weight: 2,
        arbitrary: fc.constantFrom(". win 0", ". 1:101(100)", ". 100:100(0)", ". ack 1", "P. 50(70) ack 1"),
      },
      { weight: 1, arbitrary: fc.constantFrom("F.", "R.", "S", "S.") },
    ),
  })
  .map(({ wait, from, kind }) => `+${wait} ${from} ${kind}`);

test("header prediction changes nothing of what is told of a connection", () => {
  let predicted = 0;
  fc.assert(
    fc.property(
      fc.array(segment, { minLength: 20, maxLength: 60 }),
      fc.constantFrom("linux", "plain"),
      (segments, stack) => {
        const both = new Both();
        eachFrame(parseScript([`stack ${stack}`, HANDSHAKE, ...segments].join("\n")), (frame) => both.frame(frame));
        predicted += both.predicted;
        both.compare();
      },
    ),
    { numRuns: 300 },
  );
  expect(predicted).toBeGreaterThan(1000);
});

/** Requests that are answered after such a time, in microseconds, with what is not predicted in between. */
function answersAfter(waits: readonly number[]): string[] {
  return waits.flatMap((wait, i) => {
    const plain = [`+0.001 > P.(${1 + (i % 3)})`, `+${(wait / 1e6).toFixed(6)} < .`];
    return wait % 50 === 0 ? [...plain, "+0.001 > P. 50(70) ack 1"] : plain;
  });
}

test("nor of many round trips, of one connection after the other on the same four-tuple", () => {
  let most = 0;
  const wait = fc.oneof(fc.nat(300), fc.nat(2_000_000));
  const waits = fc.array(wait, { minLength: 1, maxLength: 150, size: "max" });
  fc.assert(
    fc.property(fc.array(waits, { minLength: 1, maxLength: 4 }), (connections) => {
      const both = new Both();
      const lines = connections.flatMap((each, i) => [
        `+1 > S ${5_000_000 * (i + 1)}(0)`,
        "+0.01 < S.",
        "+0.0001 > .",
        ...answersAfter(each),
      ]);
      eachFrame(parseScript(lines.join("\n")), (frame) => both.frame(frame));
      most = Math.max(most, both.predicted / connections.length);
      both.compare();
    }),
    { numRuns: 60 },
  );
  expect(most).toBeGreaterThan(150);
});

const FOLDERS = ["corpus/tcp", "lab", "kernel-lab"].map((folder) => path.join("..", "shared", folder));
const MISSING = lacksFolder(SHARED);

test.skipIf(MISSING).each(FOLDERS)("nor in the captures of %s", { timeout: 120_000 }, async (folder) => {
  let predicted = 0;
  for (const name of fs.readdirSync(folder).toSorted()) {
    if (!/\.(?:pcap|pcapng|cap)$/.test(name)) continue;
    const both = new Both();
    await readCaptures([path.join(folder, name)], (frame) => both.frame(frame));
    predicted += both.predicted;
    both.compare();
  }
  expect(predicted).toBeGreaterThan(100);
});

test.skipIf(MISSING).each(FOLDERS)(
  "nor where frames are taken by their index, in the captures of %s",
  { timeout: 120_000 },
  async (folder) => {
    let taken = 0;
    for (const name of fs.readdirSync(folder).toSorted()) {
      if (!/\.(?:pcap|pcapng|cap)$/.test(name)) continue;
      const [indexed, visited] = [new Connections(), new Connections()];
      const file = path.join(folder, name);
      let frames = 0;
      await readCaptures([file], (frame) => {
        visited.analysis.observe(frame);
        frames++;
      });
      const taker = indexed.analysis.connections.prediction;
      await readCaptures(
        [file],
        (frame) => {
          indexed.analysis.follow(frame);
          frames--;
        },
        { taker },
      );
      taken += frames;
      expect(indexed.objects()).toEqual(visited.objects());
    }
    expect(taken).toBeGreaterThan(100);
  },
);

/** Enough that what they need is read ahead (see `assembly/header-prediction.ts`). */
const MANY = 5000;

/** The same segments of `MANY` connections, each from another port of the client: first all first ones, then all second ones. */
function mixedConnections(lines: readonly string[]): PcapRecord[] {
  const frames = parseScript(lines.join("\n"));
  return frames.flatMap((frame, round) =>
    Array.from({ length: MANY }, (_, i) => {
      const bytes = frame.bytes.slice();
      const port = 10_000 + i;
      const at = 34 + (bytes[34] === 0 && bytes[35] === 80 ? 2 : 0);
      bytes[at] = port >> 8;
      bytes[at + 1] = port;
      const microseconds = round * 1_000_000 + i * 100;
      return { ...frame, bytes, seconds: Math.floor(microseconds / 1e6), nanoseconds: (microseconds % 1e6) * 1000 };
    }),
  );
}

test("nor of thousands of connections at a time, whose records are read ahead", { timeout: 120_000 }, async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tcpscope-prediction-"));
  try {
    const file = path.join(folder, "many.pcap");
    const data = ["+1 > P.(100)", "+1 < .", "+1 < P.(1000)", "+1 > .", "+1 > P. 1:101(100)", "+1 < ."];
    const end = ["+1 > F.", "+1 < F.", "+1 > ."];
    const records = mixedConnections(["client 10.0.0.1:40000", "server 10.0.0.2:80", HANDSHAKE, ...data, ...end]);
    fs.writeFileSync(file, pcapBytes(1, "micro", 262_144, records));
    const [indexed, visited] = [new Connections(), new Connections()];
    let decoded = 0;
    const taker = indexed.analysis.connections.prediction;
    await readCaptures(
      [file],
      (frame) => {
        indexed.analysis.follow(frame);
        decoded++;
      },
      { taker },
    );
    await readCaptures([file], (frame) => void visited.analysis.observe(frame));
    // What opens a connection, is sent again, acknowledges that, and closes it.
    expect(decoded).toBe(8 * MANY);
    expect(indexed.objects()).toEqual(visited.objects());
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
