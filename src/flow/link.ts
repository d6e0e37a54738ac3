import type { Packet } from "../wire/packet.ts";

/** Where a packet came from, as one number: interface, and link-layer source address. */
export function linkOf(packet: Packet): number {
  const { frame } = packet;
  let at = 0;
  let length = 0;
  let link = frame.interfaceIndex;
  if (packet.hasEthernet) {
    at = packet.ethernet.sourceAt;
    length = 6;
  } else if (packet.hasIeee80211) {
    // The transmitter: a frame that an access point passes on is another frame.
    at = packet.ieee80211.addressAt(2);
    length = 6;
  } else if (packet.hasCooked) {
    at = packet.cooked.addressAt;
    length = Math.min(8, packet.cooked.addressLength);
    link = Math.imul(link, 31) + packet.cooked.interfaceIndex;
  }
  for (let i = 0; i < length && at + i < frame.end; i++) link = (Math.imul(link, 31) + frame.view.getUint8(at + i)) | 0;
  return link;
}
