import { CUT, ILLEGAL, type PrintRoute } from "./route.ts";
import { distinguisherText } from "./vpn.ts";
import type { Output } from "../output.ts";

/** Bits of the longest NSAP address (ISO 8348). */
const MAX_BITS = 152;
const MAX_BYTES = 20;

/** An NSAP address in hexadecimal, as it is written: a dot after the first byte, then after each second one. */
export function nsapText(bytes: Uint8Array): string {
  if (bytes.length < 1 || bytes.length > MAX_BYTES) return "isonsap_string: illegal length";
  let text = "";
  for (const [i, byte] of bytes.entries()) {
    text += byte.toString(16).padStart(2, "0");
    if ((i & 1) === 0 && i + 1 < bytes.length) text += ".";
  }
  return text;
}

function prefixText(out: Output, at: number, bits: number): string {
  const used = (bits + 7) >> 3;
  const bytes = out.bytes.slice(at, at + used);
  if ((bits & 7) !== 0) bytes[used - 1]! &= 0xff00 >> (bits & 7);
  return nsapText(bytes);
}

export const printNsapRoute: PrintRoute = (out, lead, at) => {
  if (!out.need(at, 1)) return CUT;
  const bits = out.u8(at);
  if (bits > MAX_BITS) return ILLEGAL;
  const used = (bits + 7) >> 3;
  if (!out.has(at + 4, used)) return CUT;
  out.sink.text(`${lead}${prefixText(out, at + 4, bits)}/${bits}`);
  return 1 + used;
};

export const printVpnNsapRoute: PrintRoute = (out, lead, at) => {
  if (!out.need(at, 1)) return CUT;
  const bits = out.u8(at) - 88;
  if (bits < 0 || bits > MAX_BITS) return ILLEGAL;
  const used = (bits + 7) >> 3;
  if (!out.has(at + 12, used)) return CUT;
  const entry = out.u24(at + 1);
  const bottom = (entry & 1) === 0 ? "(BOGUS: Bottom of Stack NOT set!)" : "(bottom)";
  out.sink.text(
    `${lead}RD: ${distinguisherText(out, at + 4)}, ${prefixText(out, at + 12, bits)}/${bits}, label:${entry >>> 4} ${bottom}`,
  );
  return 12 + used;
};
