import type { Frame } from "../wire/frame.ts";
import { CaptureError } from "./error.ts";
import { FileOutput } from "./file-output.ts";
import { MAXIMUM_CAPTURED_LENGTH, PCAP_HEADER, PCAP_MICRO, PCAP_NANO, RECORD_HEADER } from "./pcap-format.ts";
import type { CaptureSource } from "./source.ts";
import type { CaptureWriter } from "./writer.ts";

const BUFFER = 1 << 18;
const SNAP_LENGTH = 16;
const LAST_SECOND = 0xffffffff;

/** Where the captured length is, in bytes from the start of a record. */
const CAPTURED_LENGTH = 8;

/** A run of records as long as that is written from where it is; a shorter one is copied to its neighbours first. */
const LONG_RUN = 1 << 16;

const EMPTY = new Uint8Array(0);

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
export class PcapWriter implements CaptureWriter {
  readonly #output: FileOutput;
  readonly #options: PcapWriterOptions;
  readonly #bytes = new Uint8Array(BUFFER + RECORD_HEADER + MAXIMUM_CAPTURED_LENGTH);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #unit: number;
  #have = 0;
  /** Bytes handed to the system. */
  #written = 0;
  #longest = 0;
  #closed = false;
  /** Records of the input, side by side, that are still to be copied: `#run[#runStart, #runEnd)`. */
  #run: Uint8Array = EMPTY;
  #runStart = 0;
  #runEnd = 0;
  /** Short runs before it, moved together in the input's own buffer: `#run[#packStart, #packEnd)`. */
  #packStart = 0;
  #packEnd = 0;

  private constructor(output: FileOutput, options: PcapWriterOptions) {
    this.#output = output;
    this.#options = options;
    this.#unit = options.precision === "nano" ? 1 : 1000;
    this.#writeHeader();
  }

  /** Makes the file, or empties it; "-" is standard output. */
  static create(path: string, options: PcapWriterOptions): PcapWriter {
    return new PcapWriter(FileOutput.create(path), options);
  }

  get size(): number {
    return this.#written + this.#have + (this.#packEnd - this.#packStart) + (this.#runEnd - this.#runStart);
  }

  get failed(): boolean {
    return this.#output.failed;
  }

  open(): void {}

  /**
   * Like `write`, but leaves records that are in the input as they are to be written in the input's buffer until
   * `settle`; what was read of that buffer before the frame does not stay as it is.
   */
  add(frame: Frame, source: CaptureSource): void {
    const start = frame.start - RECORD_HEADER;
    const captured = frame.end - frame.start;
    const same =
      source.recordPrecision === this.#options.precision &&
      frame.linkType === this.#options.linkType &&
      captured <= MAXIMUM_CAPTURED_LENGTH &&
      // Not of a frame that was cut at the snap length.
      frame.view.getUint32(start + CAPTURED_LENGTH, true) === captured;
    if (!same) return this.write(frame);
    if (captured > this.#longest) this.#longest = captured;
    if (start !== this.#runEnd || frame.bytes !== this.#run) {
      if (frame.bytes === this.#run) this.#pack();
      else this.settle();
      this.#run = frame.bytes;
      this.#runStart = start;
    }
    this.#runEnd = frame.end;
  }

  settle(): void {
    this.#pack();
    this.#copy(this.#packStart, this.#packEnd);
    this.#packStart = 0;
    this.#packEnd = 0;
  }

  /** Moves a short run to those before it: half the cost of copying each elsewhere. */
  #pack(): void {
    const start = this.#runStart;
    const end = this.#runEnd;
    this.#runStart = 0;
    this.#runEnd = 0;
    if (start === end) return;
    if (this.#packStart === this.#packEnd) {
      this.#packStart = start;
      this.#packEnd = end;
    } else if (end - start < LONG_RUN) {
      this.#run.copyWithin(this.#packEnd, start, end);
      this.#packEnd += end - start;
    } else {
      this.#copy(this.#packStart, this.#packEnd);
      this.#packStart = start;
      this.#packEnd = end;
    }
  }

  /** Writes a part of the input's buffer, or copies it to what is to be written. */
  #copy(start: number, end: number): void {
    const length = end - start;
    if (length === 0) return;
    if (length >= LONG_RUN) {
      this.#flushBuffer();
      this.#written += length;
      this.#output.write(this.#run, start, end, lastWholeRecord);
      return;
    }
    this.#bytes.set(this.#run.subarray(start, end), this.#have);
    this.#have += length;
    if (this.#have >= BUFFER) this.#flushBuffer();
  }

  /**
   * Adds a frame. In microseconds a time loses what is finer; bytes beyond
   * 262,144, which no reader of pcap accepts, are left out. Throws for a frame of
   * another link type, and for a time before 1970 or after 2106, which the format cannot hold.
   */
  write(frame: Frame): void {
    if (frame.linkType !== this.#options.linkType) throw this.#otherLinkType(frame);
    if (frame.seconds < 0 || frame.seconds > LAST_SECOND) throw this.#timeOutOfRange(frame);
    this.settle();
    const captured = Math.min(frame.end - frame.start, MAXIMUM_CAPTURED_LENGTH);
    const at = this.#have;
    const view = this.#view;
    view.setUint32(at, frame.seconds, true);
    view.setUint32(at + 4, Math.floor(frame.nanoseconds / this.#unit), true);
    view.setUint32(at + CAPTURED_LENGTH, captured, true);
    view.setUint32(at + 12, frame.wireLength, true);
    this.#bytes.set(frame.bytes.subarray(frame.start, frame.start + captured), at + RECORD_HEADER);
    this.#have = at + RECORD_HEADER + captured;
    if (captured > this.#longest) this.#longest = captured;
    if (this.#have >= BUFFER) this.#flushBuffer();
  }

  /** Hands everything to the system. */
  flush(): void {
    this.settle();
    this.#flushBuffer();
  }

  /** Flushes, and gives the file back; may be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.flush();
      this.#correctSnapLength();
    } finally {
      this.#output.close();
    }
  }

  #flushBuffer(): void {
    const length = this.#have;
    // Whatever happens, these bytes are not tried again.
    this.#have = 0;
    const whole = this.#written === 0 ? lastWholeRecordAfterHeader : lastWholeRecord;
    this.#written += length;
    this.#output.write(this.#bytes, 0, length, whole);
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

  /** Readers cut frames at the snap length, and pcapng's interfaces do not always keep to theirs. */
  #correctSnapLength(): void {
    if (this.failed || this.#longest <= this.#options.snapLength || this.#options.snapLength === 0) return;
    this.#view.setUint32(0, this.#longest, true);
    this.#output.patch(SNAP_LENGTH, this.#bytes);
  }

  #otherLinkType(frame: Frame): CaptureError {
    return new CaptureError(
      "link-type-differs",
      `${this.#output.name}: frame ${frame.number} has link type ${frame.linkType}, the file is for link type ` +
        `${this.#options.linkType}; a pcap file holds one, write the others to files of their own, or all of them as pcapng`,
    );
  }

  #timeOutOfRange(frame: Frame): CaptureError {
    return new CaptureError(
      "time-range",
      `${this.#output.name}: frame ${frame.number} was captured at second ${frame.seconds} since 1970, ` +
        `pcap holds 0 to ${LAST_SECOND}`,
    );
  }
}

function lastWholeRecord(bytes: Uint8Array, from: number, to: number): number {
  const view = new DataView(bytes.buffer);
  let at = from;
  while (at + RECORD_HEADER <= to) {
    const next = at + RECORD_HEADER + view.getUint32(at + CAPTURED_LENGTH, true);
    if (next > to) break;
    at = next;
  }
  return at;
}

function lastWholeRecordAfterHeader(bytes: Uint8Array, from: number, to: number): number {
  return to < from + PCAP_HEADER ? from : lastWholeRecord(bytes, from + PCAP_HEADER, to);
}
