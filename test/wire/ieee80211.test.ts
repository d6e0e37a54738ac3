import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { macText } from "../../src/wire/address.ts";
import { Frame } from "../../src/wire/frame.ts";
import { ManagementElements } from "../../src/wire/ieee80211-elements.ts";
import { Packet } from "../../src/wire/packet.ts";
import * as p from "../../src/wire/protocol.ts";
import { RadiotapHeader } from "../../src/wire/radiotap.ts";
import { IPV4 } from "./example.ts";

const SNAP = "aaaa03 000000 0800";
const ADDRESSES = "010000000001 020000000002 030000000003 1000";
const FOURTH = "040000000004";

function joined(...parts: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    parts.flatMap((part) => [...(typeof part === "string" ? Buffer.from(part.replaceAll(/\s/g, ""), "hex") : part)]),
  );
}

function decode(wire: Uint8Array, linkType: number, captured = wire.length): Packet {
  const frame = new Frame();
  frame.bytes = Uint8Array.from(wire);
  frame.view = new DataView(frame.bytes.buffer);
  frame.end = captured;
  frame.wireLength = wire.length;
  frame.linkType = linkType;
  const packet = new Packet();
  packet.decode(frame);
  return packet;
}

function addressesOf({ frame, ieee80211 }: Packet): (string | undefined)[] {
  const { sourceAt, destinationAt, basicServiceSetAt } = ieee80211;
  return [sourceAt, destinationAt, basicServiceSetAt].map((at) =>
    at === 0 ? undefined : macText(frame.bytes, at).slice(0, 2),
  );
}

interface Sample {
  readonly name: string;
  readonly header: string;
  /** Flags of radiotap. */
  readonly flags?: number;
  readonly after?: string;
  /** First byte of source, destination and basic service set. */
  readonly addresses: readonly (string | undefined)[];
}

const WHOLE: readonly Sample[] = [
  { name: "between stations", header: `0800 0000 ${ADDRESSES}`, addresses: ["02", "01", "03"] },
  { name: "to the access point", header: `0801 0000 ${ADDRESSES}`, addresses: ["02", "03", "01"] },
  { name: "from the access point", header: `0802 0000 ${ADDRESSES}`, addresses: ["03", "01", "02"] },
  { name: "four addresses", header: `0803 0000 ${ADDRESSES} ${FOURTH}`, addresses: ["04", "03", undefined] },
  { name: "QoS", header: `8801 0000 ${ADDRESSES} 0000`, addresses: ["02", "03", "01"] },
  { name: "QoS, four addresses", header: `8803 0000 ${ADDRESSES} ${FOURTH} 0000`, addresses: ["04", "03", undefined] },
  { name: "QoS and HT control", header: `8881 0000 ${ADDRESSES} 0000 01020304`, addresses: ["02", "03", "01"] },
  { name: "strictly ordered, without HT control", header: `0881 0000 ${ADDRESSES}`, addresses: ["02", "03", "01"] },
  { name: "acknowledged and polled", header: `3801 0000 ${ADDRESSES}`, addresses: ["02", "03", "01"] },
  { name: "the first of several fragments", header: `0805 0000 ${ADDRESSES}`, addresses: ["02", "03", "01"] },
  { name: "mesh control", header: `8802 0000 ${ADDRESSES} 0001 001f 01000000`, addresses: ["03", "01", "02"] },
  {
    name: "mesh control with two addresses",
    header: `8803 0000 ${ADDRESSES} ${FOURTH} 0001 021f 01000000 050000000005 060000000006`,
    addresses: ["04", "03", undefined],
  },
  {
    name: "what an access point means by the bit of mesh control",
    header: `8802 0000 ${ADDRESSES} 0001`,
    addresses: ["03", "01", "02"],
  },
  {
    name: "the first of an aggregate",
    header: `8801 0000 ${ADDRESSES} 8000 070000000007 080000000008 0035`,
    after: "0000 070000000007 080000000008 0008 aaaa0300000086dd",
    addresses: ["08", "07", "01"],
  },
  { name: "padding", header: `8801 0000 ${ADDRESSES} 0000 ffff`, flags: 0x20, addresses: ["02", "03", "01"] },
  {
    name: "no padding where none is needed",
    header: `0801 0000 ${ADDRESSES}`,
    flags: 0x20,
    addresses: ["02", "03", "01"],
  },
  {
    name: "a frame check sequence",
    header: `0801 0000 ${ADDRESSES}`,
    flags: 0x10,
    after: "01020304",
    addresses: ["02", "03", "01"],
  },
];

describe.each(WHOLE)("$name", ({ header, flags = 0, after = "", addresses }) => {
  const wire = joined("0000 0900 02000000", Uint8Array.of(flags), header, SNAP, IPV4, after);
  const segmentAt = wire.length - joined(after).length - 25;

  test("leads to the segment", () => {
    const packet = decode(wire, p.LINKTYPE_RADIOTAP);
    expect(packet.fault).toBeUndefined();
    expect([packet.hasTcp, packet.tcp.at, packet.tcp.payloadLength]).toEqual([true, segmentAt, 5]);
    expect(addressesOf(packet)).toEqual(addresses);
    expect(packet.hasEthernet).toBe(false);
  });

  test("cut at every length, it has the segment once its header is captured", () => {
    for (let captured = 0; captured < wire.length; captured++) {
      const packet = decode(wire, p.LINKTYPE_RADIOTAP, captured);
      expect(packet.hasTcp, `cut at ${captured}`).toBe(captured >= segmentAt + 20);
      if (packet.fault !== undefined) expect(packet.fault.have).toBeLessThan(packet.fault.need);
    }
  });
});

const WITHOUT_SEGMENT: readonly (readonly [name: string, header: string])[] = [
  ["encrypted", `0841 0000 ${ADDRESSES}`],
  ["a later fragment", "0801 0000 010000000001 020000000002 030000000003 1100"],
  ["another version of the protocol", `0901 0000 ${ADDRESSES}`],
  ["no data", `4801 0000 ${ADDRESSES}`],
  ["a beacon", `8000 0000 ${ADDRESSES}`],
  ["an acknowledgment", "d400 0000 010000000001"],
  ["a control frame that is not known", "0400 0000"],
  ["an extension frame", "0c00 0000"],
];

test.each(WITHOUT_SEGMENT)("%s has no payload that is decoded", (_name, header) => {
  const packet = decode(joined(header, SNAP, IPV4), p.LINKTYPE_IEEE802_11);
  expect([packet.fault, packet.hasIeee80211, packet.ipVersion]).toEqual([undefined, true, 0]);
});

test("a Prism capture may have AVS headers", () => {
  const wire = joined("80211001 0000000c 00000000", `0801 0000 ${ADDRESSES}`, SNAP, IPV4);
  expect(decode(wire, p.LINKTYPE_PRISM).hasTcp).toBe(true);
});

describe("radiotap", () => {
  /** Fields found, then why no more were. */
  function fieldsOf(hex: string): (number | string)[] {
    const bytes = joined(hex);
    const header = new RadiotapHeader();
    const fault = header.read(new DataView(bytes.buffer), 0, bytes.length);
    if (fault !== undefined) return [fault.field];
    const found: (number | string)[] = [];
    while (header.next()) found.push(header.field, header.fieldAt);
    return [...found, header.stop];
  }

  test.each([
    ["0000 0800 00000000", ["end"]],
    ["0000 0900 02000000 10", [1, 8, "end"]],
    ["0000 1800 03000000 0102030405060708 10", ["header"]],
    ["0000 1100 03000000 0102030405060708 10", [0, 8, 1, 16, "end"]],
    ["0000 0e00 0a000000 10 00 6c09 a000", [1, 8, 3, 10, "end"]],
    ["0000 0b00 0a000000 10 00 6c", [1, 8, "cut"]],
    ["0000 0900 02800000 10", [1, 8, "unknown"]],
    ["0000 0700 00000000", ["length"]],
    ["0000 0800 00000080", ["present"]],
  ])("%s", (hex, fields) => {
    expect(fieldsOf(hex)).toEqual(fields);
  });

  test("fields of a second word of the same namespace, and of one that begins anew", () => {
    expect(fieldsOf("0000 0e00 020000a0 02000000 10 20 0000")).toEqual([1, 12, 1, 13, "end"]);
    expect(fieldsOf("0000 0e00 02000080 02000000 10 20 0000")).toEqual([1, 12, "unknown"]);
  });

  test("a vendor's fields are skipped", () => {
    expect(fieldsOf("0000 1a00 020000c0 030000a0 02000000 10 00 001018 07 0100 ff 20 00")).toEqual([
      1,
      16,
      1,
      25,
      "end",
    ]);
    expect(fieldsOf("0000 1600 020000c0 030000a0 02000000 10 00 001018 07")).toEqual([1, 16, "cut"]);
    expect(fieldsOf("0000 1800 020000c0 030000a0 02000000 10 00 001018 07 ffff")).toEqual([1, 16, "end"]);
  });

  test("any bytes have fields within the header", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 80 }), fc.nat({ max: 80 }), (bytes, length) => {
        bytes[2] = length;
        bytes[3] = 0;
        const header = new RadiotapHeader();
        const view = new DataView(Uint8Array.from(bytes).buffer);
        if (header.read(view, 0, bytes.length) !== undefined) return;
        let last = 0;
        while (header.next()) {
          expect(header.fieldAt).toBeGreaterThan(last);
          last = header.fieldAt;
          expect(last).toBeLessThan(header.length);
        }
      }),
    );
  });
});

describe("elements", () => {
  function read(hex: string, captured?: number): ManagementElements {
    const bytes = joined(hex);
    const elements = new ManagementElements();
    elements.read(new DataView(bytes.buffer), 0, bytes.length, captured ?? bytes.length);
    return elements;
  }

  const NET = "0003 6e6574 0102 8204 0301 0b";

  test("the first of each kind holds", () => {
    const elements = read(`${NET} 0001 61 0101 0c 0301 01`);
    expect(elements).toMatchObject({
      ssidAt: 2,
      ssidLength: 3,
      ratesAt: 7,
      rateCount: 2,
      channel: 11,
      isBroken: false,
    });
  });

  test("cut at every length, those before hold", () => {
    const whole = [0, 5, 9, 12];
    for (let captured = 0; captured <= 12; captured++) {
      const elements = read(NET, captured);
      expect(elements.isBroken).toBe(captured < 12);
      expect(elements.ssidLength).toBe(captured < whole[1]! ? -1 : 3);
      expect(elements.rateCount).toBe(captured < whole[2]! ? 0 : 2);
      expect(elements.channel).toBe(captured < whole[3]! ? -1 : 11);
    }
  });

  test.each([
    ["a name", `0021 ${"61".repeat(33)}`],
    ["rates", `0111 ${"02".repeat(17)}`],
    ["a traffic indication map", `05ff ${"00".repeat(255)}`],
    ["a challenge", `10fe ${"00".repeat(254)}`],
  ])("%s longer than it may be ends them", (_what, hex) => {
    expect(read(`${hex} 0301 0b`)).toMatchObject({ channel: -1, isBroken: true });
  });
});
