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
import type { Opened } from "./opened.ts";
import { IMPOSSIBLE, type LengthOrder, type PcapFormat, PcapRecords } from "./pcap-records.ts";
import { Reader } from "./reader.ts";
import type { CaptureInterface, RecordedName } from "./source.ts";

// Offsets in the file header.
const VERSION_MAJOR = 4;
const VERSION_MINOR = 6;
const SNAP_LENGTH = 16;
const LINK_TYPE = 20;

/** The link type itself; the bits above tell about frame check sequences. */
const LINK_TYPE_BITS = 0x03ffffff;
const FCS_LENGTH_PRESENT = 0x04000000;

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
  readonly #recordFormat: PcapFormat;
  readonly #records: PcapRecords;

  /** Reads the file header; `opened` has at least its 24 bytes. Throws a `CaptureError`. */
  constructor(opened: Opened) {
    super(opened);
    const view = this.view;
    this.littleEndian = isMagic(view.getUint32(0, true));
    const magic = view.getUint32(0, this.littleEndian);
    this.precision = magic === PCAP_NANO ? "nano" : "micro";
    const order = this.#lengthOrder();
    const ordinary = this.littleEndian && magic !== PCAP_MODIFIED && order === "captured-first";
    this.recordPrecision = ordinary ? this.precision : "";
    const linkField = view.getUint32(LINK_TYPE, this.littleEndian);
    const linkType = linkField & LINK_TYPE_BITS;
    const maximum = maximumCapturedLength(linkType);
    const format: PcapFormat = {
      littleEndian: this.littleEndian,
      recordHeader: magic === PCAP_MODIFIED ? MODIFIED_RECORD_HEADER : RECORD_HEADER,
      unit: magic === PCAP_NANO ? 1 : 1000,
      order,
      linkType,
      snapLength: this.#readSnapLength(magic, linkType, maximum),
      maximum,
    };
    this.#recordFormat = format;
    this.#records = new PcapRecords(format);
    this.interfaces.push({
      name: "",
      description: "",
      filter: "",
      linkType,
      snapLength: format.snapLength,
      // In units of two bytes.
      fcsLength: (linkField & FCS_LENGTH_PRESENT) === 0 ? -1 : (linkField >>> 28) * 2,
      resolution: format.unit / 1e9,
      received: -1,
      dropped: -1,
      systemDropped: -1,
    });
    this.at = PCAP_HEADER;
  }

  /** How its records are to be read. */
  get recordFormat(): PcapFormat {
    return this.#recordFormat;
  }

  next(frame: Frame): boolean {
    const view = this.view;
    const end = this.#records.next(view, this.at, this.have, frame);
    if (end <= 0) {
      if (end === IMPOSSIBLE) return this.#badLength(this.#records.captured);
      this.need = this.#records.need;
      return false;
    }
    this.at = end;
    frame.number = ++this.number;
    if (frame.view !== view) {
      frame.view = view;
      frame.bytes = this.bytes;
      frame.index = undefined;
    }
    return true;
  }

  nextMatching(frame: Frame, match: Match): boolean {
    if (this.#recordFormat.order !== "captured-first") {
      while (this.next(frame))
        if (match(frame.view, frame.start, frame.capturedLength, frame.wireLength) !== 0) return true;
      return false;
    }
    this.at = this.#records.find(this.view, this.at, this.have, match);
    this.number += this.#records.passed;
    // Frames of the next input are counted on from here.
    frame.number = this.number;
    // The one that matches, or what ends the block: a record that is cut, or damaged.
    return this.next(frame);
  }

  protected cut(): CaptureError {
    const left = this.have - this.at;
    const what = left < this.#recordFormat.recordHeader ? "header of the record" : "record";
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

  #readSnapLength(magic: number, linkType: number, maximum: number): number {
    const recorded = this.view.getUint32(SNAP_LENGTH, this.littleEndian);
    if (recorded === 0 || recorded > 0x7fffffff) return maximum;
    // The snap length of such files may leave out the link layer's header.
    return magic === PCAP_MODIFIED && linkType === LINKTYPE_ETHERNET ? recorded + 14 : recorded;
  }

  #badLength(captured: number): false {
    this.failure = new CaptureError(
      "bad-length",
      `${this.name}: record of frame ${this.number + 1} at ${this.where(this.at)} says ${captured} captured bytes, ` +
        `at most ${this.#recordFormat.maximum} are possible; the file is damaged there: what comes before it was read`,
    );
    return false;
  }
}
