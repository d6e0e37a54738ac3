import fc from "fast-check";
import { expect, test } from "vitest";
import { printed, type TextSink } from "../../src/print/sink.ts";
import { JsonWriter } from "../../src/report/json-writer.ts";
import { ObjectBuilder } from "../../src/report/object-builder.ts";
import { Form, keysOf } from "../../src/report/object-parts.ts";
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

function writerTo(sink: TextSink): JsonWriter {
  const writer = JsonWriter.create(sink);
  if (writer === undefined) throw new Error("no memory");
  return writer;
}

/** The same by both writers: the line of the one, the text of what the other builds. */
function both(write: (to: ObjectWriter) => void): [string, string] {
  const line = printed((sink) => {
    const writer = writerTo(sink);
    writer.begin();
    write(writer);
    writer.endLine();
    writer.flush();
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
    const [line] = both((to) => {
      to.since(START);
      to.time(KEY.time, ns);
    });
    expect(line).toBe(`{"time":"${timeText(START, ns)}"}\n`);
  }
  const [line] = both((to) => {
    to.since(START);
    to.time(KEY.time, 1);
  });
  expect(line).toBe('{"time":"1700000001.000000000"}\n');
});

test("writers that take turns have starts of their own", () => {
  const starts = [START, { seconds: 5, nanoseconds: 0 }];
  const text = printed((sink) => {
    const writers = starts.map(() => writerTo(sink));
    for (let turn = 0; turn < 2; turn++) {
      writers.forEach((writer, index) => {
        writer.begin();
        writer.since(starts[index]!);
        writer.time(KEY.time, 7);
        writer.endLine();
        writer.flush();
      });
    }
  });
  const lines = starts.map((start) => `{"time":"${timeText(start, 7)}"}\n`).join("");
  expect(text).toBe(lines + lines);
});

test("lines follow each other", () => {
  const text = printed((sink) => {
    const writer = writerTo(sink);
    for (const value of [1, 2]) {
      writer.begin();
      writer.number(KEY.a, value);
      writer.endLine();
    }
    writer.flush();
  });
  expect(text).toBe('{"a":1}\n{"a":2}\n');
});

/** First in an object, then behind a value, and both again when it is kept. */
const TWICE = [
  [KEY.a, true],
  [KEY.b, true],
  [KEY.c, false],
  [KEY.d, false],
] as const;

test.each<[string, (to: ObjectWriter) => void, (to: ObjectWriter) => void]>([
  ["a value", (to) => to.boolean(KEY.positive, true), () => {}],
  ["a word", (to) => to.word(KEY.word, "SYN_SENT"), () => {}],
  ["the beginning of a list", (to) => to.beginList(KEY.numbers), (to) => to.endList()],
  ["the beginning of an object", (to) => to.begin(KEY.empty), (to) => to.end()],
])("a form without numbers that ends with %s gives what its calls give", (_, write, close) => {
  const form = new Form(0, write);
  const [line, text] = both((to) => {
    for (const [key, isFirst] of TWICE) {
      to.begin(key);
      if (!isFirst) to.number(KEY.before, 1);
      to.form(form);
      to.filled(form);
      close(to);
      to.number(KEY.value, 1);
      to.end();
    }
  });
  expect(line).toBe(text);
});

test("a form with numbers of every kind gives what its calls give; those that are NaN are left out", () => {
  const form = new Form(5, (to, values, at) => {
    to.begin(KEY.objects);
    to.word(KEY.word, "FIN_WAIT_1");
    to.number(KEY.value, values[at]!);
    to.seconds(KEY.ns, values[at + 1]!);
    to.boolean(KEY.positive, false);
    to.number(KEY.a, 0);
    to.number(KEY.b, 7);
    to.seconds(KEY.c, 1500);
    to.time(KEY.time, values[at + 2]!);
    to.ipv4(KEY.ipv4, values[at + 3]!);
    to.seconds(KEY.before, values[at + 4]!);
    to.end();
  });
  const left = fc.constant(Number.NaN);
  const values = fc.tuple(
    fc.oneof(fc.maxSafeNat(), left),
    fc.oneof(fc.double({ min: -1e14, max: 1e14, noNaN: true }), fc.integer(), left),
    fc.oneof(fc.double({ min: -1e18, max: 1e15, noNaN: true }), fc.integer(), left),
    fc.oneof(fc.nat(0xffffffff), left),
    fc.oneof(fc.integer(), left),
  );
  fc.assert(
    fc.property(values, fc.boolean(), (numbers, isLater) => {
      const [line, text] = both((to) => {
        to.since(isLater ? START : { seconds: 5, nanoseconds: 0 });
        for (const [key, isFirst] of TWICE) {
          to.begin(key);
          if (!isFirst) to.number(KEY.before, 1);
          const at = to.form(form);
          to.values.set(numbers, at);
          to.filled(form);
          to.number(KEY.value, 1);
          to.end();
        }
      });
      expect(line).toBe(text);
    }),
  );
});

test("a line may be longer than the tape", () => {
  const texts = Array.from({ length: 3000 }, (_, i) => String.fromCharCode(0x20 + (i % 0x200)).repeat(i));
  const [line, text] = both((to) => {
    to.beginList(KEY.objects);
    for (const each of texts) {
      to.begin();
      to.number(KEY.value, each.length);
      to.text(KEY.text, each);
      to.end();
    }
    to.endList();
  });
  expect(line).toBe(text);
});

test("more different words than are kept", () => {
  const [line, text] = both((to) => {
    to.beginList(KEY.objects);
    for (let i = 0; i < 3000; i++) {
      to.begin();
      to.word(KEY.word, `word-${i}`);
      to.end();
    }
    to.endList();
  });
  expect(line).toBe(text);
});
