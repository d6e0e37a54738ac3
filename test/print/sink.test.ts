import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Phrase, printed, TextSink } from "../../src/print/sink.ts";

describe("numbers", () => {
  const EDGES = [0, 1, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 99_999_999, 100_000_000, 999_999_999, 0xffffffff];

  test.each([...EDGES, 2 ** 32, 2 ** 32 + 7, 10 ** 12, Number.MAX_SAFE_INTEGER])("%d", (value) => {
    expect(printed((sink) => sink.decimal(value))).toBe(String(value));
  });

  test("any whole number prints as String prints it", () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(0xffffffff), fc.maxSafeNat()), (value) => {
        expect(printed((sink) => sink.decimal(value))).toBe(String(value));
      }),
    );
  });

  test("millionths have six digits", () => {
    fc.assert(
      fc.property(fc.nat(999_999), (value) => {
        expect(printed((sink) => sink.millionths(value))).toBe(String(value).padStart(6, "0"));
      }),
    );
  });

  test("billionths have nine digits, a fraction only those before the zeros at its end", () => {
    const value = fc.oneof(
      fc.nat(999_999_999),
      fc.nat(999).map((thousandths) => thousandths * 1_000_000),
      fc.nat(999_999).map((millionths) => millionths * 1000),
      fc.nat(999),
    );
    fc.assert(
      fc.property(value, (billionths) => {
        const digits = String(billionths).padStart(9, "0");
        expect(printed((sink) => sink.billionths(billionths))).toBe(digits);
        expect(printed((sink) => sink.fraction(billionths))).toBe(digits.replace(/0+$/, ""));
      }),
      { numRuns: 2000 },
    );
  });

  test("padding stands on the left", () => {
    expect(printed((sink) => sink.padded(7, 5, 0x20))).toBe("    7");
    expect(printed((sink) => sink.padded(123456, 3))).toBe("123456");
  });
});

describe("text", () => {
  test("phrases of every length, one behind the other", () => {
    const texts = Array.from({ length: 40 }, (_, length) => "abcdefghij".repeat(4).slice(0, length));
    const all = printed((sink) => {
      for (const text of texts) sink.phrase(new Phrase(text));
    });
    expect(all).toBe(texts.join(""));
  });

  test("addresses", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (octets) => {
        expect(printed((sink) => sink.dottedQuad(octets, 0))).toBe(`${octets.join(".")}.`);
      }),
    );
  });

  test.each([
    { atRight: true, pad: (text: string) => text.padStart(12) },
    { atRight: false, pad: (text: string) => text.padEnd(12) },
  ])("addresses in a column, at the right: $atRight", ({ atRight, pad }) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (octets) => {
        expect(printed((sink) => sink.quadColumn(octets, 0, 12, atRight))).toBe(pad(octets.join(".")));
      }),
    );
  });

  test("a byte taken back is printed over", () => {
    const text = printed((sink) => {
      sink.dottedQuad(Uint8Array.of(1, 2, 3, 4), 0);
      sink.back();
      sink.char(0x21);
    });
    expect(text).toBe("1.2.3.4!");
  });

  test("what is longer than the buffer goes out in order", () => {
    const phrase = new Phrase("0123456789");
    let count = 0;
    let last = "";
    const sink = new TextSink((bytes, length) => {
      const text = Buffer.from(bytes.subarray(0, length)).toString("latin1");
      count += length;
      last = text.slice(-10);
    });
    for (let i = 0; i < 100_000; i++) sink.phrase(phrase);
    sink.flush();
    expect([count, last]).toEqual([1_000_000, "0123456789"]);
  });
});
