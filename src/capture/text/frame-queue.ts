import type { Frame } from "../../wire/frame.ts";
import { LINKTYPE_ETHERNET } from "../../wire/protocol.ts";
import type { Instant } from "./clock.ts";
import type { RebuiltFrame } from "./rebuild.ts";

/** Numbers of a frame: start, end, length on the wire, seconds, nanoseconds. */
const FIELDS = 5;

/** Frames that were built and not yet taken, one after the other in one buffer. */
export class FrameQueue {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1 << 16);
  #view: DataView<ArrayBuffer> = new DataView(this.#bytes.buffer);
  #used = 0;
  readonly #fields: number[] = [];
  #taken = 0;
  #number: number;
  /** Some time so far was finer than a microsecond. */
  isFine = false;

  /** `firstNumber`: that of the first frame. */
  constructor(firstNumber: number) {
    this.#number = firstNumber - 1;
  }

  /** Frames that wait. */
  get length(): number {
    return (this.#fields.length - this.#taken) / FIELDS;
  }

  add({ bytes, wireLength }: RebuiltFrame, { seconds, nanoseconds }: Instant): void {
    const start = this.#used;
    const end = start + bytes.length;
    if (end > this.#bytes.length) this.#grow(end);
    this.#bytes.set(bytes, start);
    this.#used = end;
    this.#fields.push(start, end, wireLength, seconds, nanoseconds);
    if (nanoseconds % 1000 !== 0) this.isFine = true;
  }

  /** Moves `frame` to the next one; false when none waits. */
  next(frame: Frame): boolean {
    const fields = this.#fields;
    const at = this.#taken;
    if (at >= fields.length) return false;
    this.#taken = at + FIELDS;
    frame.number = ++this.#number;
    frame.start = fields[at] ?? 0;
    frame.end = fields[at + 1] ?? 0;
    frame.wireLength = fields[at + 2] ?? 0;
    frame.seconds = fields[at + 3] ?? 0;
    frame.nanoseconds = fields[at + 4] ?? 0;
    frame.linkType = LINKTYPE_ETHERNET;
    frame.interfaceIndex = 0;
    frame.direction = -1;
    frame.optionsStart = 0;
    frame.optionsEnd = 0;
    frame.bytes = this.#bytes;
    frame.view = this.#view;
    return true;
  }

  /** Lets go of all frames; those that nobody took count as read. */
  clear(): void {
    this.#number += this.length;
    this.#fields.length = 0;
    this.#taken = 0;
    this.#used = 0;
  }

  #grow(need: number): void {
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, need));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
