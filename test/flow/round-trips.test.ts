import fc from "fast-check";
import { expect, test } from "vitest";
import { RoundTrips } from "../../src/flow/round-trips.ts";

function listOf(samples: readonly number[]): RoundTrips {
  const list = new RoundTrips();
  for (const ns of samples) list.add(ns);
  return list;
}

/** What a list must say, by nearest rank. */
function quantile(samples: readonly number[], share: number): number {
  return samples.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(share * samples.length)) - 1] ?? 0;
}

const SHARES = [0, 0.01, 0.5, 0.95, 0.99, 1];

test("without samples, all is 0", () => {
  const list = new RoundTrips();
  expect([list.count, list.mean, list.minimum, list.maximum, list.standardDeviation, list.quantile(0.5)]).toEqual([
    0, 0, 0, 0, 0, 0,
  ]);
});

test.each([1, 2, 7, 8, 9, 30, 31])("%i samples: quantiles are exact", (count) => {
  const samples = Array.from({ length: count }, (_, i) => ((i * 7919) % 1009) * 1001);
  const list = listOf(samples);
  for (const share of SHARES) expect(list.quantile(share)).toBe(quantile(samples, share));
});

const duration = fc.oneof(
  fc.integer({ min: 0, max: 3000 }),
  fc.double({ min: 3, max: 11, noNaN: true }).map((exponent) => Math.round(10 ** exponent)),
);

test("counts and sums are exact, quantiles at most 3.2 % or 32 ns off", () => {
  fc.assert(
    fc.property(fc.array(duration, { minLength: 1, maxLength: 400 }), (samples) => {
      const list = listOf(samples);
      const sum = samples.reduce((a, b) => a + b, 0);
      expect(list.count).toBe(samples.length);
      expect(list.sum).toBe(sum);
      expect(list.minimum).toBe(Math.min(...samples));
      expect(list.maximum).toBe(Math.max(...samples));
      const mean = sum / samples.length;
      const variance = samples.reduce((a, b) => a + (b - mean) ** 2, 0) / samples.length;
      expect(Math.abs(list.standardDeviation - Math.sqrt(variance))).toBeLessThanOrEqual(1e-4 * Math.max(...samples));
      for (const share of SHARES) {
        const exact = quantile(samples, share);
        expect(Math.abs(list.quantile(share) - exact)).toBeLessThanOrEqual(Math.max(32, 0.032 * exact));
      }
    }),
  );
});

test("samples that are added at once are what they are one by one, whatever came before", () => {
  const few = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 40 });
  fc.assert(
    fc.property(few, few, few, (before, samples, after) => {
      fc.pre(samples.length > 0);
      const list = listOf(before);
      list.addAll(Uint32Array.from([7, ...samples, 9]), 1, samples.length);
      for (const ns of after) list.add(ns);
      const same = listOf([...before, ...samples, ...after]);
      expect([list.count, list.sum, list.minimum, list.maximum]).toEqual([
        same.count,
        same.sum,
        same.minimum,
        same.maximum,
      ]);
      expect(list.quantiles(SHARES)).toEqual(same.quantiles(SHARES));
    }),
  );
});

test("all that is told at once is what is told one by one", () => {
  fc.assert(
    fc.property(fc.array(duration, { minLength: 1, maxLength: 80 }), (samples) => {
      const list = listOf(samples);
      const told = new Float64Array(SHARES.length + 5);
      list.describe(SHARES, told);
      const { count, minimum, mean, maximum, standardDeviation } = list;
      expect([...told]).toEqual([count, minimum, mean, ...list.quantiles(SHARES), maximum, standardDeviation]);
    }),
  );
});

test("lists that lie side by side do not touch each other", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(4), duration), { maxLength: 400 }), (adds) => {
      const lists = Array.from({ length: 5 }, () => new RoundTrips());
      for (const [index, ns] of adds) lists[index]!.add(ns);
      for (const [index, list] of lists.entries()) {
        const samples = adds.filter(([each]) => each === index).map(([, ns]) => ns);
        expect([list.count, list.sum]).toEqual([samples.length, samples.reduce((a, b) => a + b, 0)]);
      }
    }),
  );
});

test("longer than two minutes and a quarter: between the bounds", () => {
  const list = listOf(Array.from({ length: 100 }, (_, i) => 400e9 + i));
  expect(list.quantile(0.5)).toBeGreaterThanOrEqual(400e9);
  expect(list.quantile(0.5)).toBeLessThanOrEqual(400e9 + 99);
});
