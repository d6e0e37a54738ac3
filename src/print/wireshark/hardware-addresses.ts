import type { ArpPacket } from "../../wire/arp.ts";
import { ARP_REPLY, ARP_REQUEST } from "../../wire/arp.ts";

/** How many IPv4 addresses are remembered. */
const MAX_ADDRESSES = 65536;

/** Who uses which IPv4 address, by the ARP packets seen: tells when two do, as Wireshark does. */
export class HardwareAddresses {
  /** Hardware address (48 bits) by IPv4 address, in the order in which they were met. */
  readonly #known = new Map<number, number>();

  /** Takes an ARP packet; where the IPv4 address is that another host was seen to use, or 0. */
  observe(arp: ArpPacket, view: DataView): number {
    if (!arp.isEthernetIpv4 || arp.hardwareType !== 1) return 0;
    if (arp.operation !== ARP_REQUEST && arp.operation !== ARP_REPLY) return 0;
    let duplicate = this.#check(view, arp.senderProtocolAt, arp.senderHardwareAt) ?? false;
    let at = arp.senderProtocolAt;
    if (arp.operation === ARP_REPLY) {
      const target = this.#check(view, arp.targetProtocolAt, arp.targetHardwareAt);
      // What is known of the target is what counts, if anything is.
      if (target !== undefined) {
        duplicate = target;
        at = arp.targetProtocolAt;
      }
    }
    return duplicate ? at : 0;
  }

  /** Whether another host uses the address; undefined when the packet says nothing of it. */
  #check(view: DataView, protocolAt: number, hardwareAt: number): boolean | undefined {
    const address = view.getUint32(protocolAt);
    const hardware = view.getUint16(hardwareAt) * 2 ** 32 + view.getUint32(hardwareAt + 2);
    const isGroup = (view.getUint8(hardwareAt) & 1) !== 0;
    if (address === 0 || hardware === 0 || isGroup) return undefined;
    const known = this.#known.get(address);
    if (known !== undefined) return known !== hardware;
    if (this.#known.size >= MAX_ADDRESSES) this.#forgetOldest();
    this.#known.set(address, hardware);
    return false;
  }

  #forgetOldest(): void {
    for (const address of this.#known.keys()) {
      this.#known.delete(address);
      return;
    }
  }
}
