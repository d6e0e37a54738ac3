import type { Packet } from "../../wire/packet.ts";

/** Two address words, or eight; identifier and sequence number; checksum; frame. */
const ADDRESS_WORDS = 8;
const WORDS = ADDRESS_WORDS + 3;
const SLOTS = 16384;
/** A request is in one of so many slots after the one that its hash names. */
const WAYS = 8;

/**
 * Echo requests that wait for their replies, as Wireshark pairs them: by
 * the two addresses, identifier, sequence number and checksum, which differs by the
 * type alone when the reply carries back what was sent. A reply takes its request.
 * Bounded: of the requests that fall together, the oldest is forgotten.
 */
export class EchoRequests {
  #table: Int32Array | undefined = undefined;
  readonly #key: Int32Array = new Int32Array(WORDS - 1);

  /** Remembers the request; `reply` is the checksum that its reply has. */
  add(packet: Packet, reply: number, frame: number): void {
    this.#table ??= new Int32Array(SLOTS * WORDS);
    const table = this.#table;
    const first = this.#stage(packet, reply);
    let chosen = this.#find(table, first);
    if (chosen < 0) {
      chosen = first;
      for (let way = 0; way < WAYS; way++) {
        const slot = (first + way) & (SLOTS - 1);
        if (table[slot * WORDS + WORDS - 1]! < table[chosen * WORDS + WORDS - 1]!) chosen = slot;
      }
    }
    table.set(this.#key, chosen * WORDS);
    table[chosen * WORDS + WORDS - 1] = frame;
  }

  /** Frame of the request that the reply answers, which is forgotten; 0: none is known. */
  take(packet: Packet): number {
    const table = this.#table;
    if (table === undefined) return 0;
    const slot = this.#find(table, this.#stage(packet, packet.icmp.checksum));
    if (slot < 0) return 0;
    const frame = table[slot * WORDS + WORDS - 1]!;
    table[slot * WORDS + WORDS - 1] = 0;
    return frame;
  }

  #find(table: Int32Array, first: number): number {
    for (let way = 0; way < WAYS; way++) {
      const slot = (first + way) & (SLOTS - 1);
      const at = slot * WORDS;
      if (table[at + WORDS - 1] === 0) continue;
      let same = true;
      for (let i = 0; i < WORDS - 1; i++) same &&= table[at + i] === this.#key[i];
      if (same) return slot;
    }
    return -1;
  }

  /** Sets the key; the slot that its hash names. */
  #stage(packet: Packet, checksum: number): number {
    const { view } = packet.frame;
    const key = this.#key;
    key.fill(0);
    const words = packet.addressLength >> 2;
    const isSwapped = isGreater(view, packet.sourceAt, packet.destinationAt, words);
    for (let i = 0; i < words; i++) {
      key[(isSwapped ? 4 : 0) + i] = view.getInt32(packet.sourceAt + 4 * i);
      key[(isSwapped ? 0 : 4) + i] = view.getInt32(packet.destinationAt + 4 * i);
    }
    key[ADDRESS_WORDS] = packet.icmp.rest | 0;
    key[ADDRESS_WORDS + 1] = checksum + (packet.ipVersion << 16);
    let hash = 0;
    for (let i = 0; i < WORDS - 1; i++) hash = Math.imul(hash ^ key[i]!, 0x9e3779b1) + (hash >>> 15);
    return (hash ^ (hash >>> 13)) & (SLOTS - 1);
  }
}

function isGreater(view: DataView, at: number, other: number, words: number): boolean {
  for (let i = 0; i < words; i++) {
    const difference = view.getInt32(at + 4 * i) - view.getInt32(other + 4 * i);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
