import fs from "node:fs";
import { INDEXER_CODE } from "../wire/indexer-code.ts";
import { functionsOf, type SharedMemory } from "../wire/module-memory.ts";
import { BLOCK_BYTES, BLOCK_FRAMES, type IndexedBytes, USUAL_BYTES } from "./index-ring.ts";
import type { PcapFormat } from "./pcap-records.ts";

/** The functions of `assembly/indexer.ts`; places are in bytes. */
interface IndexerCode {
  setFormat(linkType: number, unit: number, snapLength: number, maximum: number, seed: number): void;
  indexRecords(bytes: number, have: number, index: number, most: number, counts: number): number;
}

/** Reads a pcap file and indexes its frames, as far as all is as usual. */
export class BlockFiller {
  readonly #descriptor: number;
  readonly #code: IndexerCode;

  /** `format`: little-endian, with the captured length first; `seed`: that of the hashes of who reads the index; `memory`: the blocks' own. */
  constructor(descriptor: number, format: PcapFormat, seed: number, memory: SharedMemory) {
    this.#descriptor = descriptor;
    this.#code = functionsOf<IndexerCode>(INDEXER_CODE, memory);
    this.#code.setFormat(format.linkType, format.unit, format.snapLength, format.maximum, seed);
  }

  /** Fills the block with what is in the file from `position` on, the first byte of a record; `usual`: bytes to read. */
  fill(block: IndexedBytes, position: number, usual: number = USUAL_BYTES): void {
    const isFurther = this.#fill(block, position, usual);
    // A large record.
    if (isFurther && block.count === 0) this.#fill(block, position, BLOCK_BYTES);
  }

  /** The same with at most so many bytes; whether there may be more in the file that can be indexed. */
  #fill(block: IndexedBytes, position: number, most: number): boolean {
    const have = this.#read(block.bytes, position, most);
    const { bytesAt, indexAt, countsAt } = block;
    const isOdd = this.#code.indexRecords(bytesAt, have, indexAt, BLOCK_FRAMES, countsAt) !== 0;
    const isLast = isOdd || have < most || (block.count === 0 && most === BLOCK_BYTES);
    block.set(position, isLast);
    return !isLast;
  }

  /** Fills the buffer to `most` bytes, as far as the file goes. */
  #read(bytes: Uint8Array, position: number, most: number): number {
    let have = 0;
    while (have < most) {
      const got = readAt(this.#descriptor, bytes, have, position + have, most - have);
      if (got === 0) break;
      have += got;
    }
    return have;
  }
}

/** What cannot be read counts as the end here: who reads on after the last block meets the error, and tells it. */
function readAt(descriptor: number, bytes: Uint8Array, at: number, position: number, most: number): number {
  try {
    return fs.readSync(descriptor, bytes, at, most, position);
  } catch {
    return 0;
  }
}
