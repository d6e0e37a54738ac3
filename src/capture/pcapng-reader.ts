import { Frame } from "../wire/frame.ts";
import { CaptureError, type CaptureErrorCode } from "./error.ts";
import {
  BLOCK_MAXIMUM,
  BLOCK_MINIMUM,
  BLOCK_NAMES,
  BYTE_ORDER_MAGIC,
  CAPTURED_LENGTH,
  ENHANCED_PACKET,
  INTERFACE_DESCRIPTION,
  INTERFACE_ID,
  INTERFACE_STATISTICS,
  MAGIC,
  MAXIMUM_INTERFACES,
  NAME_RESOLUTION,
  OBSOLETE_PACKET,
  PACKET_DATA,
  PACKET_MINIMUM,
  SECTION_HEADER,
  SECTION_MINIMUM,
  SIMPLE_DATA,
  SIMPLE_MINIMUM,
  SIMPLE_PACKET,
  SIMPLE_WIRE_LENGTH,
  TIME_HIGH,
  TIME_LOW,
  TOTAL_LENGTH,
  VERSION_MAJOR,
  VERSION_MINOR,
  WIRE_LENGTH,
} from "./pcapng-format.ts";
import { INTERFACE_MINIMUM, PcapngInterface, STATISTICS_MINIMUM } from "./pcapng-interface.ts";
import { readNames } from "./pcapng-names.ts";
import { packetDirection, padded, type BlockBytes } from "./pcapng-options.ts";
import { Reader } from "./reader.ts";
import type { RecordedName } from "./source.ts";

/** pcapng: any number of sections of either byte order, with any number of interfaces. */
export class PcapngReader extends Reader {
  readonly format = "pcapng";
  readonly recordPrecision = "";
  readonly interfaces: PcapngInterface[] = [];
  readonly names: RecordedName[] = [];
  littleEndian = true;
  /** Index of the section's first interface. */
  #firstInterface = 0;
  /** Sections that have begun. */
  #sections = 0;
  /** Stop after an Interface Description Block. */
  #untilInterface = false;

  get precision(): "micro" | "nano" {
    const first = this.interfaces[0];
    return first !== undefined && first.resolution < 1e-6 ? "nano" : "micro";
  }

  /**
   * Reads what comes before the first interface, so that the link type is known
   * before the first packet is. Throws a `CaptureError` for what cannot be read.
   */
  async readFirstInterface(): Promise<void> {
    const none = new Frame();
    this.#untilInterface = true;
    while (!this.next(none) && this.interfaces.length === 0) {
      if (this.failure !== undefined) throw this.failure;
      if (!(await this.fill())) break;
    }
    this.#untilInterface = false;
  }

  next(frame: Frame): boolean {
    for (;;) {
      const at = this.at;
      const left = this.have - at;
      if (left < BLOCK_MINIMUM) {
        this.need = BLOCK_MINIMUM;
        return false;
      }
      const view = this.view;
      const type = view.getUint32(at, this.littleEndian);
      if (type === SECTION_HEADER && !this.#readByteOrder()) return false;
      const length = view.getUint32(at + TOTAL_LENGTH, this.littleEndian);
      if (length < BLOCK_MINIMUM || length > BLOCK_MAXIMUM) return this.#badLength(length);
      // Lengths are multiples of four; some writers fill the block up without counting it.
      const size = padded(length);
      if (size > left) {
        this.need = size;
        return false;
      }
      const end = at + size - 4;
      if (view.getUint32(end, this.littleEndian) !== length) return this.#badEnd(end, length);
      if (type === ENHANCED_PACKET || type === OBSOLETE_PACKET) return this.#readPacket(frame, end, type);
      if (type === SIMPLE_PACKET) return this.#readSimplePacket(frame, end);
      if (!this.#readOther(type, end)) return false;
      this.at = end + 4;
      if (this.#untilInterface && type === INTERFACE_DESCRIPTION) return false;
    }
  }

  protected cut(): CaptureError {
    const left = this.have - this.at;
    const what = left < BLOCK_MINIMUM ? "a block" : this.#block(this.view.getUint32(this.at, this.littleEndian));
    return new CaptureError(
      "cut-record",
      `${this.name}: ${what} at ${this.where(this.at)} needs ${this.need} bytes, ${this.cutShort(left)}`,
    );
  }

  #readPacket(frame: Frame, end: number, type: number): boolean {
    const at = this.at;
    const view = this.view;
    const littleEndian = this.littleEndian;
    if (end + 4 - at < PACKET_MINIMUM) return this.#tooShort(end, PACKET_MINIMUM);
    const wide = type === ENHANCED_PACKET;
    const id = wide ? view.getUint32(at + INTERFACE_ID, littleEndian) : view.getUint16(at + INTERFACE_ID, littleEndian);
    const index = this.#firstInterface + id;
    const source = this.interfaces[index];
    if (source === undefined) return this.#unknownInterface(id);
    const captured = view.getUint32(at + CAPTURED_LENGTH, littleEndian);
    const start = at + PACKET_DATA;
    if (captured > end - start) return this.#doesNotFit(captured, end - start);
    const high = view.getUint32(at + TIME_HIGH, littleEndian);
    source.time.setTime(frame, high, view.getUint32(at + TIME_LOW, littleEndian));
    this.#place(frame, start, captured, index, source.linkType);
    frame.wireLength = view.getUint32(at + WIRE_LENGTH, littleEndian);
    const options = start + padded(captured);
    if (options < end) {
      frame.optionsStart = options;
      frame.optionsEnd = end;
      frame.direction = packetDirection(view, options, end, littleEndian);
    }
    this.at = end + 4;
    return true;
  }

  #readSimplePacket(frame: Frame, end: number): boolean {
    const at = this.at;
    if (end + 4 - at < SIMPLE_MINIMUM) return this.#tooShort(end, SIMPLE_MINIMUM);
    const source = this.interfaces[this.#firstInterface];
    if (source === undefined) return this.#unknownInterface(0);
    const wireLength = this.view.getUint32(at + SIMPLE_WIRE_LENGTH, this.littleEndian);
    const captured = Math.min(wireLength, source.snapLength);
    const start = at + SIMPLE_DATA;
    if (captured > end - start) return this.#doesNotFit(captured, end - start);
    frame.seconds = 0;
    frame.nanoseconds = 0;
    this.#place(frame, start, captured, this.#firstInterface, source.linkType);
    frame.hasTime = false;
    frame.wireLength = wireLength;
    this.at = end + 4;
    return true;
  }

  #place(frame: Frame, start: number, captured: number, interfaceIndex: number, linkType: number): void {
    frame.number = ++this.number;
    frame.hasTime = true;
    frame.start = start;
    frame.end = start + captured;
    frame.linkType = linkType;
    frame.interfaceIndex = interfaceIndex;
    frame.direction = -1;
    frame.optionsStart = 0;
    frame.optionsEnd = 0;
    if (frame.view !== this.view) {
      frame.view = this.view;
      frame.bytes = this.bytes;
      frame.index = undefined;
    }
  }

  /** A Section Header Block says in which byte order it and what follows are written. */
  #readByteOrder(): boolean {
    const at = this.at + BYTE_ORDER_MAGIC;
    this.littleEndian = this.view.getUint32(at, true) === MAGIC;
    if (this.littleEndian || this.view.getUint32(at) === MAGIC) return true;
    return this.#fail("bad-block", "has no byte-order magic: its ninth byte is neither 1a nor 4d");
  }

  /** The blocks that are no packets; those of unknown types are passed over. */
  #readOther(type: number, end: number): boolean {
    switch (type) {
      case SECTION_HEADER:
        return this.#readSection(end);
      case INTERFACE_DESCRIPTION:
        return this.#readInterface(end);
      case NAME_RESOLUTION:
        readNames(this.#bytes(end), this.names);
        return true;
      case INTERFACE_STATISTICS:
        return this.#readStatistics(end);
      default:
        return true;
    }
  }

  #readSection(end: number): boolean {
    if (end + 4 - this.at < SECTION_MINIMUM) return this.#tooShort(end, SECTION_MINIMUM);
    const major = this.view.getUint16(this.at + VERSION_MAJOR, this.littleEndian);
    const minor = this.view.getUint16(this.at + VERSION_MINOR, this.littleEndian);
    // 1.2 is what some writers put for 1.0.
    if (major !== 1 || (minor !== 0 && minor !== 2)) {
      return this.#fail("unsupported-version", `has version ${major}.${minor}, 1.0 and 1.2 are supported`);
    }
    this.#firstInterface = this.interfaces.length;
    this.#sections++;
    return true;
  }

  #readInterface(end: number): boolean {
    if (end + 4 - this.at < INTERFACE_MINIMUM) return this.#tooShort(end, INTERFACE_MINIMUM);
    if (this.interfaces.length === MAXIMUM_INTERFACES) {
      return this.#fail("too-many-interfaces", `is the one of interface ${MAXIMUM_INTERFACES + 1}, more are not read`);
    }
    const id = this.interfaces.length - this.#firstInterface;
    this.interfaces.push(new PcapngInterface(this.#bytes(end), this.#sections, id));
    return true;
  }

  #readStatistics(end: number): boolean {
    if (end + 4 - this.at < STATISTICS_MINIMUM) return this.#tooShort(end, STATISTICS_MINIMUM);
    const id = this.view.getUint32(this.at + INTERFACE_ID, this.littleEndian);
    const source = this.interfaces[this.#firstInterface + id];
    if (source === undefined) return this.#unknownInterface(id);
    source.readStatistics(this.#bytes(end));
    return true;
  }

  #bytes(end: number): BlockBytes {
    return { bytes: this.bytes, view: this.view, at: this.at, end, littleEndian: this.littleEndian };
  }

  #badLength(length: number): false {
    const bound = length < BLOCK_MINIMUM ? `at least ${BLOCK_MINIMUM} are needed` : `at most ${BLOCK_MAXIMUM} are read`;
    return this.#fail("bad-length", `says ${length} bytes, ${bound}`);
  }

  #badEnd(end: number, length: number): false {
    const last = this.view.getUint32(end, this.littleEndian);
    return this.#fail("bad-length", `says ${length} bytes where it begins and ${last} where it ends`);
  }

  #tooShort(end: number, need: number): false {
    return this.#fail("bad-block", `needs ${need} bytes, it has ${end + 4 - this.at}`);
  }

  #doesNotFit(captured: number, room: number): false {
    return this.#fail("bad-block", `says ${captured} captured bytes, it has room for ${room}`);
  }

  #unknownInterface(id: number): false {
    const count = this.interfaces.length - this.#firstInterface;
    return this.#fail("unknown-interface", `is of interface ${id}, its section describes ${count}`);
  }

  #fail(code: CaptureErrorCode, text: string): false {
    const block = this.#block(this.view.getUint32(this.at, this.littleEndian));
    this.failure = new CaptureError(
      code,
      `${this.name}: ${block} at ${this.where(this.at)} ${text}; the file is damaged there: what comes before it was read`,
    );
    return false;
  }

  #block(type: number): string {
    const packet = type === ENHANCED_PACKET || type === OBSOLETE_PACKET || type === SIMPLE_PACKET;
    if (packet) return `block of frame ${this.number + 1}`;
    return BLOCK_NAMES[type] ?? "block";
  }
}
