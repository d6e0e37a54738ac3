import type { Packet } from "../wire/packet.ts";
import type { End } from "./end.ts";
import { addCause } from "./retransmission.ts";
import type { Segment } from "./segment.ts";

/** Where a packet came from, as one number: interface, and link-layer source address. */
export function linkOf(packet: Packet): number {
  const { frame } = packet;
  let at = 0;
  let length = 0;
  let link = frame.interfaceIndex;
  if (packet.hasEthernet) {
    at = packet.ethernet.sourceAt;
    length = 6;
  } else if (packet.hasCooked) {
    at = packet.cooked.addressAt;
    length = Math.min(8, packet.cooked.addressLength);
    link = Math.imul(link, 31) + packet.cooked.interfaceIndex;
  }
  for (let i = 0; i < length && at + i < frame.end; i++) link = (Math.imul(link, 31) + frame.view.getUint8(at + i)) | 0;
  return link;
}

/**
 * A duplicate that came another way than what the end sends otherwise (by TTL,
 * link-layer address or interface) is the same packet captured twice, at two places.
 */
export function tellDuplicate(segment: Segment, packet: Packet, forward: End): void {
  if (segment.retransmissionCause !== "network-duplicate") return;
  if (segment.ttl === forward.firstTtl && linkOf(packet) === forward.link) return;
  const count = forward.causes?.get("network-duplicate") ?? 0;
  if (count > 1) forward.causes?.set("network-duplicate", count - 1);
  else forward.causes?.delete("network-duplicate");
  addCause(segment, forward, "duplicate-capture");
}
