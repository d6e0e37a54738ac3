import fc from "fast-check";
import { expect, test } from "vitest";
import { columnsText, headerText } from "../../src/report/columns.ts";
import { keyPaths, valuesAt } from "../../src/report/schema/paths.ts";
import { integer, list, object, orNull, seconds, text } from "../../src/report/schema/schema.ts";

const SCHEMA = object("an object", {
  "a?": text("a text"),
  b: orNull(object("another", { c: integer("a number"), "d?": seconds("a duration") })),
  e: list("several", object("one of them", { f: text("a text") })),
});
const COLUMNS = keyPaths(SCHEMA);

test("keys of an object, of objects in it, and of objects in lists", () => {
  expect(COLUMNS.map(({ path, type, isMany }) => [path, type, isMany])).toEqual([
    ["a", "string", false],
    ["b", "object", false],
    ["b.c", "integer", false],
    ["b.d", "number", false],
    ["e", "array", true],
    ["e.f", "string", true],
  ]);
});

test.each([
  [
    { a: "x", b: { c: 7, d: 0.000000001 }, e: [{ f: "1" }, { f: "2" }] },
    'x\t{"c":7,"d":1e-9}\t7\t0.000000001\t{"f":"1"},{"f":"2"}\t1,2',
  ],
  [{ b: null, e: [] }, "\t\t\t\t\t"],
  [
    { a: "tab\tline\nreturn\rback\\slash", b: { c: 0, d: -0.5 }, e: [] },
    'tab\\tline\\nreturn\\rback\\\\slash\t{"c":0,"d":-0.5}\t0\t-0.5\t\t',
  ],
  [{ a: "\u001B[31m\u009B\u007F", b: null, e: [] }, "\\x1b[31m\\x9b\\x7f\t\t\t\t\t"],
])("between tabs: %j", (value, line) => {
  expect(columnsText(value, COLUMNS, "tabs")).toBe(line);
});

test.each([
  [{ a: 'comma, "quote"', b: { c: 1, d: 2 }, e: [{ f: "1" }, { f: "2" }] }, '"comma, ""quote""",1,2,"1,2"'],
  [{ a: "two\r\nlines", b: null, e: [] }, '"two\r\nlines",,,'],
])("CSV: %j", (value, line) => {
  const columns = COLUMNS.filter(({ path }) => path !== "b" && path !== "e");
  expect(columnsText(value, columns, "csv")).toBe(line);
  expect(headerText(columns)).toBe("a,b.c,b.d,e.f");
});

/** Reads a record of CSV by RFC 4180. */
function cells(record: string): string[] {
  return [...record.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map((match) =>
    (match[1] ?? match[2] ?? "").replaceAll('""', '"'),
  );
}

test("any text without control characters comes out of CSV as it went in", () => {
  const columns = COLUMNS.filter(({ path }) => path === "a");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (a) => {
      fc.pre(!/\p{Cc}/u.test(a));
      expect(cells(columnsText({ a }, columns, "csv"))).toEqual([a]);
    }),
  );
});

test("what is on the way of a path may be missing, or something else", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(valuesAt({ a: { b: value } }, ["a", "b"])).toEqual(value === null ? [] : [value].flat());
      expect(valuesAt({ x: value }, ["a", "b"])).toEqual([]);
    }),
  );
});
