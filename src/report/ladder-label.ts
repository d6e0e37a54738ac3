import type { Connection } from "../flow/connection.ts";
import { NEVER } from "../flow/time.ts";
import { ACK, AE, CWR, ECE, FIN, PSH, RST, SYN, URG } from "../wire/tcp.ts";
import { otherEnd, type KeptSegment } from "./segment-record.ts";

/** Flags in the order in which people name them, with tcpdump's letters. */
const FLAGS: readonly (readonly [number, string, string])[] = [
  [SYN, "SYN", "S"],
  [FIN, "FIN", "F"],
  [RST, "RST", "R"],
  [PSH, "PSH", "P"],
  [URG, "URG", "U"],
  [ECE, "ECE", "E"],
  [CWR, "CWR", "W"],
  [AE, "AE", "e"],
  [ACK, "ACK", "."],
];

/** Names of the flags that are set, "SYN ACK"; "no flags" when none is. */
export function flagNames(flags: number): string {
  const names = FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  return names.length === 0 ? "no flags" : names.join(" ");
}

/** Flags, relative numbers and length of a segment, in full and shorter. */
export function segmentLabels(segment: KeptSegment, connection: Connection): string[] {
  const { flags, payloadLength } = segment;
  const letters = `[${FLAGS.filter(([bit]) => (flags & bit) !== 0)
    .map(([, , letter]) => letter)
    .join("")}]`;
  const sequence = sequenceOf(segment, connection);
  const acknowledgment = (segment.acknowledgment - connection.ends[otherEnd(segment.from)].base) >>> 0;
  const ack = (flags & ACK) === 0 ? "" : ` ack ${acknowledgment}`;
  const window = segment.window === 0 && (flags & (RST | SYN)) === 0 ? " win 0" : "";
  const length = payloadLength > 0 ? ` len ${payloadLength}` : "";
  const isBare = payloadLength === 0 && (flags & (SYN | FIN | RST)) === 0;
  const range = payloadLength > 0 ? ` ${sequence}:${sequence + payloadLength}` : isBare ? "" : ` ${sequence}`;
  return [
    isBare ? `${flagNames(flags)}${ack}${window}` : `${flagNames(flags)} seq ${sequence}${ack}${length}${window}`,
    `${letters}${range}${ack}${window}`,
    `${letters}${range}${window}`,
    letters,
  ];
}

/** Relative to the initial number of its end; a RST of an end that had sent nothing shows what it was sent with. */
function sequenceOf(segment: KeptSegment, connection: Connection): number {
  const { base, synSeen } = connection.ends[segment.from];
  const relative = (segment.sequence - base) >>> 0;
  const isFirst = (segment.flags & RST) !== 0 && !synSeen && connection.synTimeNs !== NEVER && relative === 1;
  return isFirst ? segment.sequence >>> 0 : relative;
}

/** Bytes for people: "512 B", "1.4 kB". */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
