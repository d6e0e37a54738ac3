import { addWords, foldSum } from "../../wire/checksum.ts";
import type { Output } from "./output.ts";

/** Where an extension structure starts when the message does not say (RFC 4884 section 5.5): after 128 bytes of quote. */
const DEFAULT_START = 136;
const EXTENSION_HEADER = 4;
const OBJECT_HEADER = 4;

const CLASS_MPLS = 1;
const CLASS_INTERFACE = 2;

/** Prints the extension structure at the end of an ICMP error (RFC 4884, RFC 4950). */
export function printIcmpExtension(out: Output, at: number, length: number): void {
  const sink = out.sink;
  const words = out.u8(at + 5);
  if (length <= DEFAULT_START && !(words > 0 && length > words * 4 + 8)) return;
  if (out.cut) return;
  // The length attribute counts the quote in words of 4 bytes; older senders leave it 0.
  const start = words === 0 ? at + DEFAULT_START : at + 8 + words * 4;
  const extensionLength = at + length - start;
  if (!out.need(start, 1)) return;
  const captured = out.has(start, extensionLength);
  const isRight = captured && foldSum(addWords(out.view, start, start + extensionLength, 0)) === 0xffff;
  // Where the message does not say so, only a right checksum tells an extension from a long quote.
  if (words === 0 && captured && !isRight) return;
  const version = out.u8(start) >> 4;
  sink.text(`\n\tICMP Multi-Part extension v${version}`);
  if (version !== 2) {
    sink.text(" packet not supported");
    return;
  }
  if (captured) {
    sink.text(", checksum 0x");
    sink.hex(out.u16(start + 2), 4);
    sink.text(` (${isRight ? "" : "in"}correct), length ${extensionLength}`);
  }
  printObjects(out, start + EXTENSION_HEADER, extensionLength - EXTENSION_HEADER);
}

function printObjects(out: Output, from: number, length: number): void {
  const sink = out.sink;
  let at = from;
  let left = length;
  while (left > OBJECT_HEADER && !out.cut) {
    const objectLength = out.u16(at);
    const objectClass = out.u8(at + 2);
    const type = out.u8(at + 3);
    const name =
      objectClass === CLASS_MPLS
        ? "MPLS Stack Entry"
        : objectClass === CLASS_INTERFACE
          ? "Interface Identification"
          : "unknown";
    sink.text(`\n\t  ${name} Object (${objectClass}), Class-Type: ${type}, length ${objectLength}`);
    at += OBJECT_HEADER;
    left -= OBJECT_HEADER;
    // An impossible length ends the list.
    if (objectLength < OBJECT_HEADER || objectLength - OBJECT_HEADER > left) return;
    const dataLength = objectLength - OBJECT_HEADER;
    if (objectClass === CLASS_MPLS && type === 1) printLabels(out, at, dataLength);
    else if (dataLength > 0) printUnknown(out, at, dataLength);
    at += dataLength;
    left -= dataLength;
  }
}

function printLabels(out: Output, at: number, length: number): void {
  if (length < 4) return;
  for (let offset = 0; offset + 4 <= length && !out.cut; offset += 4) {
    const entry = out.u32(at + offset);
    const isLast = (entry & 0x100) !== 0;
    out.sink.text(
      `\n\t    label ${entry >>> 12}, tc ${(entry >>> 9) & 7}${isLast ? ", [S]" : ""}, ttl ${entry & 0xff}`,
    );
  }
}

function printUnknown(out: Output, at: number, length: number): void {
  out.hexLines(at, length, "\n\t    ");
}
