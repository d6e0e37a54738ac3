import type { Cap } from "cap";
import { MAXIMUM_CAPTURED_LENGTH, PCAP_HEADER, PCAP_NANO, RECORD_HEADER } from "../pcap-format.ts";
import { type LiveInput, type SystemCounts, UNKNOWN_COUNTS } from "./reader.ts";

/** Bytes that packets may wait in until they are read; what is beyond is lost, as nothing tells the kernel to hold it. */
const MOST_WAITING = 64 << 20;
const FIRST_WAITING = 1 << 20;
/** How long packets are still taken at the end, in milliseconds. */
const SETTLING = 100;
const MILLISECOND = 1e6;
const SECOND = 1000;

/** The header of a pcap file of packets that cap gives. */
export function capHeader(linkType: number): Uint8Array {
  const header = new Uint8Array(PCAP_HEADER);
  const view = new DataView(header.buffer);
  view.setUint32(0, PCAP_NANO, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, MAXIMUM_CAPTURED_LENGTH, true);
  view.setUint32(20, linkType, true);
  return header;
}

/** Packets of the package `cap`, as records with the time at which they came to us. */
export class CapInput implements LiveInput {
  bytesRead = 0;
  readonly size = -1;
  readonly lastCounts: SystemCounts = UNKNOWN_COUNTS;
  readonly #cap: Cap;
  readonly #packet: Uint8Array;
  #waiting = new Uint8Array(FIRST_WAITING);
  #view = new DataView(this.#waiting.buffer);
  #have = 0;
  #taken = 0;
  #isOver = false;
  #wake: (() => void) | undefined = undefined;

  /** `packet`: the buffer that cap fills. */
  constructor(cap: Cap, packet: Uint8Array) {
    this.#cap = cap;
    this.#packet = packet;
    cap.on("packet", (length: number) => this.#add(length));
  }

  read(bytes: Uint8Array, at: number): number | Promise<number> {
    const got = this.#take(bytes, at);
    return got === 0 && !this.#isOver ? this.#wait(bytes, at) : got;
  }

  counts(): Promise<SystemCounts> {
    return Promise.resolve(this.lastCounts);
  }

  stop(): void {
    // What the kernel has by now comes at the next turn of the event loop; there is nothing that would tell when it was all.
    setTimeout(() => this.close(), SETTLING);
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cap.close();
    this.#wake?.();
  }

  async #wait(bytes: Uint8Array, at: number): Promise<number> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#take(bytes, at);
  }

  #take(bytes: Uint8Array, at: number): number {
    const length = Math.min(this.#have - this.#taken, bytes.length - at);
    bytes.set(this.#waiting.subarray(this.#taken, this.#taken + length), at);
    this.#taken += length;
    this.bytesRead += length;
    if (this.#taken === this.#have) this.#taken = this.#have = 0;
    return length;
  }

  #add(length: number): void {
    const at = this.#have;
    if (at + RECORD_HEADER + length > this.#waiting.length && !this.#grow()) return;
    const now = performance.timeOrigin + performance.now();
    const seconds = Math.floor(now / SECOND);
    this.#view.setUint32(at, seconds, true);
    this.#view.setUint32(at + 4, Math.floor((now - seconds * SECOND) * MILLISECOND), true);
    this.#view.setUint32(at + 8, length, true);
    // It does not tell how long the packet was.
    this.#view.setUint32(at + 12, length, true);
    this.#waiting.set(this.#packet.subarray(0, length), at + RECORD_HEADER);
    this.#have = at + RECORD_HEADER + length;
    this.#wake?.();
  }

  #grow(): boolean {
    if (this.#waiting.length >= MOST_WAITING) return false;
    const larger = new Uint8Array(this.#waiting.length * 2);
    larger.set(this.#waiting.subarray(0, this.#have));
    this.#waiting = larger;
    this.#view = new DataView(larger.buffer);
    return true;
  }
}
