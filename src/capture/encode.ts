import { ARP_REPLY, ARP_REQUEST } from "../wire/arp.ts";
import * as p from "../wire/protocol.ts";
import { SLL2_HEADER, SLL_HEADER } from "../wire/sll.ts";
import { checked, joined, macBytes } from "./encode-bytes.ts";
import { ipAddress } from "./encode-ip.ts";

/**
 * From fields to bytes: frames of packets that were never on a wire, for text
 * traces and for tests. Lengths and checksums are right unless fields say
 * otherwise; a value that does not fit its field throws a RangeError.
 */

/** An 802.1Q tag. */
interface VlanTag {
  readonly identifier: number;
  readonly priority?: number;
  readonly dropEligible?: boolean;
  /** Tag protocol identifier; 0x8100 when left out. */
  readonly type?: number;
}

/** The link layer of a frame. Addresses are text. */
export type LinkFields =
  | {
      readonly link: "ethernet";
      readonly source: string;
      readonly destination: string;
      /** Outermost first. */
      readonly vlan?: readonly VlanTag[];
      /** Zero bytes are added up to the shortest frame, 60 bytes without check sequence, as a receiver sees it. */
      readonly padded?: boolean;
    }
  | {
      /** Linux cooked capture, version 1 or 2. */
      readonly link: "sll" | "sll2";
      /** 0 to us, 1 broadcast, 2 multicast, 3 to another host, 4 sent by us. */
      readonly packetType?: number;
      /** ARPHRD_ value of the device; 1 (Ethernet) when left out. */
      readonly hardwareType?: number;
      /** Link-layer address of the sender. */
      readonly source?: string;
      /** Version 2 only. */
      readonly interfaceIndex?: number;
    }
  | { readonly link: "raw" }
  /** BSD loopback; the address family is Darwin's, in little-endian byte order. */
  | { readonly link: "null" };

/** An ARP message for IPv4 over Ethernet (RFC 826). */
export interface ArpFields {
  readonly operation: "request" | "reply";
  readonly senderMac: string;
  readonly senderAddress: string;
  /** All zero in a request when left out. */
  readonly targetMac?: string;
  readonly targetAddress: string;
}

/** LINKTYPE_ value of each link (pcap-linktype(7)). */
export const LINK_TYPES: Readonly<Record<LinkFields["link"], number>> = {
  ethernet: p.LINKTYPE_ETHERNET,
  sll: p.LINKTYPE_LINUX_SLL,
  sll2: p.LINKTYPE_LINUX_SLL2,
  raw: p.LINKTYPE_RAW,
  null: p.LINKTYPE_NULL,
};

const AF_INET = 2;
const AF_INET6 = 30;
const MIN_ETHERNET_FRAME = 60;

/** A frame around an IP packet or ARP message of `encodeIp` or `encodeArp`. */
export function encodeFrame(link: LinkFields, etherType: number, packet: Uint8Array): Uint8Array<ArrayBuffer> {
  switch (link.link) {
    case "ethernet": {
      const tags = (link.vlan ?? []).map((tag) => vlanBytes(tag));
      const frame = joined(macBytes(link.destination), macBytes(link.source), ...tags, uint16(etherType), packet);
      const missing = link.padded === true ? Math.max(0, MIN_ETHERNET_FRAME - frame.length) : 0;
      return joined(frame, new Uint8Array(missing));
    }
    case "sll":
    case "sll2":
      return joined(cookedBytes(link, etherType), packet);
    case "raw":
    case "null": {
      if (etherType !== p.ETHERTYPE_IPV4 && etherType !== p.ETHERTYPE_IPV6) {
        throw new RangeError(`link ${link.link}: carries IP only, not type 0x${etherType.toString(16)}`);
      }
      const family = Uint8Array.of(etherType === p.ETHERTYPE_IPV6 ? AF_INET6 : AF_INET, 0, 0, 0);
      return link.link === "raw" ? joined(packet) : joined(family, packet);
    }
    default:
      return link satisfies never;
  }
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

function vlanBytes(tag: VlanTag): Uint8Array {
  const priority = checked(tag.priority ?? 0, 7, "vlan priority");
  const identifier = checked(tag.identifier, 0xfff, "vlan identifier");
  const control = (priority << 13) | (tag.dropEligible === true ? 0x1000 : 0) | identifier;
  return joined(uint16(checked(tag.type ?? p.ETHERTYPE_VLAN, 0xffff, "vlan type")), uint16(control));
}

function cookedBytes(link: LinkFields & { readonly link: "sll" | "sll2" }, etherType: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(link.link === "sll" ? SLL_HEADER : SLL2_HEADER));
  const bytes = new Uint8Array(view.buffer);
  const address = link.source === undefined ? new Uint8Array(0) : macBytes(link.source);
  const packetType = checked(link.packetType ?? 0, 4, "sll packet type");
  const hardwareType = checked(link.hardwareType ?? 1, 0xffff, "sll hardware type");
  if (link.link === "sll") {
    view.setUint16(0, packetType);
    view.setUint16(2, hardwareType);
    view.setUint16(4, address.length);
    bytes.set(address, 6);
    view.setUint16(14, etherType);
    return bytes;
  }
  view.setUint16(0, etherType);
  view.setUint32(4, checked(link.interfaceIndex ?? 0, 0xffffffff, "sll2 interface index"));
  view.setUint16(8, hardwareType);
  view.setUint8(10, packetType);
  view.setUint8(11, address.length);
  bytes.set(address, 12);
  return bytes;
}

/** An ARP message, for `encodeFrame` with `ETHERTYPE_ARP`. */
export function encodeArp(fields: ArpFields): Uint8Array<ArrayBuffer> {
  const operation = fields.operation === "request" ? ARP_REQUEST : ARP_REPLY;
  return joined(
    Uint8Array.of(0, 1, p.ETHERTYPE_IPV4 >> 8, p.ETHERTYPE_IPV4 & 0xff, 6, 4, 0, operation),
    macBytes(fields.senderMac),
    ipAddress(fields.senderAddress, 4),
    macBytes(fields.targetMac ?? "0:0:0:0:0:0"),
    ipAddress(fields.targetAddress, 4),
  );
}
