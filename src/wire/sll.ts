import type { Fault } from "./fault.ts";

/**
 * Linux cooked capture headers, version 1 (LINKTYPE_LINUX_SLL, 16 bytes) and
 * version 2 (LINKTYPE_LINUX_SLL2, 20 bytes), as pcap-linktype(7) draws them.
 */

export const SLL_HEADER = 16;
export const SLL2_HEADER = 20;

/** Packet types of both versions. */
export const SLL_TO_US = 0;
export const SLL_BROADCAST = 1;
export const SLL_MULTICAST = 2;
export const SLL_TO_OTHER_HOST = 3;
export const SLL_OUTGOING = 4;

/** Protocol number of an 802.2 frame (linux/if_ether.h ETH_P_802_2). */
export const SLL_802_2 = 0x0004;

/** Hardware type of Linux's loopback device (linux/if_arp.h). */
export const ARPHRD_LOOPBACK = 772;

/** A cooked header of either version, read in place. */
export class CookedHeader {
  at = 0;
  payloadAt = 0;
  /** 1 or 2. */
  version = 1;
  /** Who it was for: 0 us, 1 broadcast, 2 multicast, 3 another host, 4 sent by us. */
  packetType = 0;
  /** ARPHRD_ value of the device. */
  hardwareType = 0;
  /** Length of the sender's link-layer address, in bytes; up to 8 of them are kept. */
  addressLength = 0;
  /** Where that address is. */
  addressAt = 0;
  /** EtherType, or below 0x600 one of Linux's own protocol numbers (4: 802.2 LLC). */
  protocol = 0;
  /** Number of the interface; version 2 only. */
  interfaceIndex = 0;

  /** Moves to the header at `at`; `version` chooses its form. */
  read(view: DataView, at: number, limit: number, version: 1 | 2): Fault | undefined {
    const need = version === 1 ? SLL_HEADER : SLL2_HEADER;
    this.at = at;
    this.version = version;
    this.payloadAt = at + need;
    if (limit - at < need) {
      return { kind: "truncated", layer: version === 1 ? "sll" : "sll2", field: "header", at, need, have: limit - at };
    }
    if (version === 1) {
      this.packetType = view.getUint16(at);
      this.hardwareType = view.getUint16(at + 2);
      this.addressLength = view.getUint16(at + 4);
      this.addressAt = at + 6;
      this.protocol = view.getUint16(at + 14);
      this.interfaceIndex = 0;
    } else {
      this.protocol = view.getUint16(at);
      this.interfaceIndex = view.getUint32(at + 4);
      this.hardwareType = view.getUint16(at + 8);
      this.packetType = view.getUint8(at + 10);
      this.addressLength = view.getUint8(at + 11);
      this.addressAt = at + 12;
    }
    return undefined;
  }
}
