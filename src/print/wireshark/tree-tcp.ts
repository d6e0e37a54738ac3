import * as a from "../../flow/analysis.ts";
import type { Segment } from "../../flow/segment.ts";
import type { Stream } from "../../flow/streams.ts";
import { ACK, FIN, SYN, URG } from "../../wire/tcp.ts";
import { Phrase } from "../sink.ts";
import type { StreamPacket, TreeContext } from "./tree-context.ts";
import { cached } from "./tree-ip.ts";
import { printAnalysis } from "./tree-tcp-analysis.ts";
import { printFlags } from "./tree-tcp-flags.ts";
import { TcpOptionsTree } from "./tree-tcp-options.ts";
import { printTimes, printUnverified, type TimeTitles } from "./tree-transport.ts";
import { bits, expertLines, lines, Piece, type TreeWriter } from "./tree.ts";

const TITLE = new Piece("Transmission Control Protocol, Src Port: ");
const SOURCE = new Piece("    Source Port: ");
const DESTINATION = new Piece("    Destination Port: ");
const STREAM = new Piece("    [Stream index: ");
const LENGTH = new Piece("    [TCP Segment Len: ");
const SEQUENCE = new Piece("    Sequence Number: ");
const RAW_SEQUENCE = new Piece("    Sequence Number (raw): ");
const NEXT = new Piece("    [Next Sequence Number: ");
const ACKNOWLEDGMENT = new Piece("    Acknowledgment Number: ");
const RAW_ACKNOWLEDGMENT = new Piece("    Acknowledgment number (raw): ");
const HEADER_LENGTH = cached(16, (words) =>
  lines(`    ${bits(words << 4, 0xf0, 8)} = Header Length: ${4 * words} bytes (${words})`),
);
const WINDOW = new Piece("    Window: ");
const SCALED = new Piece("    [Calculated window size: ");
const FACTOR = new Piece("    [Window size scaling factor: ");
const URGENT = new Piece("    Urgent Pointer: ");
const TIMES: TimeTitles = {
  sinceFirst: new Piece("        [Time since first frame in this TCP stream: "),
  sincePrevious: new Piece("        [Time since previous frame in this TCP stream: "),
};
const COMPLETENESS = cached(64, (value) =>
  lines(`    [Conversation completeness: ${completenessText(value)} (${value})]`),
);
const NONZERO_ACKNOWLEDGMENT = new Piece(
  expertLines(2, "Note", "Protocol", "The acknowledgment number field is nonzero while the ACK flag is not set"),
);
const NONZERO_URGENT = new Piece(
  expertLines(2, "Note", "Protocol", "The urgent pointer field is nonzero while the URG flag is not set"),
);
const FAST_OPEN_ACCEPTED = new Piece(expertLines(2, "Note", "Sequence", "TCP SYN-ACK accepting TFO data"));

const NO_FACTOR = lines("    [Window size scaling factor: -2 (no window scaling used)]");
const UNKNOWN_FACTOR = lines("    [Window size scaling factor: -1 (unknown)]");

const DESTINATION_PORT = new Phrase(", Dst Port: ");
const SEQUENCE_FIELD = new Phrase(", Seq: ");
const ACKNOWLEDGMENT_FIELD = new Phrase(", Ack: ");
const LENGTH_FIELD = new Phrase(", Len: ");
const IS_RELATIVE = new Phrase("    (relative sequence number)\n");
const IS_RELATIVE_TOO = new Phrase("    (relative sequence number)]\n");
const IS_RELATIVE_ACK = new Phrase("    (relative ack number)\n");
const BYTE = new Phrase(" byte)\n");
const BYTES = new Phrase(" bytes)\n");
const PAYLOAD = new Piece("    TCP payload (");
const RETRANSMITTED = new Piece("    Retransmitted TCP segment data (");

function completenessText(value: number): string {
  switch (value) {
    case 1:
      return "Incomplete, SYN_SENT";
    case 3:
      return "Incomplete, CLIENT_ESTABLISHED";
    case 7:
      return "Incomplete, ESTABLISHED";
    case 15:
      return "Incomplete, DATA";
    case 23:
    case 39:
    case 55:
      return "Complete, NO_DATA";
    case 31:
    case 47:
    case 63:
      return "Complete, WITH_DATA";
    default:
      return "Incomplete";
  }
}

/** Prints the trees of TCP headers: of segments with their analysis, and of those that ICMP errors quote. */
export class TcpTree {
  readonly #options = new TcpOptionsTree();

  /** False when the header is cut. `packet`: undefined when not even the sequence number is there. */
  print(
    context: TreeContext,
    at: number,
    end: number,
    packet: StreamPacket | undefined,
    isQuotedByIcmp: boolean,
  ): boolean {
    const { tree, limit } = context;
    const have = Math.min(limit, end) - at;
    if (have < 4) {
      tree.line(0, "Transmission Control Protocol");
      return false;
    }
    if (packet === undefined) return this.#printCut(context, at, have, isQuotedByIcmp);
    const segment = context.segmentAt === at ? context.segment : undefined;
    const headerLength = (context.view.getUint8(at + 12) >> 4) * 4;
    const numbers = segmentNumbers(context, at, packet, segment);
    printTitle(context, at, numbers, segment);
    printNumbers(context, at, packet, numbers, segment, isQuotedByIcmp);
    if (headerLength < 20) {
      tree.line(1, `${bits(headerLength << 2, 0xf0, 8)} = Header Length: ${headerLength} bytes (${headerLength >> 2})`);
      return false;
    }
    if (!printRest(context, at, end, packet, numbers, segment)) return false;
    if (headerLength > 20) {
      const isWhole = this.#options.print(context, at + 20, at + headerLength, end, numbers);
      if (!isWhole && segment !== undefined) return false;
    }
    printTimes(tree, TIMES, packet);
    const captured = Math.min(limit, end) - at - headerLength;
    if (segment !== undefined) {
      printConclusion(context, packet.stream, packet.from, segment, captured);
    } else {
      if (numbers.hasEmptyAnalysis) tree.line(1, "[SEQ/ACK analysis]");
      if (captured > 0) printBytes(tree, PAYLOAD, captured);
    }
    return true;
  }

  #printCut({ tree, view }: TreeContext, at: number, have: number, isQuotedByIcmp: boolean): boolean {
    const [source, destination] = [view.getUint16(at), view.getUint16(at + 2)];
    tree.line(0, `Transmission Control Protocol, Src Port: ${source}, Dst Port: ${destination}`);
    tree.number(SOURCE, source);
    tree.number(DESTINATION, destination);
    if (isQuotedByIcmp && have >= 8) tree.number(SEQUENCE, view.getUint32(at + 4));
    return false;
  }
}

/** Numbers of a header as its tree shows them. */
export interface SegmentNumbers {
  readonly flags: number;
  /** Relative where the header is no quote. */
  readonly sequence: number;
  readonly acknowledgment: number;
  /** Where the edges of SACK blocks count from. */
  readonly reverseBase: number;
  /** Payload bytes; -1: not known, as in a quote. */
  readonly payloadLength: number;
  readonly windowScale: number;
  /** Wireshark shows an analysis without anything in it. */
  readonly hasEmptyAnalysis: boolean;
}

function segmentNumbers(
  { view }: TreeContext,
  at: number,
  { stream, from }: StreamPacket,
  segment: Segment | undefined,
): SegmentNumbers {
  const flags = view.getUint16(at + 12) & 0xfff;
  const sequence = view.getUint32(at + 4);
  const acknowledgment = view.getUint32(at + 8);
  const base = stream.bases[from];
  const reverseBase = stream.bases[from === 0 ? 1 : 0] ?? 0;
  const isRepeatedSyn = (flags & (SYN | ACK)) === SYN && base === sequence;
  if (segment === undefined)
    return {
      flags,
      sequence,
      acknowledgment,
      reverseBase,
      payloadLength: -1,
      windowScale: stream.windowScales[from],
      hasEmptyAnalysis: isRepeatedSyn,
    };
  return {
    flags,
    sequence: segment.relativeSequence,
    acknowledgment: segment.relativeAcknowledgment,
    reverseBase: segment.reverseBase >>> 0,
    payloadLength: segment.payloadLength,
    windowScale: segment.connection.ends[segment.from].windowScale,
    hasEmptyAnalysis: false,
  };
}

function printTitle(
  { tree, view }: TreeContext,
  at: number,
  numbers: SegmentNumbers,
  segment: Segment | undefined,
): void {
  const sink = tree.sink;
  tree.put(TITLE);
  sink.decimal(view.getUint16(at));
  sink.phrase(DESTINATION_PORT);
  sink.decimal(view.getUint16(at + 2));
  sink.phrase(SEQUENCE_FIELD);
  sink.decimal(numbers.sequence);
  if ((numbers.flags & ACK) !== 0) {
    sink.phrase(ACKNOWLEDGMENT_FIELD);
    sink.decimal(numbers.acknowledgment);
  }
  if (segment !== undefined) {
    sink.phrase(LENGTH_FIELD);
    sink.decimal(numbers.payloadLength);
  }
  tree.end();
}

function printNumbers(
  { tree, view }: TreeContext,
  at: number,
  packet: StreamPacket,
  numbers: SegmentNumbers,
  segment: Segment | undefined,
  isQuotedByIcmp: boolean,
): void {
  const sink = tree.sink;
  tree.number(SOURCE, view.getUint16(at));
  tree.number(DESTINATION, view.getUint16(at + 2));
  if (isQuotedByIcmp) tree.number(SEQUENCE, numbers.sequence);
  tree.bracketed(STREAM, packet.stream.index);
  tree.put(COMPLETENESS(packet.completeness));
  if (segment !== undefined) tree.bracketed(LENGTH, numbers.payloadLength);
  if (!isQuotedByIcmp) {
    tree.put(SEQUENCE);
    sink.decimal(numbers.sequence);
    sink.phrase(IS_RELATIVE);
    tree.number(RAW_SEQUENCE, view.getUint32(at + 4));
  }
  if (segment !== undefined) {
    const occupies = (numbers.flags & (SYN | FIN)) !== 0 ? 1 : 0;
    tree.put(NEXT);
    sink.decimal((numbers.sequence + numbers.payloadLength + occupies) >>> 0);
    sink.phrase(IS_RELATIVE_TOO);
  }
  printAcknowledgment(tree, view.getUint32(at + 8), numbers);
}

function printAcknowledgment(tree: TreeWriter, raw: number, numbers: SegmentNumbers): void {
  if ((numbers.flags & ACK) === 0) {
    tree.number(ACKNOWLEDGMENT, raw);
    if (raw !== 0) tree.put(NONZERO_ACKNOWLEDGMENT);
  } else {
    tree.put(ACKNOWLEDGMENT);
    tree.sink.decimal(numbers.acknowledgment);
    tree.sink.phrase(IS_RELATIVE_ACK);
    if ((numbers.flags & SYN) !== 0 && numbers.acknowledgment > 1) tree.put(FAST_OPEN_ACCEPTED);
  }
  tree.number(RAW_ACKNOWLEDGMENT, raw);
}

/** From the header length to the urgent pointer; false when it is cut. */
function printRest(
  { tree, view, limit }: TreeContext,
  at: number,
  end: number,
  { stream, from }: StreamPacket,
  numbers: SegmentNumbers,
  segment: Segment | undefined,
): boolean {
  const flags = numbers.flags;
  tree.put(HEADER_LENGTH(view.getUint8(at + 12) >> 4));
  const serverPort = view.getUint16((flags & ACK) === 0 ? at + 2 : at);
  printFlags(tree, flags, serverPort, (flags & FIN) !== 0 && stream.close(from));
  const have = Math.min(limit, end) - at;
  if (have < 16) return false;
  const window = view.getUint16(at + 14);
  tree.number(WINDOW, window);
  tree.bracketed(SCALED, segment === undefined ? window : segment.scaledWindow);
  if ((flags & SYN) === 0) printFactor(tree, numbers.windowScale);
  if (have < 18) return false;
  printUnverified(tree, view.getUint16(at + 16));
  if (have < 20) return false;
  const urgent = view.getUint16(at + 18);
  tree.number(URGENT, urgent);
  if (urgent !== 0 && (flags & URG) === 0) tree.put(NONZERO_URGENT);
  return true;
}

function printFactor(tree: TreeWriter, scale: number): void {
  if (scale === -2) tree.put(NO_FACTOR);
  else if (scale === -1) tree.put(UNKNOWN_FACTOR);
  else tree.bracketed(FACTOR, 1 << scale);
}

/** Analysis and payload, of which `captured` bytes are there. */
function printConclusion(context: TreeContext, stream: Stream, from: 0 | 1, segment: Segment, captured: number): void {
  const { tree } = context;
  const { payloadLength, flags } = segment;
  const sincePush = segment.bytesInFlight > 0 ? stream.push(from, flags, payloadLength) : 0;
  if (segment.isAnalysed) printAnalysis(context, segment, sincePush, stream.initialRttNs);
  if (captured <= 0) return;
  printBytes(tree, PAYLOAD, payloadLength);
  if (isRepetition(segment)) printBytes(tree, RETRANSMITTED, payloadLength);
}

function printBytes(tree: TreeWriter, name: Piece, count: number): void {
  tree.put(name);
  tree.sink.decimal(count);
  tree.sink.phrase(count === 1 ? BYTE : BYTES);
}

function isRepetition({ analysis }: Segment): boolean {
  const other = a.ANALYSIS_FAST_RETRANSMISSION | a.ANALYSIS_SPURIOUS_RETRANSMISSION;
  return (analysis & a.ANALYSIS_RETRANSMISSION) !== 0 && (analysis & other) === 0;
}
