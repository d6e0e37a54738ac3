import type { Output } from "./output.ts";

/** Length of an Authentication Header without its integrity check value (RFC 4302 section 2). */
const AH_FIXED = 12;

/** Prints an Authentication Header; returns its length, or -1 when it is cut. */
export function printAuthentication(out: Output, at: number): number {
  const sink = out.sink;
  out.protocol = "ah";
  const words = out.u8(at + 1);
  const length = (words + 2) * 4;
  sink.text("AH(");
  if (out.options.verbosity > 0) sink.text(`length=${words}(${length}-bytes),`);
  const reserved = out.u16(at + 2);
  if (reserved !== 0) {
    sink.text("reserved=0x");
    sink.hex(reserved, 4);
    sink.text("[MustBeZero],");
  }
  sink.text("spi=0x");
  sink.hex(out.u32(at + 4), 8);
  sink.text(",seq=0x");
  sink.hex(out.u32(at + 8));
  sink.text(",icv=0x");
  out.hexBytes(at + AH_FIXED, length - AH_FIXED);
  sink.text("): ");
  return out.cut ? -1 : length;
}

/** Prints an Encapsulating Security Payload header (RFC 4303 section 2); what it carries is encrypted. */
export function printEncapsulation(out: Output, at: number, length: number): void {
  const sink = out.sink;
  out.protocol = "esp";
  if (!out.has(at, 8)) {
    out.truncated("esp");
    return;
  }
  sink.text("ESP(spi=0x");
  sink.hex(out.u32(at), 8);
  sink.text(",seq=0x");
  sink.hex(out.u32(at + 4));
  sink.text("), length ");
  sink.decimal(length);
}

/** Prints an IP Payload Compression header (RFC 3173 section 3.1). */
export function printCompression(out: Output, at: number): void {
  const sink = out.sink;
  out.protocol = "ipcomp";
  if (!out.need(at, 4)) return;
  sink.text("IPComp(");
  sink.text("cpi=0x");
  sink.hex(out.u16(at + 2), 4);
  sink.text(")");
}
