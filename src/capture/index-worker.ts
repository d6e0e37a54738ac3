import fs from "node:fs";
import { workerData } from "node:worker_threads";
import { Frame } from "../wire/frame.ts";
import { INDEX_WORDS } from "../wire/frame-index.ts";
import { FrameIndexer } from "../wire/frame-indexer.ts";
import { BLOCK_FRAMES, FillingRing, type IndexedBytes, type IndexMemory } from "./index-ring.ts";
import { NOT_WHOLE, type PcapFormat, PcapRecords } from "./pcap-records.ts";

/** What the thread is told when it is started. */
export interface IndexTask {
  /** Of the file; where it stands is not changed. */
  readonly descriptor: number;
  readonly format: PcapFormat;
  /** Of the hashes in the index. */
  readonly seed: number;
  readonly memory: IndexMemory;
}

/** Reads a pcap file and indexes its frames; ends at the first thing that is not as usual, and says where that is. */
class IndexWorker {
  readonly #descriptor: number;
  readonly #records: PcapRecords;
  readonly #indexer: FrameIndexer;
  readonly #frame = new Frame();

  constructor(task: IndexTask) {
    this.#descriptor = task.descriptor;
    this.#records = new PcapRecords(task.format);
    this.#indexer = new FrameIndexer(task.seed);
  }

  run(ring: FillingRing): void {
    let position = ring.waitForStart();
    for (let isLast = false; !isLast;) {
      const block = ring.take();
      this.#fill(block, position);
      ({ next: position, isLast } = block);
      ring.give();
    }
  }

  #fill(block: IndexedBytes, position: number): void {
    const { bytes, view, index } = block;
    const have = this.#read(bytes, position);
    const frame = this.#frame;
    frame.bytes = bytes;
    frame.view = view;
    let at = 0;
    let count = 0;
    let isLast = false;
    while (count < BLOCK_FRAMES) {
      const end = this.#records.next(view, at, have, frame);
      if (end <= 0 || !this.#indexer.write(index, count * INDEX_WORDS, frame)) {
        // In a full block, a record that is not whole is just the first of the next.
        isLast = end !== NOT_WHOLE || have < bytes.length;
        break;
      }
      at = end;
      count++;
    }
    block.set(count, position + at, isLast);
  }

  /** Fills the buffer, as far as the file goes. */
  #read(bytes: Uint8Array, position: number): number {
    let have = 0;
    while (have < bytes.length) {
      const got = readAt(this.#descriptor, bytes, have, position + have);
      if (got === 0) break;
      have += got;
    }
    return have;
  }
}

/** What cannot be read counts as the end here: who reads on after the last block meets the error, and tells it. */
function readAt(descriptor: number, bytes: Uint8Array, at: number, position: number): number {
  try {
    return fs.readSync(descriptor, bytes, at, bytes.length - at, position);
  } catch {
    return 0;
  }
}

const task: IndexTask = workerData;
new IndexWorker(task).run(new FillingRing(task.memory));
