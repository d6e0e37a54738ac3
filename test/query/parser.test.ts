import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { QueryError } from "../../src/query/error.ts";
import { parseQuery } from "../../src/query/parser.ts";
import type { Query } from "../../src/query/syntax.ts";
import { queryText } from "./query-text.ts";

/** A tree without the places in the text. */
function bare(query: Query): unknown {
  return JSON.parse(JSON.stringify(query, (key: string, value: unknown) => (key === "place" ? undefined : value)));
}

const place = { column: 0, length: 0 };
const name = fc.constantFrom("tcp.port", "ip.addr", "flow.outcome", "tcp.analysis.rto", "a", "x_1.y-z");
const operand = fc.record({
  name,
  mask: fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 0xffffffff })),
  place: fc.constant(place),
});
const value = fc.oneof(
  fc.record({ text: fc.string(), quoted: fc.constant(true), place: fc.constant(place) }),
  fc.record({
    text: fc.constantFrom(
      "1",
      "0x1f",
      "-3",
      "1.5e-3",
      "10.0.0.0/8",
      "2001:db8::/32",
      "00:00:5e:00:53:01",
      "true",
      "tcp.port",
    ),
    quoted: fc.constant(false),
    place: fc.constant(place),
  }),
);
const operator = fc.constantFrom("==", "!=", "~=", "===", ">", "<", ">=", "<=", "contains", "matches" as const);
const item = fc.record({ low: value, high: fc.option(value, { nil: undefined }) });
const { query } = fc.letrec<{ query: Query }>((tie) => ({
  query: fc.oneof(
    { depthSize: "small" },
    fc.record({ kind: fc.constant("exists" as const), field: operand }),
    fc.record({ kind: fc.constant("compare" as const), field: operand, operator, value }),
    fc.record({
      kind: fc.constant("in" as const),
      field: operand,
      items: fc.array(item, { minLength: 1, maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant("not" as const), operand: tie("query") }),
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const, "xor" as const),
      left: tie("query"),
      right: tie("query"),
    }),
  ),
}));

describe("any text", () => {
  const words = fc.constantFrom(
    ...'( ) { } , .. ! not and && or || xor in == != & ~ contains matches tcp.port 80 "x" \''.split(" "),
  );
  test.each([
    ["of characters", fc.string()],
    ["of the grammar's own words", fc.array(words).map((all) => all.join(" "))],
  ])("%s is parsed, or refused by a QueryError that points into it", (_name, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parseQuery(text);
        } catch (error) {
          expect(error).toBeInstanceOf(QueryError);
          if (!(error instanceof QueryError)) return;
          expect(error.column).toBeGreaterThanOrEqual(0);
          expect(error.column).toBeLessThanOrEqual(text.length);
          expect(error.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("a tree is printed as text that gives the same tree", () => {
    fc.assert(
      fc.property(query, (tree) => {
        expect(bare(parseQuery(queryText(tree)))).toEqual(bare(tree));
      }),
      { numRuns: 1000 },
    );
  });
});

test.each([
  ["tcp or udp and icmp", "tcp or udp and icmp"],
  ["(tcp or udp) and icmp", "(tcp or udp) and icmp"],
  ["tcp xor udp or icmp", "tcp xor udp or icmp"],
  ["!tcp.flags.syn==1", "not tcp.flags.syn == 1"],
  ["not(tcp)&&ip", "not tcp and ip"],
  ["tcp.port in {80 443,8000..8100}", "tcp.port in {80, 443, 8000..8100}"],
  ["tcp.port not in {80}", "not tcp.port in {80}"],
  ["frame.len lt 5 || frame.len ge 9", "frame.len < 5 or frame.len >= 9"],
  ["tcp.flags & 2 == 2", "tcp.flags & 0x2 == 2"],
  ["http.host ~ 'a\"b'", 'http.host matches "a\\"b"'],
  ["a - b", undefined],
  ["a == b and", undefined],
])("%s", (text, canonical) => {
  if (canonical === undefined) expect(() => parseQuery(text)).toThrow(QueryError);
  else expect(queryText(parseQuery(text))).toBe(canonical);
});

test.each([
  ["", 0, "a field is needed, the query ends here"],
  ["tcp.port ==", 11, "a value is needed, the query ends here"],
  ["tcp.port == ==", 12, 'a value is needed, it is "=="'],
  ["(tcp", 0, "this parenthesis is not closed"],
  ["tcp)", 3, '“and”, “or” or the end is needed, it is ")"'],
  ["tcp.port in {80", 12, "this set is not closed"],
  ["tcp.port in {}", 12, "a set has at least one value"],
  ["tcp.port in 80", 12, '“{” is needed, it is "80"'],
  ['ip contains "x', 12, 'the text that begins with " does not end'],
  ["tcp ; udp", 4, '";" means nothing here'],
  ["tcp.flags & x", 12, 'a number of bits is needed, it is "x"'],
  [`${"(".repeat(300)}tcp`, 200, "more than 200 parentheses within each other"],
  ["!".repeat(100_000), 65_536, "a query has at most 65536 characters"],
])("%s", (text, column, message) => {
  expect(() => parseQuery(text)).toThrow(expect.objectContaining({ column, message }));
});
