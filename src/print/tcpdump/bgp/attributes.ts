import { printSystemPath } from "./as-path.ts";
import { printCommunities, printExtendedCommunities, printLargeCommunities } from "./communities.ts";
import { nameAndNumber, type NamesByNumber, printUndecoded, systemText } from "./names.ts";
import { printReach, printUnreach } from "./reach.ts";
import { printTunnel } from "./tunnel.ts";
import type { Output } from "../output.ts";

/** Path attributes (IANA "BGP Path Attributes"). */
const NAMES: NamesByNumber = {
  1: "Origin",
  2: "AS Path",
  3: "Next Hop",
  4: "Multi Exit Discriminator",
  5: "Local Preference",
  6: "Atomic Aggregate",
  7: "Aggregator",
  8: "Community",
  9: "Originator ID",
  10: "Cluster List",
  11: "DPA",
  12: "Advertisers",
  13: "RCID Path / Cluster ID",
  14: "Multi-Protocol Reach NLRI",
  15: "Multi-Protocol Unreach NLRI",
  16: "Extended Community",
  17: "AS4 Path",
  18: "Aggregator4",
  22: "PMSI Tunnel",
  23: "Tunnel Encapsulation",
  24: "Traffic Engineering",
  25: "IPv6 Extended Community",
  26: "Accumulated IGP Metric",
  27: "PE Distinguisher Label",
  28: "Entropy Label",
  32: "Large Community",
  128: "Attribute Set",
  255: "Reserved for development",
};

const LONG = 0x10;
const FLAG_LETTERS = "OTPE";
const MAX_DEPTH = 10;

const ORIGINS: readonly string[] = ["IGP", "EGP", "Incomplete"];

/** Prints an attribute's value, within `depth` sets of attributes; how many of its bytes `-vv` shows, or -1 where it is cut. */
type PrintValue = (out: Output, at: number, length: number, depth: number) => number;

const PRINTERS: Readonly<Record<number, PrintValue>> = {
  1: printOrigin,
  2: (out, at, length) => printSystemPath(out, at, length, false),
  3: printAddress,
  4: printNumber,
  5: printNumber,
  6: (out, _at, length) => (length === 0 ? length : printInvalidLength(out, length)),
  7: printAggregator,
  8: printCommunities,
  9: printAddress,
  10: printClusters,
  14: printReach,
  15: printUnreach,
  16: printExtendedCommunities,
  17: (out, at, length) => printSystemPath(out, at, length, true),
  18: (out, at, length) => (length === 8 ? printAggregator(out, at, length) : printInvalidLength(out, length)),
  22: printTunnel,
  26: printMetrics,
  32: printLargeCommunities,
  128: printSet,
};

/** Prints path attributes (RFC 4271 section 4.3) in a message that ends at `messageEnd`; false where that cuts them. */
export function printAttributes(out: Output, from: number, end: number, messageEnd: number): boolean {
  for (let at = from; at < end && !out.cut;) {
    if (at + 2 > messageEnd) return false;
    const size = headerSize(out, at);
    if (at + 2 <= end && at + size > messageEnd) return false;
    if (at + size > end) {
      out.sink.text("\n\t  [path attrs too short]");
      return true;
    }
    const value = printHeader(out, at, size, "\n\t  ");
    if (out.u8(at) !== 0) out.sink.text(": ");
    at += size;
    if (at + value > end) {
      out.sink.text(" [path attrs too short]");
      return true;
    }
    if (!printValue(out, out.u8(at - size + 1), at, value, 0)) return false;
    at += value;
  }
  return true;
}

/** Bytes of flags, type and length. */
function headerSize(out: Output, at: number): number {
  return (out.u8(at) & LONG) === 0 ? 3 : 4;
}

/** Prints type, length and flags; the length of the value. */
function printHeader(out: Output, at: number, size: number, lead: string): number {
  const length = size === 3 ? out.u8(at + 2) : out.u16(at + 2);
  const name = nameAndNumber(NAMES, out.u8(at + 1), "Unknown Attribute");
  out.sink.text(`${lead}${name}, length: ${length}${flagsText(out.u8(at))}`);
  return length;
}

function flagsText(flags: number): string {
  if (flags === 0) return "";
  const letters = [...FLAG_LETTERS].filter((_, i) => (flags & (0x80 >> i)) !== 0).join("");
  const rest = (flags & 0xf) === 0 ? "" : `+${(flags & 0xf).toString(16)}`;
  return `, Flags [${letters}${rest}]`;
}

/** False where the value is cut. */
function printValue(out: Output, type: number, at: number, length: number, depth: number): boolean {
  const print = PRINTERS[type];
  const shown = print === undefined ? printUnknown(out, type, at, length) : print(out, at, length, depth);
  if (shown > 0 && out.options.verbosity > 1) out.hexLines(at, shown, "\n\t    ");
  return shown >= 0;
}

function printUnknown(out: Output, type: number, at: number, length: number): number {
  out.sink.text(`\n\t    no Attribute ${type} decoder`);
  printUndecoded(out, at, length, "\n\t    ");
  return length;
}

/** Says so in the place of a value; the attributes behind it are printed. */
function printInvalidLength(out: Output, length: number): number {
  out.sink.text("invalid len");
  return length;
}

function printOrigin(out: Output, at: number, length: number): number {
  if (length !== 1) return printInvalidLength(out, length);
  out.sink.text(ORIGINS[out.u8(at)] ?? "Unknown Origin Typecode");
  return length;
}

function printAddress(out: Output, at: number, length: number): number {
  if (length !== 4) return printInvalidLength(out, length);
  out.ipv4(at);
  return length;
}

function printNumber(out: Output, at: number, length: number): number {
  if (length !== 4) return printInvalidLength(out, length);
  out.sink.decimal(out.u32(at));
  return length;
}

/** Its AS number has 2 or 4 bytes (RFC 6793). */
function printAggregator(out: Output, at: number, length: number): number {
  if (length !== 6 && length !== 8) return printInvalidLength(out, length);
  const system = length === 8 ? out.u32(at) : out.u16(at);
  out.sink.text(` AS #${systemText(out, system)}, origin `);
  out.ipv4(at + length - 4);
  return length;
}

/** RFC 4456 section 8. */
function printClusters(out: Output, from: number, length: number): number {
  if (length % 4 !== 0) return printInvalidLength(out, length);
  for (let at = from; at < from + length; at += 4) {
    out.ipv4(at);
    if (at + 4 < from + length) out.sink.text(", ");
  }
  return length;
}

/** RFC 7311 section 3. */
function printMetrics(out: Output, from: number, size: number): number {
  const end = from + size;
  for (let at = from; end - at >= 3;) {
    const type = out.u8(at);
    const length = out.u16(at + 1);
    out.sink.text(`\n\t    ${type === 1 ? "AIGP" : "Unknown"} TLV (${type}), length ${length}`);
    if (length < 3 || at + length > end) return -1;
    if (type !== 1) printUndecoded(out, at + 3, length - 3, "\n\t      ");
    else if (length < 11) return -1;
    else {
      out.sink.text(", metric ");
      out.decimal64(at + 3);
    }
    at += length;
  }
  return size;
}

/** Attributes of a customer's route (RFC 6368 section 5); what is left of them is shown by `-vv`. */
function printSet(out: Output, from: number, length: number, depth: number): number {
  if (length < 4) return -1;
  out.sink.text(`\n\t    Origin AS: ${systemText(out, out.u32(from))}`);
  const end = from + length;
  let at = from + 4;
  while (at < end && !out.cut) {
    const size = headerSize(out, at);
    if (!out.has(at, at + 2 > end ? 2 : size)) return -1;
    if (at + size > end) {
      out.sink.text(" [path attr too short]");
      return (end - at) % 2;
    }
    const value = printHeader(out, at, size, "\n\t      ");
    out.sink.text(": ");
    at += size;
    if (at + value > end) {
      out.sink.text(" [path attr too short]");
      break;
    }
    if (depth >= MAX_DEPTH) out.sink.text("(too many nested levels, not recursing)");
    else if (!printValue(out, out.u8(at - size + 1), at, value, depth + 1)) return -1;
    at += value;
  }
  return end - at;
}
