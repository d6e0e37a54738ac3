import { LlcPrinter } from "./llc.ts";
import type { Network } from "./network.ts";
import type { Output } from "./output.ts";

/** An LLC header and a SNAP header behind it. */
const SNAP_HEADER = 8;
/** What else may stand in front of the LLC header: that of IEEE 802.6. */
const METROPOLITAN_HEADER = 20;
/** How frames begin that have no such header: SNAP, OSI and IP, in unnumbered frames (RFC 2684 section 5). */
const BEGINNINGS: ReadonlySet<number> = new Set([0xaaaa03, 0xfefe03, 0x060603]);
const SNAP_BEGINNING = 0xaaaa03;
/** That, and the organisation of Ethernet types. */
const SNAP_BEGINNING_LENGTH = 6;

/** Prints a frame of ATM with its LLC header (RFC 2684); where its payload starts. */
export function printAtm(out: Output, network: Network, at: number, length: number): number {
  out.protocol = "atm";
  if (!out.has(at, SNAP_HEADER) || length < SNAP_HEADER) {
    out.truncated("atm");
    return out.limit;
  }
  if (BEGINNINGS.has(out.u24(at))) return printLogicalLink(out, network, at, length);
  if (!out.has(at, METROPOLITAN_HEADER)) {
    out.truncated("atm");
    return out.limit;
  }
  if (out.options.linkLayer) {
    for (let word = 0; word < METROPOLITAN_HEADER - 4; word += 4) {
      out.sink.hex(out.u32(at + word), 8);
      if (word % 8 !== 0) out.sink.text(" ");
    }
  }
  return printLogicalLink(out, network, at + METROPOLITAN_HEADER, length - METROPOLITAN_HEADER);
}

/** Prints a frame of Linux' Classical IP over ATM (RFC 2225), with an LLC header or without; where its payload starts. */
export function printClassicalIp(out: Output, network: Network, at: number, length: number): number {
  out.protocol = "cip";
  if (out.options.linkLayer) out.sink.text(`${length}: `);
  if (!out.has(at, SNAP_BEGINNING_LENGTH)) {
    out.truncated("cip");
    return out.limit;
  }
  const hasHeader = out.u24(at) === SNAP_BEGINNING && out.u24(at + 3) === 0;
  if (hasHeader) return printLogicalLink(out, network, at, length);
  network.ipv4.print(at, length);
  return at;
}

function printLogicalLink(out: Output, network: Network, at: number, length: number): number {
  const llc = new LlcPrinter(out, network);
  if (!llc.print(at, length, -1, -1)) out.dumpUnknown(at, length);
  return at + llc.headerLength;
}
