import { describe, expect, test } from "vitest";
import { DNS_HEADER, DnsHeader } from "../../src/wire/dns.ts";
import { decodedTime } from "../../src/wire/igmp.ts";
import { finalDestinationAt, Ipv4Options } from "../../src/wire/ipv4-options.ts";
import { MultipathOption } from "../../src/wire/mptcp.ts";

function viewOf(bytes: readonly number[]): DataView {
  return new DataView(Uint8Array.from(bytes).buffer);
}

function walk(bytes: readonly number[], limit = bytes.length): { kinds: number[]; fault: string } {
  const options = new Ipv4Options();
  options.start(viewOf(bytes), 0, bytes.length, limit);
  const kinds: number[] = [];
  while (options.next()) kinds.push(options.kind);
  return { kinds, fault: options.fault };
}

describe("IPv4 options", () => {
  const OPTIONS = [1, 7, 7, 8, 1, 2, 3, 4, 0x94, 4, 0, 0, 0];

  test("are walked to the end of the list", () => {
    expect(walk(OPTIONS)).toEqual({ kinds: [1, 7, 0x94, 0], fault: "" });
  });

  test("cut at every length, they end in a fault and never beyond the cut", () => {
    for (let limit = 0; limit < OPTIONS.length; limit++) {
      const { kinds, fault } = walk(OPTIONS, limit);
      expect(fault, `cut at ${limit}`).toBe("truncated");
      expect(kinds.length).toBe([0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3][limit]);
    }
  });

  test.each([
    ["0", [7, 0, 1, 1]],
    ["1", [7, 1, 1, 1]],
    ["more than the header", [7, 5, 1, 1]],
  ])("a length of %s is a fault", (_, bytes) => {
    expect(walk(bytes)).toEqual({ kinds: [], fault: "length" });
  });

  test("a source route ends at the final destination", () => {
    const bytes = [1, 0x83, 11, 4, 9, 9, 9, 9, 8, 8, 8, 8];
    expect(finalDestinationAt(viewOf(bytes), 0, 12, 12, 99)).toBe(8);
    for (let limit = 0; limit < 12; limit++) expect(finalDestinationAt(viewOf(bytes), 0, 12, limit, 99)).toBe(99);
  });
});

test("a multipath option shows its subtype from 3 bytes on", () => {
  const option = new MultipathOption();
  const view = viewOf([30, 4, 0x51, 7]);
  expect(option.read(view, 0, 2)).toBe(false);
  expect(option.read(view, 0, 4)).toBe(true);
  expect([option.subtype, option.low, option.byte3]).toEqual([5, 1, 7]);
});

test("the header of a DNS message is read only when it is whole", () => {
  const view = viewOf([0x12, 0x34, 0xaa, 0x05, 0, 1, 0, 2, 0, 3, 0, 4]);
  const header = new DnsHeader();
  for (let limit = 0; limit < DNS_HEADER; limit++) expect(header.read(view, 0, limit)).toBe(false);
  expect(header.read(view, 0, DNS_HEADER)).toBe(true);
  expect(header).toMatchObject({ identifier: 0x1234, operation: 5, responseCode: 5 });
  expect([header.questions, header.answers, header.authorities, header.additionals]).toEqual([1, 2, 3, 4]);
});

test.each([
  [100, 100],
  [127, 127],
  [128, 128],
  [0x90, 256],
  [0xff, 31744],
])("IGMP time code %i is %i tenths of a second (RFC 3376 section 4.1.1)", (code, tenths) => {
  expect(decodedTime(code)).toBe(tenths);
});
