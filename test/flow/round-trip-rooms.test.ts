import fc from "fast-check";
import { expect, test } from "vitest";
import { PredictionMemory } from "../../src/flow/prediction-memory.ts";
import {
  MAX_ROUND_TRIPS,
  ROUND_TRIP_COUNT,
  ROUND_TRIP_ROOM,
  ROUND_TRIPS,
  WORDS,
} from "../../src/flow/prediction-record.ts";
import { BUCKET_ROOM, ROOM } from "../../src/flow/round-trip-record.ts";
import { RoundTripRooms } from "../../src/flow/round-trip-rooms.ts";
import { RoundTrips } from "../../src/flow/round-trips.ts";
import { ModuleMemory } from "../../src/wire/module-memory.ts";

const ENDS = 3;
const SHARES = Array.from({ length: 101 }, (_, i) => i / 100);

function told(list: RoundTrips): object {
  return {
    count: list.count,
    sum: list.sum,
    mean: list.mean,
    range: [list.minimum, list.maximum],
    deviation: list.standardDeviation,
    quantiles: list.quantiles(SHARES),
  };
}

/** Lists of ends, each beside one that is told the same and knows nothing of rooms. */
class Lists {
  readonly #memory: PredictionMemory;
  readonly #rooms: RoundTripRooms;
  readonly #pairs = Array.from({ length: ENDS }, () => ({ list: new RoundTrips(), plain: new RoundTrips() }));

  constructor(memory: PredictionMemory) {
    this.#memory = memory;
    this.#rooms = memory.roundTrips;
  }

  /** JavaScript adds a sample by itself. */
  add(end: number, ns: number): void {
    const { list, plain } = this.#pairs[end]!;
    list.add(ns);
    plain.add(ns);
  }

  /** WebAssembly adds samples, from the end's record; false: the end has no room. */
  take(end: number, samples: readonly number[]): boolean {
    const { list, plain } = this.#pairs[end]!;
    const { words, bytes, unsigned, recordsAt, code } = this.#memory;
    const place = this.#rooms.moveIn(list);
    if (place === 0) return false;
    const at = recordsAt + end * WORDS;
    words[at + ROUND_TRIP_ROOM] = place;
    unsigned.set(samples, at + ROUND_TRIPS);
    bytes[at * 4 + ROUND_TRIP_COUNT] = samples.length;
    code.takeRoundTrips(end);
    expect(bytes[at * 4 + ROUND_TRIP_COUNT]).toBe(0);
    for (const ns of samples) plain.add(ns);
    return true;
  }

  leave(end: number): void {
    this.#rooms.moveOut(this.#pairs[end]!.list);
    expect(this.#rooms.placeOf(this.#pairs[end]!.list)).toBe(0);
  }

  /** Another connection comes in the place of the one that leaves. */
  replace(end: number): void {
    this.compare(end);
    this.leave(end);
    this.compare(end);
    this.#pairs[end] = { list: new RoundTrips(), plain: new RoundTrips() };
  }

  compare(end: number): void {
    const { list, plain } = this.#pairs[end]!;
    expect(told(list)).toEqual(told(plain));
  }
}

const unsigned = fc.oneof(
  fc.nat(5000),
  fc.nat(1_000_000_000),
  fc
    .integer({ min: 0, max: 32 })
    .chain((bits) => fc.constantFrom(...[2 ** bits - 1, 2 ** bits].filter((ns) => ns < 2 ** 32))),
);
const any = fc.oneof(unsigned, fc.constantFrom(-1, 0.5, 2 ** 37 - 64, 2 ** 37, 400e9));

const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("take" as const),
      samples: fc.array(unsigned, { minLength: 1, maxLength: MAX_ROUND_TRIPS }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("add" as const), ns: any }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("compare", "leave", "replace") }) },
);

test("samples that WebAssembly adds are counted as if JavaScript had", () => {
  const memory = PredictionMemory.create(ENDS, 0)!;
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(ENDS - 1), step), { minLength: 1, maxLength: 150, size: "max" }), (steps) => {
      const lists = new Lists(memory);
      for (const [end, each] of steps) {
        if (each.kind === "take") expect(lists.take(end, each.samples)).toBe(true);
        else if (each.kind === "add") lists.add(end, each.ns);
        else lists[each.kind](end);
      }
      for (let end = 0; end < ENDS; end++) lists.replace(end);
    }),
    { numRuns: 200 },
  );
});

function listOf(count: number): RoundTrips {
  const list = new RoundTrips();
  for (let i = 1; i <= count; i++) list.add(i * 1000);
  return list;
}

test("the last half of the rooms is for histograms, and what is given back is given again", () => {
  const count = 4;
  const memory = new ModuleMemory(64 + count * (ROOM + BUCKET_ROOM));
  const rooms = new RoundTripRooms(memory, 64, 64 + count * ROOM, count);
  const [few, many] = [() => listOf(20), () => listOf(40)];
  const lists = [few(), few(), few(), many(), many(), many()];
  expect(lists.map((list) => rooms.moveIn(list) !== 0)).toEqual([true, true, false, true, true, false]);
  for (const list of lists.slice(0, 2)) rooms.moveOut(list);
  expect(rooms.moveIn(lists[5]!)).not.toBe(0);
  expect(rooms.moveIn(lists[2]!)).toBe(0);
  expect(lists.slice(2).map(told)).toEqual([few(), many(), many(), many()].map(told));
});
