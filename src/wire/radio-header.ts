import type { Fault } from "./fault.ts";
import * as p from "./protocol.ts";
import { RadiotapHeader, radiotapFlags } from "./radiotap.ts";

/** Length of a Prism header, in bytes: message code, message length, device name, ten items of 12 bytes. */
const PRISM_HEADER = 144;

/** An AVS header starts with its version and its length, in network byte order; these versions are in use. */
const AVS_VERSIONS: ReadonlySet<number> = new Set([0x80211001, 0x80211002]);
const AVS_START = 8;

/** What the capturing radio put before an IEEE 802.11 frame: radiotap, Prism, AVS, or nothing, by link type. */
export class RadioHeader {
  /** Which header it is; "none": the link type has none. */
  kind: "none" | "radiotap" | "prism" | "avs" = "none";
  /** Where the 802.11 frame starts. */
  payloadAt = 0;
  /** Flags of radiotap: those that say how the frame is padded and whether it ends with its frame check sequence; 0 without radiotap. */
  flags = 0;
  /** Moved onto the radiotap header, where there is one. */
  readonly radiotap: RadiotapHeader = new RadiotapHeader();

  /** Moves to the header at `at`. */
  read(view: DataView, linkType: number, at: number, limit: number): Fault | undefined {
    this.flags = 0;
    this.payloadAt = at;
    this.kind = kindOf(view, linkType, at, limit);
    switch (this.kind) {
      case "radiotap": {
        const fault = this.radiotap.read(view, at, limit);
        if (fault !== undefined) return fault;
        this.flags = radiotapFlags(view, this.radiotap);
        this.payloadAt = at + this.radiotap.length;
        return undefined;
      }
      case "prism":
        this.payloadAt = at + PRISM_HEADER;
        return cut("prism", at, PRISM_HEADER, limit);
      case "avs":
        return this.#avs(view, at, limit);
      default:
        return undefined;
    }
  }

  #avs(view: DataView, at: number, limit: number): Fault | undefined {
    const fault = cut("avs", at, AVS_START, limit);
    if (fault !== undefined) return fault;
    const length = view.getUint32(at + 4);
    this.payloadAt = at + length;
    if (length < AVS_START)
      return { kind: "malformed", layer: "avs", field: "length", at, need: AVS_START, have: length };
    return cut("avs", at, length, limit);
  }
}

/** A Prism capture may have AVS headers. */
function kindOf(view: DataView, linkType: number, at: number, limit: number): RadioHeader["kind"] {
  switch (linkType) {
    case p.LINKTYPE_RADIOTAP:
      return "radiotap";
    case p.LINKTYPE_AVS:
      return "avs";
    case p.LINKTYPE_PRISM:
      return limit - at >= 4 && AVS_VERSIONS.has(view.getUint32(at)) ? "avs" : "prism";
    default:
      return "none";
  }
}

function cut(layer: "prism" | "avs", at: number, need: number, limit: number): Fault | undefined {
  const have = limit - at;
  return have >= need ? undefined : { kind: "truncated", layer, field: "header", at, need, have };
}
