import type { TcpState } from "./states.ts";
import { UnacknowledgedSegments } from "./unacknowledged.ts";

/** Repeated sends remembered for one end: the schedule of a kernel that gives up is shorter. */
const MAX_SENDS = 64;

/** A stretch of sequence space that the capture has not seen. */
export interface Hole {
  start: number;
  end: number;
}

/** When a SYN, a SYN-ACK or the same data was sent: times in nanoseconds since the first frame, and frames. */
export class SendTimes {
  readonly times: number[] = [];
  readonly frames: number[] = [];

  add(timeNs: number, frame: number): void {
    if (this.times.length >= MAX_SENDS) return;
    this.times.push(timeNs);
    this.frames.push(frame);
  }

  get length(): number {
    return this.times.length;
  }

  clear(): void {
    this.times.length = 0;
    this.frames.length = 0;
  }
}

// Shared until an end needs its own.
const NO_EDGES = new Uint32Array(0);
const NO_NUMBERS: number[] = [];
const NO_HOLES: Hole[] = [];

/** One end of a connection: its numbers, its counters and its state, as far as the capture tells. */
export class End {
  state: TcpState = "UNKNOWN";
  port = 0;

  // What sequence analysis keeps. Sequence numbers are signed 32-bit integers.
  hasBase = false;
  base = 0;
  hasNext = false;
  /** Highest end of a segment seen, the frame and the time that brought it. */
  next = 0;
  nextFrame = 0;
  nextTimeNs = 0;
  hasContiguous = false;
  /** Highest end seen without a hole before it. */
  contiguous = 0;
  lastAck = 0;
  lastAckTimeNs = 0;
  lastNonDuplicateAckFrame = 0;
  duplicateAcks = 0;
  window = -1;
  windowOfSyn = false;
  /** Shift count; -1: not known, -2: no scaling. */
  windowScale = -1;
  lastAnalysis = 0;
  inFlightValid = false;
  sackBlocks = 0;
  sackEdges: Uint32Array = NO_EDGES;
  unacknowledged: UnacknowledgedSegments | undefined = undefined;

  // What it sent.
  packets = 0;
  /** Bytes of IP packets. */
  bytes = 0;
  payloadBytes = 0;
  hasSent = false;
  hasSentData = false;
  firstTimeNs = 0;
  lastTimeNs = 0;
  lastFrame = 0;
  /** IP identification and timestamp value of the segment that set `next`. */
  nextIdentification = 0;
  nextTsval = 0;
  lastTtl = -1;
  /** Hop limit or TTL of its first packet. */
  firstTtl = -1;

  // Handshake.
  synSeen = false;
  /** Sequence number of its SYN. */
  synBase = 0;
  synSends: SendTimes | undefined = undefined;
  synAckSends: SendTimes | undefined = undefined;
  mss = -1;
  sackPermitted = false;
  timestamps = false;
  /** Option kinds of its first SYN in order, for guessing the stack. */
  synOptionKinds: string = "";
  synWindow = -1;

  // Closing.
  finSeen = false;
  /** Sequence number one past its FIN. */
  finEnd = 0;
  finFrame = 0;
  finTimeNs = 0;
  finSends = 0;
  finAcknowledged = false;
  rstSent = 0;

  // Retransmissions as the kernel counts them.
  retransmissions = 0;
  retransmittedBytes = 0;
  /** Nanoseconds between a segment and its repetition, oldest first. */
  retransmissionIntervals: number[] = NO_NUMBERS;
  causes: Map<string, number> | undefined = undefined;
  holes: Hole[] = NO_HOLES;
  /** The oldest segment that was not acknowledged when it was sent: where it starts, when it was sent, and when again. */
  repeatSequence = 0;
  repeatFirstTimeNs = 0;
  repeatFirstFrame = 0;
  repeats: SendTimes | undefined = undefined;
  keepAlives: SendTimes | undefined = undefined;
  windowProbes: SendTimes | undefined = undefined;

  // Round trips, in nanoseconds, of what this end sent.
  rttCount = 0;
  rttSum = 0;
  rttSquares = 0;
  rttMinimum = 0;
  rttMaximum = 0;

  unacknowledgedList(): UnacknowledgedSegments {
    this.unacknowledged ??= new UnacknowledgedSegments();
    return this.unacknowledged;
  }

  addRtt(ns: number): void {
    if (this.rttCount === 0 || ns < this.rttMinimum) this.rttMinimum = ns;
    if (ns > this.rttMaximum) this.rttMaximum = ns;
    this.rttCount++;
    this.rttSum += ns;
    this.rttSquares += ns * ns;
  }
}
