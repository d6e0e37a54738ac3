import { PROTOCOL_NO_NEXT_HEADER } from "../../wire/protocol.ts";
import { greProtocolName } from "./gre-names.ts";
import { type Line, stopText } from "./line.ts";
import { protocolName } from "./protocol-names.ts";

/** Info of a fragment that did not complete its datagram. */
export function fragmentInfo({ sink, packet }: Line): void {
  const { ipVersion, ipv4, ipv6, frame } = packet;
  if (ipVersion === 4) {
    sink.text(`Fragmented IP protocol (proto=${protocolName(ipv4.protocol)} ${ipv4.protocol}`);
    sink.text(`, off=${ipv4.fragmentOffset}, ID=`);
    sink.hex(ipv4.identification, 4);
    sink.text(")");
    return;
  }
  const at = ipv6.fragmentAt;
  const more = (frame.view.getUint16(at + 2) & 1) === 0 ? "n" : "y";
  sink.text(`IPv6 fragment (off=${ipv6.fragmentOffset} more=${more} ident=0x`);
  sink.hex(frame.view.getUint32(at + 4), 8);
  sink.text(` nxt=${frame.view.getUint8(at)})`);
}

/** Info of an IP packet whose payload is not decoded. */
export function ipProtocolInfo({ sink, packet }: Line): void {
  const { ipVersion, ipv4, protocol } = packet;
  if (ipVersion === 6) {
    if (protocol === PROTOCOL_NO_NEXT_HEADER) sink.text("IPv6 no next header");
    else sink.text(`Unknown IP Protocol: ${protocolName(protocol)} (${protocol})`);
    return;
  }
  // Nothing is said of a payload that is not there.
  if (ipv4.end > ipv4.at + ipv4.headerLength) sink.text(`${protocolName(protocol)} (${protocol})`);
}

/** Info of a GRE packet whose payload is not decoded. */
export function greInfo({ sink, packet }: Line): void {
  const type = packet.tunnels.innerType;
  const name = greProtocolName(type) ?? `0x${type.toString(16).toUpperCase().padStart(4, "0")} (unknown)`;
  sink.text(`Encapsulated ${name}`);
}

/** Info of an IP header that cannot be believed or is not there. */
export function brokenIpInfo({ sink, packet }: Line): void {
  if (packet.fault === undefined) return;
  const { field, need, have, kind } = packet.fault;
  if (field === "IHL") sink.text(`Bogus IP header length (${have}, must be at least 20)`);
  else if (field === "total length") sink.text(`Bogus IP length (${have}, less than header length ${need})`);
  else if (field === "version") sink.text(`Bogus IPv${need} version (${have}, must be ${need})`);
  else sink.text(stopText(kind === "truncated"));
}
