import fc from "fast-check";
import { expect, test } from "vitest";
import { CLIENT, SERVER, STATES, type Transition, TransitionList } from "../../src/flow/states.ts";

const transition = fc.record<Transition>({
  end: fc.constantFrom(CLIENT, SERVER),
  state: fc.constantFrom(...STATES),
  // Few different ones: some are equal, many are not in order.
  timeNs: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(1e15 + 0.5)),
  frame: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(2 ** 45)),
  basis: fc.constantFrom("sent", "received", "inferred"),
});
/** An end: its last transition is taken back. */
const step = fc.oneof({ arbitrary: transition, weight: 8 }, { arbitrary: fc.constantFrom(CLIENT, SERVER), weight: 1 });

/** At most 64 are kept. */
function expected(steps: readonly (Transition | typeof CLIENT | typeof SERVER)[]): Transition[] {
  const list: Transition[] = [];
  for (const each of steps) {
    if (typeof each === "object") {
      if (list.length < 64) list.push(each);
      continue;
    }
    const index = list.findLastIndex(({ end }) => end === each);
    if (index >= 0) list.splice(index, 1);
  }
  return list;
}

/** By their times, but those of one end as it entered its states. */
function inOrder(all: readonly Transition[]): Transition[] {
  const list: Transition[] = [];
  for (const each of all) {
    const before = list.findLastIndex(({ end, timeNs }) => end === each.end || timeNs <= each.timeNs);
    list.splice(before + 1, 0, each);
  }
  return list;
}

test("a list has what was added and not taken back, in the order of times", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100, size: "max" }), (steps) => {
      const list = new TransitionList();
      for (const each of steps) {
        if (typeof each === "object") list.add(each.end, each.state, each.timeNs, each.frame, each.basis);
        else list.takeBack(each, "UNKNOWN");
      }
      const all = expected(steps);
      expect(Array.from({ length: list.length }, (_, index) => list.at(index))).toEqual(all);
      const sorted = inOrder(all);
      expect(list.list()).toEqual(sorted);
      for (const end of [CLIENT, SERVER] as const) {
        const own = all.filter((each) => each.end === end);
        expect(list.last(end)).toBe(own.at(-1)?.state);
        expect(list.lastBasis(end)).toBe(own.at(-1)?.basis);
        expect(list.lastTimeNs(end)).toBe(own.at(-1)?.timeNs ?? 0);
        expect(list.lastFrame(end)).toBe(own.at(-1)?.frame ?? 0);
        expect(list.lastBefore(end, 5)).toBe(own.findLast(({ frame }) => frame < 5)?.state);
      }
      for (const state of STATES) {
        const first = list.firstInto(state);
        expect(first < 0 ? undefined : list.at(first)).toEqual(sorted.find((each) => each.state === state));
      }
    }),
    { numRuns: 300 },
  );
});
