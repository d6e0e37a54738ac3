import type { ModuleMemory } from "../wire/module-memory.ts";
import { BUCKET_ROOM, BUCKETS, ROOM } from "./round-trip-record.ts";
import type { RoundTrips } from "./round-trips.ts";

/**
 * Rooms where the round trips of ends are that have more than few, for as long as their connection is followed:
 * WebAssembly (`assembly/round-trips.ts`) adds to them there.
 */
export class RoundTripRooms {
  readonly #memory: ModuleMemory;
  readonly #at: number;
  readonly #bucketsAt: number;
  readonly #count: number;
  /** How many were used before. */
  #used = 0;
  /** Numbers of those that were given back. */
  readonly #free: number[] = [];

  /** So many rooms from byte `at` on, which is not 0, and their buckets from byte `bucketsAt` on; all 0. */
  constructor(memory: ModuleMemory, at: number, bucketsAt: number, count: number) {
    this.#memory = memory;
    this.#at = at;
    this.#bucketsAt = bucketsAt;
    this.#count = count;
  }

  /** The byte where the list's room is; 0: it has none. */
  placeOf(list: RoundTrips): number {
    return list.placeIn(this.#memory.doubles);
  }

  /** The same, once the list was given a room if one is left. The last half of them is for histograms. */
  moveIn(list: RoundTrips): number {
    const place = this.placeOf(list);
    const left = this.#count - this.#used + this.#free.length;
    if (place !== 0 || left <= (list.isHistogram ? 0 : this.#count / 2)) return place;
    const room = this.#take();
    const { doubles, unsigned } = this.#memory;
    list.moveTo(doubles, (this.#at + room * ROOM) / 8, unsigned, this.#bucketsOf(room));
    return this.placeOf(list);
  }

  /** Number of a room that is free; there is one. */
  #take(): number {
    const room = this.#free.pop();
    if (room === undefined) return this.#used++;
    const from = this.#bucketsOf(room);
    this.#memory.unsigned.fill(0, from, from + BUCKETS);
    return room;
  }

  /** Where a room's buckets are, in words. */
  #bucketsOf(room: number): number {
    return (this.#bucketsAt + room * BUCKET_ROOM) / 4;
  }

  /** Takes back the list's room, if it has one. */
  moveOut(list: RoundTrips): void {
    const place = this.placeOf(list);
    if (place === 0) return;
    list.moveOut();
    this.#free.push((place - this.#at) / ROOM);
  }
}
