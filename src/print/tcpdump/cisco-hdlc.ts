import * as p from "../../wire/protocol.ts";
import { etherTypeName } from "./ethertype-names.ts";
import type { Network } from "./network.ts";
import type { Output } from "./output.ts";

const HEADER = 4;
const UNICAST = 0x0f;
const BROADCAST = 0x8f;
const CISCO_SLARP = 0x8035;

/** Prints a frame of Cisco's HDLC. */
export function printCiscoHdlc(out: Output, network: Network, at: number, length: number): number {
  const { sink } = out;
  out.protocol = "chdlc";
  if (length < HEADER || !out.has(at, HEADER)) {
    out.truncated("chdlc");
    return out.limit;
  }
  const address = out.u8(at);
  const type = out.u16(at + 2);
  if (out.options.linkLayer) {
    if (address === UNICAST) sink.text("unicast");
    else if (address === BROADCAST) sink.text("bcast");
    else sink.text(`0x${address.toString(16).padStart(2, "0")}`);
    const name = etherTypeName(type) ?? "Unknown";
    sink.text(`, ethertype ${name} (0x${type.toString(16).padStart(4, "0")}), length ${length}: `);
  }
  printPayload(out, network, type, at + HEADER, length - HEADER);
  return at + HEADER;
}

function printPayload(out: Output, network: Network, type: number, at: number, length: number): void {
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
    case CISCO_SLARP:
      printSlarp(out, at, length);
      break;
    default:
      if (!out.options.linkLayer) out.sink.text(`unknown CHDLC protocol (0x${type.toString(16).padStart(4, "0")})`);
  }
}

const REQUEST = 0;
const REPLY = 1;
const KEEPALIVE = 2;
const SLARP_LENGTH = 14;
const SLARP_MAX_LENGTH = 18;

/** Prints Cisco's serial line address resolution and keepalives. */
function printSlarp(out: Output, at: number, length: number): void {
  const { sink } = out;
  out.protocol = "chdlc_slarp";
  sink.text(`SLARP (length: ${length}), `);
  if (length < SLARP_LENGTH) {
    out.truncated("chdlc_slarp");
    return;
  }
  const code = out.u32(at);
  if (code === REQUEST) {
    sink.text("request");
  } else if (code === REPLY) {
    sink.text("reply ");
    out.ipv4(at + 4);
    sink.text("/");
    out.ipv4(at + 8);
  } else if (code === KEEPALIVE) {
    const mine = out
      .u32(at + 4)
      .toString(16)
      .padStart(8, "0");
    const yours = out
      .u32(at + 8)
      .toString(16)
      .padStart(8, "0");
    const reliability = out
      .u16(at + 12)
      .toString(16)
      .padStart(4, "0");
    sink.text(`keepalive: mineseen=0x${mine}, yourseen=0x${yours}, reliability=0x${reliability}`);
    if (length >= SLARP_MAX_LENGTH) {
      const seconds = Math.floor(out.u32(at + 14) / 1000);
      const days = Math.floor(seconds / 86400);
      const hours = Math.floor(seconds / 3600) % 24;
      sink.text(`, link uptime=${days}d${hours}h${Math.floor(seconds / 60) % 60}m${seconds % 60}s`);
    }
  } else {
    sink.text(`0x${code.toString(16).padStart(2, "0")} unknown`);
    if (out.options.verbosity < 2) out.hexLines(at + 4, length - 4, "\n\t");
  }
  if (SLARP_MAX_LENGTH < length && out.options.verbosity > 0) {
    sink.text(", (trailing junk: ");
    sink.text(`${length - SLARP_MAX_LENGTH} bytes)`);
  }
  const shown = code === KEEPALIVE ? SLARP_MAX_LENGTH : 4;
  if (out.options.verbosity > 1) out.hexLines(at + shown, length - shown, "\n\t");
}
