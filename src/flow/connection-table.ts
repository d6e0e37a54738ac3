import type { PlainSegment } from "../wire/plain-segment.ts";
import { IPV4_KEY_WORDS, IPV6_KEY_WORDS, stageTuple } from "../wire/tuple.ts";
import type { Connection } from "./connection.ts";
import { KeyTable } from "./key-table.ts";
import type { PredictionMemory } from "./prediction-memory.ts";
import { Recency } from "./recency.ts";
import { CLIENT, type EndIndex, SERVER } from "./states.ts";

/** How many connections are searched for one of which only a part is known. */
const MAX_LOOKED_AT = 1024;

/** A connection, and which of its ends sent the quoted segment. */
export interface QuotedConnection {
  readonly connection: Connection;
  readonly from: EndIndex;
}

/**
 * The connections that are followed, by four-tuple. Each has a slot, a small
 * integer, for as long as it is in the table: other tables are arrays by slot.
 */
export class ConnectionTable {
  readonly #max: number;
  readonly #ipv4: KeyTable;
  readonly #ipv6 = new KeyTable(IPV6_KEY_WORDS);
  /** The one whose key is staged. */
  #staged: KeyTable;
  #slots: (Connection | undefined)[] = [];
  #free: number[] = [];
  readonly #recency: Recency;

  /** `max`: how many connections it holds; `memory`: where header prediction finds them. */
  constructor(max: number, memory?: PredictionMemory) {
    this.#max = max;
    this.#ipv4 = new KeyTable(IPV4_KEY_WORDS, memory && ((words) => memory.roomForKeys(words)));
    this.#staged = this.#ipv4;
    this.#recency = new Recency(max, memory?.recency);
  }

  /** `KeyTable.slots` of the connections over IPv4. */
  get ipv4Slots(): Int32Array {
    return this.#ipv4.slots;
  }

  /** Stages a four-tuple (see `stageTuple`) for `find`; true when its sender is the second end of the key. */
  stage(view: DataView, sourceAt: number, destinationAt: number, addressLength: number, ports: number): boolean {
    const table = addressLength === 4 ? this.#ipv4 : this.#ipv6;
    this.#staged = table;
    return stageTuple(table.key, view, sourceAt, destinationAt, addressLength, ports);
  }

  /** Slot of the connection on the staged four-tuple; -1: none. */
  find(): number {
    return this.#staged.find();
  }

  /** The same for the segment's four-tuple; `segment.second` is set. */
  findSegment(view: DataView, segment: PlainSegment): number {
    if (segment.isKeyed) return this.#ipv4.findHashed(segment.hash, segment.key0, segment.key1, segment.key2);
    const { sourceAt, destinationAt, addressLength, ports } = segment;
    segment.second = this.stage(view, sourceAt, destinationAt, addressLength, ports);
    return this.find();
  }

  at(slot: number): Connection | undefined {
    return this.#slots[slot];
  }

  get isFull(): boolean {
    return this.#free.length === 0 && this.#slots.length >= this.#max;
  }

  get size(): number {
    return this.#slots.length - this.#free.length;
  }

  /** The slot that was not used for longest, or nearly. */
  get idlest(): number {
    return this.#recency.oldest;
  }

  /** Notes the use of a slot. */
  touch(slot: number): void {
    this.#recency.touch(slot);
  }

  /** Adds a connection of another four-tuple than those in the table, which is not full. */
  add(connection: Connection): void {
    const slot = this.#free.pop() ?? this.#slots.length;
    connection.slot = slot;
    this.#slots[slot] = connection;
    this.#recency.add(slot);
    this.#stageOf(connection).insert(slot);
  }

  /** Puts another connection of the same four-tuple into the slot. */
  replace(slot: number, connection: Connection): void {
    connection.slot = slot;
    this.#slots[slot] = connection;
  }

  /** Takes out the connection in the slot. */
  remove(slot: number): Connection | undefined {
    const connection = this.#slots[slot];
    if (connection === undefined) return undefined;
    this.#stageOf(connection).remove();
    this.#recency.remove(slot);
    this.#slots[slot] = undefined;
    this.#free.push(slot);
    return connection;
  }

  *connections(): Generator<Connection, void, undefined> {
    for (const connection of this.#slots) if (connection !== undefined) yield connection;
  }

  clear(): void {
    this.#slots = [];
    this.#free = [];
    this.#ipv4.clear();
    this.#ipv6.clear();
    this.#recency.clear();
  }

  /** The same where only the source port is known: the one used last, of the newest few. */
  findBySourcePort(
    view: DataView,
    sourceAt: number,
    destinationAt: number,
    addressLength: number,
    sourcePort: number,
  ): QuotedConnection | undefined {
    let slot = this.#recency.newest;
    for (let looked = 0; slot >= 0 && looked < MAX_LOOKED_AT; looked++, slot = this.#recency.olderThan(slot)) {
      const connection = this.#slots[slot];
      if (connection === undefined || connection.addressLength !== addressLength) continue;
      const { addresses } = connection;
      for (const from of [CLIENT, SERVER] as const) {
        const other = from === CLIENT ? SERVER : CLIENT;
        const fits =
          connection.ends[from].port === sourcePort &&
          sameAddress(addresses, from, view, sourceAt, addressLength) &&
          sameAddress(addresses, other, view, destinationAt, addressLength);
        if (!fits) continue;
        return { connection, from };
      }
    }
    return undefined;
  }

  #stageOf(connection: Connection): KeyTable {
    const table = connection.ipVersion === 4 ? this.#ipv4 : this.#ipv6;
    connection.stageKey(table.key);
    return table;
  }
}

function sameAddress(addresses: Uint8Array, end: EndIndex, view: DataView, at: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (addresses[end * length + i] !== view.getUint8(at + i)) return false;
  return true;
}
