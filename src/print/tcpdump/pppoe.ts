import type { Network } from "./network.ts";
import type { Output } from "./output.ts";

const HEADER = 6;

const CODE_NAMES: ReadonlyMap<number, string> = new Map([
  [0x09, "PADI"],
  [0x07, "PADO"],
  [0x19, "PADR"],
  [0x65, "PADS"],
  [0xa7, "PADT"],
  [0x00, ""],
]);

const TAG_NAMES: ReadonlyMap<number, string> = new Map([
  [0x0000, "EOL"],
  [0x0101, "Service-Name"],
  [0x0102, "AC-Name"],
  [0x0103, "Host-Uniq"],
  [0x0104, "AC-Cookie"],
  [0x0105, "Vendor-Specific"],
  [0x0110, "Relay-Session-ID"],
  [0x0120, "PPP-Max-Payload"],
  [0x0201, "Service-Name-Error"],
  [0x0202, "AC-System-Error"],
  [0x0203, "Generic-Error"],
]);

/** Prints a PPPoE packet (RFC 2516); what it carries is PPP, or tags in the discovery stage. */
export function printPppoe(out: Output, network: Network, at: number, length: number): void {
  const sink = out.sink;
  out.protocol = "pppoe";
  if (length < HEADER || !out.has(at, HEADER)) {
    out.truncated("pppoe");
    return;
  }
  const version = out.u8(at) >> 4;
  const type = out.u8(at) & 0xf;
  const code = out.u8(at + 1);
  const session = out.u16(at + 2);
  const payloadLength = out.u16(at + 4);
  sink.text("PPPoE ");
  if (version !== 1) sink.text(` [ver ${version}]`);
  if (type !== 1) sink.text(` [type ${type}]`);
  sink.text(CODE_NAMES.get(code) ?? `PAD-${code.toString(16).toUpperCase()}`);
  if (code === 0) sink.text(` [ses 0x${session.toString(16)}]`);
  else if (session !== 0) sink.text(` [ses 0x${session.toString(16)}]`);
  if (payloadLength > length - HEADER) {
    sink.text(` [len ${payloadLength}!]`);
  }
  if (code === 0) {
    sink.text(" ");
    network.ppp.print(at + HEADER, Math.min(payloadLength, length - HEADER));
    return;
  }
  printTags(out, at + HEADER, payloadLength, length - HEADER);
}

function printTags(out: Output, start: number, length: number, _frameLength: number): void {
  const sink = out.sink;
  const end = start + length;
  let at = start;
  let tag = 0xffff;
  while (tag !== 0 && at < end && !out.cut) {
    tag = out.u16(at);
    const tagLength = out.u16(at + 2);
    at += 4;
    sink.text(` [${TAG_NAMES.get(tag) ?? `TAG-0x${tag.toString(16)}`}`);
    if (tagLength > 0 && out.need(at, tagLength)) {
      printTagValue(out, at, tagLength);
      at += tagLength;
    }
    sink.text("]");
  }
}

/** Text where nearly all of it is text, else hexadecimal. */
function printTagValue(out: Output, at: number, length: number): void {
  const sink = out.sink;
  let printable = 0;
  let others = 0;
  for (let i = 0; i < length && i < 80; i++) {
    const code = out.bytes[at + i]!;
    if (code >= 0x20 && code < 0x7f) printable++;
    else others++;
  }
  if (printable > others * 2) {
    sink.text(' "');
    for (let i = 0; i < length && i < 80; i++) {
      const code = out.bytes[at + i]!;
      sink.char(code >= 0x20 && code < 0x7f ? code : 0x2e);
    }
    sink.text('"');
    return;
  }
  sink.text(" 0x");
  for (let i = 0; i < length && i < 20; i++) sink.text(out.bytes[at + i]!.toString(16).toUpperCase().padStart(2, "0"));
  if (length > 20) sink.text("...");
}
