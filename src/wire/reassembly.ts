import { addWords, foldSum } from "./checksum.ts";
import { Frame } from "./frame.ts";
import type { Packet } from "./packet.ts";
import { LINKTYPE_RAW } from "./protocol.ts";

/**
 * Fragments of IPv4 (RFC 791 section 3.2) and IPv6 (RFC 8200 section 4.5) put
 * together again.
 *
 * Where fragments overlap, a byte is taken from the fragment with the lowest
 * offset, and of those with the same offset from the one that came first (as
 * Wireshark does); that they differed is told. A datagram is complete when its
 * last fragment and everything before it is there. Fragments that the snap
 * length cut are not taken; one that contradicts the end that the last fragment
 * set gives the datagram up. A datagram may come out longer than IP allows
 * (65,535 bytes): hosts drop it, here it is shown, with a length field of 0.
 */

/** What may be waiting at once. */
export interface ReassemblyLimits {
  /** Datagrams; beyond, the oldest is given up. */
  readonly datagrams: number;
  /** Bytes of fragments, those of bookkeeping included; beyond, the oldest datagrams are given up. */
  readonly bytes: number;
  /** A datagram is given up so many nanoseconds after its first fragment (RFC 8200 section 4.5: 60 seconds). */
  readonly ageNs: number;
}

const LIMITS: ReassemblyLimits = { datagrams: 4096, bytes: 16 * 1024 * 1024, ageNs: 60_000_000_000 };

/** More fragments than 8-byte pieces fit in a datagram: an attack. */
const MAX_FRAGMENTS = 8192;

/** What a fragment takes besides its bytes. */
const FRAGMENT_OVERHEAD = 128;

/** A datagram put together; it holds until the next call of `add`. */
export interface ReassembledDatagram {
  /**
   * An IP packet without link layer (LINKTYPE_RAW) that `Packet.decode` takes:
   * the header of the first fragment as it would have been sent unfragmented.
   * Number, time and interface are those of the frame that completed it.
   */
  readonly frame: Frame;
  /** Length of the header in front of the fragmented part, in bytes. */
  readonly headerLength: number;
  /** Frames of its fragments, by offset. */
  readonly frames: readonly number[];
  /** The same fragments. */
  readonly parts: readonly FragmentPart[];
  /** Fragments overlapped, and with different bytes. */
  readonly hasOverlap: boolean;
  readonly hasConflict: boolean;
}

/** A fragment of a datagram that was put together. */
export interface FragmentPart {
  readonly frame: number;
  /** In bytes from the start of the fragmented part. */
  readonly offset: number;
  readonly length: number;
  /** It repeats bytes of those before it, and with other values. */
  readonly overlaps: boolean;
  readonly conflicts: boolean;
}

interface Fragment {
  /** In bytes from the start of the fragmented part. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly frame: number;
}

interface Datagram {
  /** By offset, then by arrival. */
  readonly fragments: Fragment[];
  readonly startSeconds: number;
  readonly startNanoseconds: number;
  /** Everything before the fragmented part, of the fragment with offset 0; undefined until it came. */
  header: Uint8Array | undefined;
  /** Length of the fragmented part, told by the last fragment; -1 until it came. */
  length: number;
  /** Payload bytes taken, overlaps counted twice. */
  received: number;
  /** What it counts for against the limit. */
  cost: number;
}

/** Puts fragments together: give it every packet that `isFragment`. */
export class Reassembler {
  /** Datagrams that were given up: too old, too many, too large, or contradictory. */
  abandoned = 0;
  readonly #limits: ReassemblyLimits;
  /** In the order of their first fragments. */
  readonly #datagrams = new Map<string, Datagram>();
  #bytes = 0;
  readonly #frame = new Frame();
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  constructor(limits: Partial<ReassemblyLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
    this.#frame.linkType = LINKTYPE_RAW;
  }

  /** Datagrams that wait for fragments. */
  get waiting(): number {
    return this.#datagrams.size;
  }

  /** Bytes that they hold. */
  get waitingBytes(): number {
    return this.#bytes;
  }

  /** Takes the fragment; the datagram that it completes, if it does. */
  add(packet: Packet): ReassembledDatagram | undefined {
    if (!packet.isFragment) return undefined;
    const part = partOf(packet);
    if (part === undefined) return undefined;
    const { frame } = packet;
    this.#expire(frame);
    const key = keyOf(packet);
    let datagram = this.#datagrams.get(key);
    if (datagram === undefined) {
      datagram = {
        fragments: [],
        startSeconds: frame.seconds,
        startNanoseconds: frame.nanoseconds,
        header: undefined,
        length: -1,
        received: 0,
        cost: 0,
      };
      this.#datagrams.set(key, datagram);
    }
    if (!this.#take(datagram, part, packet)) {
      this.#abandon(key, datagram);
      return undefined;
    }
    if (isComplete(datagram)) {
      this.#remove(key, datagram);
      return this.#join(datagram, packet);
    }
    this.#makeRoom(key);
    return undefined;
  }

  /** False when the fragment contradicts what is known of the datagram. */
  #take(datagram: Datagram, part: Part, packet: Packet): boolean {
    const { at, length, offset, moreFollow } = part;
    const end = offset + length;
    const { fragments } = datagram;
    if (fragments.length >= MAX_FRAGMENTS) return false;
    if (!moreFollow) {
      if (datagram.length < 0) datagram.length = end;
      if (datagram.length !== end || fragments.some((other) => other.offset + other.bytes.length > end)) return false;
    } else if (datagram.length >= 0 && end > datagram.length) {
      return false;
    }
    const { bytes, number } = packet.frame;
    let place = fragments.length;
    while (place > 0 && fragments[place - 1]!.offset > offset) place--;
    fragments.splice(place, 0, { offset, bytes: bytes.slice(at, at + length), frame: number });
    let cost = length + FRAGMENT_OVERHEAD;
    if (offset === 0 && datagram.header === undefined) {
      datagram.header = bytes.slice(part.headerAt, part.headerEnd);
      prepareHeader(datagram.header, packet, part.nextHeader);
      cost += datagram.header.length;
    }
    datagram.received += length;
    datagram.cost += cost;
    this.#bytes += cost;
    return true;
  }

  #join(datagram: Datagram, packet: Packet): ReassembledDatagram | undefined {
    const { header, fragments, length } = datagram;
    if (header === undefined) return undefined;
    const total = header.length + length;
    if (this.#buffer.length < total) this.#buffer = new Uint8Array(Math.max(total, 2 * this.#buffer.length));
    const buffer = this.#buffer;
    buffer.set(header);
    const parts = copyFragments(fragments, buffer, header.length);
    const frame = this.#frame;
    const { number, seconds, nanoseconds, interfaceIndex, direction } = packet.frame;
    Object.assign(frame, { number, seconds, nanoseconds, interfaceIndex, direction });
    frame.start = 0;
    frame.end = total;
    frame.wireLength = total;
    if (frame.bytes !== buffer) {
      frame.bytes = buffer;
      frame.view = new DataView(buffer.buffer);
    }
    finishHeader(frame.view, header.length, total);
    return {
      frame,
      headerLength: header.length,
      frames: parts.map((part) => part.frame),
      parts,
      hasOverlap: parts.some(({ overlaps }) => overlaps),
      hasConflict: parts.some(({ conflicts }) => conflicts),
    };
  }

  /** Gives up what is too old: the oldest are the first of the map. */
  #expire({ seconds, nanoseconds }: Frame): void {
    for (const [key, datagram] of this.#datagrams) {
      const age = (seconds - datagram.startSeconds) * 1e9 + (nanoseconds - datagram.startNanoseconds);
      if (age <= this.#limits.ageNs) return;
      this.#abandon(key, datagram);
    }
  }

  /** Gives up the oldest, but not the one that `key` names, while there is too much. */
  #makeRoom(key: string): void {
    const { datagrams, bytes } = this.#limits;
    for (const [other, datagram] of this.#datagrams) {
      if (this.#datagrams.size <= datagrams && this.#bytes <= bytes) return;
      if (other !== key) this.#abandon(other, datagram);
    }
  }

  #abandon(key: string, datagram: Datagram): void {
    this.abandoned++;
    this.#remove(key, datagram);
  }

  #remove(key: string, datagram: Datagram): void {
    this.#datagrams.delete(key);
    this.#bytes -= datagram.cost;
  }
}

/** Where the parts of a fragment are. */
interface Part {
  readonly headerAt: number;
  readonly headerEnd: number;
  /** Where the fragment's piece of the payload is, in bytes from the start of the buffer, and its length. */
  readonly at: number;
  readonly length: number;
  readonly offset: number;
  readonly moreFollow: boolean;
  /** IPv6: what follows the Fragment header. */
  readonly nextHeader: number;
}

/** Undefined when the fragment is cut by the snap length, or is empty. */
function partOf({ ipVersion, ipv4, ipv6, frame }: Packet): Part | undefined {
  const isSix = ipVersion === 6;
  const at = isSix ? ipv6.fragmentAt + 8 : ipv4.at + ipv4.headerLength;
  const end = isSix ? ipv6.end : ipv4.end;
  if (end > frame.end || end <= at) return undefined;
  return {
    headerAt: isSix ? ipv6.at : ipv4.at,
    headerEnd: isSix ? ipv6.fragmentAt : at,
    at,
    length: end - at,
    offset: isSix ? ipv6.fragmentOffset : ipv4.fragmentOffset,
    moreFollow: isSix ? (frame.view.getUint16(ipv6.fragmentAt + 2) & 1) !== 0 : (ipv4.flagsAndOffset & 0x2000) !== 0,
    nextHeader: isSix ? frame.view.getUint8(ipv6.fragmentAt) : 0,
  };
}

/** Source, destination, identification, and in IPv4 the protocol (RFC 791 section 3.2, RFC 8200 section 4.5). */
function keyOf({ ipVersion, ipv4, ipv6, frame }: Packet): string {
  const { bytes, view } = frame;
  if (ipVersion === 6) {
    return String.fromCharCode(
      ...bytes.subarray(ipv6.sourceAt, ipv6.sourceAt + 32),
      ...bytes.subarray(ipv6.fragmentAt + 4, ipv6.fragmentAt + 8),
    );
  }
  const id = view.getUint16(ipv4.at + 4);
  return String.fromCharCode(...bytes.subarray(ipv4.sourceAt, ipv4.sourceAt + 8), id, ipv4.protocol);
}

/** The header as of an unfragmented packet, but for its length. */
function prepareHeader(header: Uint8Array, { ipVersion, ipv4, ipv6 }: Packet, nextHeader: number): void {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (ipVersion === 4) {
    view.setUint16(6, ipv4.flagsAndOffset & 0xc000);
    return;
  }
  // The header before the Fragment header names what came after that one.
  let field = 6;
  for (let at = 40; at < ipv6.fragmentAt - ipv6.at; at += (view.getUint8(at + 1) + 1) * 8) field = at;
  view.setUint8(field, nextHeader);
}

function finishHeader(view: DataView, headerLength: number, total: number): void {
  if (view.getUint8(0) >> 4 === 6) {
    view.setUint16(4, fittingLength(total - 40));
    return;
  }
  view.setUint16(2, fittingLength(total));
  view.setUint16(10, 0);
  view.setUint16(10, ~foldSum(addWords(view, 0, headerLength, 0)) & 0xffff);
}

/** The value of a length field; 0 when it does not fit. */
function fittingLength(length: number): number {
  return length > 0xffff ? 0 : length;
}

function isComplete({ length, received, fragments }: Datagram): boolean {
  if (length < 0 || received < length) return false;
  let reached = 0;
  for (const { offset, bytes } of fragments) {
    if (offset > reached) return false;
    reached = Math.max(reached, offset + bytes.length);
  }
  return reached >= length;
}

/** Copies by the policy above. */
function copyFragments(fragments: readonly Fragment[], buffer: Uint8Array, base: number): FragmentPart[] {
  let reached = 0;
  return fragments.map(({ frame, offset, bytes }) => {
    const known = Math.min(reached - offset, bytes.length);
    let conflicts = false;
    for (let i = 0; i < known; i++) conflicts ||= buffer[base + offset + i] !== bytes[i];
    if (offset + bytes.length > reached) {
      buffer.set(bytes.subarray(known), base + reached);
      reached = offset + bytes.length;
    }
    return { frame, offset, length: bytes.length, overlaps: known > 0, conflicts };
  });
}
