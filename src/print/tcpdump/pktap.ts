import type { Output } from "./output.ts";

/** Shortest header, in bytes. */
const MIN_HEADER = 108;

const LINK_NAMES: ReadonlyMap<number, string> = new Map([
  [0, "NULL"],
  [1, "EN10MB"],
  [9, "PPP"],
  [12, "RAW"],
  [101, "RAW"],
  [105, "IEEE802_11"],
  [113, "LINUX_SLL"],
  [119, "PRISM_HEADER"],
  [127, "IEEE802_11_RADIO"],
  [163, "IEEE802_11_RADIO_AVS"],
]);

/**
 * Prints a frame behind the header that Apple's kernel puts before it (fields
 * in the order of x86 and ARM): length, type of record, link type of the frame.
 */
export function printPktap(
  out: Output,
  at: number,
  length: number,
  print: (linkType: number, at: number, length: number) => number,
): number {
  const sink = out.sink;
  out.protocol = "pktap";
  if (length < MIN_HEADER) {
    sink.text(` (packet too short, ${length} < ${MIN_HEADER})`);
    out.invalid();
    return out.limit;
  }
  if (!out.need(at, MIN_HEADER)) return out.limit;
  const headerLength = out.view.getUint32(at, true);
  if (headerLength < MIN_HEADER) {
    sink.text(` (pkt_len too small, ${headerLength} < ${MIN_HEADER})`);
    out.invalid();
    return out.limit;
  }
  if (headerLength > length) {
    sink.text(` (pkt_len too big, ${headerLength} > ${length})`);
    out.invalid();
    return out.limit;
  }
  if (!out.need(at, headerLength)) return out.limit;
  const linkType = out.view.getUint32(at + 8, true);
  if (out.options.linkLayer) {
    sink.text(`DLT ${LINK_NAMES.get(linkType) ?? "unknown"} (${linkType}) len ${headerLength}`);
    sink.text(`, length ${length}: `);
  }
  const recordType = out.view.getUint32(at + 4, true);
  if (recordType !== 1) {
    sink.text("UNSUPPORTED");
    return at + headerLength;
  }
  return print(linkType, at + headerLength, length - headerLength);
}
