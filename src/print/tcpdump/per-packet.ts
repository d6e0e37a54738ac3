import type { Output } from "./output.ts";

/** Version, flags, length, link type of the frame; numbers are little-endian. */
const HEADER = 8;
const LONGEST = 65_532;

/** Link types of frames that are printed, and their names. */
const LINKS: ReadonlyMap<number, string> = new Map([
  [0, "NULL"],
  [1, "EN10MB"],
  [9, "PPP"],
  [12, "RAW"],
  [105, "IEEE802_11"],
  [113, "LINUX_SLL"],
  [119, "PRISM_HEADER"],
  [127, "IEEE802_11_RADIO"],
  [163, "IEEE802_11_RADIO_AVS"],
]);

/** Prints a frame behind a Per-Packet Information header; where the frame's payload starts. */
export function printPerPacket(
  out: Output,
  at: number,
  length: number,
  print: (linkType: number, at: number, length: number) => number,
): number {
  const { sink } = out;
  out.protocol = "ppi";
  if (!out.has(at, HEADER)) {
    out.truncated("ppi");
    return out.limit;
  }
  const headerLength = out.view.getUint16(at + 2, true);
  if (headerLength < HEADER || headerLength > LONGEST) {
    sink.text(` [length ${headerLength} < ${HEADER} or > ${LONGEST}]`);
    out.invalid();
    return out.limit;
  }
  if (!out.has(at, headerLength)) {
    out.truncated("ppi");
    return out.limit;
  }
  const link = out.view.getUint32(at + 4, true);
  const name = LINKS.get(link);
  if (out.options.linkLayer || name === undefined)
    sink.text(`V.${out.u8(at)} DLT ${name ?? "UNKNOWN"} (${link}) len ${headerLength}, length ${length}: `);
  const frameAt = at + headerLength;
  if (name !== undefined) return print(link, frameAt, length - headerLength);
  out.dumpUnknown(frameAt, length - headerLength);
  return frameAt;
}
