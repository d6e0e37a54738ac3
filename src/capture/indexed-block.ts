import type { Frame } from "../wire/frame.ts";
import { readFrame } from "../wire/frame-index.ts";
import { INDEX_WORDS } from "../wire/index-record.ts";
import type { IndexedBytes } from "./index-ring.ts";
import type { Block, IndexTaker } from "./source.ts";

/** The frames of indexed bytes. */
export class IndexedBlock implements Block {
  readonly #indexed: IndexedBytes;
  readonly #linkType: number;
  readonly #end: number;
  #number: number;
  #at = 0;
  #taker: IndexTaker | undefined = undefined;

  /** `number`: of the first frame. */
  constructor(indexed: IndexedBytes, linkType: number, number: number) {
    this.#indexed = indexed;
    this.#end = indexed.count * INDEX_WORDS;
    this.#linkType = linkType;
    this.#number = number;
  }

  next(frame: Frame): boolean {
    const at = this.#at;
    if (at === this.#end) return false;
    this.#at = at + INDEX_WORDS;
    const { index } = this.#indexed;
    readFrame(index, at, frame);
    frame.indexAt = at;
    frame.number = this.#number++;
    if (frame.index !== index) this.#prepare(frame);
    return true;
  }

  nextUntaken(frame: Frame, taker: IndexTaker): boolean {
    const { indexAt, count, view } = this.#indexed;
    const place = this.#at / INDEX_WORDS;
    if (this.#taker !== taker) {
      this.#taker = taker;
      taker.begin(indexAt, count, this.#number, view);
    }
    const next = taker.follow(place);
    this.#at = next * INDEX_WORDS;
    this.#number += next - place;
    // Frames of the next input are counted on from here.
    frame.number = this.#number - 1;
    return this.next(frame);
  }

  /** What all of its frames have in common. */
  #prepare(frame: Frame): void {
    frame.bytes = this.#indexed.bytes;
    frame.view = this.#indexed.view;
    frame.index = this.#indexed.index;
    frame.linkType = this.#linkType;
    frame.hasTime = true;
    frame.interfaceIndex = 0;
    frame.direction = -1;
    frame.optionsStart = 0;
    frame.optionsEnd = 0;
  }
}
