import * as a from "../../flow/analysis.ts";
import type { FrameTimes } from "../../flow/frame-times.ts";
import type { Segment } from "../../flow/segment.ts";
import type { TreeContext } from "./tree-context.ts";
import { expertLines, lines, Piece, type TreeWriter } from "./tree.ts";

/** Wireshark's [SEQ/ACK analysis] of a segment. */

const TITLE = lines("    [SEQ/ACK analysis]");
const ACKS_FRAME = new Piece("        [This is an ACK to the segment in frame: ");
const ACK_RTT = new Piece("        [The RTT to ACK the segment was: ");
const INITIAL_RTT = new Piece("        [iRTT: ");
const IN_FLIGHT = new Piece("        [Bytes in flight: ");
const SINCE_PUSH = new Piece("        [Bytes sent since last PSH flag: ");
const FLAGS = lines("        [TCP Analysis Flags]");
const RTO = new Piece("            [The RTO for this segment was: ");
const RTO_FRAME = new Piece("            [RTO based on delta from frame: ");
const DUPLICATE = lines("            [This is a TCP duplicate ack]");
const DUPLICATE_NUMBER = new Piece("        [Duplicate ACK #: ");
const DUPLICATE_FRAME = new Piece("        [Duplicate to the ACK in frame: ");

function remark(severity: string, text: string): Piece {
  return new Piece(expertLines(3, severity, "Sequence", text));
}

const RETRANSMISSION = remark("Note", "This frame is a (suspected) retransmission");
const FAST = remark("Note", "This frame is a (suspected) fast retransmission");
const SPURIOUS = remark("Note", "This frame is a (suspected) spurious retransmission");
const OUT_OF_ORDER = remark("Warning", "This frame is a (suspected) out-of-order segment");
const REUSED = remark("Note", "A new tcp session is started with the same ports as an earlier session in this trace");

/** The remarks that come after those about repetitions, up to the duplicate acknowledgments, and after them. */
const MIDDLE: readonly (readonly [number, Piece])[] = [
  [a.ANALYSIS_LOST_SEGMENT, remark("Warning", "Previous segment(s) not captured (common at capture start)")],
  [a.ANALYSIS_ACK_LOST_SEGMENT, remark("Warning", "ACKed segment that wasn't captured (common at capture start)")],
  [a.ANALYSIS_WINDOW_UPDATE, remark("Chat", "TCP window update")],
  [a.ANALYSIS_WINDOW_FULL, remark("Warning", "TCP window specified by the receiver is now completely full")],
  [a.ANALYSIS_KEEP_ALIVE, remark("Note", "TCP keep-alive segment")],
  [a.ANALYSIS_KEEP_ALIVE_ACK, remark("Note", "ACK to a TCP keep-alive segment")],
];
const LAST: readonly (readonly [number, Piece])[] = [
  [a.ANALYSIS_ZERO_WINDOW_PROBE, remark("Note", "TCP Zero Window Probe")],
  [a.ANALYSIS_ZERO_WINDOW, remark("Warning", "TCP Zero Window segment")],
  [a.ANALYSIS_ZERO_WINDOW_PROBE_ACK, remark("Note", "ACK to a TCP Zero Window Probe")],
];

/** `sincePush`: bytes sent since the last PSH; 0: not known. `initialRttNs`: 0: not known. */
export function printAnalysis(
  { tree, times }: TreeContext,
  segment: Segment,
  sincePush: number,
  initialRttNs: number,
): void {
  tree.put(TITLE);
  if (segment.acksFrame > 0) {
    tree.bracketed(ACKS_FRAME, segment.acksFrame);
    const ns = times.since(segment.acksFrame, segment.ackRttNs);
    if (ns !== 0) tree.duration(ACK_RTT, ns);
  }
  if (initialRttNs !== 0) tree.duration(INITIAL_RTT, initialRttNs);
  if (segment.bytesInFlight > 0) tree.bracketed(IN_FLIGHT, segment.bytesInFlight);
  if (sincePush > 0) tree.bracketed(SINCE_PUSH, sincePush);
  if (segment.analysis !== 0) printRemarks(tree, segment, times);
}

function printRemarks(tree: TreeWriter, segment: Segment, times: FrameTimes): void {
  const analysis = segment.analysis;
  tree.put(FLAGS);
  if ((analysis & a.ANALYSIS_REUSED_PORTS) !== 0) tree.put(REUSED);
  printRepetition(tree, segment, times);
  for (const [flag, piece] of MIDDLE) if ((analysis & flag) !== 0) tree.put(piece);
  if ((analysis & a.ANALYSIS_DUPLICATE_ACK) !== 0) {
    tree.put(DUPLICATE);
    tree.bracketed(DUPLICATE_NUMBER, segment.duplicateAckNumber);
    tree.bracketed(DUPLICATE_FRAME, segment.duplicateAckFrame);
    tree.expert(3, "Note", "Sequence", `Duplicate ACK (#${segment.duplicateAckNumber})`);
  }
  for (const [flag, piece] of LAST) if ((analysis & flag) !== 0) tree.put(piece);
}

function printRepetition(tree: TreeWriter, segment: Segment, times: FrameTimes): void {
  const analysis = segment.analysis;
  if ((analysis & a.ANALYSIS_FAST_RETRANSMISSION) !== 0) {
    tree.put(FAST);
    tree.put(RETRANSMISSION);
  } else if ((analysis & a.ANALYSIS_SPURIOUS_RETRANSMISSION) !== 0) {
    tree.put(SPURIOUS);
    tree.put(RETRANSMISSION);
  } else if ((analysis & a.ANALYSIS_RETRANSMISSION) !== 0) {
    tree.put(RETRANSMISSION);
    const ns = segment.rtoFrame > 0 ? times.since(segment.rtoFrame, segment.rtoNs) : 0;
    if (ns !== 0) {
      tree.duration(RTO, ns);
      tree.bracketed(RTO_FRAME, segment.rtoFrame);
    }
  }
  if ((analysis & a.ANALYSIS_OUT_OF_ORDER) !== 0) tree.put(OUT_OF_ORDER);
}
