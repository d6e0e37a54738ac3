import type { Frame } from "../wire/frame.ts";
import { CaptureError } from "./error.ts";
import { FileOutput } from "./file-output.ts";
import {
  ENHANCED_PACKET,
  INTERFACE_DESCRIPTION,
  INTERFACE_STATISTICS,
  MAGIC,
  PACKET_DATA,
  SECTION_HEADER,
  TOTAL_LENGTH,
} from "./pcapng-format.ts";
import { padded } from "./pcapng-options.ts";
import { BlockBuilder, textBytes } from "./pcapng-block.ts";
import { copyPacketOptions } from "./pcapng-packet-options.ts";
import type { CaptureInterface, CaptureSource } from "./source.ts";
import type { CaptureWriter } from "./writer.ts";

const BUFFER = 1 << 18;

// Options (draft-ietf-opsawg-pcapng sections 3.5, 4.1, 4.2, 4.6).
const COMMENT = 1;
const SHB_USERAPPL = 4;
const IF_NAME = 2;
const IF_DESCRIPTION = 3;
const IF_TSRESOL = 9;
const IF_FILTER = 11;
const IF_FCSLEN = 13;
const ISB_IFRECV = 4;
const ISB_IFDROP = 5;
const ISB_OSDROP = 7;

const NANOSECOND_DIGITS = 9;
/** How an if_filter is written: as text. */
const FILTER_TEXT = 0;
/** Link types have 16 bits there. */
const LAST_LINK_TYPE = 0xffff;
/** A section whose length is not told. */
const UNKNOWN_LENGTH = 0xffffffff;

/** How a pcapng file is to be written. */
export interface PcapngWriterOptions {
  /** Fineness of all times; by each interface when it is left out. */
  readonly precision?: "micro" | "nano" | undefined;
  /** Bytes kept of a comment at most are 65,535: an option's length has 16 bits. */
  readonly commentOf?: ((frame: Frame) => string) | undefined;
}

/** An interface of the file. */
interface Written {
  readonly described: CaptureInterface;
  readonly id: number;
  readonly unitsPerSecond: number;
}

/**
 * Writes pcapng (draft-ietf-opsawg-pcapng): one section in little-endian byte
 * order, the interfaces of all inputs, each frame with its own and with the
 * options it had, the counters of the interfaces at the end. All methods throw
 * a `CaptureError` when the bytes cannot be written.
 */
export class PcapngWriter implements CaptureWriter {
  readonly #output: FileOutput;
  readonly #options: PcapngWriterOptions;
  readonly #block = new BlockBuilder(BUFFER);
  readonly #interfaces: Written[] = [];
  /** Of each input: its interfaces' places in the file. */
  readonly #ids = new Map<CaptureSource, Written[]>();
  #latest: CaptureSource | undefined = undefined;
  #latestIds: Written[] = [];
  #written = 0;
  #lastSeconds = 0;
  #lastNanoseconds = 0;
  #closed = false;

  private constructor(output: FileOutput, options: PcapngWriterOptions) {
    this.#output = output;
    this.#options = options;
    this.#writeSection();
  }

  /** Makes the file, or empties it; "-" is standard output. */
  static create(path: string, options: PcapngWriterOptions = {}): PcapngWriter {
    return new PcapngWriter(FileOutput.create(path), options);
  }

  get size(): number {
    return this.#written + this.#block.length;
  }

  get failed(): boolean {
    return this.#output.failed;
  }

  /** Describes the interfaces that the input has so far, also if no frame of theirs follows. */
  open(source: CaptureSource): void {
    this.#select(source);
    this.#describe(source);
  }

  /** Throws for a time that the format cannot hold: before 1970, or beyond 64 bits. */
  add(frame: Frame, source: CaptureSource): void {
    if (source !== this.#latest) this.#select(source);
    if (frame.interfaceIndex >= this.#latestIds.length) this.#describe(source);
    const to = this.#latestIds[frame.interfaceIndex]!;
    if (frame.seconds < 0 || frame.seconds >= secondsHeld(to)) throw this.#timeOutOfRange(frame, to);
    const block = this.#block;
    const captured = frame.end - frame.start;
    const comment = this.#options.commentOf?.(frame) ?? "";
    block.begin(ENHANCED_PACKET, PACKET_DATA + padded(captured) + (frame.optionsEnd - frame.optionsStart));
    block.uint32(to.id);
    block.time(frame.seconds, frame.nanoseconds, to.unitsPerSecond);
    block.uint32(captured);
    block.uint32(frame.wireLength);
    block.bytes(frame.bytes, frame.start, frame.end);
    if (comment !== "") block.option(COMMENT, textBytes(comment));
    if (frame.optionsStart !== frame.optionsEnd) copyPacketOptions(frame, block);
    else if (comment !== "") block.endOptions();
    block.end();
    this.#lastSeconds = frame.seconds;
    this.#lastNanoseconds = frame.nanoseconds;
    if (block.length >= BUFFER) this.flush();
  }

  settle(): void {}

  flush(): void {
    const { buffer, length } = this.#block;
    // Whatever happens, these bytes are not tried again.
    this.#block.clear();
    this.#written += length;
    this.#output.write(buffer, 0, length, lastWholeBlock);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      // Also the interfaces that no frame came from.
      for (const source of this.#ids.keys()) this.open(source);
      for (const written of this.#interfaces) this.#writeStatistics(written);
      this.flush();
    } finally {
      this.#output.close();
    }
  }

  #select(source: CaptureSource): void {
    let ids = this.#ids.get(source);
    if (ids === undefined) {
      ids = [];
      this.#ids.set(source, ids);
    }
    this.#latest = source;
    this.#latestIds = ids;
  }

  /** Describes the interfaces of the input that are not in the file yet. */
  #describe(source: CaptureSource): void {
    for (const described of source.interfaces.slice(this.#latestIds.length)) {
      const fine = (this.#options.precision ?? precisionOf(described)) === "nano";
      const written = { described, id: this.#interfaces.length, unitsPerSecond: fine ? 1e9 : 1e6 };
      this.#writeInterface(written, source);
      this.#interfaces.push(written);
      this.#latestIds.push(written);
    }
  }

  #writeSection(): void {
    const block = this.#block;
    block.begin(SECTION_HEADER, 0);
    block.uint32(MAGIC);
    block.uint16(1);
    block.uint16(0);
    block.uint32(UNKNOWN_LENGTH);
    block.uint32(UNKNOWN_LENGTH);
    block.option(SHB_USERAPPL, textBytes("tcpscope"));
    block.endOptions();
    block.end();
  }

  #writeInterface({ described, unitsPerSecond }: Written, source: CaptureSource): void {
    if (described.linkType > LAST_LINK_TYPE) throw this.#linkTypeOutOfRange(described, source);
    const block = this.#block;
    const { name, description, filter, fcsLength } = described;
    block.begin(INTERFACE_DESCRIPTION, 0);
    block.uint16(described.linkType);
    block.uint16(0);
    block.uint32(described.snapLength);
    if (name !== "") block.option(IF_NAME, textBytes(name));
    if (description !== "") block.option(IF_DESCRIPTION, textBytes(description));
    if (unitsPerSecond === 1e9) block.option(IF_TSRESOL, Uint8Array.of(NANOSECOND_DIGITS));
    if (filter !== "") block.option(IF_FILTER, Uint8Array.of(FILTER_TEXT, ...textBytes(filter)));
    if (fcsLength >= 0) block.option(IF_FCSLEN, Uint8Array.of(fcsLength));
    block.endOptions();
    block.end();
  }

  /** The counters that the input told; none when it told none. */
  #writeStatistics({ described, id, unitsPerSecond }: Written): void {
    const { received, dropped, systemDropped } = described;
    if (received < 0 && dropped < 0 && systemDropped < 0) return;
    const block = this.#block;
    block.begin(INTERFACE_STATISTICS, 0);
    block.uint32(id);
    block.time(this.#lastSeconds, this.#lastNanoseconds, unitsPerSecond);
    if (received >= 0) block.countOption(ISB_IFRECV, received);
    if (dropped >= 0) block.countOption(ISB_IFDROP, dropped);
    if (systemDropped >= 0) block.countOption(ISB_OSDROP, systemDropped);
    block.endOptions();
    block.end();
  }

  #timeOutOfRange(frame: Frame, to: Written): CaptureError {
    return new CaptureError(
      "time-range",
      `${this.#output.name}: frame ${frame.number} was captured at second ${frame.seconds} since 1970, ` +
        `pcapng holds 0 to ${secondsHeld(to) - 1} in these units`,
    );
  }

  #linkTypeOutOfRange({ linkType }: CaptureInterface, source: CaptureSource): CaptureError {
    return new CaptureError(
      "link-type-differs",
      `${this.#output.name}: ${source.name} has link type ${linkType}, pcapng holds 0 to ${LAST_LINK_TYPE}; write pcap instead`,
    );
  }
}

/** Microseconds where they lose nothing: units of 1, 0.1 … 0.000001 seconds. */
function precisionOf({ resolution }: CaptureInterface): "micro" | "nano" {
  const digits = -Math.log10(resolution);
  return digits <= 6 && Math.abs(digits - Math.round(digits)) < 1e-9 ? "micro" : "nano";
}

/** How many whole seconds 64 bits hold. */
function secondsHeld({ unitsPerSecond }: Written): number {
  return Math.floor(2 ** 64 / unitsPerSecond);
}

function lastWholeBlock(bytes: Uint8Array, from: number, to: number): number {
  const view = new DataView(bytes.buffer);
  let at = from;
  while (at + TOTAL_LENGTH + 4 <= to) {
    const next = at + view.getUint32(at + TOTAL_LENGTH, true);
    if (next > to) break;
    at = next;
  }
  return at;
}
