import fc from "fast-check";
import { expect, test } from "vitest";
import { printed } from "../../src/print/sink.ts";
import { JsonWriter } from "../../src/report/json-writer.ts";
import { ObjectBuilder } from "../../src/report/object-builder.ts";
import { keysOf, Stretch } from "../../src/report/object-parts.ts";
import { type ObjectWriter, type StartTime, timeText } from "../../src/report/object-writer.ts";

const START: StartTime = { seconds: 1_700_000_000, nanoseconds: 999_999_999 };

const KEY = keysOf(
  "ns",
  "text",
  "numbers",
  "objects",
  "value",
  "positive",
  "word",
  "empty",
  "ipv4",
  "ipv6",
  "time",
  "a",
  "before",
  "b",
  "c",
  "d",
);

/** The same by both writers: the line of the one, the text of what the other builds. */
function both(write: (to: ObjectWriter) => void): [string, string] {
  const line = printed((sink) => {
    const writer = new JsonWriter(sink);
    writer.begin();
    write(writer);
    writer.endLine();
  });
  const builder = new ObjectBuilder();
  write(builder);
  return [line, `${JSON.stringify(builder.result)}\n`];
}

const nanoseconds = fc.oneof(
  fc.integer({ min: -2000, max: 2000 }),
  fc.maxSafeInteger(),
  fc.double({ min: -1e13, max: 1e13, noNaN: true }),
  fc.integer({ min: -2000, max: 2000 }).map((thousands) => thousands * 1_000_000),
);

test("durations have the digits that JSON.stringify gives", () => {
  fc.assert(
    fc.property(nanoseconds, (ns) => {
      const [line, text] = both((to) => to.seconds(KEY.ns, ns));
      expect(line).toBe(text);
    }),
    { numRuns: 5000 },
  );
});

test.each([0, 1, 9, 10, 99, 100, 105, 120, 999, 1000, 1001, 10_000, 999_999_999, 1e9, 1e15 - 1, 1e15, 2 ** 53])(
  "%d ns, forwards and backwards",
  (ns) => {
    for (const each of [ns, -ns]) {
      const [line, text] = both((to) => to.seconds(KEY.ns, each));
      expect(line).toBe(text);
    }
  },
);

test("values of every kind, lists and objects within each other", () => {
  const value = fc.oneof(fc.integer(), fc.maxSafeNat(), fc.double({ noNaN: true, noDefaultInfinity: true }));
  fc.assert(
    fc.property(
      fc.array(value),
      fc.string(),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      (values, text, bytes) => {
        const [line, expected] = both((to) => {
          to.text(KEY.text, text);
          to.beginList(KEY.numbers);
          for (const each of values) to.number(undefined, each);
          to.endList();
          to.beginList(KEY.objects);
          for (const each of values) {
            to.begin();
            to.number(KEY.value, each);
            to.boolean(KEY.positive, each > 0);
            to.word(KEY.word, "SYN_SENT");
            to.end();
          }
          to.endList();
          to.begin(KEY.empty);
          to.end();
          to.address(KEY.ipv4, bytes, 3, 4);
          to.address(KEY.ipv6, bytes, 0, 16);
        });
        expect(line).toBe(expected);
      },
    ),
  );
});

test("an absolute time carries into the second", () => {
  for (const ns of [0, 1, -999_999_999, 5e9, 1.5]) {
    const [line] = both((to) => to.time(KEY.time, START, ns));
    expect(line).toBe(`{"time":"${timeText(START, ns)}"}\n`);
  }
  const [line] = both((to) => to.time(KEY.time, START, 1));
  expect(line).toBe('{"time":"1700000001.000000000"}\n');
});

test("lines follow each other", () => {
  const text = printed((sink) => {
    const writer = new JsonWriter(sink);
    for (const value of [1, 2]) {
      writer.begin();
      writer.number(KEY.a, value);
      writer.endLine();
    }
  });
  expect(text).toBe('{"a":1}\n{"a":2}\n');
});

test.each<[string, (to: ObjectWriter) => void, (to: ObjectWriter) => void]>([
  ["a value", (to) => to.boolean(KEY.positive, true), () => {}],
  ["the beginning of a list", (to) => to.beginList(KEY.numbers), (to) => to.endList()],
  ["the beginning of an object", (to) => to.begin(KEY.empty), (to) => to.end()],
])("a stretch that ends with %s gives what its calls give", (_, write, close) => {
  const stretch = new Stretch(write);
  const [line, text] = both((to) => {
    // First in an object, then behind a value, and both again when they are ready.
    for (const [key, isFirst] of [
      [KEY.a, true],
      [KEY.b, true],
      [KEY.c, false],
      [KEY.d, false],
    ] as const) {
      to.begin(key);
      if (!isFirst) to.number(KEY.before, 1);
      to.stretch(stretch);
      close(to);
      to.number(KEY.value, 1);
      to.end();
    }
  });
  expect(line).toBe(text);
});
