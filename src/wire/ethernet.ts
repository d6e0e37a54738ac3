import type { Fault } from "./fault.ts";
import { ETHERTYPE_OLD_PROVIDER_VLAN, ETHERTYPE_PROVIDER_VLAN, ETHERTYPE_VLAN } from "./protocol.ts";

/**
 * Ethernet II and IEEE 802.3 frames with LLC and SNAP (IEEE 802.3 clause 3.2,
 * IEEE 802.2, RFC 1042), and their 802.1Q tags.
 */

const DESTINATION = 0;
const SOURCE = 6;
const TYPE = 12;

/** Length of the header, in bytes: two addresses and the type or length. */
export const ETHERNET_HEADER = 14;

/** Types below are lengths of an 802.3 frame (IEEE 802.3 clause 3.2.6). */
export const MIN_ETHERTYPE = 0x0600;

/** How many 802.1Q tags are followed. */
const MAX_VLAN_TAGS = 8;

const SNAP_SAP = 0xaaaa;
export const SNAP_HEADER = 8;
/** What `snapEtherType` tells where there is no EtherType: no SNAP header, or one of another organisation. */
export const NO_SNAP = -1;
export const OTHER_SNAP = -2;

/** An Ethernet header with its VLAN tags, read in place; moved from frame to frame with `read`. */
export class EthernetHeader {
  at = 0;
  limit = 0;
  /** EtherType of the payload, after VLAN tags and a SNAP header with organisation code 0; 0: an 802.3 frame with another LLC payload. */
  etherType = 0;
  /** Where the payload starts. */
  payloadAt = 0;
  /** Where the payload ends: at the 802.3 length, else with the frame. */
  end = 0;
  vlanCount = 0;
  /** Tag control information of each tag, outermost first: priority (3 bits), drop eligible (1), VLAN identifier (12). */
  readonly vlanTags: Uint16Array = new Uint16Array(MAX_VLAN_TAGS);
  /** Tag protocol identifier of each tag. */
  readonly vlanTypes: Uint16Array = new Uint16Array(MAX_VLAN_TAGS);
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** Moves to the frame in `view[at, end)` of which `limit` is captured. */
  read(view: DataView, at: number, end: number, limit: number): Fault | undefined {
    this.#view = view;
    this.at = at;
    this.end = end;
    this.limit = limit;
    this.vlanCount = 0;
    this.etherType = 0;
    this.payloadAt = at + ETHERNET_HEADER;
    const have = limit - at;
    if (have < ETHERNET_HEADER) {
      return { kind: "truncated", layer: "ethernet", field: "header", at, need: ETHERNET_HEADER, have };
    }
    return this.readType(view, view.getUint16(at + TYPE), at + ETHERNET_HEADER, end, limit);
  }

  /**
   * Follows the VLAN tags and the LLC header after a type field that ends at
   * `at`; also for the protocol field of a cooked header (SLL).
   */
  readType(view: DataView, type: number, at: number, end: number, limit: number): Fault | undefined {
    this.#view = view;
    this.end = end;
    let next = at;
    let current = type;
    this.vlanCount = 0;
    while (isVlanType(current) && this.vlanCount < MAX_VLAN_TAGS) {
      if (limit - next < 4)
        return { kind: "truncated", layer: "vlan", field: "tag", at: next, need: 4, have: limit - next };
      this.vlanTypes[this.vlanCount] = current;
      this.vlanTags[this.vlanCount++] = view.getUint16(next);
      current = view.getUint16(next + 2);
      next += 4;
    }
    this.payloadAt = next;
    if (current >= MIN_ETHERTYPE) {
      this.etherType = current;
      return undefined;
    }
    return this.#readLlc(current, next, limit);
  }

  #readLlc(length: number, at: number, limit: number): Fault | undefined {
    this.etherType = 0;
    if (at + length < this.end) this.end = at + length;
    const have = Math.min(this.end, limit) - at;
    if (have < 3) {
      return {
        kind: limit < this.end ? "truncated" : "malformed",
        layer: "llc",
        field: "header",
        at,
        need: 3,
        have: Math.max(0, have),
      };
    }
    const type = snapEtherType(this.#view, at, Math.min(this.end, limit));
    if (type < 0) return undefined;
    this.etherType = type;
    this.payloadAt = at + SNAP_HEADER;
    return undefined;
  }

  /** Where the destination address is: 6 bytes. */
  get destinationAt(): number {
    return this.at + DESTINATION;
  }

  /** Where the source address is: 6 bytes. */
  get sourceAt(): number {
    return this.at + SOURCE;
  }

  /** The type or length field, as sent. */
  get typeOrLength(): number {
    return this.#view.getUint16(this.at + TYPE);
  }
}

/** EtherType in the SNAP header that the LLC header in `view[at, end)` begins; `NO_SNAP` or `OTHER_SNAP`. */
export function snapEtherType(view: DataView, at: number, end: number): number {
  if (end - at < SNAP_HEADER || view.getUint16(at) !== SNAP_SAP || view.getUint8(at + 2) !== 3) return NO_SNAP;
  const organisation = (view.getUint16(at + 3) << 8) | view.getUint8(at + 5);
  return organisation === 0 ? view.getUint16(at + 6) : OTHER_SNAP;
}

/** Whether a type field announces an 802.1Q or 802.1ad tag. */
export function isVlanType(type: number): boolean {
  return type === ETHERTYPE_VLAN || type === ETHERTYPE_PROVIDER_VLAN || type === ETHERTYPE_OLD_PROVIDER_VLAN;
}
