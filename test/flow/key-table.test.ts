import fc from "fast-check";
import { expect, test } from "vitest";
import { KeyTable } from "../../src/flow/key-table.ts";

type Step = readonly ["insert" | "remove" | "find", number];

/** Few keys and many steps, so that keys meet; the second word is the same for all. */
const steps = (keys: number): fc.Arbitrary<Step[]> =>
  fc.array(fc.tuple(fc.constantFrom("insert", "remove", "find"), fc.nat({ max: keys })), { maxLength: 300 });

function stage(table: KeyTable, key: number): void {
  table.key[0] = Math.imul(key, 0x9e3779b1);
  table.key[1] = 7;
}

test("holds what a Map holds after any insertions and removals", () => {
  fc.assert(
    fc.property(steps(40), (list) => {
      const table = new KeyTable(3);
      const model = new Map<number, number>();
      for (const [index, [step, key]] of list.entries()) {
        stage(table, key);
        if (step === "insert") {
          table.insert(index);
          model.set(key, index);
        } else if (step === "remove") {
          table.remove();
          model.delete(key);
        }
        expect(table.find()).toBe(model.get(key) ?? -1);
        expect(table.size).toBe(model.size);
      }
      for (let key = 0; key <= 40; key++) {
        stage(table, key);
        expect(table.find()).toBe(model.get(key) ?? -1);
      }
    }),
  );
});

test("grows, and loses no key when half of them are removed again", () => {
  const table = new KeyTable(3);
  for (let key = 0; key < 5000; key++) {
    stage(table, key);
    table.insert(key);
  }
  expect(table.size).toBe(5000);
  for (let key = 0; key < 5000; key += 2) {
    stage(table, key);
    table.remove();
  }
  expect(table.size).toBe(2500);
  for (let key = 0; key < 5000; key++) {
    stage(table, key);
    expect(table.find()).toBe(key % 2 === 0 ? -1 : key);
  }
});

test("compares all words of a key, the last one too", () => {
  const table = new KeyTable(9);
  table.key.fill(1);
  table.insert(5);
  for (let word = 0; word < 9; word++) {
    table.key.fill(1);
    table.key[word] = 2;
    expect(table.find()).toBe(-1);
  }
  table.key.fill(1);
  expect(table.find()).toBe(5);
});

test("the staged key survives growing", () => {
  const table = new KeyTable(3);
  for (let key = 0; key < 513; key++) {
    stage(table, key);
    table.insert(key);
    expect(table.find()).toBe(key);
  }
});

test("is empty after clear", () => {
  const table = new KeyTable(3);
  stage(table, 3);
  table.insert(1);
  table.clear();
  expect(table.find()).toBe(-1);
  expect(table.size).toBe(0);
});
