import { CUT, ILLEGAL, type PrintRoute, UNFINISHED } from "./route.ts";
import { distinguisherText } from "./vpn.ts";
import type { Output } from "../output.ts";

const LABEL_BITS = 24;
const DISTINGUISHER_BITS = 64;
/** Bytes of a path identifier. */
export const PATH_ID = 4;

/** A route of an address of `size` bytes (RFC 4271 section 4.3, RFC 4760 section 5). */
function addressRoute(size: number): PrintRoute {
  return (out, lead, at, left) => {
    if (!out.has(at, 1) || left < 1) return CUT;
    const bits = out.u8(at);
    if (bits > 8 * size) return ILLEGAL;
    const length = 1 + ((bits + 7) >> 3);
    if (!out.has(at, length) || left < length) return CUT;
    out.sink.text(lead);
    out.prefix(at + 1, bits, size);
    out.sink.text(`/${bits}`);
    return length;
  };
}

/** A route with a label (RFC 8277 section 2.2). */
function labeledRoute(size: number): PrintRoute {
  return (out, lead, at, left) => {
    if (!out.has(at, 4)) return CUT;
    // tcpdump counts those of IPv4 only.
    if (size === 4 && left < 4) return UNFINISHED;
    const bits = out.u8(at) - LABEL_BITS;
    if (bits < 0 || bits > 8 * size) return ILLEGAL;
    const length = 4 + ((bits + 7) >> 3);
    if (size === 4 && left < length) return UNFINISHED;
    if (!out.has(at, length)) return CUT;
    out.sink.text(lead);
    out.prefix(at + 4, bits, size);
    printLabel(out, bits, at + 1);
    return length;
  };
}

/** A route of a VPN, with label and route distinguisher (RFC 4364 section 4.3.4). */
function vpnRoute(size: number): PrintRoute {
  return (out, lead, at) => {
    if (!out.has(at, 1)) return CUT;
    const bits = out.u8(at) - LABEL_BITS - DISTINGUISHER_BITS;
    if (bits < 0 || bits > 8 * size) return ILLEGAL;
    const length = 12 + ((bits + 7) >> 3);
    if (!out.has(at, length)) return CUT;
    out.sink.text(`${lead}RD: ${distinguisherText(out, at + 4)}, `);
    out.prefix(at + 12, bits, size);
    printLabel(out, bits, at + 1);
    return length;
  };
}

function printLabel(out: Output, bits: number, at: number): void {
  const entry = out.u24(at);
  const bottom = (entry & 1) === 0 ? "(BOGUS: Bottom of Stack NOT set!)" : "(bottom)";
  out.sink.text(`/${bits}, label:${entry >>> 4} ${bottom}`);
}

export const printIpv4Route: PrintRoute = addressRoute(4);
export const printIpv6Route: PrintRoute = addressRoute(16);
export const printLabeledIpv4Route: PrintRoute = labeledRoute(4);
export const printLabeledIpv6Route: PrintRoute = labeledRoute(16);
export const printVpnIpv4Route: PrintRoute = vpnRoute(4);
export const printVpnIpv6Route: PrintRoute = vpnRoute(16);

/**
 * Whether the routes of a list have path identifiers (RFC 7911 section 3): no message says so but the OPEN. They have
 * when the list can be read with them, and cannot be read without.
 */
export function hasPathIds(out: Output, from: number, length: number, bits: number): boolean {
  if (length === 0) return false;
  let size = 0;
  while (size < length) {
    size += PATH_ID;
    if (!out.has(from + size, 1)) {
      if (size === PATH_ID) return false;
      break;
    }
    const prefix = out.u8(from + size);
    if (prefix > bits) return false;
    size += 1 + ((prefix + 7) >> 3);
  }
  if (size > length) return false;
  size = 0;
  while (size < length) {
    if (!out.has(from + size, 1)) return false;
    const prefix = out.u8(from + size);
    if (prefix === 0 || prefix > bits) return true;
    size += 1 + ((prefix + 7) >> 3);
  }
  return size > length;
}

/** Prints a route with its path identifier behind it; the length of both, or what the route is else. */
export function printRouteWithPathId(print: PrintRoute, out: Output, lead: string, at: number, left: number): number {
  const identifier = out.u32(at);
  const length = print(out, lead, at + PATH_ID, left - PATH_ID);
  if (length < 0) return length;
  out.sink.text(`   Path Id: ${identifier}`);
  return PATH_ID + length;
}
