import { parentPort } from "node:worker_threads";
import type { SharedMemory } from "../wire/module-memory.ts";
import { BlockFiller } from "./block-filler.ts";
import { FillingRing } from "./index-ring.ts";
import type { PcapFormat } from "./pcap-records.ts";

/** What the thread is told once; it then runs to the end. */
export interface IndexTask {
  /** Of the file; where it stands is not changed. */
  readonly descriptor: number;
  readonly format: PcapFormat;
  /** Of the hashes in the index. */
  readonly seed: number;
  readonly memory: SharedMemory;
  /** Where the ring is in it. */
  readonly ringAt: number;
}

/** Fills blocks up to the last. */
function run({ descriptor, format, seed, memory, ringAt }: IndexTask): void {
  const filler = new BlockFiller(descriptor, format, seed, memory);
  const ring = new FillingRing(memory.buffer, ringAt);
  let position = ring.waitForStart();
  for (let isLast = false; !isLast;) {
    const block = ring.take();
    filler.fill(block, position);
    ({ next: position, isLast } = block);
    ring.give();
  }
}

parentPort?.once("message", run);
parentPort?.postMessage("loaded");
