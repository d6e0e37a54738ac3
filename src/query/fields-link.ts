import { MIN_ETHERTYPE } from "../wire/ethernet.ts";
import type { BytesField, Field, NumberField } from "./field.ts";
import type { PacketSubject } from "./packet-subject.ts";

type Read = (subject: PacketSubject) => number;

/** A number or boolean that a packet has once, if `has` says so. */
export function numberField(
  type: NumberField<PacketSubject>["type"],
  name: string,
  about: string,
  has: (subject: PacketSubject) => boolean,
  read: Read,
  aliases: readonly string[] = [],
): NumberField<PacketSubject> {
  return { type, name, about, aliases, read: (subject) => (has(subject) ? read(subject) : Number.NaN) };
}

/** One or two values of a packet: source, then destination. */
export function eitherField(
  name: string,
  about: string,
  has: (subject: PacketSubject) => boolean,
  source: Read,
  destination: Read,
): NumberField<PacketSubject> {
  const read = (subject: PacketSubject, index: number): number =>
    has(subject) ? (index === 0 ? source(subject) : destination(subject)) : Number.NaN;
  return { type: "number", name, about, values: 2, read };
}

/** A protocol, or another part of the packet: there or not; `end` is one past its last captured byte. */
export function partField(
  name: string,
  about: string,
  has: (subject: PacketSubject) => boolean,
  at: Read,
  end: Read = frameEnd,
): BytesField<PacketSubject> {
  return {
    type: "bytes",
    name,
    about,
    at: (subject) => (has(subject) ? at(subject) : -1),
    length: (subject) => Math.max(0, end(subject) - at(subject)),
    bytes: bytesOf,
  };
}

const LENGTHS = { ipv4: 4, ipv6: 16, ethernet: 6 } as const;

/** One or two addresses. */
export function addressField(
  type: "ipv4" | "ipv6" | "ethernet",
  name: string,
  about: string,
  has: (subject: PacketSubject) => boolean,
  ...at: readonly Read[]
): BytesField<PacketSubject> {
  return {
    type,
    name,
    about,
    values: at.length,
    at: (subject, index) => (has(subject) ? at[index]!(subject) : -1),
    length: () => LENGTHS[type],
    bytes: bytesOf,
  };
}

export function bytesOf({ packet }: PacketSubject): Uint8Array {
  return packet.frame.bytes;
}

function frameEnd({ packet }: PacketSubject): number {
  return packet.frame.end;
}

const always = (): boolean => true;
const hasEthernet = ({ packet }: PacketSubject): boolean => packet.hasEthernet;
const hasVlan = ({ packet }: PacketSubject): boolean => packet.hasEthernet && packet.ethernet.vlanCount > 0;
const hasArp = ({ packet }: PacketSubject): boolean => packet.hasArp;
const hasArpAddresses = ({ packet }: PacketSubject): boolean => packet.hasArp && packet.arp.isEthernetIpv4;

/** Tags that a query looks at: as many as the decoder follows. */
const VLAN_TAGS = 8;

function vlanField(name: string, about: string, read: (tag: number) => number): NumberField<PacketSubject> {
  return {
    type: "number",
    name,
    about,
    values: VLAN_TAGS,
    read: ({ packet: { hasEthernet, ethernet } }, index) =>
      hasEthernet && index < ethernet.vlanCount ? read(ethernet.vlanTags[index]!) : Number.NaN,
  };
}

/** The frame itself, Ethernet, VLAN tags and ARP. */
export const LINK_FIELDS: readonly Field<PacketSubject>[] = [
  partField("frame", "the captured bytes", always, ({ packet }) => packet.frame.start),
  numberField("number", "frame.number", "place in the input, from 1", always, ({ packet }) => packet.frame.number),
  numberField("number", "frame.len", "length on the wire, in bytes", always, ({ packet }) => packet.frame.wireLength),
  numberField("number", "frame.cap_len", "captured bytes", always, ({ packet }) => packet.frame.capturedLength),
  numberField(
    "seconds",
    "frame.time_epoch",
    "seconds since 1970, to a quarter of a microsecond",
    always,
    ({ packet: { frame } }) => frame.seconds + frame.nanoseconds / 1e9,
  ),
  numberField(
    "seconds",
    "frame.time_relative",
    "seconds since the first packet that the expression lets pass",
    always,
    ({ sinceFirstNs }) => sinceFirstNs / 1e9,
  ),
  numberField(
    "seconds",
    "frame.time_delta",
    "seconds since the packet before; 0 for the first",
    always,
    ({ sincePreviousNs }) => sincePreviousNs / 1e9,
  ),
  numberField(
    "number",
    "frame.interface_id",
    "number of the interface in the capture, from 0",
    always,
    ({ packet }) => packet.frame.interfaceIndex,
  ),
  {
    type: "text",
    name: "frame.interface_name",
    about: "name of the interface, where the capture has it",
    text: ({ interfaceName }) => (interfaceName === "" ? undefined : interfaceName),
  },
  partField("eth", "Ethernet", hasEthernet, ({ packet }) => packet.ethernet.at),
  addressField("ethernet", "eth.src", "source address", hasEthernet, ({ packet }) => packet.ethernet.sourceAt),
  addressField(
    "ethernet",
    "eth.dst",
    "destination address",
    hasEthernet,
    ({ packet }) => packet.ethernet.destinationAt,
  ),
  addressField(
    "ethernet",
    "eth.addr",
    "source or destination address",
    hasEthernet,
    ({ packet }) => packet.ethernet.sourceAt,
    ({ packet }) => packet.ethernet.destinationAt,
  ),
  numberField(
    "number",
    "eth.type",
    "EtherType in the Ethernet header: of the first VLAN tag where there is one",
    ({ packet }) => packet.hasEthernet && packet.ethernet.typeOrLength >= MIN_ETHERTYPE,
    ({ packet }) => packet.ethernet.typeOrLength,
  ),
  partField("vlan", "a VLAN tag", hasVlan, ({ packet }) => packet.ethernet.at),
  vlanField("vlan.id", "VLAN identifier, of each tag", (tag) => tag & 0xfff),
  vlanField("vlan.priority", "priority code point, of each tag", (tag) => tag >> 13),
  partField("arp", "ARP", hasArp, ({ packet }) => packet.arp.at),
  numberField("number", "arp.opcode", "1 request, 2 reply", hasArp, ({ packet }) => packet.arp.operation),
  addressField(
    "ethernet",
    "arp.src.hw_mac",
    "sender's Ethernet address",
    hasArpAddresses,
    ({ packet }) => packet.arp.senderHardwareAt,
  ),
  addressField(
    "ipv4",
    "arp.src.proto_ipv4",
    "sender's IPv4 address",
    hasArpAddresses,
    ({ packet }) => packet.arp.senderProtocolAt,
  ),
  addressField(
    "ethernet",
    "arp.dst.hw_mac",
    "target's Ethernet address",
    hasArpAddresses,
    ({ packet }) => packet.arp.targetHardwareAt,
  ),
  addressField(
    "ipv4",
    "arp.dst.proto_ipv4",
    "target's IPv4 address",
    hasArpAddresses,
    ({ packet }) => packet.arp.targetProtocolAt,
  ),
];
