import { expect, test } from "vitest";
import { LARGE_HEAP, SmallHeap } from "../../src/cli/v8-settings.ts";

test("a heap is collected as usual from when it is seen to be large, once and for all", () => {
  const flags: string[] = [];
  let used = 0;
  const heap = new SmallHeap(
    (flag) => flags.push(flag),
    () => used,
  );
  const look = (): void => {
    for (let call = 0; call < 100; call++) heap.look();
  };
  used = LARGE_HEAP;
  look();
  expect(flags).toEqual([]);
  used = LARGE_HEAP - 1;
  heap.set();
  look();
  expect(flags.splice(0)).toEqual(["--semi-space-growth-factor=8", "--no-incremental-marking"]);
  used = LARGE_HEAP;
  look();
  expect(flags.splice(0)).toEqual(["--incremental-marking", "--concurrent-marking"]);
  heap.set();
  look();
  expect(flags).toEqual([]);
});
