import { describe, expect, test } from "vitest";
import type { CaptureSource } from "../../src/capture/source.ts";
import { Progress } from "../../src/cli/progress.ts";

const CLEAR = "\r\u001B[K";

function source(bytesRead: number, size: number): CaptureSource {
  const noBlocks = async function* (): AsyncGenerator<never, void, undefined> {};
  return {
    name: "trace.pcap",
    format: "pcap",
    compression: "",
    precision: "micro",
    linkType: 1,
    snapLength: 0,
    interfaces: [],
    names: [],
    littleEndian: true,
    bytesRead,
    size,
    blocks: noBlocks,
    close() {},
  };
}

/** What is written when the reading is at `bytes` of `size` at these milliseconds. */
function written(steps: readonly (readonly [number, number])[], size: number, shown = true): string {
  let now = 0;
  let text = "";
  const progress = new Progress(
    (each) => (text += each),
    shown,
    () => now,
  );
  for (const [at, bytes] of steps) {
    now = at;
    progress.update(source(bytes, size));
  }
  progress.end();
  return text;
}

describe("progress", () => {
  test("shows nothing of a reading that takes less than a second", () => {
    expect(
      written(
        [
          [10, 20],
          [500, 60],
          [999, 100],
        ],
        100,
      ),
    ).toBe("");
  });

  test("shows once a second how far the file is, and takes the line away", () => {
    const steps = [
      [1000, 20],
      [1100, 25],
      [1999, 30],
      [2000, 40],
      [3500, 99.9],
    ] as const;
    expect(written(steps, 100)).toBe(
      `${CLEAR}trace.pcap: 20 % read${CLEAR}trace.pcap: 40 % read${CLEAR}trace.pcap: 99 % read${CLEAR}`,
    );
  });

  test("shows what has come of a pipe", () => {
    expect(written([[1000, 5 * 1024 * 1024]], -1)).toBe(`${CLEAR}trace.pcap: 5 MiB read${CLEAR}`);
  });

  test("shows nothing where there is no terminal", () => {
    expect(
      written(
        [
          [1000, 20],
          [5000, 90],
        ],
        100,
        false,
      ),
    ).toBe("");
  });
});
