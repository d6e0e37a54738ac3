import { PROTOCOL_SCTP } from "../../wire/protocol.ts";
import type { Output } from "./output.ts";

const HEADER = 12;

const CHUNK_NAMES: ReadonlyMap<number, string> = new Map([
  [0x00, "DATA"],
  [0x01, "INIT"],
  [0x02, "INIT ACK"],
  [0x03, "SACK"],
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

/** Prints an SCTP packet (RFC 9260): ports and the names of its chunks. */
export function printSctp(out: Output, at: number, length: number): void {
  const sink = out.sink;
  out.protocol = "sctp";
  if (!out.has(at, HEADER)) {
    out.truncated("sctp");
    return;
  }
  const { ip } = out;
  const named = ip.protocol === PROTOCOL_SCTP;
  const ports = (offset: number, addressAt: number): void => {
    if (named) {
      out.address(addressAt, ip.addressLength);
      sink.text(".");
    }
    sink.decimal(out.u16(at + offset));
  };
  ports(0, ip.sourceAt);
  sink.text(" > ");
  ports(2, ip.destinationAt);
  sink.text(": sctp");
  printChunks(out, at + HEADER, at + length);
}

function printChunks(out: Output, from: number, end: number): void {
  const sink = out.sink;
  let count = 1;
  for (let at = from; at < end && !out.cut; count++) {
    const type = out.u8(at);
    const length = out.u16(at + 2);
    sink.text(`${out.options.verbosity > 0 ? "\n\t" : " "}(${count}) `);
    const name = CHUNK_NAMES.get(type);
    sink.text(name === undefined ? `[Unknown chunk type: 0x${type.toString(16)}]` : `[${name}] `);
    if (length < 4) return;
    at += (length + 3) & ~3;
  }
}
