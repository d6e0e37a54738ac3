import type { Match } from "../filter/match.ts";
import type { Frame } from "../wire/frame.ts";
import { CaptureError } from "./error.ts";
import {
  LINKTYPE_ETHERNET,
  maximumCapturedLength,
  MODIFIED_RECORD_HEADER,
  PCAP_HEADER,
  PCAP_MICRO,
  PCAP_MODIFIED,
  PCAP_NANO,
  RECORD_HEADER,
} from "./pcap-format.ts";
import { Reader, type Opened } from "./reader.ts";
import type { CaptureInterface, RecordedName } from "./source.ts";

// Offsets in the file header.
const VERSION_MAJOR = 4;
const VERSION_MINOR = 6;
const SNAP_LENGTH = 16;
const LINK_TYPE = 20;

/** The link type itself; the bits above tell about frame check sequences. */
const LINK_TYPE_BITS = 0x03ffffff;
const FCS_LENGTH_PRESENT = 0x04000000;

// Offsets in a record's header.
const FRACTION = 4;
const FIRST_LENGTH = 8;
const SECOND_LENGTH = 12;

/** Which of a record's two lengths comes first changed twice in the format's history. */
type LengthOrder = "captured-first" | "wire-first" | "smaller-is-captured";

/** True for the first bytes of a classic pcap file. */
export function isPcap(view: DataView): boolean {
  return isMagic(view.getUint32(0, true)) || isMagic(view.getUint32(0, false));
}

function isMagic(value: number): boolean {
  return value === PCAP_MICRO || value === PCAP_NANO || value === PCAP_MODIFIED;
}

/**
 * Classic pcap (draft-ietf-opsawg-pcap), in both byte orders and with all the
 * magics and versions that libpcap reads.
 */
export class PcapReader extends Reader {
  readonly format = "pcap";
  readonly precision: "micro" | "nano";
  readonly recordPrecision: "micro" | "nano" | "";
  readonly interfaces: CaptureInterface[] = [];
  readonly names: RecordedName[] = [];
  readonly littleEndian: boolean;
  readonly #recordHeader: number;
  /** Nanoseconds in a unit of a record's second time field. */
  readonly #unit: number;
  readonly #order: LengthOrder;
  readonly #linkType: number;
  readonly #snapLength: number;
  readonly #maximum: number;

  /** Reads the file header; `opened` has at least its 24 bytes. Throws a `CaptureError`. */
  constructor(opened: Opened) {
    super(opened);
    const view = this.view;
    this.littleEndian = isMagic(view.getUint32(0, true));
    const magic = view.getUint32(0, this.littleEndian);
    this.precision = magic === PCAP_NANO ? "nano" : "micro";
    this.#unit = magic === PCAP_NANO ? 1 : 1000;
    this.#recordHeader = magic === PCAP_MODIFIED ? MODIFIED_RECORD_HEADER : RECORD_HEADER;
    this.#order = this.#lengthOrder();
    const ordinary = this.littleEndian && magic !== PCAP_MODIFIED && this.#order === "captured-first";
    this.recordPrecision = ordinary ? this.precision : "";
    const linkField = view.getUint32(LINK_TYPE, this.littleEndian);
    this.#linkType = linkField & LINK_TYPE_BITS;
    this.#maximum = maximumCapturedLength(this.#linkType);
    this.#snapLength = this.#readSnapLength(magic);
    this.interfaces.push({
      name: "",
      description: "",
      filter: "",
      linkType: this.#linkType,
      snapLength: this.#snapLength,
      // In units of two bytes.
      fcsLength: (linkField & FCS_LENGTH_PRESENT) === 0 ? -1 : (linkField >>> 28) * 2,
      resolution: this.#unit / 1e9,
      received: -1,
      dropped: -1,
      systemDropped: -1,
    });
    this.at = PCAP_HEADER;
  }

  next(frame: Frame): boolean {
    const at = this.at;
    const view = this.view;
    const littleEndian = this.littleEndian;
    const start = at + this.#recordHeader;
    if (start > this.have) {
      this.need = this.#recordHeader;
      return false;
    }
    let captured = view.getUint32(at + FIRST_LENGTH, littleEndian);
    let wire = view.getUint32(at + SECOND_LENGTH, littleEndian);
    if (this.#order !== "captured-first" && (this.#order === "wire-first" || captured > wire)) {
      const first = captured;
      captured = wire;
      wire = first;
    }
    if (captured > this.#maximum) return this.#badLength(captured);
    const end = start + captured;
    if (end > this.have) {
      this.need = end - at;
      return false;
    }
    this.#take(frame, at, captured, wire);
    return true;
  }

  nextMatching(frame: Frame, match: Match): boolean {
    if (this.#order !== "captured-first") {
      while (this.next(frame))
        if (match(frame.view, frame.start, frame.capturedLength, frame.wireLength) !== 0) return true;
      return false;
    }
    const { view, littleEndian, have } = this;
    const header = this.#recordHeader;
    const maximum = this.#maximum;
    const snapLength = this.#snapLength;
    let number = this.number;
    let at = this.at;
    while (at + header <= have) {
      const captured = view.getUint32(at + FIRST_LENGTH, littleEndian);
      const start = at + header;
      if (captured > maximum || start + captured > have) break;
      const wire = view.getUint32(at + SECOND_LENGTH, littleEndian);
      if (match(view, start, captured > snapLength ? snapLength : captured, wire) !== 0) {
        this.number = number;
        this.#take(frame, at, captured, wire);
        return true;
      }
      number++;
      at = start + captured;
    }
    this.at = at;
    this.number = number;
    // Frames of the next input are counted on from here.
    frame.number = number;
    // Says what ends the block: a record that is cut, or damaged.
    return this.next(frame);
  }

  /** Moves the frame to the record at `at`, and the reader behind it. */
  #take(frame: Frame, at: number, captured: number, wire: number): void {
    const { view, littleEndian } = this;
    const start = at + this.#recordHeader;
    const end = start + captured;
    this.at = end;
    frame.number = ++this.number;
    frame.hasTime = true;
    frame.seconds = view.getUint32(at, littleEndian);
    frame.nanoseconds = view.getUint32(at + FRACTION, littleEndian) * this.#unit;
    frame.start = start;
    // As libpcap does it: what is beyond the snap length is passed over.
    frame.end = captured > this.#snapLength ? start + this.#snapLength : end;
    frame.wireLength = wire;
    frame.linkType = this.#linkType;
    frame.interfaceIndex = 0;
    frame.direction = -1;
    frame.optionsStart = 0;
    frame.optionsEnd = 0;
    if (frame.view !== view) {
      frame.view = view;
      frame.bytes = this.bytes;
    }
  }

  protected cut(): CaptureError {
    const left = this.have - this.at;
    const what = left < this.#recordHeader ? "header of the record" : "record";
    return new CaptureError(
      "cut-record",
      `${this.name}: ${what} of frame ${this.number + 1} at ${this.where(this.at)} needs ${this.need} bytes, ` +
        this.cutShort(left),
    );
  }

  #lengthOrder(): LengthOrder {
    const major = this.view.getUint16(VERSION_MAJOR, this.littleEndian);
    const minor = this.view.getUint16(VERSION_MINOR, this.littleEndian);
    // Version 543.0 is what DG/UX wrote.
    if (!(major === 2 && minor <= 4) && !(major === 543 && minor === 0)) {
      throw new CaptureError(
        "unsupported-version",
        `${this.name}: pcap version ${major}.${minor} is not supported, 2.0 to 2.4 are`,
      );
    }
    if (major === 543 || minor < 3) return "wire-first";
    return minor === 3 ? "smaller-is-captured" : "captured-first";
  }

  #readSnapLength(magic: number): number {
    const recorded = this.view.getUint32(SNAP_LENGTH, this.littleEndian);
    if (recorded === 0 || recorded > 0x7fffffff) return this.#maximum;
    // The snap length of such files may leave out the link layer's header.
    return magic === PCAP_MODIFIED && this.#linkType === LINKTYPE_ETHERNET ? recorded + 14 : recorded;
  }

  #badLength(captured: number): false {
    this.failure = new CaptureError(
      "bad-length",
      `${this.name}: record of frame ${this.number + 1} at ${this.where(this.at)} says ${captured} captured bytes, ` +
        `at most ${this.#maximum} are possible; the file is damaged there: what comes before it was read`,
    );
    return false;
  }
}
