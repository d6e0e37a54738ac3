import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { FillingRing, RING_SIZE, UsingRing } from "../../src/capture/index-ring.ts";
import { ModuleMemory } from "../../src/wire/module-memory.ts";

/** Tells of every signal of a ring again and again, until it is ended. */
const RESTLESS = `
  const { workerData } = require("node:worker_threads");
  const signals = new Int32Array(workerData.buffer, workerData.at, 16);
  for (;;) for (let place = 0; place < 16; place++) Atomics.notify(signals, place);
`;

test("only a block that was given is taken, whatever ends the wait for it", async () => {
  const memory = new ModuleMemory(RING_SIZE);
  const at = memory.reserve(RING_SIZE);
  const ring = new UsingRing(memory.shared.buffer, at);
  const filling = new FillingRing(memory.shared.buffer, at);
  const worker = new Worker(RESTLESS, { eval: true, workerData: { buffer: memory.shared.buffer, at } });
  try {
    await new Promise((resolve) => void worker.once("online", resolve));
    for (let turn = 0; turn < 100; turn++) {
      expect(ring.take(5)).toBe(undefined);
      const block = filling.take();
      block.next = turn;
      filling.give();
      expect(ring.take(0)?.next).toBe(turn);
      ring.release();
    }
  } finally {
    await worker.terminate();
  }
});

test("blocks are filled and taken in turn, and come again", () => {
  const memory = new ModuleMemory(RING_SIZE);
  const at = memory.reserve(RING_SIZE);
  const ring = new UsingRing(memory.shared.buffer, at);
  const filling = new FillingRing(memory.shared.buffer, at);
  const blocks = new Set<number>();
  for (let turn = 0; turn < 100; turn++) {
    blocks.add(filling.take().bytesAt);
    filling.give();
    expect(ring.take(0)?.bytesAt).toBe([...blocks][turn % blocks.size]);
    ring.release();
  }
  expect(blocks.size).toBeGreaterThan(1);
});
