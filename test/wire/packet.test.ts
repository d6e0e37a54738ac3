import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeArp, encodeFrame, type LinkFields, LINK_TYPES } from "../../src/capture/encode.ts";
import { encodeIp } from "../../src/capture/encode-ip.ts";
import { Frame } from "../../src/wire/frame.ts";
import { Packet } from "../../src/wire/packet.ts";
import * as p from "../../src/wire/protocol.ts";
import { IPV4, TRANSPORT } from "./example.ts";

const IPV6 = encodeIp({ version: 6, source: "2001:db8::1", destination: "2001:db8::2" }, TRANSPORT);
const MACS = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };
const ETHERNET: LinkFields = { link: "ethernet", ...MACS };
const FRAME4 = encodeFrame(ETHERNET, p.ETHERTYPE_IPV4, IPV4);

function bytes(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.replaceAll(/\s+/g, "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function joined(...parts: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...(typeof part === "string" ? bytes(part) : part)]));
}

/** An IPv4 packet between routers that carries `payload`. */
function outer(protocol: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = bytes("45000000 00010000 40000000 c0000201 c0000202");
  const view = new DataView(header.buffer);
  view.setUint16(2, 20 + payload.length);
  view.setUint8(9, protocol);
  return joined(header, payload);
}

/** A UDP datagram of a tunnel, between routers. */
function datagram(destinationPort: number, payload: Uint8Array, sourcePort = 50000): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  view.setUint16(0, sourcePort);
  view.setUint16(2, destinationPort);
  view.setUint16(4, 8 + payload.length);
  return outer(p.PROTOCOL_UDP, joined(header, payload));
}

/** The frame, of which `capturedLength` bytes are captured; bytes around it belong to other frames. */
function decode(linkType: number, wire: Uint8Array, capturedLength = wire.length): Packet {
  const frame = new Frame();
  const padding = 7;
  frame.bytes = new Uint8Array(wire.length + 2 * padding).fill(0x45);
  frame.bytes.set(wire.subarray(0, capturedLength), padding);
  frame.view = new DataView(frame.bytes.buffer);
  frame.start = padding;
  frame.end = padding + capturedLength;
  frame.wireLength = wire.length;
  frame.linkType = linkType;
  frame.number = 1;
  const packet = new Packet();
  packet.decode(frame);
  return packet;
}

/** The connection that the packet belongs to. */
function tupleOf(packet: Packet): string {
  if (!packet.hasTcp) return "";
  const { bytes: all } = packet.frame;
  const address = (at: number): string => Buffer.from(all.subarray(at, at + packet.addressLength)).toString("hex");
  return `${packet.ipVersion} ${address(packet.sourceAt)} ${packet.tcp.sourcePort} > ${address(packet.destinationAt)} ${packet.tcp.destinationPort} (${packet.tcp.payloadLength})`;
}

const TUPLE4 = "4 0a000001 40000 > 0a000002 80 (5)";
const TUPLE6 = "6 20010db8000000000000000000000001 40000 > 20010db8000000000000000000000002 80 (5)";

interface Sample {
  readonly name: string;
  readonly linkType: number;
  readonly wire: Uint8Array;
  readonly tuple: string;
  /** Kinds of the tunnels, outermost first. */
  readonly tunnels?: readonly string[];
  readonly identifiers?: readonly number[];
}

const ETHER = p.LINKTYPE_ETHERNET;
const ethernet = (etherType: number, payload: Uint8Array): Uint8Array => encodeFrame(ETHERNET, etherType, payload);
const overIp = (packet: Uint8Array): Uint8Array => ethernet(p.ETHERTYPE_IPV4, packet);
/** The Ethernet header of a 802.3 frame in front of SNAP and IP. */
const SNAP = "aaaa03 000000 0800";
/** The header of an 802.11 data frame from an access point. */
const DATA_TO_STATION = "0802 0000 020000000002 020000000003 020000000001 1000";

const LINKS: readonly Sample[] = [
  { name: "Ethernet, IPv4", linkType: ETHER, wire: FRAME4, tuple: TUPLE4 },
  { name: "Ethernet, IPv6", linkType: ETHER, wire: ethernet(p.ETHERTYPE_IPV6, IPV6), tuple: TUPLE6 },
  {
    name: "802.1Q",
    linkType: ETHER,
    wire: encodeFrame({ ...ETHERNET, link: "ethernet", vlan: [{ identifier: 5 }] }, p.ETHERTYPE_IPV4, IPV4),
    tuple: TUPLE4,
  },
  {
    name: "802.1ad",
    linkType: ETHER,
    wire: encodeFrame(
      { ...ETHERNET, link: "ethernet", vlan: [{ identifier: 5, type: 0x88a8 }, { identifier: 6 }] },
      p.ETHERTYPE_IPV4,
      IPV4,
    ),
    tuple: TUPLE4,
  },
  {
    name: "802.3 with SNAP",
    linkType: ETHER,
    wire: joined(FRAME4.subarray(0, 12), `00${(8 + IPV4.length).toString(16)}`, SNAP, IPV4),
    tuple: TUPLE4,
  },
  {
    name: "cooked",
    linkType: p.LINKTYPE_LINUX_SLL,
    wire: encodeFrame({ link: "sll" }, p.ETHERTYPE_IPV4, IPV4),
    tuple: TUPLE4,
  },
  {
    name: "cooked, 802.2",
    linkType: p.LINKTYPE_LINUX_SLL,
    wire: joined("0004 0001 0006 020000000001 0000 0004", SNAP, IPV4),
    tuple: TUPLE4,
  },
  {
    name: "cooked 2",
    linkType: p.LINKTYPE_LINUX_SLL2,
    wire: encodeFrame({ link: "sll2" }, p.ETHERTYPE_IPV6, IPV6),
    tuple: TUPLE6,
  },
  { name: "raw", linkType: p.LINKTYPE_RAW, wire: IPV6, tuple: TUPLE6 },
  { name: "raw as most BSD systems number it", linkType: p.LINKTYPE_RAW_BSD, wire: IPV6, tuple: TUPLE6 },
  { name: "raw as OpenBSD numbers it", linkType: p.LINKTYPE_RAW_OPENBSD, wire: IPV4, tuple: TUPLE4 },
  { name: "IPv4", linkType: p.LINKTYPE_IPV4, wire: IPV4, tuple: TUPLE4 },
  { name: "IPv6", linkType: p.LINKTYPE_IPV6, wire: IPV6, tuple: TUPLE6 },
  {
    name: "null",
    linkType: LINK_TYPES.null,
    wire: encodeFrame({ link: "null" }, p.ETHERTYPE_IPV4, IPV4),
    tuple: TUPLE4,
  },
  { name: "loop", linkType: p.LINKTYPE_LOOP, wire: joined("00000002", IPV4), tuple: TUPLE4 },
  { name: "PPP", linkType: p.LINKTYPE_PPP, wire: joined("ff03 0021", IPV4), tuple: TUPLE4 },
  { name: "PPP, all compressed away", linkType: p.LINKTYPE_PPP, wire: joined("21", IPV4), tuple: TUPLE4 },
  { name: "PPP, IPv6", linkType: p.LINKTYPE_PPP_HDLC, wire: joined("ff03 0057", IPV6), tuple: TUPLE6 },
  { name: "PPP, Cisco HDLC in it", linkType: p.LINKTYPE_PPP, wire: joined("0f00 0800", IPV4), tuple: TUPLE4 },
  { name: "Cisco HDLC", linkType: p.LINKTYPE_CISCO_HDLC, wire: joined("0f00 0800", IPV4), tuple: TUPLE4 },
  { name: "802.11", linkType: p.LINKTYPE_IEEE802_11, wire: joined(DATA_TO_STATION, SNAP, IPV4), tuple: TUPLE4 },
  {
    name: "radiotap",
    linkType: p.LINKTYPE_RADIOTAP,
    wire: joined("0000 0900 02000000 00", DATA_TO_STATION, SNAP, IPV4),
    tuple: TUPLE4,
  },
  {
    name: "Prism",
    linkType: p.LINKTYPE_PRISM,
    wire: joined(new Uint8Array(144), DATA_TO_STATION, SNAP, IPV4),
    tuple: TUPLE4,
  },
  {
    name: "AVS",
    linkType: p.LINKTYPE_AVS,
    wire: joined("80211001 0000000c 00000000", DATA_TO_STATION, SNAP, IPV4),
    tuple: TUPLE4,
  },
  { name: "FDDI", linkType: p.LINKTYPE_FDDI, wire: joined("50 020000000002 020000000001", SNAP, IPV4), tuple: TUPLE4 },
];

const TUNNELS: readonly Sample[] = [
  {
    name: "PPPoE",
    linkType: ETHER,
    wire: ethernet(p.ETHERTYPE_PPPOE_SESSION, joined("1100 0007", `00${(2 + IPV4.length).toString(16)}`, "0021", IPV4)),
    tuple: TUPLE4,
    tunnels: ["pppoe"],
    identifiers: [7],
  },
  {
    name: "PPPoE as link",
    linkType: p.LINKTYPE_PPPOE,
    wire: joined("1100 0007", `00${(2 + IPV6.length).toString(16)}`, "0057", IPV6),
    tuple: TUPLE6,
    tunnels: ["pppoe"],
    identifiers: [7],
  },
  {
    name: "MPLS",
    linkType: ETHER,
    wire: ethernet(p.ETHERTYPE_MPLS, joined("00010040 00020140", IPV4)),
    tuple: TUPLE4,
    tunnels: ["mpls", "mpls"],
    identifiers: [16, 32],
  },
  {
    name: "MPLS with a pseudowire",
    linkType: ETHER,
    wire: ethernet(p.ETHERTYPE_MPLS, joined("00020140 00000000", FRAME4)),
    tuple: TUPLE4,
    tunnels: ["mpls"],
    identifiers: [32],
  },
  {
    name: "MPLS in IP",
    linkType: ETHER,
    wire: overIp(outer(p.PROTOCOL_MPLS, joined("00020140", IPV4))),
    tuple: TUPLE4,
    tunnels: ["mpls"],
    identifiers: [32],
  },
  { name: "IP in IP", linkType: ETHER, wire: overIp(outer(p.PROTOCOL_IPV4, IPV4)), tuple: TUPLE4, tunnels: ["ipip"] },
  {
    name: "IPv6 in IPv4",
    linkType: ETHER,
    wire: overIp(outer(p.PROTOCOL_IPV6, IPV6)),
    tuple: TUPLE6,
    tunnels: ["6in4"],
  },
  {
    name: "authentication header",
    linkType: ETHER,
    wire: overIp(
      outer(p.PROTOCOL_AH, joined("06 04 0000 00000001 00000001 000000000000000000000000", IPV4.subarray(20))),
    ),
    tuple: "4 c0000201 40000 > c0000202 80 (5)",
    tunnels: [],
  },
  {
    name: "GRE",
    linkType: ETHER,
    wire: overIp(outer(p.PROTOCOL_GRE, joined("0000 0800", IPV4))),
    tuple: TUPLE4,
    tunnels: ["gre"],
  },
  {
    name: "GRE with all options",
    linkType: ETHER,
    wire: overIp(outer(p.PROTOCOL_GRE, joined("b000 86dd 00000000 00000063 00000001", IPV6))),
    tuple: TUPLE6,
    tunnels: ["gre"],
    identifiers: [99],
  },
  {
    name: "GRE with Ethernet",
    linkType: ETHER,
    wire: overIp(outer(p.PROTOCOL_GRE, joined("0000 6558", FRAME4))),
    tuple: TUPLE4,
    tunnels: ["gre"],
  },
  {
    name: "GRE with PPP",
    linkType: ETHER,
    wire: overIp(outer(p.PROTOCOL_GRE, joined("3001 880b", "0031 0001 00000001 ff03 0021", IPV4))),
    tuple: TUPLE4,
    tunnels: ["gre"],
  },
  {
    name: "ERSPAN I",
    linkType: ETHER,
    wire: overIp(outer(p.PROTOCOL_GRE, joined("0000 88be", FRAME4))),
    tuple: TUPLE4,
    tunnels: ["gre", "erspan"],
  },
  {
    name: "ERSPAN II",
    linkType: ETHER,
    wire: overIp(outer(p.PROTOCOL_GRE, joined("1000 88be 00000001 1001 0005 00000000", FRAME4))),
    tuple: TUPLE4,
    tunnels: ["gre", "erspan"],
    identifiers: [0, 5],
  },
  {
    name: "ERSPAN III",
    linkType: ETHER,
    wire: overIp(outer(p.PROTOCOL_GRE, joined("1000 22eb 00000001 2001 0005 00000000 00000000", FRAME4))),
    tuple: TUPLE4,
    tunnels: ["gre", "erspan"],
    identifiers: [0, 5],
  },
  {
    name: "ERSPAN III with a subheader",
    linkType: ETHER,
    wire: overIp(
      outer(p.PROTOCOL_GRE, joined("1000 22eb 00000001 2001 0005 00000000 00000001 0000000000000000", FRAME4)),
    ),
    tuple: TUPLE4,
    tunnels: ["gre", "erspan"],
  },
  {
    name: "VXLAN",
    linkType: ETHER,
    wire: overIp(datagram(p.PORT_VXLAN, joined("08000000 00007b00", FRAME4))),
    tuple: TUPLE4,
    tunnels: ["vxlan"],
    identifiers: [123],
  },
  {
    name: "VXLAN-GPE with IPv6",
    linkType: ETHER,
    wire: overIp(datagram(p.PORT_VXLAN_GPE, joined("0c000002 00007b00", IPV6))),
    tuple: TUPLE6,
    tunnels: ["vxlan"],
    identifiers: [123],
  },
  {
    name: "Geneve with options",
    linkType: ETHER,
    wire: overIp(datagram(p.PORT_GENEVE, joined("0200 6558 00000a00 0102030400000001", FRAME4))),
    tuple: TUPLE4,
    tunnels: ["geneve"],
    identifiers: [10],
  },
  {
    name: "Geneve with IPv4",
    linkType: ETHER,
    wire: overIp(datagram(p.PORT_GENEVE, joined("0000 0800 00000a00", IPV4))),
    tuple: TUPLE4,
    tunnels: ["geneve"],
    identifiers: [10],
  },
  {
    name: "Teredo",
    linkType: ETHER,
    wire: overIp(datagram(50001, IPV6, p.PORT_TEREDO)),
    tuple: TUPLE6,
    tunnels: ["teredo"],
  },
  {
    name: "Teredo with indications",
    linkType: ETHER,
    wire: overIp(datagram(p.PORT_TEREDO, joined("0001 00 00 0000000000000000 00 0000 c350 3ffffdfe", IPV6))),
    tuple: TUPLE6,
    tunnels: ["teredo"],
  },
  {
    name: "GTP",
    linkType: ETHER,
    wire: overIp(datagram(p.PORT_GTP_USER, joined("30ff 002d 00000009", IPV4))),
    tuple: TUPLE4,
    tunnels: ["gtp"],
    identifiers: [9],
  },
  {
    name: "GTP with an extension header",
    linkType: ETHER,
    wire: overIp(datagram(p.PORT_GTP_USER, joined("34ff 0035 00000009 0000 00 85 01 1000 00", IPV4))),
    tuple: TUPLE4,
    tunnels: ["gtp"],
    identifiers: [9],
  },
  {
    name: "VXLAN over GRE",
    linkType: ETHER,
    wire: overIp(
      outer(p.PROTOCOL_GRE, joined("0000 0800", datagram(p.PORT_VXLAN, joined("08000000 00007b00", FRAME4)))),
    ),
    tuple: TUPLE4,
    tunnels: ["gre", "vxlan"],
  },
];

describe.each([...LINKS, ...TUNNELS])("$name", ({ linkType, wire, tuple, tunnels, identifiers }) => {
  test("leads to the segment", () => {
    const packet = decode(linkType, wire);
    expect(packet.fault).toBeUndefined();
    expect(tupleOf(packet)).toBe(tuple);
    expect(packet.hasUdp).toBe(false);
    expect(packet.tunnels.kinds.slice(0, packet.tunnels.count)).toEqual(tunnels ?? []);
    if (identifiers !== undefined)
      expect([...packet.tunnels.identifiers.subarray(0, packet.tunnels.count)]).toEqual(identifiers);
  });

  test("cut at every length, it has the segment once its header is captured, and never another", () => {
    // The payload of 5 bytes ends the frame.
    const header = wire.length - 5;
    for (let captured = 0; captured < wire.length; captured++) {
      const packet = decode(linkType, wire, captured);
      expect(tupleOf(packet), `cut at ${captured}`).toBe(captured < header ? "" : tuple);
    }
  });

  test("with a byte changed, it is never read beyond its end", () => {
    for (let at = 0; at < wire.length; at++) {
      for (const value of [0, 0x0f, 0x45, 0xff]) {
        const changed = wire.slice();
        changed[at] = value;
        const packet = decode(linkType, changed);
        if (packet.hasTcp) expect(packet.tcp.payloadAt).toBeLessThanOrEqual(packet.frame.end);
      }
    }
  });
});

const LINK_TYPE_NUMBERS = [...new Set(LINKS.map((sample) => sample.linkType)), p.LINKTYPE_PPPOE, 147];

test("any bytes in any link decode to something, twice the same", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...LINK_TYPE_NUMBERS),
      fc.uint8Array({ maxLength: 120 }),
      fc.nat({ max: 120 }),
      (linkType, wire, captured) => {
        const length = Math.min(captured, wire.length);
        const packet = decode(linkType, wire, length);
        const tuple = tupleOf(packet);
        packet.decode(packet.frame);
        expect(tupleOf(packet)).toBe(tuple);
        if (packet.fault !== undefined) expect(packet.fault.have).toBeGreaterThanOrEqual(0);
      },
    ),
    { numRuns: 2000 },
  );
});

test("any bytes behind the header of any tunnel decode to something", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...TUNNELS),
      fc.nat({ max: 100 }),
      fc.uint8Array({ minLength: 1, maxLength: 60 }),
      (sample, from, garbage) => {
        const wire = sample.wire.slice();
        wire.set(garbage.subarray(0, Math.max(0, wire.length - from)), Math.min(from, wire.length));
        expect(() => tupleOf(decode(sample.linkType, wire))).not.toThrow();
      },
    ),
    { numRuns: 2000 },
  );
});

test("nesting has an end", () => {
  let packet = IPV4;
  for (let depth = 0; depth < 100; depth++) packet = outer(p.PROTOCOL_IPV4, packet);
  const decoded = decode(p.LINKTYPE_RAW, packet);
  expect(decoded.hasTcp).toBe(false);
  expect(decoded.tunnels.count).toBe(8);
});

describe("what is no tunnel stays a datagram", () => {
  test.each([
    { name: "VXLAN without its flag", port: p.PORT_VXLAN, payload: joined("00000000 00007b00", FRAME4) },
    { name: "Geneve of another version", port: p.PORT_GENEVE, payload: joined("4000 6558 00000a00", FRAME4) },
    { name: "Geneve with options beyond its end", port: p.PORT_GENEVE, payload: joined("3f00 6558 00000a00", FRAME4) },
    { name: "GTP control", port: p.PORT_GTP_USER, payload: joined("3001 0004 00000000", IPV4) },
    { name: "Teredo port with DNS", port: p.PORT_TEREDO, payload: bytes("1234 0100 0001 0000 0000 0000 00") },
    { name: "VXLAN with bytes that are no frame", port: p.PORT_VXLAN, payload: bytes("08000000 00007b00 ffff") },
  ])("$name", ({ port, payload }) => {
    const packet = decode(p.LINKTYPE_RAW, datagram(port, payload));
    expect(packet.hasUdp).toBe(true);
    expect(packet.hasTcp).toBe(false);
    expect(packet.fault).toBeUndefined();
    expect(packet.udp.destinationPort).toBe(port);
  });
});

test("a fragment has no segment", () => {
  const first = IPV4.slice();
  first[6] = 0x20;
  const packet = decode(p.LINKTYPE_RAW, first);
  expect(packet).toMatchObject({ isFragment: true, hasTcp: false, protocol: p.PROTOCOL_TCP });
});

test("the end of a source route is the destination", () => {
  const routed = joined(
    "48000000 00010000 40060000 0a000001 0a0000fe",
    "01 83 0b 04 0a000063 0a000002",
    IPV4.subarray(20),
  );
  new DataView(routed.buffer).setUint16(2, routed.length);
  expect(tupleOf(decode(p.LINKTYPE_RAW, routed))).toBe(TUPLE4);
});

test("ARP is read", () => {
  const request = encodeArp({
    operation: "request",
    senderMac: MACS.source,
    senderAddress: "10.0.0.1",
    targetAddress: "10.0.0.2",
  });
  const packet = decode(ETHER, ethernet(p.ETHERTYPE_ARP, request));
  expect(packet).toMatchObject({ hasArp: true, hasEthernet: true, ipVersion: 0 });
});

test("one packet after the other leaves nothing of the first", () => {
  const packet = decode(ETHER, FRAME4);
  const other = decode(p.LINKTYPE_PPP, bytes("ff03 c021 0102"));
  packet.decode(other.frame);
  expect(packet).toMatchObject({ hasTcp: false, hasEthernet: false, ipVersion: 0, fault: undefined });
  expect(packet.tunnels.count).toBe(0);
});

test("a broken header in a tunnel leaves the view at the one around it", () => {
  const packet = decode(p.LINKTYPE_RAW, outer(p.PROTOCOL_IPV4, bytes("45000014")));
  expect(packet).toMatchObject({ ipVersion: 4, fault: { layer: "ipv4", field: "header", have: 4 } });
  expect(packet.ipv4).toMatchObject({ protocol: p.PROTOCOL_IPV4, ttl: 64, totalLength: 24 });
});
