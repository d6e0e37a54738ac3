import type { Fault } from "./fault.ts";
import { FLAG_FCS, FLAG_PADDED } from "./radiotap.ts";

/**
 * IEEE 802.11 MAC frames (IEEE Std 802.11-2020 clause 9): two bytes of frame control,
 * duration, up to four addresses, sequence control, QoS control, HT control. All numbers are little-endian.
 */

export const TYPE_MANAGEMENT = 0;
export const TYPE_CONTROL = 1;
export const TYPE_DATA = 2;

/** Subtypes of control frames. */
export const CONTROL_WRAPPER = 7;
export const BLOCK_ACK_REQUEST = 8;
export const BLOCK_ACK = 9;
export const PS_POLL = 10;
export const REQUEST_TO_SEND = 11;
export const CLEAR_TO_SEND = 12;
export const ACKNOWLEDGMENT = 13;
export const CF_END = 14;
export const CF_END_ACK = 15;

/** Bits of the subtype of a data frame. */
export const DATA_NULL = 0x4;
export const DATA_QOS = 0x8;

/** Bits of the second byte of frame control. */
export const TO_DS = 0x01;
export const FROM_DS = 0x02;
export const MORE_FRAGMENTS = 0x04;
export const RETRY = 0x08;
export const POWER_MANAGEMENT = 0x10;
export const MORE_DATA = 0x20;
export const PROTECTED = 0x40;
/** In a QoS data or management frame: an HT control field follows the header. */
export const ORDER = 0x80;

const DURATION = 2;
const ADDRESS_1 = 4;
const ADDRESS_2 = 10;
const ADDRESS_3 = 16;
const SEQUENCE_CONTROL = 22;
const ADDRESS_4 = 24;
const ADDRESSES: readonly number[] = [ADDRESS_1, ADDRESS_2, ADDRESS_3, ADDRESS_4];
const THREE_ADDRESSES = 24;
const FOUR_ADDRESSES = 30;
const QOS_CONTROL = 2;
const HT_CONTROL = 4;

/** Bits of QoS control: the payload is an aggregate of frames; a mesh control field starts it (IEEE Std 802.11-2020 section 9.2.4.5). */
const AGGREGATE = 0x0080;
const MESH_CONTROL_PRESENT = 0x0100;
/** Two addresses and a length before each frame of an aggregate (section 9.3.2.2). */
const SUBFRAME_HEADER = 14;

/** Mesh control field without addresses: flags, time to live, sequence number (section 9.2.4.7.3). */
export const MESH_CONTROL = 6;
/** Flags of a mesh control field up to this say how many addresses it has; the bits above are reserved. */
const MOST_MESH_ADDRESSES = 3;

const FCS = 4;

/** Header lengths of control frames by subtype, in bytes; 0: not known. */
const CONTROL_LENGTHS: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 16, 20, 10, 16, 16, 10, 10, 16, 16];

/** The header of an IEEE 802.11 frame, read in place. */
export class Ieee80211Header {
  at = 0;
  /** 0 management, 1 control, 2 data, 3 extension. */
  type = 0;
  subtype = 0;
  /** Second byte of frame control. */
  flags = 0;
  /** Length up to QoS control, in bytes: without HT control, padding and mesh control. 0: a type that is not known. */
  headerLength = 0;
  /** What padding fills up after the header, in bytes. */
  padding = 0;
  /** Where the addresses of source, destination and basic service set are, 6 bytes each; 0: the frame has none. */
  sourceAt = 0;
  destinationAt = 0;
  basicServiceSetAt = 0;
  /** Set by `findPayload`. 0: none that can be read (no data, encrypted, a later fragment). */
  payloadAt = 0;
  /** One past the last byte on the wire, without the frame check sequence. */
  end = 0;
  /** The header is there, up to QoS control; of a type that is not known, the frame control field. */
  isWhole = false;
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** Moves to the frame in `view[at, end)` of which `limit` is captured; `radioFlags`: those of radiotap. */
  read(view: DataView, at: number, end: number, limit: number, radioFlags: number): Fault | undefined {
    this.#view = view;
    this.at = at;
    this.end = (radioFlags & FLAG_FCS) === 0 ? end : end - FCS;
    this.headerLength = 0;
    this.isWhole = false;
    this.sourceAt = 0;
    this.destinationAt = 0;
    this.basicServiceSetAt = 0;
    this.payloadAt = 0;
    const have = Math.max(0, Math.min(limit, this.end) - at);
    if (have < 2) return this.#fault(2, have, limit);
    const first = view.getUint8(at);
    this.type = (first >> 2) & 3;
    this.subtype = first >> 4;
    this.flags = view.getUint8(at + 1);
    const need = this.#measure();
    this.headerLength = need;
    this.padding = (radioFlags & FLAG_PADDED) === 0 ? 0 : -need & 3;
    if (have < need) return this.#fault(need, have, limit);
    this.isWhole = true;
    this.#address();
    return undefined;
  }

  #fault(need: number, have: number, limit: number): Fault {
    const kind = limit < this.end ? "truncated" : "malformed";
    return { kind, layer: "ieee80211", field: "header", at: this.at, need, have };
  }

  #measure(): number {
    switch (this.type) {
      case TYPE_MANAGEMENT:
        return THREE_ADDRESSES;
      case TYPE_CONTROL:
        return CONTROL_LENGTHS[this.subtype]!;
      case TYPE_DATA: {
        const addresses = this.hasFourAddresses ? FOUR_ADDRESSES : THREE_ADDRESSES;
        return this.hasQosControl ? addresses + QOS_CONTROL : addresses;
      }
      default:
        return 0;
    }
  }

  /** Who sent what to whom, by the direction that frame control tells (section 9.3.2.1, table 9-30). */
  #address(): void {
    const { at, type } = this;
    if (type === TYPE_MANAGEMENT) this.#place(ADDRESS_1, ADDRESS_2, ADDRESS_3);
    else if (type === TYPE_DATA) {
      const direction = this.flags & (TO_DS | FROM_DS);
      if (direction === 0) this.#place(ADDRESS_1, ADDRESS_2, ADDRESS_3);
      else if (direction === TO_DS) this.#place(ADDRESS_3, ADDRESS_2, ADDRESS_1);
      else if (direction === FROM_DS) this.#place(ADDRESS_1, ADDRESS_3, ADDRESS_2);
      else {
        this.destinationAt = at + ADDRESS_3;
        this.sourceAt = at + ADDRESS_4;
      }
    }
  }

  #place(destination: number, source: number, basicServiceSet: number): void {
    this.destinationAt = this.at + destination;
    this.sourceAt = this.at + source;
    this.basicServiceSetAt = this.at + basicServiceSet;
  }

  /**
   * Finds the payload of a frame that was read without a fault: the 802.2 header of a data frame,
   * behind mesh control. Of an aggregate, addresses, payload and end are those of the first frame in it.
   */
  findPayload(limit: number): Fault | undefined {
    if (this.type !== TYPE_DATA || this.version !== 0) return undefined;
    if ((this.subtype & DATA_NULL) !== 0 || (this.flags & PROTECTED) !== 0 || this.fragmentNumber > 0) return undefined;
    const view = this.#view;
    const qos = this.hasQosControl ? this.qosControl : 0;
    let at = this.bodyAt;
    if ((qos & AGGREGATE) !== 0) {
      const have = Math.min(limit, this.end) - at;
      if (have < SUBFRAME_HEADER) return this.#fault(at - this.at + SUBFRAME_HEADER, at - this.at + have, limit);
      this.destinationAt = at;
      this.sourceAt = at + 6;
      at += SUBFRAME_HEADER;
      this.end = Math.min(this.end, at + view.getUint16(at - 2));
    }
    if ((qos & MESH_CONTROL_PRESENT) !== 0 && at < Math.min(limit, this.end)) {
      const flags = view.getUint8(at);
      // Access points use the bit otherwise, but no 802.2 header begins like a mesh control field.
      at += meshControlLength(flags);
    }
    this.payloadAt = at;
    return undefined;
  }

  /** Of the protocol: 0, all others are of later standards. */
  get version(): number {
    return this.#view.getUint8(this.at) & 3;
  }

  get hasFourAddresses(): boolean {
    return this.type === TYPE_DATA && (this.flags & (TO_DS | FROM_DS)) === (TO_DS | FROM_DS);
  }

  get hasQosControl(): boolean {
    return this.type === TYPE_DATA && (this.subtype & DATA_QOS) !== 0;
  }

  /** Length of the HT control field, in bytes: 4 or 0. The bit says something else in data frames without QoS. */
  get htControlLength(): number {
    const canHave = this.hasQosControl || this.type === TYPE_MANAGEMENT;
    return canHave && (this.flags & ORDER) !== 0 ? HT_CONTROL : 0;
  }

  /** Where what follows the header starts: the elements of a management frame, encrypted data. */
  get bodyAt(): number {
    return this.at + this.headerLength + this.htControlLength + this.padding;
  }

  get isProtected(): boolean {
    return (this.flags & PROTECTED) !== 0;
  }

  /** Of a management or data frame. */
  get sequenceNumber(): number {
    return this.#view.getUint16(this.at + SEQUENCE_CONTROL, true) >> 4;
  }

  /** Of a management or data frame. */
  get fragmentNumber(): number {
    return this.#view.getUint8(this.at + SEQUENCE_CONTROL) & 15;
  }

  get qosControl(): number {
    return this.#view.getUint16(this.at + (this.hasFourAddresses ? FOUR_ADDRESSES : THREE_ADDRESSES), true);
  }

  /** In microseconds, or in a PS-Poll the association identifier. */
  get duration(): number {
    return this.#view.getUint16(this.at + DURATION, true);
  }

  /** Where address `number`, 1 to 4, is. */
  addressAt(number: 1 | 2 | 3 | 4): number {
    return this.at + ADDRESSES[number - 1]!;
  }
}

/** Length of the mesh control field that starts with `flags`, in bytes; 0: what starts with them is none. */
export function meshControlLength(flags: number): number {
  return flags <= MOST_MESH_ADDRESSES ? MESH_CONTROL + 6 * flags : 0;
}
