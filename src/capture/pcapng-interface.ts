import { MAXIMUM_CAPTURED_LENGTH } from "./pcap-format.ts";
import { eachOption, optionText, signed64, unsigned64, type BlockBytes } from "./pcapng-options.ts";
import { TimeUnit } from "./pcapng-time.ts";
import type { CaptureInterface } from "./source.ts";

// Offsets in an Interface Description Block (draft-ietf-opsawg-pcapng section 4.2).
const LINK_TYPE = 8;
const SNAP_LENGTH = 12;
const OPTIONS = 16;

const IF_NAME = 2;
const IF_DESCRIPTION = 3;
const IF_TSRESOL = 9;
const IF_FILTER = 11;
const IF_FCSLEN = 13;
const IF_TSOFFSET = 14;

/** How an if_filter is written, its first byte: as text. */
const FILTER_TEXT = 0;

/** Decimal digits after the point of a time when the block does not say. */
const MICROSECONDS = 6;

// Offsets in an Interface Statistics Block (section 4.6).
const STATISTICS_OPTIONS = 20;
const ISB_IFRECV = 4;
const ISB_IFDROP = 5;
const ISB_OSDROP = 7;

/** Shortest Interface Description Block and Interface Statistics Block, in bytes. */
export const INTERFACE_MINIMUM = 20;
export const STATISTICS_MINIMUM = 24;

/** What was captured on, how its times are to be read, and its latest counters. */
export class PcapngInterface implements CaptureInterface {
  name = "";
  readonly section: number;
  readonly idInSection: number;
  description = "";
  filter = "";
  readonly linkType: number;
  readonly snapLength: number;
  fcsLength = -1;
  received = -1;
  dropped = -1;
  systemDropped = -1;
  readonly time: TimeUnit;

  /** Reads an Interface Description Block of at least `INTERFACE_MINIMUM` bytes. */
  constructor(block: BlockBytes, section: number, idInSection: number) {
    this.section = section;
    this.idInSection = idInSection;
    const { view, bytes, at, littleEndian } = block;
    this.linkType = view.getUint16(at + LINK_TYPE, littleEndian);
    const recorded = view.getUint32(at + SNAP_LENGTH, littleEndian);
    this.snapLength = recorded === 0 || recorded > 0x7fffffff ? MAXIMUM_CAPTURED_LENGTH : recorded;
    let resolution = MICROSECONDS;
    let offset = 0;
    eachOption(block, at + OPTIONS, (code, at, length) => {
      if (code === IF_NAME) this.name = optionText(bytes, at, length);
      else if (code === IF_DESCRIPTION) this.description = optionText(bytes, at, length);
      else if (code === IF_FILTER && bytes[at] === FILTER_TEXT) this.filter = optionText(bytes, at + 1, length - 1);
      else if (code === IF_TSRESOL && length === 1) resolution = view.getUint8(at);
      else if (code === IF_FCSLEN && length === 1) this.fcsLength = view.getUint8(at);
      else if (code === IF_TSOFFSET && length === 8) offset = signed64(view, at, littleEndian);
    });
    this.time = new TimeUnit(resolution, offset);
  }

  get resolution(): number {
    return this.time.resolution;
  }

  /** Takes the counters of an Interface Statistics Block of at least `STATISTICS_MINIMUM` bytes. */
  readStatistics(block: BlockBytes): void {
    const { view, littleEndian } = block;
    eachOption(block, block.at + STATISTICS_OPTIONS, (code, at, length) => {
      if (length !== 8) return;
      if (code === ISB_IFRECV) this.received = unsigned64(view, at, littleEndian);
      else if (code === ISB_IFDROP) this.dropped = unsigned64(view, at, littleEndian);
      else if (code === ISB_OSDROP) this.systemDropped = unsigned64(view, at, littleEndian);
    });
  }
}
