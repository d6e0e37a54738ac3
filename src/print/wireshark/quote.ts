import type { Packet } from "../../wire/packet.ts";
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP, PROTOCOL_UDP } from "../../wire/protocol.ts";
import { QuotedPacket } from "../../wire/quote.ts";

const quote = new QuotedPacket();

/** Whether the snap length cut the headers of the packet that an ICMP error quotes. */
export function isQuoteCut({ icmp, frame }: Packet): boolean {
  if (icmp.limit >= icmp.end) return false;
  if (!quote.read(frame.view, icmp.quoteAt, icmp.limit)) return true;
  return Math.min(icmp.end, quote.transportAt + headerLength(quote.protocol)) > icmp.limit;
}

function headerLength(protocol: number): number {
  switch (protocol) {
    case PROTOCOL_TCP:
      return 20;
    case PROTOCOL_UDP:
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMPV6:
      return 8;
    default:
      return 0;
  }
}
