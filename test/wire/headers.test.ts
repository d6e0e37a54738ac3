import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArpPacket } from "../../src/wire/arp.ts";
import { EthernetHeader } from "../../src/wire/ethernet.ts";
import type { Fault } from "../../src/wire/fault.ts";
import { IcmpMessage } from "../../src/wire/icmp.ts";
import { Ipv4Header } from "../../src/wire/ipv4.ts";
import { Ipv6Header } from "../../src/wire/ipv6.ts";
import { QuotedPacket } from "../../src/wire/quote.ts";
import { CookedHeader } from "../../src/wire/sll.ts";
import { TcpOptions, TcpOptionValues } from "../../src/wire/tcp-options.ts";
import { TcpSegment } from "../../src/wire/tcp.ts";
import { UdpDatagram } from "../../src/wire/udp.ts";

function bytes(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.replaceAll(/\s+/g, "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function viewOf(array: Uint8Array<ArrayBuffer>): DataView<ArrayBuffer> {
  return new DataView(array.buffer);
}

/** All getters of a view: after a successful read none may leave the bytes. */
function readEverything(header: object): void {
  for (
    let prototype: object | null = header;
    prototype !== null && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (property.get !== undefined) void Reflect.get(header, name);
    }
  }
}

interface Decoder {
  readonly name: string;
  readonly header: object;
  readonly sample: string;
  /** Captured bytes that the header needs. */
  readonly need: number;
  /** Reads `view[0, end)` of which `limit` is captured. */
  readonly read: (view: DataView, end: number, limit: number) => Fault | undefined;
}

function decoder<T extends object>(
  name: string,
  header: T,
  sample: string,
  need: number,
  read: (header: T, view: DataView, end: number, limit: number) => Fault | undefined,
): Decoder {
  return { name, header, sample, need, read: (view, end, limit) => read(header, view, end, limit) };
}

const SYN = "bf00 0050 01234567 00000000 a002 ffff 1a2b 0000 020405b4 0402 080a 00000001 00000000 01 030307";
const IPV4_OPTIONS = "4600 002c 0001 4000 4006 0000 0a000001 0a000002 94040000";
const IPV6_CHAIN =
  "60000000 0020 00 40 20010db8000000000000000000000001 20010db8000000000000000000000002 2c00 010400000000 0600 0000 00000001 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";

const DECODERS: readonly Decoder[] = [
  decoder("TCP with options", new TcpSegment(), SYN, 40, (header, view, end, limit) =>
    header.read(view, 0, end, limit),
  ),
  decoder("IPv4 with options", new Ipv4Header(), IPV4_OPTIONS, 24, (header, view, end, limit) =>
    header.read(view, 0, end, limit),
  ),
  decoder("IPv6 with hop-by-hop and fragment header", new Ipv6Header(), IPV6_CHAIN, 56, (header, view, end, limit) =>
    header.read(view, 0, end, limit),
  ),
  decoder("UDP", new UdpDatagram(), "0035 d431 000c 0000 01020304", 8, (header, view, end, limit) =>
    header.read(view, 0, end, limit),
  ),
  decoder("ICMP", new IcmpMessage(), "0301 0000 00000000", 8, (header, view, end, limit) =>
    header.read(view, 0, end, limit, 4),
  ),
  decoder(
    "ARP",
    new ArpPacket(),
    "0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002",
    28,
    (header, view, end, limit) => header.read(view, 0, end, limit),
  ),
  decoder(
    "Ethernet with two VLAN tags",
    new EthernetHeader(),
    "020000000002 020000000001 88a8 0064 8100 0002 0800",
    22,
    (header, view, end, limit) => header.read(view, 0, end, limit),
  ),
  decoder(
    "802.3 with SNAP",
    new EthernetHeader(),
    "020000000002 020000000001 0008 aaaa03 000000 0800",
    17,
    (header, view, end, limit) => header.read(view, 0, end, limit),
  ),
  decoder(
    "Linux cooked capture",
    new CookedHeader(),
    "0004 0001 0006 020000000001 0000 0800",
    16,
    (header, view, _end, limit) => header.read(view, 0, limit, 1),
  ),
  decoder(
    "Linux cooked capture 2",
    new CookedHeader(),
    "0800 0000 00000003 0001 04 06 0200000000010000",
    20,
    (header, view, _end, limit) => header.read(view, 0, limit, 2),
  ),
];

describe.each(DECODERS)("$name", ({ header, sample, need, read }) => {
  test("is whole with all its bytes", () => {
    const array = bytes(sample);
    expect(read(viewOf(array), array.length, array.length)).toBeUndefined();
    readEverything(header);
  });

  test("names what is missing at every shorter length", () => {
    const array = bytes(sample);
    for (let limit = 0; limit < need; limit++) {
      const cut = array.slice(0, limit);
      const fault = read(viewOf(cut), array.length, limit);
      expect(fault, `cut to ${limit} bytes`).toBeDefined();
      expect(fault?.kind).toBe("truncated");
      expect(fault?.have).toBeLessThan(fault?.need ?? 0);
    }
  });

  test("any bytes either fault or stay in bounds", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 96 }), fc.nat({ max: 200 }), (array, beyond) => {
        const copy = Uint8Array.from(array);
        const fault = read(viewOf(copy), copy.length + beyond, copy.length);
        if (fault === undefined) readEverything(header);
      }),
    );
  });
});

test("the fields of a SYN", () => {
  const segment = new TcpSegment();
  const array = bytes(SYN);
  expect(segment.read(viewOf(array), 0, array.length, array.length)).toBeUndefined();
  expect(segment).toMatchObject({
    sourcePort: 48896,
    destinationPort: 80,
    sequence: 0x01234567,
    headerLength: 40,
    flags: 2,
    window: 65535,
    checksum: 0x1a2b,
    payloadLength: 0,
  });
});

test.each([
  { name: "data offset 4", hex: "0050 0051 00000000 00000000 4010 0000 0000 0000", field: "data offset" },
  {
    name: "data offset beyond the segment",
    hex: "0050 0051 00000000 00000000 f010 0000 0000 0000",
    field: "data offset",
  },
])("TCP with $name is malformed", ({ hex, field }) => {
  const array = bytes(hex);
  expect(new TcpSegment().read(viewOf(array), 0, array.length, array.length)).toMatchObject({
    kind: "malformed",
    field,
  });
});

test.each([
  { name: "another version", hex: "6500 0014 0000 0000 4006 0000 0a000001 0a000002", field: "version" },
  { name: "IHL 4", hex: "4400 0014 0000 0000 4006 0000 0a000001 0a000002", field: "IHL" },
  {
    name: "total length below the header",
    hex: "4500 0013 0000 0000 4006 0000 0a000001 0a000002",
    field: "total length",
  },
])("IPv4 with $name is malformed", ({ hex, field }) => {
  const array = bytes(hex);
  expect(new Ipv4Header().read(viewOf(array), 0, array.length, array.length)).toMatchObject({
    kind: "malformed",
    field,
  });
});

test("total length 0 (BIG TCP) lasts to the end of the frame", () => {
  const array = bytes("4500 0000 0000 0000 4006 0000 0a000001 0a000002");
  const header = new Ipv4Header();
  expect(header.read(viewOf(array), 0, 150_000, array.length)).toBeUndefined();
  expect(header.end).toBe(150_000);
});

test("a jumbo payload option gives the length where the header has none", () => {
  const array = bytes(
    "60000000 0000 00 40 20010db8000000000000000000000001 20010db8000000000000000000000002 0600 c204 00020000",
  );
  const header = new Ipv6Header();
  expect(header.read(viewOf(array), 0, 200_000, array.length)).toBeUndefined();
  expect(header.end).toBe(40 + 0x20000);
  expect(header.protocol).toBe(6);
});

test("an endless chain of extension headers ends in a fault", () => {
  const chain = "3c00 010400000000 ".repeat(100);
  const array = bytes(`60000000 0320 3c 40 20010db8000000000000000000000001 20010db8000000000000000000000002 ${chain}`);
  expect(new Ipv6Header().read(viewOf(array), 0, array.length, array.length)).toMatchObject({
    kind: "malformed",
    field: "extension headers",
  });
});

describe("TCP options", () => {
  test("values of a SYN's options", () => {
    const array = bytes("020405b4 0402 080a 00000001 00000002 01 030307");
    const values = new TcpOptionValues();
    values.read(viewOf(array), 0, array.length, array.length);
    expect(values).toMatchObject({
      mss: 1460,
      windowScale: 7,
      sackPermitted: true,
      hasTimestamps: true,
      tsval: 1,
      tsecr: 2,
      fault: "",
    });
    expect([...values.kinds.subarray(0, values.kindCount)]).toEqual([2, 4, 8, 1, 3]);
  });

  test("values do not outlive their segment", () => {
    const values = new TcpOptionValues();
    const syn = bytes("020405b4 0101050a 00000001 00000005");
    values.read(viewOf(syn), 0, syn.length, syn.length);
    expect([values.mss, values.sackBlocks, values.sackEdges[1]]).toEqual([1460, 1, 5]);
    const plain = bytes("0101080a 00000001 00000002");
    values.read(viewOf(plain), 0, plain.length, plain.length);
    expect(values).toMatchObject({ mss: -1, sackBlocks: 0, hasTimestamps: true });
    values.read(viewOf(plain), 0, 0, 0);
    expect(values.hasTimestamps).toBe(false);
  });

  test.each([
    { name: "length 0", hex: "0200", fault: "length" },
    { name: "length 1", hex: "0201", fault: "length" },
    { name: "length beyond the header", hex: "0801 0900 0000", fault: "length" },
    { name: "no length at all", hex: "01010102", fault: "length" },
  ])("$name", ({ hex, fault }) => {
    const array = bytes(hex);
    const options = new TcpOptions();
    options.start(viewOf(array), 0, array.length, array.length);
    while (options.next());
    expect(options.fault).toBe(fault);
  });

  test("cut at every length short of the end is told", () => {
    const array = bytes("020405b4 0402 080a 00000001 00000000 01 030307");
    for (let limit = 0; limit <= array.length; limit++) {
      const options = new TcpOptions();
      options.start(viewOf(array), 0, array.length, limit);
      while (options.next());
      expect(options.fault, `cut to ${limit}`).toBe(limit === array.length ? "" : "truncated");
    }
  });

  test("any bytes: the walk ends, and values stay in bounds", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat({ max: 60 }), (array, limit) => {
        const copy = Uint8Array.from(array);
        const values = new TcpOptionValues();
        values.read(viewOf(copy), 0, copy.length, Math.min(limit, copy.length));
        expect(values.sackBlocks).toBeLessThanOrEqual(4);
        expect(values.kindCount).toBeLessThanOrEqual(16);
      }),
    );
  });
});

describe("quoted packets", () => {
  const quote = bytes(
    "4500 003c 1234 4000 3f06 0000 0a000001 0a000002 9c40 0050 01234567 00000000 a002 ffff 0000 0000",
  );

  test("ports and sequence number", () => {
    const packet = new QuotedPacket();
    expect(packet.read(viewOf(quote), 0, quote.length)).toBe(true);
    expect(packet).toMatchObject({
      version: 4,
      protocol: 6,
      sourcePort: 40000,
      destinationPort: 80,
      sequence: 0x01234567,
      ttl: 63,
      identification: 0x1234,
      length: 60,
    });
  });

  test("cut at every length: what is there is read, never more", () => {
    for (let limit = 0; limit <= quote.length; limit++) {
      const packet = new QuotedPacket();
      const cut = quote.slice(0, limit);
      const read = packet.read(viewOf(cut), 0, limit);
      expect({ read, ports: packet.hasPorts, sequence: packet.hasSequence }).toEqual({
        read: limit >= 20,
        ports: limit >= 24,
        sequence: limit >= 28,
      });
    }
  });
});
