import fc from "fast-check";
import { expect, test } from "vitest";
import { Trail } from "../../src/flow/trail.ts";

const step = fc.integer({ min: 0, max: 255 });

test("the text is that of the steps, with the separator between them", () => {
  const root = Trail.root(",");
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const trail = steps.reduce((so, each) => so.then(each, String(each)), root);
      expect(trail.text).toBe(steps.join(","));
    }),
  );
});

test("the same steps give the same text, not a copy", () => {
  const root = Trail.root("");
  expect(root.then(1, "S").then(2, "h")).toBe(root.then(1, "S").then(2, "h"));
});

test("roots know nothing of each other", () => {
  expect(Trail.root("").then(1, "a").text).toBe("a");
  expect(Trail.root("").then(1, "b").text).toBe("b");
});

test("of more trails than are kept, the texts are right and nothing is remembered", () => {
  const root = Trail.root("-");
  for (let first = 0; first < 256; first++) {
    for (let second = 0; second < 32; second++) {
      expect(root.then(first, `${first}`).then(second, `${second}`).text).toBe(`${first}-${second}`);
    }
  }
  const late = root.then(255, "255");
  expect(late.then(31, "31")).not.toBe(late.then(31, "31"));
});
