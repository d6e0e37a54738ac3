import { expect, test } from "vitest";
import { noteLoading, onceLoaded } from "../../src/capture/loading.ts";

test("what waits until threads are loaded is done at once when none is being loaded, else after the last, once", () => {
  const done: string[] = [];
  onceLoaded(() => done.push("at once"));
  expect(done.splice(0)).toEqual(["at once"]);
  const first = noteLoading();
  const second = noteLoading();
  onceLoaded(() => done.push("a"));
  onceLoaded(() => done.push("b"));
  first();
  // A thread is loaded, and ends, too.
  first();
  expect(done).toEqual([]);
  second();
  expect(done.splice(0)).toEqual(["a", "b"]);
  second();
  onceLoaded(() => done.push("at once"));
  expect(done).toEqual(["at once"]);
});
