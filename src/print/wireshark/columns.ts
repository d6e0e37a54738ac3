import { macText } from "../../wire/address.ts";
import type { Packet } from "../../wire/packet.ts";
import { destinationText, sourceText } from "./addresses.ts";
import type { Line } from "./line.ts";
import type { TimeStyle } from "./time.ts";

/** A value of the line, or `undefined` (a dash) where the packet has none. */
type Value = (line: Line) => string | number | undefined;

/** A column of the list: one that it lays out itself, a time, or any other value. */
export type Column =
  | { readonly kind: "number" | "time" | "source" | "destination" | "pair" | "protocol" | "length" | "info" }
  | { readonly kind: "moment"; readonly style: TimeStyle }
  | { readonly kind: "value"; readonly value: Value };

/** Columns that the list has when none are chosen, in order. */
const DEFAULT = ["no", "time", "src", "dst", "proto", "len", "info"];

/** All columns that can be chosen. */
const COLUMNS: Readonly<Record<string, Column>> = {
  no: { kind: "number" },
  time: { kind: "time" },
  src: { kind: "source" },
  dst: { kind: "destination" },
  proto: { kind: "protocol" },
  len: { kind: "length" },
  info: { kind: "info" },
  relative: { kind: "moment", style: "relative" },
  delta: { kind: "moment", style: "delta" },
  abs: { kind: "moment", style: "date" },
  epoch: { kind: "moment", style: "epoch" },
  caplen: of(({ packet }) => packet.frame.capturedLength),
  interface: of(({ interfaceName }) => (interfaceName === "" ? undefined : interfaceName)),
  vlan: of(({ packet }) => vlanText(packet)),
  "eth.src": of(({ packet }) =>
    packet.hasEthernet ? macText(packet.frame.bytes, packet.ethernet.sourceAt) : undefined,
  ),
  "eth.dst": of(({ packet }) =>
    packet.hasEthernet ? macText(packet.frame.bytes, packet.ethernet.destinationAt) : undefined,
  ),
  "ip.src": of(({ packet }) => (packet.ipVersion === 0 ? undefined : sourceText(packet))),
  "ip.dst": of(({ packet }) => (packet.ipVersion === 0 ? undefined : destinationText(packet))),
  "ip.id": of(({ packet }) => (packet.ipVersion === 4 ? hex(packet.ipv4.identification, 4) : undefined)),
  "ip.ttl": of(({ packet }) =>
    byVersion(
      packet,
      () => packet.ipv4.ttl,
      () => packet.ipv6.hopLimit,
    ),
  ),
  "ip.len": of(({ packet }) =>
    byVersion(
      packet,
      () => packet.ipv4.totalLength,
      () => packet.ipv6.payloadLength + 40,
    ),
  ),
  "ip.dscp": of(({ packet }) =>
    byVersion(
      packet,
      () => packet.ipv4.typeOfService >> 2,
      () => packet.ipv6.trafficClass >> 2,
    ),
  ),
  "ip.proto": of(({ packet }) => (packet.ipVersion === 0 ? undefined : packet.protocol)),
  srcport: of(({ packet }) => transport(packet)?.sourcePort),
  dstport: of(({ packet }) => transport(packet)?.destinationPort),
  stream: of(({ segment }) => segment?.connection.stream),
  "tcp.seq": of(({ segment }) => segment?.relativeSequence),
  "tcp.ack": of(({ segment }) => segment?.relativeAcknowledgment),
  "tcp.len": of(({ segment }) => segment?.payloadLength),
  "tcp.window": of(({ segment }) => segment?.scaledWindow),
  "tcp.flags": of(({ packet }) => (packet.hasTcp ? hex(packet.tcp.flagsWithReserved, 3) : undefined)),
  "tcp.flight": of(({ segment }) =>
    segment === undefined || segment.bytesInFlight < 0 ? undefined : segment.bytesInFlight,
  ),
  "tcp.rtt": of(({ segment }) =>
    segment === undefined || segment.acksFrame === 0 ? undefined : segment.ackRttNs / 1e9,
  ),
};

/** Names of all columns. */
export const COLUMN_NAMES: readonly string[] = Object.keys(COLUMNS);

function of(value: Value): Column {
  return { kind: "value", value };
}

/** The columns of these names; a source right before a destination becomes a pair with an arrow between. Unknown names are passed over. */
export function columnsOf(names: readonly string[] = DEFAULT): readonly Column[] {
  const columns: Column[] = [];
  for (const name of names) {
    const column = COLUMNS[name];
    if (column === undefined) continue;
    if (column.kind === "destination" && columns.at(-1)?.kind === "source")
      columns[columns.length - 1] = { kind: "pair" };
    else columns.push(column);
  }
  return columns;
}

function byVersion(packet: Packet, four: () => number, six: () => number): number | undefined {
  if (packet.ipVersion === 0) return undefined;
  return packet.ipVersion === 4 ? four() : six();
}

function transport({ hasTcp, tcp, hasUdp, udp }: Packet): { sourcePort: number; destinationPort: number } | undefined {
  if (hasTcp) return tcp;
  return hasUdp ? udp : undefined;
}

function vlanText({ hasEthernet, hasCooked, ethernet }: Packet): string | undefined {
  if ((!hasEthernet && !hasCooked) || ethernet.vlanCount === 0) return undefined;
  return Array.from(ethernet.vlanTags.subarray(0, ethernet.vlanCount), (tag) => tag & 0xfff).join(",");
}

function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}
