import type { Frame } from "../wire/frame.ts";
import { readFrame } from "../wire/frame-index.ts";
import { INDEX_WORDS } from "../wire/index-record.ts";
import type { FileIndexer } from "./file-indexer.ts";
import type { IndexedBytes } from "./index-ring.ts";
import type { Block, IndexTaker } from "./source.ts";

/** Blocks after which signals and timers are let in. */
const BLOCKS_AT_ONCE = 16;

/** The frames of the next few blocks of an index. */
export class IndexedBlock implements Block {
  readonly #indexer: FileIndexer;
  readonly #linkType: number;
  #indexed: IndexedBytes | undefined = undefined;
  #left: number;
  #number: number;
  #at = 0;
  #end = 0;
  /** Who takes the frames of this block. */
  #taker: IndexTaker | undefined = undefined;

  /** `number`: of the first frame. */
  constructor(indexer: FileIndexer, linkType: number, number: number) {
    this.#indexer = indexer;
    this.#linkType = linkType;
    this.#number = number;
    // While the thread is loaded, the event loop is let in soon: it is told there that it is.
    this.#left = indexer.isWaiting ? 1 : BLOCKS_AT_ONCE;
  }

  /** Of the frame after the last one. */
  get number(): number {
    return this.#number;
  }

  next(frame: Frame): boolean {
    while (this.#at === this.#end) if (!this.#advance()) return false;
    this.#read(this.#indexed!, frame);
    return true;
  }

  nextUntaken(frame: Frame, taker: IndexTaker): boolean {
    for (;;) {
      if (this.#at < this.#end) this.#pass(this.#indexed!, taker);
      if (this.#at < this.#end) break;
      // Frames of the next input are counted on from here.
      frame.number = this.#number - 1;
      if (!this.#advance()) return false;
    }
    this.#read(this.#indexed!, frame);
    return true;
  }

  /** To the next block; false: there is none, or it is another's. */
  #advance(): boolean {
    if (this.#left-- === 0) return false;
    this.#indexed = this.#indexer.next();
    this.#taker = undefined;
    this.#at = 0;
    this.#end = (this.#indexed?.count ?? 0) * INDEX_WORDS;
    return this.#indexed !== undefined;
  }

  /** Passes over what is taken. */
  #pass({ indexAt, count, view }: IndexedBytes, taker: IndexTaker): void {
    const place = this.#at / INDEX_WORDS;
    if (this.#taker !== taker) {
      this.#taker = taker;
      taker.begin(indexAt, count, this.#number, view);
    }
    const next = taker.follow(place);
    this.#at = next * INDEX_WORDS;
    this.#number += next - place;
  }

  #read(indexed: IndexedBytes, frame: Frame): void {
    const { index } = indexed;
    const at = this.#at;
    this.#at = at + INDEX_WORDS;
    readFrame(index, at, frame);
    frame.indexAt = at;
    frame.number = this.#number++;
    if (frame.index !== index) this.#prepare(indexed, frame);
  }

  /** What all of its frames have in common. */
  #prepare({ bytes, view, index }: IndexedBytes, frame: Frame): void {
    frame.bytes = bytes;
    frame.view = view;
    frame.index = index;
    frame.linkType = this.#linkType;
    frame.hasTime = true;
    frame.interfaceIndex = 0;
    frame.direction = -1;
    frame.optionsStart = 0;
    frame.optionsEnd = 0;
  }
}
