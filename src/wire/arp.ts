import type { Fault } from "./fault.ts";

/** Address Resolution Protocol (RFC 826). */

export const ARP_REQUEST = 1;
export const ARP_REPLY = 2;
export const ARP_FIXED_HEADER = 8;

/** An ARP packet, read in place. Address offsets follow from the two lengths. */
export class ArpPacket {
  at = 0;
  end = 0;
  limit = 0;
  hardwareType = 0;
  protocolType = 0;
  hardwareLength = 0;
  protocolLength = 0;
  operation = 0;

  /** Moves to the packet at `at`. After `undefined` all four addresses are captured. */
  read(view: DataView, at: number, end: number, limit: number): Fault | undefined {
    this.at = at;
    this.end = end;
    this.limit = limit;
    const have = Math.min(end, limit) - at;
    const kind = limit < end ? "truncated" : "malformed";
    if (have < ARP_FIXED_HEADER) {
      return { kind, layer: "arp", field: "header", at, need: ARP_FIXED_HEADER, have: Math.max(0, have) };
    }
    this.hardwareType = view.getUint16(at);
    this.protocolType = view.getUint16(at + 2);
    this.hardwareLength = view.getUint8(at + 4);
    this.protocolLength = view.getUint8(at + 5);
    this.operation = view.getUint16(at + 6);
    const need = ARP_FIXED_HEADER + 2 * (this.hardwareLength + this.protocolLength);
    if (have < need) return { kind, layer: "arp", field: "addresses", at, need, have };
    return undefined;
  }

  get senderHardwareAt(): number {
    return this.at + ARP_FIXED_HEADER;
  }

  get senderProtocolAt(): number {
    return this.senderHardwareAt + this.hardwareLength;
  }

  get targetHardwareAt(): number {
    return this.senderProtocolAt + this.protocolLength;
  }

  get targetProtocolAt(): number {
    return this.targetHardwareAt + this.hardwareLength;
  }

  /** Whether the addresses are Ethernet (6 bytes) and IPv4 (4 bytes). */
  get isEthernetIpv4(): boolean {
    return this.protocolType === 0x0800 && this.hardwareLength === 6 && this.protocolLength === 4;
  }
}
