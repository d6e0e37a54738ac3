import type { Output } from "./output.ts";

const PAP_CODES: readonly string[] = ["", "Auth-Req", "Auth-ACK", "Auth-NACK"];
const CHAP_CODES: readonly string[] = ["", "Challenge", "Response", "Success", "Fail"];
const HEADER = 4;

/** Prints a packet of PPP's password authentication (RFC 1334 section 2). */
export function printPap(out: Output, at: number, length: number): void {
  const { sink } = out;
  const code = out.u8(at);
  if (length < HEADER) {
    sink.text(`[|pap 0x${code.toString(16).padStart(2, "0")}]`);
    return;
  }
  sink.text(`PAP, ${PAP_CODES[code] || "unknown"} (0x${code.toString(16).padStart(2, "0")})`);
  sink.text(`, id ${out.u8(at + 1)}`);
  const stated = out.u16(at + 2);
  if (stated > length) {
    sink.text(`, length ${stated} > packet size`);
    return;
  }
  if (stated < HEADER) {
    sink.text(`, length ${stated} < PAP header length`);
    return;
  }
  const end = at + stated;
  if (code === 1) {
    const next = printCounted(out, ", Peer ", at + HEADER, end);
    if (next > 0 && next < end) printCounted(out, ", Name ", next, end);
  } else if (code === 2 || code === 3) {
    printCounted(out, ", Msg ", at + HEADER, end);
  }
}

/** A text behind its length; where it ends, or -1 where it does not fit. */
function printCounted(out: Output, label: string, at: number, end: number): number {
  if (end - at < 1) {
    out.sink.text("[|pap]");
    return -1;
  }
  const size = out.u8(at);
  if (at + 1 + size > end) return -1;
  out.sink.text(label);
  printBytes(out, at + 1, size);
  return at + 1 + size;
}

function printBytes(out: Output, at: number, size: number): void {
  out.safeText(at, size);
  if (!out.has(at, size)) out.cutHere();
}

/** Prints a packet of PPP's challenge handshake (RFC 1994 section 4). */
export function printChap(out: Output, at: number, length: number): void {
  const { sink } = out;
  const code = out.u8(at);
  if (length < HEADER) {
    sink.text(`[|chap 0x${code.toString(16).padStart(2, "0")}]`);
    return;
  }
  sink.text(`CHAP, ${CHAP_CODES[code] || "unknown"} (0x${code.toString(16).padStart(2, "0")})`);
  const identifier = out.u8(at + 1);
  sink.text(`, id ${identifier}`);
  const stated = out.u16(at + 2);
  const from = at + HEADER;
  if (code === 1 || code === 2) {
    if (length - HEADER < 1) return;
    const size = out.u8(from);
    if (length - HEADER - 1 < size) return;
    sink.text(", Value ");
    out.hexBytes(from + 1, size);
    sink.text(", Name ");
    printRest(out, from + 1 + size, at, stated);
  } else if (code === 3 || code === 4) {
    sink.text(", Msg ");
    printRest(out, from, at, stated);
  }
}

/** Text up to the packet's end; where that lies before, as tcpdump, up to the end of the capture. */
function printRest(out: Output, from: number, at: number, stated: number): void {
  const left = at + stated - from;
  printBytes(out, from, left >= 0 ? left : out.limit - from + 1);
}
