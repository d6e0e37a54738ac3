import * as tcp from "../wire/tcp.ts";
import type { Field, NumberField } from "./field.ts";
import { eitherField, numberField, partField } from "./fields-link.ts";
import type { PacketSubject } from "./packet-subject.ts";

const hasTcp = ({ packet }: PacketSubject): boolean => packet.hasTcp;

function flag(name: string, about: string, mask: number, aliases: readonly string[] = []): NumberField<PacketSubject> {
  const read = ({ packet }: PacketSubject): number => ((packet.tcp.flagsWithReserved & mask) === 0 ? 0 : 1);
  return numberField("boolean", `tcp.flags.${name}`, about, hasTcp, read, aliases);
}

/** A value of an option that may be absent (below 0). */
function option(
  name: string,
  about: string,
  read: (subject: PacketSubject) => number,
  aliases: readonly string[] = [],
): NumberField<PacketSubject> {
  return numberField("number", name, about, (subject) => subject.packet.hasTcp && read(subject) >= 0, read, aliases);
}

/** The TCP header and its options: what the segment alone tells. */
export const TCP_FIELDS: readonly Field<PacketSubject>[] = [
  partField("tcp", "TCP", hasTcp, ({ packet }) => packet.tcp.at),
  numberField("number", "tcp.srcport", "source port", hasTcp, ({ packet }) => packet.tcp.sourcePort),
  numberField("number", "tcp.dstport", "destination port", hasTcp, ({ packet }) => packet.tcp.destinationPort),
  eitherField(
    "tcp.port",
    "source or destination port",
    hasTcp,
    ({ packet }) => packet.tcp.sourcePort,
    ({ packet }) => packet.tcp.destinationPort,
  ),
  numberField("number", "tcp.len", "payload, in bytes", hasTcp, ({ packet }) => packet.tcp.payloadLength),
  numberField("number", "tcp.seq_raw", "sequence number as sent", hasTcp, ({ packet }) => packet.tcp.sequence),
  numberField(
    "number",
    "tcp.ack_raw",
    "acknowledgment number as sent",
    hasTcp,
    ({ packet }) => packet.tcp.acknowledgment,
  ),
  numberField(
    "number",
    "tcp.hdr_len",
    "header with options, in bytes",
    hasTcp,
    ({ packet }) => packet.tcp.headerLength,
  ),
  numberField(
    "number",
    "tcp.flags",
    "the twelve bits after the header length",
    hasTcp,
    ({ packet }) => packet.tcp.flagsWithReserved,
  ),
  flag("fin", "FIN", tcp.FIN),
  flag("syn", "SYN", tcp.SYN),
  flag("reset", "RST", tcp.RST, ["tcp.flags.rst"]),
  flag("push", "PSH", tcp.PSH, ["tcp.flags.psh"]),
  flag("ack", "ACK", tcp.ACK),
  flag("urg", "URG", tcp.URG),
  flag("ece", "ECE", tcp.ECE, ["tcp.flags.ecn"]),
  flag("cwr", "CWR", tcp.CWR),
  flag("ae", "AE, formerly NS", tcp.AE, ["tcp.flags.ns"]),
  numberField("number", "tcp.window_size_value", "window as sent", hasTcp, ({ packet }) => packet.tcp.window),
  numberField("number", "tcp.checksum", "checksum as sent", hasTcp, ({ packet }) => packet.tcp.checksum),
  numberField("number", "tcp.urgent_pointer", "urgent pointer", hasTcp, ({ packet }) => packet.tcp.urgentPointer),
  partField(
    "tcp.payload",
    "payload",
    ({ packet }) => packet.hasTcp && packet.tcp.capturedPayloadLength > 0,
    ({ packet }) => packet.tcp.payloadAt,
    ({ packet }) => packet.tcp.payloadAt + packet.tcp.capturedPayloadLength,
  ),
  option("tcp.options.mss_val", "maximum segment size, in bytes", ({ options }) => options.mss, ["tcp.options.mss"]),
  option("tcp.options.wscale.shift", "window scale: shift count", ({ options }) => options.windowScale, [
    "tcp.options.wscale",
  ]),
  numberField(
    "boolean",
    "tcp.options.sack_perm",
    "SACK permitted",
    (subject) => subject.packet.hasTcp && subject.options.sackPermitted,
    () => 1,
  ),
  option("tcp.options.sack.count", "SACK blocks, when there are any", ({ options }) => options.sackBlocks || -1),
  option("tcp.options.timestamp.tsval", "timestamp", ({ options }) => (options.hasTimestamps ? options.tsval : -1)),
  option("tcp.options.timestamp.tsecr", "timestamp echo reply", ({ options }) =>
    options.hasTimestamps ? options.tsecr : -1,
  ),
];
