import { printSystemPath } from "./bgp-as-path.ts";
import { printCommunities, printExtendedCommunities, printLargeCommunities } from "./bgp-communities.ts";
import { nameAndNumber, type NamesByNumber, printUndecoded, systemText } from "./bgp-names.ts";
import { printReach, printUnreach } from "./bgp-reach.ts";
import { printTunnel } from "./bgp-tunnel.ts";
import type { Output } from "./output.ts";

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

/** Prints an attribute's value, within `depth` sets of attributes; false where it is cut. */
type PrintValue = (out: Output, at: number, length: number, depth: number) => boolean;

const PRINTERS: Readonly<Record<number, PrintValue>> = {
  1: printOrigin,
  2: (out, at, length) => printSystemPath(out, at, length, false),
  3: printAddress,
  4: printNumber,
  5: printNumber,
  6: (out, _at, length) => length === 0 || printInvalidLength(out),
  7: printAggregator,
  8: printCommunities,
  9: printAddress,
  10: printClusters,
  14: printReach,
  15: printUnreach,
  16: printExtendedCommunities,
  17: (out, at, length) => printSystemPath(out, at, length, true),
  18: printAggregator,
  22: printTunnel,
  26: printMetrics,
  32: printLargeCommunities,
  128: printSet,
};

/** Prints path attributes (RFC 4271 section 4.3); false where they are cut. */
export function printAttributes(out: Output, from: number, length: number): boolean {
  return printList(out, from, from + length, "\n\t  ", " [path attrs too short]", 0);
}

function printList(out: Output, from: number, end: number, lead: string, tooShort: string, depth: number): boolean {
  for (let at = from; at < end && !out.cut;) {
    const flags = out.u8(at);
    const lengthSize = (flags & LONG) === 0 ? 1 : 2;
    if (at + 2 + lengthSize > end) return false;
    const type = out.u8(at + 1);
    const length = lengthSize === 1 ? out.u8(at + 2) : out.u16(at + 2);
    at += 2 + lengthSize;
    out.sink.text(`${lead}${nameAndNumber(NAMES, type, "Unknown Attribute")}, length: ${length}${flagsText(flags)}`);
    if (at + length > end) {
      out.sink.text(tooShort);
      return true;
    }
    if (depth > MAX_DEPTH) out.sink.text("(too many nested levels, not recursing)");
    else if (!printValue(out, type, at, length, depth)) return false;
    at += length;
  }
  return true;
}

function flagsText(flags: number): string {
  if (flags === 0) return "";
  const letters = [...FLAG_LETTERS].filter((_, i) => (flags & (0x80 >> i)) !== 0).join("");
  const rest = (flags & 0xf) === 0 ? "" : `+${(flags & 0xf).toString(16)}`;
  return `, Flags [${letters}${rest}]: `;
}

function printValue(out: Output, type: number, at: number, length: number, depth: number): boolean {
  const print = PRINTERS[type];
  if (print === undefined) {
    if (!out.has(at, length)) return false;
    out.sink.text(`\n\t    no Attribute ${type} decoder`);
    printUndecoded(out, at, length, "\n\t    ");
  } else if (!print(out, at, length, depth)) return false;
  if (out.options.verbosity > 1 && length > 0) out.hexLines(at, length, "\n\t    ");
  return true;
}

/** Says so in the place of a value; the attributes behind it are printed. */
function printInvalidLength(out: Output): true {
  out.sink.text("invalid len");
  return true;
}

function printOrigin(out: Output, at: number, length: number): boolean {
  if (length !== 1) return printInvalidLength(out);
  out.sink.text(ORIGINS[out.u8(at)] ?? "Unknown Origin Typecode");
  return true;
}

function printAddress(out: Output, at: number, length: number): boolean {
  if (length !== 4) return printInvalidLength(out);
  out.ipv4(at);
  return true;
}

function printNumber(out: Output, at: number, length: number): boolean {
  if (length !== 4) return printInvalidLength(out);
  out.sink.decimal(out.u32(at));
  return true;
}

/** Its AS number has 2 or 4 bytes (RFC 6793). */
function printAggregator(out: Output, at: number, length: number): boolean {
  if (length !== 6 && length !== 8) return printInvalidLength(out);
  const system = length === 8 ? out.u32(at) : out.u16(at);
  out.sink.text(` AS #${systemText(out, system)}, origin `);
  out.ipv4(at + length - 4);
  return true;
}

/** RFC 4456 section 8. */
function printClusters(out: Output, from: number, length: number): boolean {
  if (length % 4 !== 0) return printInvalidLength(out);
  for (let at = from; at < from + length; at += 4) {
    out.ipv4(at);
    if (at + 4 < from + length) out.sink.text(", ");
  }
  return true;
}

/** RFC 7311 section 3. */
function printMetrics(out: Output, from: number, size: number): boolean {
  for (let at = from; from + size - at >= 3;) {
    if (!out.has(at, 3)) return false;
    const type = out.u8(at);
    const length = out.u16(at + 1);
    out.sink.text(`\n\t    ${type === 1 ? "AIGP" : "Unknown"} TLV (${type}), length ${length}`);
    if (length < 3 || !out.has(at, length)) return false;
    if (type !== 1) printUndecoded(out, at + 3, length - 3, "\n\t      ");
    else if (length < 11) return false;
    else {
      out.sink.text(", metric ");
      out.decimal64(at + 3);
    }
    at += length;
  }
  return true;
}

/** Attributes of a customer's route (RFC 6368 section 5). */
function printSet(out: Output, at: number, length: number, depth: number): boolean {
  if (!out.has(at, 4) || length < 4) return false;
  out.sink.text(`\n\t    Origin AS: ${systemText(out, out.u32(at))}`);
  return printList(out, at + 4, at + length, "\n\t      ", " [path attr too short]", depth + 1);
}
