import { printAttributes } from "./attributes.ts";
import { hasPathIds, PATH_ID, printIpv4Route, printRouteWithPathId } from "./prefixes.ts";
import { CUT, ILLEGAL } from "./route.ts";
import type { Output } from "../output.ts";

const IPV4_BITS = 32;

/** Prints the body of an UPDATE (RFC 4271 section 4.3). */
export function printUpdate(out: Output, at: number, end: number): void {
  if (!printBody(out, at, end)) out.truncated("bgp");
}

function printBody(out: Output, from: number, end: number): boolean {
  let at = from;
  if (at + 2 > end) return false;
  const withdrawn = out.u16(at);
  at += 2;
  let left = withdrawn;
  if (withdrawn > 1) {
    if (at + withdrawn > end) return false;
    const next = printRoutes(out, "\n\t  Withdrawn routes:", at, at + withdrawn);
    if (next < 0) return false;
    left = at + withdrawn - next;
    at = next;
  } else at += withdrawn;
  if (at + 2 > end) return false;
  const length = out.u16(at);
  at += 2;
  if (left === 0 && length === 0 && at === end) {
    out.sink.text("\n\t  End-of-Rib Marker (empty NLRI)");
    return true;
  }
  if (at + length > end) return false;
  if (!printAttributes(out, at, at + length, end)) return false;
  at += length;
  return at === end || printRoutes(out, "\n\t  Updated routes:", at, end) >= 0;
}

/** Prints routes until one cannot be one; where that is, `end`, or `CUT`. */
function printRoutes(out: Output, title: string, from: number, end: number): number {
  out.sink.text(title);
  const withPathIds = hasPathIds(out, from, end - from, IPV4_BITS);
  let at = from;
  while (at < end && !out.cut) {
    if (withPathIds && end - at < PATH_ID) return end;
    const length = withPathIds
      ? printRouteWithPathId(printIpv4Route, out, "\n\t    ", at, end - at)
      : printIpv4Route(out, "\n\t    ", at, end - at);
    if (length === ILLEGAL) {
      out.sink.text("\n\t    (illegal prefix length)");
      return withPathIds ? at + PATH_ID : at;
    }
    if (length < 0) return CUT;
    at += length;
  }
  return at;
}
