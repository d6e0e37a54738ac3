import { printAttributes } from "./bgp-attributes.ts";
import { CUT, hasPathIds, ILLEGAL, printIpv4Route, printRouteWithPathId } from "./bgp-prefixes.ts";
import type { Output } from "./output.ts";

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
  if (withdrawn > 1) {
    if (at + withdrawn > end) return false;
    if (!printRoutes(out, "\n\t  Withdrawn routes:", at, at + withdrawn)) return false;
  }
  at += withdrawn;
  if (at + 2 > end) return false;
  const length = out.u16(at);
  at += 2;
  if (length === 0 && at === end) {
    // Nothing withdrawn either: a list of one byte would be no prefix.
    if (withdrawn === 0) out.sink.text("\n\t  End-of-Rib Marker (empty NLRI)");
    return true;
  }
  if (at + length > end) return false;
  if (!printAttributes(out, at, length)) return false;
  at += length;
  return at === end || printRoutes(out, "\n\t  Updated routes:", at, end);
}

function printRoutes(out: Output, title: string, from: number, end: number): boolean {
  out.sink.text(title);
  const withPathIds = hasPathIds(out, from, end - from, IPV4_BITS);
  for (let at = from; at < end && !out.cut;) {
    if (withPathIds && end - at < 4) break;
    const length = withPathIds
      ? printRouteWithPathId(printIpv4Route, out, "\n\t    ", at, end - at)
      : printIpv4Route(out, "\n\t    ", at, end - at);
    if (length === ILLEGAL) {
      out.sink.text("\n\t    (illegal prefix length)");
      break;
    }
    if (length === CUT) return false;
    at += length;
  }
  return true;
}
