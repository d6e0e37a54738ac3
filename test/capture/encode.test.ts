import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeArp, encodeFrame, LINK_TYPES, type LinkFields } from "../../src/capture/encode.ts";
import { addressBytes, macBytes } from "../../src/capture/encode-bytes.ts";
import { icmpEcho, icmpError, neighbourAdvertisement, neighbourSolicitation } from "../../src/capture/encode-icmp.ts";
import { encodeIp, etherTypeOf, type IpFields, type TransportFields } from "../../src/capture/encode-ip.ts";
import { tcpOptionBytes, type TcpFields, type TcpOption } from "../../src/capture/encode-tcp.ts";
import { addressText, ipv6Text, macText } from "../../src/wire/address.ts";
import { addWords, foldSum, pseudoHeaderSum, rightChecksum } from "../../src/wire/checksum.ts";
import { Frame } from "../../src/wire/frame.ts";
import { Packet } from "../../src/wire/packet.ts";
import { ETHERTYPE_ARP, ETHERTYPE_IPV4, PROTOCOL_ICMP } from "../../src/wire/protocol.ts";
import { QuotedPacket } from "../../src/wire/quote.ts";
import { ACK, SYN } from "../../src/wire/tcp.ts";
import { TcpOptions, TcpOptionValues } from "../../src/wire/tcp-options.ts";

const ETHERNET: LinkFields = { link: "ethernet", source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };

function decode(link: LinkFields, etherType: number, packet: Uint8Array): Packet {
  const bytes = encodeFrame(link, etherType, packet);
  const frame = new Frame();
  frame.bytes = bytes;
  frame.view = new DataView(bytes.buffer);
  frame.end = bytes.length;
  frame.wireLength = bytes.length;
  frame.linkType = LINK_TYPES[link.link];
  const decoded = new Packet();
  decoded.decode(frame);
  expect(decoded.fault).toBeUndefined();
  return decoded;
}

function decodeIp(ip: IpFields, transport: TransportFields, link: LinkFields = ETHERNET): Packet {
  return decode(link, etherTypeOf(ip), encodeIp(ip, transport));
}

/** The sum over the transport header with what the protocol covers: 0xffff when its checksum is right. */
function transportSum(packet: Packet, at: number, end: number): number {
  const { view } = packet.frame;
  const pseudo =
    packet.protocol === PROTOCOL_ICMP
      ? 0
      : pseudoHeaderSum(view, packet.sourceAt, packet.destinationAt, packet.addressLength, packet.protocol, end - at);
  return foldSum(addWords(view, at, end, pseudo));
}

const port = fc.integer({ min: 0, max: 0xffff });
const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const payload = fc.oneof(fc.uint8Array({ maxLength: 1500 }), fc.integer({ min: 0, max: 9000 }));

const ipv4 = fc.record(
  {
    version: fc.constant(4 as const),
    source: fc.ipV4(),
    destination: fc.ipV4(),
    ttl: fc.integer({ min: 0, max: 255 }),
    identification: port,
    dontFragment: fc.boolean(),
    typeOfService: fc.integer({ min: 0, max: 255 }),
    options: fc.uint8Array({ maxLength: 40 }),
  },
  { requiredKeys: ["version", "source", "destination"] },
);

const ipv6 = fc.record(
  {
    version: fc.constant(6 as const),
    source: fc.ipV6(),
    destination: fc.ipV6(),
    hopLimit: fc.integer({ min: 0, max: 255 }),
    trafficClass: fc.integer({ min: 0, max: 255 }),
    flowLabel: fc.integer({ min: 0, max: 0xfffff }),
  },
  { requiredKeys: ["version", "source", "destination"] },
);

const ip: fc.Arbitrary<IpFields> = fc.oneof(ipv4, ipv6);

const link: fc.Arbitrary<LinkFields> = fc.constantFrom<LinkFields[]>(
  ETHERNET,
  { ...ETHERNET, padded: true },
  { ...ETHERNET, vlan: [{ identifier: 7, priority: 5, dropEligible: true }] },
  { ...ETHERNET, vlan: [{ identifier: 1, type: 0x88a8 }, { identifier: 4095 }] },
  { link: "sll", packetType: 4, source: "02:00:00:00:00:01" },
  { link: "sll2", interfaceIndex: 3 },
  { link: "raw" },
  { link: "null" },
);

const option: fc.Arbitrary<TcpOption> = fc.oneof(
  fc.constant<TcpOption>({ kind: "nop" }),
  fc.constant<TcpOption>({ kind: "sackOK" }),
  port.map((value): TcpOption => ({ kind: "mss", value })),
  fc.integer({ min: 0, max: 255 }).map((shift): TcpOption => ({ kind: "wscale", shift })),
  fc.tuple(uint32, uint32).map(([value, echo]): TcpOption => ({ kind: "timestamps", value, echo })),
  fc
    .array(fc.tuple(uint32, uint32), { minLength: 1, maxLength: 4 })
    .map((blocks): TcpOption => ({ kind: "sack", blocks })),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((digest): TcpOption => ({ kind: "md5", digest })),
  fc.uint8Array({ maxLength: 16 }).map((cookie): TcpOption => ({ kind: "fastOpen", cookie })),
  fc.uint8Array({ minLength: 1, maxLength: 18 }).map((data): TcpOption => ({ kind: "multipath", data })),
  fc
    .tuple(fc.integer({ min: 35, max: 255 }), fc.uint8Array({ maxLength: 10 }))
    .map(([number, data]): TcpOption => ({ kind: "other", number, data })),
);

/** Lists that fit in a header. */
const options = fc.array(option, { maxLength: 6 }).map((list) => {
  const fitting: TcpOption[] = [];
  for (const one of list) {
    const length = fitting.reduce((sum, other) => sum + optionLength(other), optionLength(one));
    if (length <= 40) fitting.push(one);
  }
  return fitting;
});

/** Length on the wire, without padding. */
function optionLength(one: TcpOption): number {
  switch (one.kind) {
    case "eol":
    case "nop":
      return 1;
    case "sackOK":
      return 2;
    case "wscale":
      return 3;
    case "mss":
      return 4;
    case "timestamps":
      return 10;
    case "sack":
      return 2 + 8 * one.blocks.length;
    case "md5":
      return 18;
    case "fastOpen":
      return 2 + one.cookie.length;
    case "multipath":
    case "other":
      return 2 + one.data.length;
    case "raw":
      return one.bytes.length;
    default:
      return one satisfies never;
  }
}

const KINDS: Readonly<Record<string, number>> = {
  eol: 0,
  nop: 1,
  mss: 2,
  wscale: 3,
  sackOK: 4,
  sack: 5,
  timestamps: 8,
  md5: 19,
  multipath: 30,
  fastOpen: 34,
};

const tcp = fc.record({
  protocol: fc.constant("tcp" as const),
  sourcePort: port,
  destinationPort: port,
  sequence: uint32,
  acknowledgment: uint32,
  flags: fc.integer({ min: 0, max: 0xfff }),
  window: port,
  urgentPointer: port,
  options,
  payload,
});

function payloadLength(value: Uint8Array | number): number {
  return typeof value === "number" ? value : value.length;
}

describe("what is encoded decodes to the same fields", () => {
  test("tcp", () => {
    fc.assert(
      fc.property(link, ip, tcp, (link, ip, fields) => {
        const packet = decodeIp(ip, fields, link);
        const segment = packet.tcp;
        expect(packet.hasTcp).toBe(true);
        expect({
          protocol: "tcp",
          sourcePort: segment.sourcePort,
          destinationPort: segment.destinationPort,
          sequence: segment.sequence,
          acknowledgment: segment.acknowledgment,
          flags: segment.flagsWithReserved,
          window: segment.window,
          urgentPointer: segment.urgentPointer,
          payload: segment.payloadLength,
        }).toEqual({ ...fields, options: undefined, payload: payloadLength(fields.payload) });
        if (typeof fields.payload !== "number") {
          expect(packet.frame.bytes.subarray(segment.payloadAt, segment.end)).toEqual(fields.payload);
        }
        expect(transportSum(packet, segment.at, segment.end)).toBe(0xffff);
      }),
    );
  });

  test("tcp options, in order", () => {
    fc.assert(
      fc.property(options, (list) => {
        const bytes = tcpOptionBytes(list);
        expect(bytes.length % 4).toBe(0);
        const walk = new TcpOptions();
        walk.start(new DataView(bytes.buffer), 0, bytes.length, bytes.length);
        const seen: [number, number][] = [];
        while (walk.next()) if (walk.kind !== 0) seen.push([walk.kind, walk.length]);
        expect(walk.fault).toBe("");
        expect(seen).toEqual(
          list.map((one) => [one.kind === "other" ? one.number : KINDS[one.kind], optionLength(one)]),
        );
      }),
    );
  });

  test("values of tcp options", () => {
    const list: TcpOption[] = [
      { kind: "mss", value: 1460 },
      { kind: "sackOK" },
      { kind: "timestamps", value: 0xfffffffe, echo: 7 },
      { kind: "wscale", shift: 9 },
      { kind: "sack", blocks: [[0xfffffff0, 16]] },
    ];
    const bytes = tcpOptionBytes(list);
    const values = new TcpOptionValues();
    values.read(new DataView(bytes.buffer), 0, bytes.length, bytes.length);
    expect(values).toMatchObject({ mss: 1460, sackPermitted: true, tsval: 0xfffffffe, tsecr: 7, windowScale: 9 });
    expect([...values.sackEdges.subarray(0, 2)]).toEqual([0xfffffff0, 16]);
  });

  test("ipv4", () => {
    fc.assert(
      fc.property(ipv4, fc.uint8Array({ maxLength: 40 }), (fields, payload) => {
        const packet = decodeIp(fields, { protocol: 253, payload });
        const { ipv4 } = packet;
        const { bytes, view } = packet.frame;
        expect(addressText(bytes, packet.sourceAt, 4)).toBe(fields.source);
        expect(addressText(bytes, packet.destinationAt, 4)).toBe(fields.destination);
        expect(ipv4).toMatchObject({
          ttl: fields.ttl ?? 64,
          identification: fields.identification ?? 0,
          typeOfService: fields.typeOfService ?? 0,
          flagsAndOffset: (fields.dontFragment ?? true) ? 0x4000 : 0,
          protocol: 253,
        });
        expect(ipv4.totalLength).toBe(ipv4.headerLength + payload.length);
        expect(bytes.subarray(ipv4.at + 20, ipv4.at + 20 + (fields.options?.length ?? 0))).toEqual(
          fields.options ?? new Uint8Array(0),
        );
        expect(foldSum(addWords(view, ipv4.at, ipv4.at + ipv4.headerLength, 0))).toBe(0xffff);
      }),
    );
  });

  test("ipv6", () => {
    fc.assert(
      fc.property(ipv6, fc.uint8Array({ maxLength: 40 }), (fields, payload) => {
        const packet = decodeIp(fields, { protocol: 253, payload });
        const { bytes } = packet.frame;
        expect(bytes.subarray(packet.sourceAt, packet.sourceAt + 16)).toEqual(addressBytes(fields.source));
        expect(bytes.subarray(packet.destinationAt, packet.destinationAt + 16)).toEqual(
          addressBytes(fields.destination),
        );
        expect(packet.ipv6).toMatchObject({
          hopLimit: fields.hopLimit ?? 64,
          trafficClass: fields.trafficClass ?? 0,
          flowLabel: fields.flowLabel ?? 0,
          payloadLength: payload.length,
          protocol: 253,
        });
      }),
    );
  });

  test("udp", () => {
    fc.assert(
      fc.property(ip, port, port, payload, (ip, sourcePort, destinationPort, payload) => {
        const packet = decodeIp(ip, { protocol: "udp", sourcePort, destinationPort, payload });
        const { udp } = packet;
        expect(udp).toMatchObject({ sourcePort, destinationPort, length: 8 + payloadLength(payload) });
        expect(udp.checksum).not.toBe(0);
        expect(transportSum(packet, udp.at, udp.end)).toBe(0xffff);
      }),
    );
  });

  test("icmp errors, with the packet that they quote", () => {
    fc.assert(
      fc.property(ip, tcp, fc.integer({ min: 0, max: 15 }), (ip, fields, code) => {
        const quoted = encodeIp(ip, fields);
        const packet = decodeIp(ip, icmpError(ip.version === 4 ? 3 : 1, code, quoted));
        const { icmp } = packet;
        const { view } = packet.frame;
        expect(icmp).toMatchObject({ type: ip.version === 4 ? 3 : 1, code, quotesPacket: true });
        expect(transportSum(packet, icmp.at, icmp.end)).toBe(0xffff);
        const quote = new QuotedPacket();
        expect(quote.read(view, icmp.quoteAt, icmp.end)).toBe(true);
        const { sourcePort, destinationPort, sequence } = fields;
        expect(quote).toMatchObject({
          version: ip.version,
          sourcePort,
          destinationPort,
          sequence,
          length: quoted.length,
        });
        expect(icmp.end - icmp.at).toBeLessThanOrEqual(ip.version === 4 ? 556 : 1240);
      }),
    );
  });
});

test("addresses written as text come back the same", () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const bytes = addressBytes(text);
      expect(addressBytes(ipv6Text(bytes, 0))).toEqual(bytes);
    }),
  );
  expect([...addressBytes("2001:db8::ffff:10.1.2.3")]).toEqual([
    0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 2, 3,
  ]);
  expect(macText(macBytes("2:a:ff:0:10:1"), 0)).toBe("02:0a:ff:00:10:01");
});

test("a small segment, byte by byte", () => {
  const ports = { sourcePort: 0x1234, destinationPort: 80 };
  const fields: TcpFields = { protocol: "tcp", ...ports, sequence: 1, flags: SYN, window: 512 };
  const packet = encodeIp({ version: 4, source: "10.0.0.1", destination: "10.0.0.2", identification: 0xabcd }, fields);
  // Header: 4500 + 0028 + abcd + 4000 + 4006 + 0a00 + 0001 + 0a00 + 0002 = 184fe -> 84ff, inverted 7b00.
  // Segment: 0a00 + 0001 + 0a00 + 0002 + 0006 + 0014 + 1234 + 0050 + 0001 + 5002 + 0200 = 78a4, inverted 875b.
  expect(Buffer.from(packet).toString("hex")).toBe(
    "45000028abcd400040067b000a0000010a00000212340050000000010000000050020200875b0000",
  );
});

describe("checksums", () => {
  const ends = { version: 4, source: "10.0.0.1", destination: "10.0.0.2" } as const;

  test("wrong on demand, never by accident right", () => {
    fc.assert(
      fc.property(ip, tcp, (ip, fields) => {
        const packet = decodeIp(ip, { ...fields, checksum: "wrong" });
        const folded = transportSum(packet, packet.tcp.at, packet.tcp.end);
        expect(folded).not.toBe(0xffff);
        expect(rightChecksum(packet.tcp.checksum, folded)).not.toBe(packet.tcp.checksum);
      }),
    );
    const header = decodeIp({ ...ends, checksum: "wrong" }, { protocol: 253, payload: 4 });
    expect(foldSum(addWords(header.frame.view, header.ipv4.at, header.ipv4.at + 20, 0))).not.toBe(0xffff);
  });

  test("as given", () => {
    const fields = { protocol: "udp", sourcePort: 1, destinationPort: 2, payload: 3 } as const;
    expect(decodeIp(ends, { ...fields, checksum: 0 }).udp.checksum).toBe(0);
    expect(decodeIp({ ...ends, checksum: 0x1234 }, fields).ipv4.checksum).toBe(0x1234);
  });
});

test("fragments keep the protocol and are not taken for headers", () => {
  const ends = { version: 4, source: "10.0.0.1", destination: "10.0.0.2", dontFragment: false } as const;
  const later = decodeIp({ ...ends, fragmentOffset: 1480, moreFragments: true }, { protocol: 17, payload: 64 });
  expect([later.isFragment, later.ipv4.fragmentOffset, later.protocol, later.hasUdp]).toEqual([true, 1480, 17, false]);
  const fragment = { identification: 9, offset: 1232, more: false };
  const six = decodeIp({ version: 6, source: "::1", destination: "::2", fragment }, { protocol: 17, payload: 64 });
  expect([six.isFragment, six.ipv6.fragmentOffset, six.protocol]).toEqual([true, 1232, 17]);
});

test("vlan tags, outermost first", () => {
  const vlan = [
    { identifier: 1, type: 0x88a8 },
    { identifier: 100, priority: 3, dropEligible: true },
  ];
  const ip = { version: 4, source: "10.0.0.1", destination: "10.0.0.2" } as const;
  const { ethernet } = decodeIp(ip, { protocol: 253, payload: 0 }, { ...ETHERNET, vlan });
  expect([...ethernet.vlanTags.subarray(0, ethernet.vlanCount)]).toEqual([1, 0x7064]);
  expect([...ethernet.vlanTypes.subarray(0, 2)]).toEqual([0x88a8, 0x8100]);
});

test("cooked headers say who sent and on what", () => {
  const ip = { version: 4, source: "127.0.0.1", destination: "127.0.0.1" } as const;
  for (const link of ["sll", "sll2"] as const) {
    const fields = { link, packetType: 4, hardwareType: 772, source: "02:00:00:00:00:01", interfaceIndex: 5 };
    const { cooked } = decodeIp(ip, { protocol: 253, payload: 0 }, fields);
    expect(cooked).toMatchObject({
      packetType: 4,
      hardwareType: 772,
      addressLength: 6,
      interfaceIndex: link === "sll" ? 0 : 5,
    });
  }
});

test("padding is not payload", () => {
  const ip = { version: 4, source: "10.0.0.1", destination: "10.0.0.2" } as const;
  const fields: TcpFields = { protocol: "tcp", sourcePort: 1, destinationPort: 2, sequence: 0, flags: 0 };
  const packet = decodeIp(ip, fields, { ...ETHERNET, padded: true });
  expect([packet.frame.wireLength, packet.tcp.payloadLength]).toEqual([60, 0]);
});

test("arp asks and answers", () => {
  const senderMac = "02:00:00:00:00:01";
  const request = encodeArp({ operation: "request", senderMac, senderAddress: "10.0.0.1", targetAddress: "10.0.0.9" });
  const { arp, frame } = decode(ETHERNET, ETHERTYPE_ARP, request);
  expect([arp.operation, arp.isEthernetIpv4, macText(frame.bytes, arp.senderHardwareAt)]).toEqual([1, true, senderMac]);
  expect(addressText(frame.bytes, arp.targetProtocolAt, 4)).toBe("10.0.0.9");
});

test("echo and neighbour messages", () => {
  const ip = { version: 6, source: "fe80::1", destination: "fe80::2" } as const;
  const echo = decodeIp(ip, icmpEcho(6, "reply", 0xfffe, 3)).icmp;
  expect([echo.type, echo.code, echo.rest]).toEqual([129, 0, 0xfffe0003]);
  const asked = decodeIp(ip, neighbourSolicitation("fe80::2", "02:00:00:00:00:01"));
  expect(asked.icmp.type).toBe(135);
  expect(ipv6Text(asked.frame.bytes, asked.icmp.at + 8)).toBe("fe80::2");
  const answered = decodeIp(ip, neighbourAdvertisement("fe80::2", "02:00:00:00:00:02"));
  expect([answered.icmp.type, answered.icmp.rest]).toEqual([136, 0x60000000]);
  expect(macText(answered.frame.bytes, answered.icmp.at + 26)).toBe("02:00:00:00:00:02");
});

test("the same part of a stream is filled with the same bytes", () => {
  const ip = { version: 4, source: "10.0.0.1", destination: "10.0.0.2" } as const;
  const bytes = (sequence: number, payload: number): string => {
    const { tcp, frame } = decodeIp(ip, {
      protocol: "tcp",
      sourcePort: 1,
      destinationPort: 2,
      sequence,
      flags: 0,
      payload,
    });
    return Buffer.from(frame.bytes.subarray(tcp.payloadAt, tcp.end)).toString("latin1");
  };
  expect(bytes(100, 50).slice(20)).toBe(bytes(120, 30));
});

test.each<[string, () => unknown]>([
  [
    "tcp options: 44 bytes, a header has room for 40",
    () => tcpOptionBytes(Array.from({ length: 11 }, () => ({ kind: "mss", value: 1 }))),
  ],
  ["mss: 65536 is not a whole number in 0..65535", () => tcpOptionBytes([{ kind: "mss", value: 65536 }])],
  [
    "tcp acknowledgment: needed with the ACK bit",
    () =>
      encodeIp(
        { version: 4, source: "1.1.1.1", destination: "1.1.1.2" },
        { protocol: "tcp", sourcePort: 1, destinationPort: 2, sequence: 1, flags: ACK },
      ),
  ],
  [
    "ipv4 total length: 65536 is not",
    () =>
      encodeIp(
        { version: 4, source: "1.1.1.1", destination: "1.1.1.2" },
        { protocol: 253, payload: new Uint8Array(65516) },
      ),
  ],
  [
    "address: ::1 is not an IPv4 address",
    () => encodeIp({ version: 4, source: "::1", destination: "1.1.1.2" }, { protocol: 253, payload: 0 }),
  ],
  ['address: "host" is neither IPv4 nor IPv6', () => addressBytes("host")],
  ['address: "fe80::1%eth0" is neither IPv4 nor IPv6', () => addressBytes("fe80::1%eth0")],
  [
    "ipv4 fragment offset: 3 is not a multiple of 8",
    () =>
      encodeIp(
        { version: 4, source: "1.1.1.1", destination: "1.1.1.2", fragmentOffset: 3 },
        { protocol: 253, payload: 0 },
      ),
  ],
  ["link raw: carries IP only, not type 0x806", () => encodeFrame({ link: "raw" }, ETHERTYPE_ARP, new Uint8Array(28))],
  [
    "vlan identifier: 4096 is not",
    () =>
      encodeFrame(
        {
          ...ETHERNET,
          link: "ethernet",
          source: "2:0:0:0:0:1",
          destination: "2:0:0:0:0:2",
          vlan: [{ identifier: 4096 }],
        },
        ETHERTYPE_IPV4,
        new Uint8Array(0),
      ),
  ],
  ['link-layer address: "02:00" is not six bytes', () => macBytes("02:00")],
])("%s", (message, encode) => {
  expect(encode).toThrow(message);
  expect(encode).toThrow(RangeError);
});
