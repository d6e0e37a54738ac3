import { PROTOCOL_SCTP } from "../../wire/protocol.ts";
import type { Output } from "./output.ts";

const HEADER = 12;
const CHUNK_HEADER = 4;

const DATA = 0;
const INIT = 1;
const INIT_ACK = 2;
const SACK = 3;

const CHUNK_NAMES: ReadonlyMap<number, string> = new Map([
  [DATA, "DATA"],
  [INIT, "INIT"],
  [INIT_ACK, "INIT ACK"],
  [SACK, "SACK"],
  [0x04, "HB REQ"],
  [0x05, "HB ACK"],
  [0x06, "ABORT"],
  [0x07, "SHUTDOWN"],
  [0x08, "SHUTDOWN ACK"],
  [0x09, "OP ERR"],
  [0x0a, "COOKIE ECHO"],
  [0x0b, "COOKIE ACK"],
  [0x0c, "ECN ECHO"],
  [0x0d, "ECN CWR"],
  [0x0e, "SHUTDOWN COMPLETE"],
  [0xc0, "FOR CUM TSN"],
  [0xa2, "REL CTRL"],
  [0xa3, "REL CTRL ACK"],
]);

/** Prints an SCTP packet (RFC 9260): ports and chunks; payloads are not decoded. */
export function printSctp(out: Output, at: number, length: number): void {
  const sink = out.sink;
  out.protocol = "sctp";
  if (!out.need(at, HEADER)) return;
  const { ip } = out;
  const named = ip.protocol === PROTOCOL_SCTP;
  if (named) {
    out.address(ip.sourceAt, ip.addressLength);
    sink.text(".");
  }
  sink.decimal(out.u16(at));
  sink.text(" > ");
  if (named) {
    out.address(ip.destinationAt, ip.addressLength);
    sink.text(".");
  }
  sink.decimal(out.u16(at + 2));
  sink.text(": sctp");
  printChunks(out, at + HEADER, at + length);
}

function printChunks(out: Output, from: number, end: number): void {
  const sink = out.sink;
  const verbose = out.options.verbosity > 1;
  let count = 1;
  for (let at = from; at < end && !out.cut; count++) {
    // The marks before a chunk's number, as tcpdump sets them.
    sink.text(verbose ? "\n\t" : count === 1 ? " (" : ", (");
    sink.text(`${count}) `);
    if (end - at < CHUNK_HEADER) {
      sink.text("[chunk descriptor cut off at end of packet]");
      return;
    }
    const type = out.u8(at);
    const flags = out.u8(at + 1);
    const length = out.u16(at + 2);
    if (length < CHUNK_HEADER) {
      sink.text(`[Bad chunk length ${length}, < size of chunk descriptor]`);
      return;
    }
    sink.text(`[${CHUNK_NAMES.get(type) ?? `Unknown chunk type: 0x${type.toString(16)}`}] `);
    printChunk(out, type, flags, at, length);
    at += (length + 3) & ~3;
  }
}

function printChunk(out: Output, type: number, flags: number, at: number, length: number): void {
  const sink = out.sink;
  switch (type) {
    case DATA:
      if ((flags & 3) === 3) sink.text("(B)(E) ");
      else if ((flags & 2) !== 0) sink.text("(B) ");
      else if ((flags & 1) !== 0) sink.text("(E) ");
      sink.text(`[TSN: ${out.u32(at + 4)}] [SID: ${out.u16(at + 8)}] [SSEQ ${out.u16(at + 10)}] [PPID 0x`);
      sink.hex(out.u32(at + 12));
      sink.text("] ");
      if (out.options.verbosity > 1 && length > 16) {
        sink.text("[Payload:");
        out.dump(at + 16, length - 16);
        sink.text("]");
      }
      break;
    case INIT:
    case INIT_ACK:
      sink.text(
        `[init tag: ${out.u32(at + 4)}] [rwnd: ${out.u32(at + 8)}] [OS: ${out.u16(at + 12)}] ` +
          `[MIS: ${out.u16(at + 14)}] [init TSN: ${out.u32(at + 16)}] `,
      );
      break;
    case SACK:
      sink.text(
        `[cum ack ${out.u32(at + 4)}] [a_rwnd ${out.u32(at + 8)}] [#gap acks ${out.u16(at + 12)}] ` +
          `[#dup tsns ${out.u16(at + 14)}] `,
      );
      break;
    default:
  }
}
