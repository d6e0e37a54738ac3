import * as p from "../../wire/protocol.ts";
import { etherTypeName } from "./ethertype-names.ts";
import type { Network } from "./network.ts";
import type { Output } from "./output.ts";

// Flags (RFC 2784, RFC 1701, RFC 2890; acknowledgment: RFC 2637 section 4.1).
const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const STRICT_SOURCE_ROUTE = 0x0800;
const RECURSION = 0x0700;
const ACKNOWLEDGMENT = 0x0080;

const FLAG_NAMES: readonly (readonly [number, string])[] = [
  [CHECKSUM, "checksum present"],
  [ROUTING, "routing present"],
  [KEY, "key present"],
  [SEQUENCE, "sequence# present"],
  [STRICT_SOURCE_ROUTE, "source routing present"],
  [ACKNOWLEDGMENT, "ack present"],
];

const PROTOCOL_OSI = 0x00fe;

/** Prints a GRE header and what it carries. */
export function printGre(out: Output, network: Network, at: number, length: number): void {
  out.protocol = "gre";
  const flags = out.u16(at);
  const version = flags & 7;
  out.sink.text(`GREv${version}`);
  if (version === 0) printVersion0(out, network, at, length, flags);
  else if (version === 1) printVersion1(out, network, at, length, flags);
  else out.sink.text(" ERROR: unknown-version");
}

function printFlags(out: Output, flags: number): void {
  if (out.options.verbosity === 0) return;
  const names = FLAG_NAMES.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  out.sink.text(`, Flags [${names.length === 0 ? "none" : names.join(", ")}]`);
}

function printVersion0(out: Output, network: Network, start: number, length: number, flags: number): void {
  const sink = out.sink;
  printFlags(out, flags);
  const type = out.u16(start + 2);
  let at = start + 4;
  if ((flags & (CHECKSUM | ROUTING)) !== 0) {
    if (out.options.verbosity > 0 && (flags & CHECKSUM) !== 0) {
      sink.text(", sum 0x");
      sink.hex(out.u16(at));
    }
    sink.text(", off 0x");
    sink.hex(out.u16(at + 2));
    at += 4;
  }
  if ((flags & KEY) !== 0) {
    sink.text(", key=0x");
    sink.hex(out.u32(at));
    at += 4;
  }
  if ((flags & SEQUENCE) !== 0) {
    sink.text(`, seq ${out.u32(at)}`);
    at += 4;
  }
  if ((flags & ROUTING) !== 0) at = printRoutes(out, at, start + length);
  if (at < 0 || out.cut) return;
  printProtocol(out, type);
  sink.text(`, length ${length}`);
  if (out.options.verbosity < 1) sink.text(": ");
  else sink.text("\n\t");
  printPayload(out, network, type, at, start + length - at);
}

function printProtocol(out: Output, type: number): void {
  if (!out.options.linkLayer) return;
  const { sink } = out;
  sink.text(`, proto ${greProtocolName(type)} (0x`);
  sink.hex(type, 4);
  sink.text(")");
}

function greProtocolName(type: number): string {
  return type === PROTOCOL_OSI ? "OSI" : (etherTypeName(type) ?? "unknown");
}

function printPayload(out: Output, network: Network, type: number, at: number, length: number): void {
  const sink = out.sink;
  switch (type) {
    case p.ETHERTYPE_IPV4:
      network.ipv4.print(at, length);
      break;
    case p.ETHERTYPE_IPV6:
      network.ipv6.print(at, length);
      break;
    case p.ETHERTYPE_MPLS:
    case p.ETHERTYPE_MPLS_MULTICAST:
      network.mpls(at, length);
      break;
    case p.ETHERTYPE_TRANSPARENT_BRIDGING:
      network.ethernet.print(at, length);
      break;
    default:
      sink.text("gre-proto-0x");
      sink.hex(type);
  }
}

/** Source route entries (RFC 1701); -1 where they are bad. */
function printRoutes(out: Output, from: number, end: number): number {
  const sink = out.sink;
  let at = from;
  while (at < end && !out.cut) {
    const family = out.u16(at);
    const offset = out.u8(at + 2);
    const length = out.u8(at + 3);
    at += 4;
    if (length === 0) return at;
    sink.text(family === p.ETHERTYPE_IPV4 ? ", (rtaf=ip" : `, (rtaf=0x${family.toString(16)}`);
    if (family === p.ETHERTYPE_IPV4) {
      if (offset % 4 !== 0) sink.text(`, badoffset=${offset}`);
      else if (length % 4 !== 0) sink.text(`, badlength=${length}`);
      else if (offset >= length) sink.text(`, badoff/len=${offset}/${length}`);
      else {
        for (let i = 0; i < length && !out.cut; i += 4) {
          sink.text(` ${i === offset ? "*" : ""}`);
          out.ipv4(at + i);
        }
      }
    }
    sink.text(")");
    at += length;
  }
  return at;
}

/** PPTP's form (RFC 2637 section 4.1): the key is the payload length and the call. */
function printVersion1(out: Output, network: Network, start: number, length: number, flags: number): void {
  const sink = out.sink;
  printFlags(out, flags & ~RECURSION);
  const type = out.u16(start + 2);
  let at = start + 4;
  if ((flags & KEY) !== 0) {
    sink.text(`, call ${out.u16(at + 2)}`);
    at += 4;
  }
  if ((flags & SEQUENCE) !== 0) {
    sink.text(`, seq ${out.u32(at)}`);
    at += 4;
  }
  if ((flags & ACKNOWLEDGMENT) !== 0) {
    sink.text(`, ack ${out.u32(at)}`);
    at += 4;
  }
  if ((flags & SEQUENCE) === 0) sink.text(", no-payload");
  if (out.options.linkLayer) printProtocol(out, type);
  sink.text(`, length ${length}`);
  if ((flags & SEQUENCE) === 0) return;
  sink.text(out.options.verbosity < 1 ? ": " : "\n\t");
  if (type === p.ETHERTYPE_PPP) network.ppp.print(at, start + length - at);
  else {
    sink.text("gre-proto-0x");
    sink.hex(type);
  }
}
