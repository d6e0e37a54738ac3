import type { Device, DeviceStatistics } from "../../libpcap/device.ts";
import type { Waiter } from "../../libpcap/wait.ts";
import type { LiveInput, SystemCounts } from "./reader.ts";
import { interrupted } from "./failure.ts";

/** How much longer than twice its gathering the kernel may take to hand over what it has at the end, in milliseconds. */
const LATE = 30;
/** Bytes that come at once when packets come often. */
const MANY = 1 << 16;
/** How often the 32-bit counters are read, and the interface is looked at, in milliseconds. */
const LOOK = 1000;

/** What is asked of a device. */
export type TakenFrom = Pick<Device, "take" | "statistics" | "refuseMore" | "close">;

/** What an input has to know of its interface. */
interface DeviceInputOptions {
  readonly name: string;
  /** Bytes of the kernel's buffer. */
  readonly bufferSize: number;
  /** How long the kernel gathers packets before it hands them over, in milliseconds. */
  readonly gathering: number;
  /** Whether the interface is up; undefined when it is not known. */
  readonly isUp: () => boolean | undefined;
  /** Called with a sentence about what happened meanwhile. */
  readonly onNotice: (text: string) => void;
}

/** Takes packets from a device whenever it has some, as many as fit, and waits for more without blocking. */
export class DeviceInput implements LiveInput {
  bytesRead = 0;
  readonly size = -1;
  lastCounts: SystemCounts = { received: 0, dropped: 0, interfaceDropped: 0 };
  readonly #device: TakenFrom;
  readonly #waiter: Waiter;
  readonly #options: DeviceInputOptions;
  /** How long after the end of the capture the kernel may still hand over what it has, in milliseconds. */
  readonly #settling: number;
  /** The C library's memory: never used after the device was asked again or closed. */
  #records: Uint8Array = new Uint8Array(0);
  #taken = 0;
  #counters: DeviceStatistics = { received: 0, dropped: 0, interfaceDropped: 0 };
  #closed = false;
  /** Packets come so often that it is better to wait until there are many. */
  #isBusy = false;
  #looked = performance.now();
  #up = true;
  /** When the capture was ended, and how many bytes had been read by then; -1 while it goes on. */
  #stoppedAt = -1;
  #bytesAtStop = 0;

  constructor(device: TakenFrom, waiter: Waiter, options: DeviceInputOptions) {
    this.#device = device;
    this.#waiter = waiter;
    this.#options = options;
    this.#settling = 2 * options.gathering + LATE;
  }

  read(bytes: Uint8Array, at: number): number | Promise<number> {
    if (this.#isBusy) return this.#rest(bytes, at);
    const got = this.#fill(bytes, at);
    return got === 0 && !this.#isOver() ? this.#wait(bytes, at) : got;
  }

  stop(): void {
    if (this.#stoppedAt >= 0 || this.#closed) return;
    this.#device.refuseMore();
    this.#stoppedAt = performance.now();
    this.#bytesAtStop = this.bytesRead;
    this.#waiter.wake();
    setTimeout(() => this.#waiter.wake(), this.#settling + 1);
  }

  counts(): Promise<SystemCounts> {
    this.#count();
    return Promise.resolve(this.lastCounts);
  }

  close(): void {
    if (this.#closed) return;
    this.#count();
    this.#closed = true;
    this.#records = new Uint8Array(0);
    this.#taken = 0;
    this.#waiter.close();
    this.#device.close();
  }

  async #wait(bytes: Uint8Array, at: number): Promise<number> {
    for (;;) {
      await this.#waiter.wait();
      const got = this.#fill(bytes, at);
      if (got > 0 || this.#isOver()) return got;
    }
  }

  async #rest(bytes: Uint8Array, at: number): Promise<number> {
    this.#isBusy = false;
    if (this.#stoppedAt < 0) await this.#waiter.rest();
    return this.read(bytes, at);
  }

  /** Takes all that there is, or as much as there is room for. */
  #fill(bytes: Uint8Array, at: number): number {
    let have = at;
    for (let got = -1; got !== 0 && have < bytes.length; have += got) got = this.#take(bytes, have);
    const length = have - at;
    // When there was no room for more, the next ones are taken without a rest.
    this.#isBusy = length >= MANY && have < bytes.length;
    return length;
  }

  /** Nothing comes any more: closed, or ended and all that the kernel had was taken. */
  #isOver(): boolean {
    if (this.#closed) return true;
    return this.#stoppedAt >= 0 && performance.now() - this.#stoppedAt >= this.#settling;
  }

  #take(bytes: Uint8Array, at: number): number {
    if (this.#closed) return 0;
    if (this.#taken === this.#records.length) this.#ask();
    const length = Math.min(this.#records.length - this.#taken, bytes.length - at);
    if (length === 0) return 0;
    bytes.set(this.#records.subarray(this.#taken, this.#taken + length), at);
    this.#taken += length;
    this.bytesRead += length;
    return length;
  }

  #ask(): void {
    const now = performance.now();
    try {
      this.#taken = 0;
      this.#records = new Uint8Array(0);
      // Where the kernel still takes packets, those that it had at the end are at most a buffer full.
      const isPast = this.#stoppedAt >= 0 && this.bytesRead - this.#bytesAtStop > this.#options.bufferSize;
      if (!isPast) this.#records = this.#device.take();
    } catch (error) {
      throw interrupted(this.#options.name, error);
    }
    if (now - this.#looked < LOOK) return;
    this.#looked = now;
    this.#count();
    if (this.#records.length === 0) this.#look();
  }

  /** Nothing has come: because the interface is down? */
  #look(): void {
    const up = this.#options.isUp();
    if (up === undefined || up === this.#up) return;
    this.#up = up;
    const { name, onNotice } = this.#options;
    onNotice(up ? `${name}: the interface is up again` : `${name}: the interface went down; the capture goes on`);
  }

  /** The device's counters have 32 bits; what they grew by is right as long as they are read often enough. */
  #count(): void {
    if (this.#closed) return;
    let counters: DeviceStatistics;
    try {
      counters = this.#device.statistics();
    } catch {
      // An interface that is gone has no counters any more: the last ones stay.
      return;
    }
    const { received, dropped, interfaceDropped } = this.lastCounts;
    const before = this.#counters;
    this.#counters = counters;
    this.lastCounts = {
      received: received + ((counters.received - before.received) >>> 0),
      dropped: dropped + ((counters.dropped - before.dropped) >>> 0),
      interfaceDropped: interfaceDropped + ((counters.interfaceDropped - before.interfaceDropped) >>> 0),
    };
  }
}
