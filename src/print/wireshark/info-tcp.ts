import {
  ANALYSIS_ACK_LOST_SEGMENT,
  ANALYSIS_DUPLICATE_ACK,
  ANALYSIS_FAST_RETRANSMISSION,
  ANALYSIS_KEEP_ALIVE,
  ANALYSIS_KEEP_ALIVE_ACK,
  ANALYSIS_LOST_SEGMENT,
  ANALYSIS_OUT_OF_ORDER,
  ANALYSIS_RETRANSMISSION,
  ANALYSIS_REUSED_PORTS,
  ANALYSIS_SPURIOUS_RETRANSMISSION,
  ANALYSIS_WINDOW_FULL,
  ANALYSIS_WINDOW_UPDATE,
  ANALYSIS_ZERO_WINDOW,
  ANALYSIS_ZERO_WINDOW_PROBE,
  ANALYSIS_ZERO_WINDOW_PROBE_ACK,
} from "../../flow/analysis.ts";
import type { Segment } from "../../flow/segment.ts";
import { ACK, SYN, TCP_MIN_HEADER, URG } from "../../wire/tcp.ts";
import { Phrase, type TextSink } from "../sink.ts";
import { printTcpOptions } from "./info-tcp-options.ts";
import { ARROW, type Line, printStop } from "./line.ts";

/** Prefixes in the order in which they are printed; a duplicate acknowledgment stands before the one at `DUPLICATE_ACK`. */
const PREFIXES: readonly (readonly [number, string])[] = [
  [ANALYSIS_ZERO_WINDOW_PROBE_ACK, "ZeroWindowProbeAck"],
  [ANALYSIS_WINDOW_FULL, "Window Full"],
  [ANALYSIS_ZERO_WINDOW, "ZeroWindow"],
  [ANALYSIS_ZERO_WINDOW_PROBE, "ZeroWindowProbe"],
  [ANALYSIS_DUPLICATE_ACK, ""],
  [ANALYSIS_KEEP_ALIVE_ACK, "Keep-Alive ACK"],
  [ANALYSIS_KEEP_ALIVE, "Keep-Alive"],
  [ANALYSIS_WINDOW_UPDATE, "Window Update"],
  [ANALYSIS_ACK_LOST_SEGMENT, "ACKed unseen segment"],
  [ANALYSIS_LOST_SEGMENT, "Previous segment not captured"],
  [ANALYSIS_OUT_OF_ORDER, "Out-Of-Order"],
  [ANALYSIS_SPURIOUS_RETRANSMISSION, "Spurious Retransmission"],
  [ANALYSIS_FAST_RETRANSMISSION, "Fast Retransmission"],
  [ANALYSIS_RETRANSMISSION, "Retransmission"],
  [ANALYSIS_REUSED_PORTS, "Port numbers reused"],
];

const PREFIX_PHRASES: readonly (readonly [number, Phrase])[] = PREFIXES.map(([bit, name]) => [
  bit,
  new Phrase(name === "" ? "[TCP Dup ACK " : `[TCP ${name}] `),
]);

const FLAG_NAMES = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"];
const RESERVED = 0xe00;

/** From the flags to the sequence number, by the twelve bits of the flags; made when first needed. */
const FLAG_PHRASES: (Phrase | undefined)[] = Array.from({ length: 4096 }, () => undefined);

const ACK_FIELD = new Phrase(" Ack=");
const WINDOW_FIELD = new Phrase(" Win=");
const URGENT_FIELD = new Phrase(" Urg=");
const LENGTH_FIELD = new Phrase(" Len=");

/** Info of a TCP segment; the numbers are relative as Wireshark shows them by default. */
export function tcpInfo(line: Line): void {
  const { sink, packet, segment } = line;
  const { tcp, fault } = packet;
  if (segment === undefined) {
    brokenTcpInfo(line);
    return;
  }
  if (segment.analysis !== 0 && fault === undefined) printAnalysis(sink, segment);
  printPorts(sink, tcp.sourcePort, tcp.destinationPort);
  printNumbers(line, segment.relativeSequence, segment.relativeAcknowledgment, segment.scaledWindow);
  sink.phrase(LENGTH_FIELD);
  sink.decimal(tcp.payloadLength);
  if (tcp.payloadAt > tcp.at + TCP_MIN_HEADER) printTcpOptions(line, tcp.at + TCP_MIN_HEADER, tcp.payloadAt);
}

/** A header whose length or bytes are wrong or cut: as far as it can be read. */
function brokenTcpInfo(line: Line): void {
  const { sink, packet } = line;
  const { tcp } = packet;
  const have = Math.min(tcp.end, tcp.limit) - tcp.at;
  printPorts(sink, tcp.sourcePort, tcp.destinationPort);
  if (have < 16) {
    printStop(line, tcp.end);
    return;
  }
  const { headerLength } = tcp;
  const isBogus = headerLength < TCP_MIN_HEADER;
  // A segment with such a header counts as the first of its connection; cut ones have no place in one.
  const first = (tcp.flags & SYN) === 0 ? 1 : 0;
  printNumbers(line, isBogus ? first : tcp.sequence, isBogus ? 1 : tcp.acknowledgment, tcp.window);
  if (isBogus) sink.text(`, bogus TCP header length (${headerLength}, must be at least 20)`);
  else if (have < TCP_MIN_HEADER) printStop(line, tcp.end);
  else printTcpOptions(line, tcp.at + TCP_MIN_HEADER, tcp.at + headerLength);
}

export function printPorts(sink: TextSink, source: number, destination: number): void {
  sink.decimal(source);
  sink.phrase(ARROW);
  sink.decimal(destination);
}

function printNumbers({ sink, packet }: Line, sequence: number, acknowledgment: number, window: number): void {
  const flags = packet.tcp.flagsWithReserved;
  sink.phrase((FLAG_PHRASES[flags] ??= flagPhrase(flags)));
  sink.decimal(sequence);
  if ((flags & ACK) !== 0) {
    sink.phrase(ACK_FIELD);
    sink.decimal(acknowledgment);
  }
  sink.phrase(WINDOW_FIELD);
  sink.decimal(window);
  // A broken header may end before its last field.
  if ((flags & URG) !== 0 && packet.tcp.at + TCP_MIN_HEADER <= packet.tcp.limit) {
    sink.phrase(URGENT_FIELD);
    sink.decimal(packet.tcp.urgentPointer);
  }
}

function flagPhrase(flags: number): Phrase {
  const names = FLAG_NAMES.filter((_name, bit) => (flags & (1 << bit)) !== 0);
  if ((flags & RESERVED) !== 0) names.push("Reserved");
  return new Phrase(` [${names.length === 0 ? "<None>" : names.join(", ")}] Seq=`);
}

function printAnalysis(sink: TextSink, segment: Segment): void {
  let { analysis } = segment;
  // The kind of retransmission says it already.
  if ((analysis & (ANALYSIS_FAST_RETRANSMISSION | ANALYSIS_SPURIOUS_RETRANSMISSION)) !== 0)
    analysis &= ~ANALYSIS_RETRANSMISSION;
  for (const [bit, phrase] of PREFIX_PHRASES) {
    if ((analysis & bit) === 0) continue;
    sink.phrase(phrase);
    if (bit !== ANALYSIS_DUPLICATE_ACK) continue;
    sink.decimal(segment.duplicateAckFrame);
    sink.char(0x23);
    sink.decimal(segment.duplicateAckNumber);
    sink.text("] ");
  }
}
