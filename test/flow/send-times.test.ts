import fc from "fast-check";
import { expect, test } from "vitest";
import { addSend, SendTimes } from "../../src/flow/send-times.ts";

const send = fc.tuple(fc.integer({ min: -1e12, max: 1e15 }), fc.integer({ min: 1, max: 2 ** 40 }));

test("a list has the first 64 sends, in order", () => {
  fc.assert(
    fc.property(fc.array(send, { minLength: 1, maxLength: 80 }), (sends) => {
      const list = sends.reduce<SendTimes | undefined>(
        (before, [timeNs, frame]) => addSend(before, timeNs, frame),
        undefined,
      );
      const kept = sends.slice(0, 64);
      expect(list?.length).toBe(kept.length);
      expect(list?.times).toEqual(kept.map(([timeNs]) => timeNs));
      expect(list?.frames).toEqual(kept.map(([, frame]) => frame));
      expect([list?.firstTimeNs, list?.lastTimeNs]).toEqual([kept[0]?.[0], kept.at(-1)?.[0]]);
    }),
  );
});

test("what a list gives away is not the list", () => {
  const list = new SendTimes(5, 1);
  list.times.push(6);
  list.frames.push(2);
  list.add(7, 3);
  expect([list.times, list.frames]).toEqual([
    [5, 7],
    [1, 3],
  ]);
});
