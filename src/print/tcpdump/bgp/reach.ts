import { printRouteFamilies, printUndecoded } from "./names.ts";
import { nsapText, printNsapRoute, printVpnNsapRoute } from "./nsap.ts";
import {
  hasPathIds,
  printIpv4Route,
  printIpv6Route,
  printLabeledIpv4Route,
  printLabeledIpv6Route,
  printRouteWithPathId,
  printVpnIpv4Route,
  printVpnIpv6Route,
} from "./prefixes.ts";
import { CUT, ILLEGAL, type PrintRoute } from "./route.ts";
import {
  distinguisherText,
  printLayer2Route,
  printMulticastVpnRoute,
  printTargetRoute,
  printTreeRoute,
} from "./vpn.ts";
import type { Output } from "../output.ts";

const FAMILIES = 3;
const DISTINGUISHER = 8;
const ROUTE_LEAD = "\n\t      ";

/** How the routes of a pair of families are printed, and their next hops. */
interface RouteKind {
  readonly print: PrintRoute;
  /** Bytes of a next hop's address; 0: all that there are. */
  readonly hop: 0 | 4 | 16;
  /** Next hops have a route distinguisher. */
  readonly vpn?: boolean;
  /** Routes may have path identifiers; how many bits a prefix has at most. */
  readonly pathIdBits?: 32 | 128;
}

const IPV4: RouteKind = { print: printIpv4Route, hop: 4, pathIdBits: 32 };
const VPN_IPV4: RouteKind = { print: printVpnIpv4Route, hop: 4, vpn: true };
const IPV6: RouteKind = { print: printIpv6Route, hop: 16, pathIdBits: 128 };
const VPN_IPV6: RouteKind = { print: printVpnIpv6Route, hop: 16, vpn: true };
const NSAP: RouteKind = { print: printNsapRoute, hop: 0 };
const VPN_NSAP: RouteKind = { print: printVpnNsapRoute, hop: 0, vpn: true };
const LAYER_2: RouteKind = { print: printLayer2Route, hop: 4 };

/** By address family and subsequent address family. */
const KINDS: Readonly<Record<number, Readonly<Record<number, RouteKind>>>> = {
  1: {
    1: IPV4,
    2: IPV4,
    3: IPV4,
    4: { print: printLabeledIpv4Route, hop: 4 },
    5: { print: printMulticastVpnRoute, hop: 4 },
    66: { print: printTreeRoute, hop: 4 },
    128: VPN_IPV4,
    129: VPN_IPV4,
    130: VPN_IPV4,
    132: { print: printTargetRoute, hop: 4 },
  },
  2: {
    1: IPV6,
    2: IPV6,
    3: IPV6,
    4: { print: printLabeledIpv6Route, hop: 16 },
    128: VPN_IPV6,
    129: VPN_IPV6,
    130: VPN_IPV6,
  },
  3: { 1: NSAP, 2: NSAP, 3: NSAP, 128: VPN_NSAP, 129: VPN_NSAP, 130: VPN_NSAP },
  25: { 65: LAYER_2 },
  196: { 128: LAYER_2, 129: LAYER_2, 130: LAYER_2 },
};

/** Prints the families; how their routes are printed, or undefined where that is not known and all of it is printed as it is. */
function printFamilies(out: Output, at: number, length: number): RouteKind | undefined {
  const family = out.u16(at);
  const subsequent = out.u8(at + 2);
  printRouteFamilies(out, family, subsequent);
  const kind = KINDS[family]?.[subsequent];
  if (kind === undefined) printNoDecoder(out, family, subsequent, at, length);
  return kind;
}

/** Prints routes that can be reached (RFC 4760 section 3); their length, or -1 where they are cut. */
export function printReach(out: Output, at: number, length: number): number {
  if (length < FAMILIES) return -1;
  const kind = printFamilies(out, at, length);
  if (kind === undefined) return length;
  const end = at + length;
  const hopsAt = at + FAMILIES + 1;
  const hopsLength = out.u8(at + FAMILIES);
  if (!printNextHops(out, kind, hopsAt, hopsLength, end)) return -1;
  if (hopsAt + hopsLength >= end) return -1;
  const routesAt = printAttachmentPoints(out, hopsAt + hopsLength, end);
  if (routesAt > end) return -1;
  return printRoutes(out, kind, routesAt, end, length) ? length : -1;
}

function printNoDecoder(out: Output, family: number, subsequent: number, at: number, length: number): void {
  out.sink.text(`\n\t    no AFI ${family} / SAFI ${subsequent} decoder`);
  printUndecoded(out, at, length, "\n\t    ");
}

function printNextHops(out: Output, kind: RouteKind, from: number, length: number, end: number): boolean {
  if (from + length > end) return false;
  const least = (kind.vpn === true ? DISTINGUISHER : 0) + Math.max(kind.hop, 1);
  for (let at = from; at < from + length && !out.cut;) {
    out.sink.text(at === from ? "\n\t    nexthop: " : ", ");
    const left = from + length - at;
    if (left < least) {
      out.sink.text("invalid len");
      break;
    }
    const size = kind.hop === 0 ? left : least;
    printNextHop(out, kind, at, size);
    at += size;
  }
  out.sink.text(`, nh-length: ${length}`);
  return true;
}

function printNextHop(out: Output, kind: RouteKind, at: number, size: number): void {
  if (!out.need(at, size)) return;
  let address = at;
  if (kind.vpn === true) {
    out.sink.text(`RD: ${distinguisherText(out, at)}, `);
    address += DISTINGUISHER;
  }
  if (kind.hop > 0) out.address(address, kind.hop);
  else printNsapHop(out, kind, address, at + size - address);
}

/** An NSAP address may stand for one of IP (RFC 986, RFC 1888). */
function printNsapHop(out: Output, kind: RouteKind, at: number, length: number): void {
  out.sink.text(nsapText(out.bytes.subarray(at, at + length)));
  if (kind.vpn !== true) return;
  if (out.u32(at) === 0x47000601) {
    out.sink.text(" = ");
    out.ipv4(at + 4);
  } else if (out.u24(at) === 0x350000) {
    out.sink.text(" = ");
    out.ipv6(at + 3);
  }
}

/** Prints the subnetwork points of attachment (RFC 2858 section 2); where the routes start, or beyond `end`. */
function printAttachmentPoints(out: Output, from: number, end: number): number {
  const count = out.u8(from);
  let at = from + 1;
  out.sink.text(count === 0 ? ", no SNPA" : `\n\t    ${count} SNPA`);
  for (let i = 0; i < count && at <= end; i++) {
    if (at === end) return end + 1;
    const length = out.u8(at);
    out.sink.text(`\n\t      ${length} bytes`);
    at += 1 + length;
  }
  return at;
}

/** Prints routes that cannot be reached any more (RFC 4760 section 4); their length, or -1 where they are cut. */
export function printUnreach(out: Output, at: number, length: number): number {
  if (!out.has(at, FAMILIES)) return -1;
  const kind = printFamilies(out, at, length);
  if (kind === undefined) return length;
  if (length === FAMILIES) out.sink.text("\n\t      End-of-Rib Marker (empty NLRI)");
  return printRoutes(out, kind, at + FAMILIES, at + length, length) ? length : -1;
}

function printRoutes(out: Output, kind: RouteKind, from: number, end: number, most: number): boolean {
  const bits = kind.pathIdBits;
  const withPathIds = bits !== undefined && hasPathIds(out, from, end - from, bits);
  for (let at = from; at < end && !out.cut;) {
    const length = withPathIds
      ? printRouteWithPathId(kind.print, out, ROUTE_LEAD, at, most)
      : kind.print(out, ROUTE_LEAD, at, most);
    if (length === ILLEGAL) {
      out.sink.text(kind.print === printTargetRoute ? ROUTE_LEAD : "\n\t    ");
      out.sink.text("(illegal prefix length)");
    }
    if (length < 0) return length !== CUT;
    at += length;
  }
  return true;
}
