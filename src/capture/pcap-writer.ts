import fs from "node:fs";
import type { Frame } from "../wire/frame.ts";
import { CaptureError, type CaptureErrorCode } from "./error.ts";
import { errnoOf, reasonOf } from "./input.ts";
import { MAXIMUM_CAPTURED_LENGTH, PCAP_HEADER, PCAP_MICRO, PCAP_NANO, RECORD_HEADER } from "./pcap-format.ts";

const BUFFER = 1 << 18;
const STANDARD_OUTPUT = 1;
const SNAP_LENGTH = 16;
const LAST_SECOND = 0xffffffff;

/** How long to wait before a full pipe is tried again, in milliseconds. */
const FULL_PIPE_WAIT = 1;

/** What the header of a pcap file says. */
export interface PcapWriterOptions {
  /** LINKTYPE_ value of all frames. */
  readonly linkType: number;
  readonly precision: "micro" | "nano";
  /** In bytes. A file that gets a longer frame is corrected when it is closed; a pipe cannot be. */
  readonly snapLength: number;
}

/**
 * Writes classic pcap, version 2.4, in little-endian byte order. All methods
 * throw a `CaptureError` when the bytes cannot be written.
 */
export class PcapWriter {
  readonly #name: string;
  readonly #descriptor: number;
  readonly #options: PcapWriterOptions;
  readonly #bytes = new Uint8Array(BUFFER + RECORD_HEADER + MAXIMUM_CAPTURED_LENGTH);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #unit: number;
  #have = 0;
  #longest = 0;
  #closed = false;

  private constructor(name: string, descriptor: number, options: PcapWriterOptions) {
    this.#name = name;
    this.#descriptor = descriptor;
    this.#options = options;
    this.#unit = options.precision === "nano" ? 1 : 1000;
    this.#writeHeader();
  }

  /** Makes the file, or empties it; "-" is standard output. */
  static create(path: string, options: PcapWriterOptions): PcapWriter {
    if (path === "-") return new PcapWriter("standard output", STANDARD_OUTPUT, options);
    try {
      return new PcapWriter(path, fs.openSync(path, "w"), options);
    } catch (error) {
      throw new CaptureError("cannot-write", `${path}: cannot be written: ${reasonOf(error)}`, { cause: error });
    }
  }

  /**
   * Adds a frame. In microseconds a time loses what is finer; bytes beyond
   * 262,144, which no reader of pcap accepts, are left out. Throws for a frame of
   * another link type, and for a time before 1970 or after 2106, which the format cannot hold.
   */
  write(frame: Frame): void {
    if (frame.linkType !== this.#options.linkType) throw this.#otherLinkType(frame);
    if (frame.seconds < 0 || frame.seconds > LAST_SECOND) throw this.#timeOutOfRange(frame);
    const captured = Math.min(frame.end - frame.start, MAXIMUM_CAPTURED_LENGTH);
    const at = this.#have;
    const view = this.#view;
    view.setUint32(at, frame.seconds, true);
    view.setUint32(at + 4, Math.floor(frame.nanoseconds / this.#unit), true);
    view.setUint32(at + 8, captured, true);
    view.setUint32(at + 12, frame.wireLength, true);
    this.#bytes.set(frame.bytes.subarray(frame.start, frame.start + captured), at + RECORD_HEADER);
    this.#have = at + RECORD_HEADER + captured;
    if (captured > this.#longest) this.#longest = captured;
    if (this.#have >= BUFFER) this.flush();
  }

  /** Adds whole records as they are: `bytes[start, end)`, in the byte order and precision of this file. They go to the system at once. */
  writeRecords(bytes: Uint8Array, start: number, end: number): void {
    this.flush();
    for (let done = start; done < end;) done += this.#writeSome(bytes, done, end);
  }

  /** Hands everything to the system. */
  flush(): void {
    const length = this.#have;
    // Whatever happens, these bytes are not tried again.
    this.#have = 0;
    for (let done = 0; done < length;) done += this.#writeSome(this.#bytes, done, length);
  }

  /** Flushes, and gives the file back; may be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.flush();
      this.#correctSnapLength();
    } finally {
      if (this.#descriptor !== STANDARD_OUTPUT) fs.closeSync(this.#descriptor);
    }
  }

  #writeHeader(): void {
    const view = this.#view;
    view.setUint32(0, this.#options.precision === "nano" ? PCAP_NANO : PCAP_MICRO, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 4, true);
    view.setUint32(SNAP_LENGTH, this.#options.snapLength, true);
    view.setUint32(20, this.#options.linkType, true);
    this.#have = PCAP_HEADER;
  }

  #writeSome(bytes: Uint8Array, at: number, end: number): number {
    try {
      return fs.writeSync(this.#descriptor, bytes, at, end - at);
    } catch (error) {
      if (errnoOf(error) !== "EAGAIN") throw this.#writeFailed(error);
      // A pipe that another program made non-blocking is full: give its reader time.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_WAIT);
      return 0;
    }
  }

  /** Readers cut frames at the snap length, and pcapng's interfaces do not always keep to theirs. */
  #correctSnapLength(): void {
    if (this.#longest <= this.#options.snapLength || this.#options.snapLength === 0) return;
    if (!fs.fstatSync(this.#descriptor).isFile() || this.#descriptor === STANDARD_OUTPUT) return;
    this.#view.setUint32(0, this.#longest, true);
    fs.writeSync(this.#descriptor, this.#bytes, 0, 4, SNAP_LENGTH);
  }

  #otherLinkType(frame: Frame): CaptureError {
    return new CaptureError(
      "link-type-differs",
      `${this.#name}: frame ${frame.number} has link type ${frame.linkType}, ` +
        `the file is for link type ${this.#options.linkType}; a pcap file holds one, write the others to files of their own`,
    );
  }

  #timeOutOfRange(frame: Frame): CaptureError {
    return new CaptureError(
      "time-range",
      `${this.#name}: frame ${frame.number} was captured at second ${frame.seconds} since 1970, pcap holds 0 to ${LAST_SECOND}`,
    );
  }

  #writeFailed(error: unknown): CaptureError {
    const [code, text] = WRITE_ERRORS[errnoOf(error)] ?? ["cannot-write", `writing failed: ${reasonOf(error)}`];
    return new CaptureError(code, `${this.#name}: ${text}`, { cause: error });
  }
}

const WRITE_ERRORS: Readonly<Record<string, readonly [CaptureErrorCode, string]>> = {
  ENOSPC: ["disk-full", "the disk is full, the file is not complete"],
  EDQUOT: ["disk-full", "the disk quota is used up, the file is not complete"],
  EPIPE: ["broken-pipe", "nobody reads it any more"],
};
