import { ANALYSIS_NAMES } from "../flow/analysis.ts";
import { durationText } from "../diagnosis/text.ts";
import type { Connection } from "../flow/connection.ts";
import type { RetransmissionCause } from "../flow/segment.ts";
import { less, lessOrEqual } from "../flow/sequence.ts";
import { ACK, FIN, RST, SYN } from "../wire/tcp.ts";
import type { KeptSegment } from "./segment-record.ts";

/** Why a segment came again, in words. */
const CAUSES: Readonly<Record<Exclude<RetransmissionCause, "">, string>> = {
  syn: "SYN again",
  "syn-ack": "SYN-ACK again",
  fin: "FIN again",
  rto: "timeout: sent again",
  tlp: "tail loss probe",
  sack: "sent again in SACK recovery",
  "window-probe": "window probe",
  "keep-alive": "keep-alive",
  "duplicate-capture": "captured twice",
  fast: "fast retransmission",
  spurious: "sent again although it had arrived",
  "network-duplicate": "the same packet twice",
  unknown: "sent again",
};

/** Wireshark's findings that a ladder tells; what is told as a retransmission is left out. */
const FINDINGS: Readonly<Record<string, string>> = {
  outOfOrder: "out of order",
  duplicateAck: "duplicate ACK",
  lostSegment: "segments before it are not in the capture",
  ackLostSegment: "acknowledges what is not in the capture",
  zeroWindow: "window closed",
  windowFull: "fills the window",
  windowUpdate: "window update",
  keepAlive: "keep-alive",
  keepAliveAck: "answer to a keep-alive",
  zeroWindowProbe: "window probe",
  zeroWindowProbeAck: "answer to a window probe",
  reusedPorts: "ports used before",
};

/** What is to be said of a segment of a ladder; `times`: when the segments of the ladder passed, by frame. */
export function notesOf(segment: KeptSegment, connection: Connection, times: ReadonlyMap<number, number>): string[] {
  const notes: string[] = [];
  const { retransmissionCause, retransmissionOf } = segment;
  if (retransmissionCause !== "") {
    const before = times.get(retransmissionOf);
    const of = retransmissionOf > 0 ? ` (frame ${retransmissionOf})` : "";
    const after = before === undefined ? "" : `, after ${durationText((segment.timeNs - before) / 1e9)}`;
    notes.push(CAUSES[retransmissionCause] + of + after);
  }
  for (const [bit, name] of ANALYSIS_NAMES.entries()) {
    const text = FINDINGS[name];
    if (text === undefined || (segment.analysis & (1 << bit)) === 0) continue;
    // Linux probes a closed window with what Wireshark calls a keep-alive.
    const { windowProbes } = connection.ends[segment.from].repetitions;
    const probes = name === "keepAlive" && windowProbes?.frames.includes(segment.frame);
    notes.push(probes === true ? "window probe" : text);
  }
  return notes;
}

/** What became of a segment, as far as the others tell. */
interface Fate {
  /** Frame in which it was sent again; 0: in none. */
  readonly againIn: number;
}

/**
 * Segments that, as far as the capture tells, did not arrive: they were sent again before the other end acknowledged
 * them, or nobody ever acknowledged them. By frame. What is missing from `segments` cannot acknowledge.
 */
export function unacknowledged(segments: readonly KeptSegment[]): Map<number, Fate> {
  const lost = new Map<number, Fate>();
  for (const [index, segment] of segments.entries()) {
    if (sequenceLength(segment) === 0 || (segment.flags & RST) !== 0) continue;
    const fate = fateOf(segment, segments, index);
    if (fate !== undefined) lost.set(segment.frame, fate);
  }
  return lost;
}

function fateOf(segment: KeptSegment, segments: readonly KeptSegment[], index: number): Fate | undefined {
  const end = (segment.sequence + sequenceLength(segment)) | 0;
  for (let later = index + 1; later < segments.length; later++) {
    const other = segments[later]!;
    if (other.ordinal - segments[later - 1]!.ordinal !== 1) return undefined;
    if (other.from === segment.from) {
      if (repeats(other, segment)) return { againIn: other.frame };
    } else if ((other.flags & ACK) !== 0 && lessOrEqual(end, other.acknowledgment)) {
      return undefined;
    } else if ((other.flags & RST) !== 0) {
      return undefined;
    }
  }
  return { againIn: 0 };
}

function repeats(later: KeptSegment, before: KeptSegment): boolean {
  if (later.retransmissionCause === "" || later.retransmissionCause === "network-duplicate") return false;
  if (later.retransmissionOf > 0) return later.retransmissionOf === before.frame;
  const covers = lessOrEqual(later.sequence, before.sequence);
  return covers && less(before.sequence, (later.sequence + sequenceLength(later)) | 0);
}

/** Sequence numbers that it occupies (RFC 9293 section 3.4, SEG.LEN). */
function sequenceLength({ payloadLength, flags }: KeptSegment): number {
  return payloadLength + ((flags & SYN) === 0 ? 0 : 1) + ((flags & FIN) === 0 ? 0 : 1);
}
