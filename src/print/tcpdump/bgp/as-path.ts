import { systemText } from "./names.ts";
import type { Output } from "../output.ts";

/** What stands around the AS numbers of a segment (RFC 4271 section 4.3, RFC 5065 section 3). */
const SEGMENTS: readonly (readonly [string, string] | undefined)[] = [
  undefined,
  ["{ ", "}"],
  ["", ""],
  ["( ", ")"],
  ["({ ", "})"],
];

/** Prints a path of autonomous systems; its length, or -1 where it is cut. */
export function printSystemPath(out: Output, from: number, length: number, isLong: boolean): number {
  if (length === 0) out.sink.text("empty");
  if (length % 2 !== 0) {
    out.sink.text("invalid len");
    return length;
  }
  const size = isLong || !canBeShort(out, from, length) ? 4 : 2;
  for (let at = from; at < from + length && !out.cut;) {
    const [open, close] = SEGMENTS[out.u8(at)] ?? ["?", "?"];
    out.sink.text(open);
    const end = at + 2 + out.u8(at + 1) * size;
    for (at += 2; at < end; at += size) {
      if (!out.has(at, size)) return -1;
      out.sink.text(`${systemText(out, size === 2 ? out.u16(at) : out.u32(at))} `);
    }
    out.sink.text(close);
  }
  return length;
}

/** Whether the path can be read with AS numbers of 2 bytes: nothing in an UPDATE says how long they are (RFC 6793). */
function canBeShort(out: Output, from: number, length: number): boolean {
  let at = from;
  while (at < from + length) {
    if (!out.has(at, 2)) return false;
    if (SEGMENTS[out.u8(at)] === undefined) return false;
    at += 2 + 2 * out.u8(at + 1);
  }
  return at === from + length;
}
