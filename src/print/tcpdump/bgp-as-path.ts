import { systemText } from "./bgp-names.ts";
import type { Output } from "./output.ts";

/** What stands around the AS numbers of a segment (RFC 4271 section 4.3, RFC 5065 section 3). */
const SEGMENTS: readonly (readonly [string, string] | undefined)[] = [
  undefined,
  ["{ ", "}"],
  ["", ""],
  ["( ", ")"],
  ["({ ", "})"],
];

/** Prints a path of autonomous systems; false where it is cut. */
export function printSystemPath(out: Output, from: number, length: number, isLong: boolean): boolean {
  if (length === 0) {
    out.sink.text("empty");
    return true;
  }
  if (length % 2 !== 0) {
    out.sink.text("invalid len");
    return true;
  }
  const size = isLong || !canBeShort(out, from, length) ? 4 : 2;
  for (let at = from; at < from + length && !out.cut;) {
    const [open, close] = SEGMENTS[out.u8(at)] ?? ["?", "?"];
    out.sink.text(open);
    const end = at + 2 + out.u8(at + 1) * size;
    for (at += 2; at < end; at += size) {
      if (!out.has(at, size)) return false;
      out.sink.text(`${systemText(out, size === 2 ? out.u16(at) : out.u32(at))} `);
    }
    out.sink.text(close);
  }
  return true;
}

/** Whether the path can be read with AS numbers of 2 bytes: nothing in an UPDATE says how long they are (RFC 6793). */
function canBeShort(out: Output, from: number, length: number): boolean {
  let at = from;
  while (at < from + length) {
    if (!out.has(at, 2)) return false;
    const isSegment = SEGMENTS[out.u8(at)] !== undefined;
    const count = out.u8(at + 1);
    if (!isSegment || count === 0) return false;
    at += 2 + 2 * count;
  }
  return at === from + length;
}
