import { ICMP_ECHO, ICMP_ECHO_REPLY, ICMP_ROUTER_ADVERTISEMENT } from "../../wire/icmp.ts";
import { icmpCodeText, icmpTypeName, mobilityAgentText } from "./icmp-names.ts";
import { type Line, printRequest, printStop } from "./line.ts";
import { isQuoteCut } from "./quote.ts";

const TYPE_WIDTH = 20;

/** Info of an ICMP message. */
export function icmpInfo(line: Line): void {
  const { sink, packet } = line;
  const { icmp } = packet;
  const have = Math.min(icmp.end, icmp.limit) - icmp.at;
  if (have < 6) {
    printStop(line, icmp.end);
    return;
  }
  const { type } = icmp;
  const agent = type === ICMP_ROUTER_ADVERTISEMENT ? mobilityAgentText(icmp.code) : undefined;
  if (agent !== undefined) {
    sink.text(`Mobile IP Advertisement (${agent})`);
    return;
  }
  sink.text(icmpTypeName(type).padEnd(TYPE_WIDTH));
  sink.text(icmpCodeText(type, icmp.code));
  if (have < 8) {
    printStop(line, icmp.end);
    return;
  }
  if (type === ICMP_ECHO || type === ICMP_ECHO_REPLY || (type >= 13 && type <= 18)) printIdentifier(line);
  printRequest(line);
  if (icmp.quotesPacket && isQuoteCut(packet)) printStop(line, icmp.end);
}

function printIdentifier({ sink, packet }: Line): void {
  const { rest } = packet.icmp;
  const sequence = rest & 0xffff;
  sink.text(" id=0x");
  sink.hex(rest >>> 16, 4);
  sink.text(", seq=");
  sink.decimal(sequence);
  sink.char(0x2f);
  sink.decimal((sequence >> 8) | ((sequence & 0xff) << 8));
  sink.text(", ttl=");
  sink.decimal(packet.ipVersion === 6 ? packet.ipv6.hopLimit : packet.ipv4.ttl);
}
