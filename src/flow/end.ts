import type { ResentSegments } from "./resent.ts";
import type { TcpState } from "./states.ts";
import { RoundTrips } from "./round-trips.ts";
import { NEVER, NO_TIME } from "./time.ts";
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
  readonly times: number[];
  readonly frames: number[];

  /** Most lists never have a second entry: arrays that begin with the first one take no room for more. */
  constructor(timeNs: number, frame: number) {
    this.times = [timeNs];
    this.frames = [frame];
  }

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

/** Adds to a list of sends, which begins with the first one. */
export function addSend(list: SendTimes | undefined, timeNs: number, frame: number): SendTimes {
  if (list === undefined) return new SendTimes(timeNs, frame);
  list.add(timeNs, frame);
  return list;
}

/**
 * One end of a connection, as far as the capture tells. The order of the fields
 * is that of their use: what every segment reads or writes lies together in the
 * first cache lines (with many connections, memory is what `flows` waits for).
 * Sequence numbers are signed 32-bit integers, times nanoseconds since the first frame.
 */
export class End {
  state: TcpState = "UNKNOWN";
  hasHighest = false;
  /** Highest end of what it sent, resets left out. */
  highest = 0;
  /** IP identification and timestamp value of the segment that set `highest`. */
  highestIdentification = 0;
  hasHighestTsval = false;
  highestTsval = 0;
  lastAck = 0;
  /** `lastAck` is a number that was acknowledged, not what is left without one. */
  hasLastAck = false;
  /** As sent in its last segment; -1: none yet. */
  window = -1;
  /** `window` is that of a SYN, which is never scaled (RFC 7323 section 2.2). */
  windowOfSyn = false;
  /** Shift count; -1: not known, -2: no scaling. */
  windowScale = -1;
  repeatedAcks = 0;
  /** SACK blocks of its last segment, in `sackEdges`. */
  sackBlocks = 0;
  unacknowledged: UnacknowledgedSegments | undefined = undefined;
  hasBase = false;
  /** Initial sequence number; one below the first number where the capture starts in the middle. */
  base = 0;
  finSeen = false;
  hasSent = false;
  hasSentData = false;
  packets = 0;
  /** Bytes of IP packets. */
  bytes = 0;
  payloadBytes = 0;
  lastFrame = 0;
  lastTimeNs: number = NO_TIME;
  /** TTL or hop limit of its last packet and of its first; -1: none yet. */
  lastTtl = -1;
  keepAlives: SendTimes | undefined = undefined;
  windowProbes: SendTimes | undefined = undefined;
  /** Round trips of what this end sent, in nanoseconds. */
  readonly rtt: RoundTrips = new RoundTrips();

  // What only the analysis in Wireshark's names needs.
  /** Wireshark's "next sequence number": highest end of any segment seen, be it a forged RST; and what brought it. */
  hasNext = false;
  next = 0;
  nextFrame = 0;
  nextTimeNs: number = NO_TIME;
  hasContiguous = false;
  /** Highest end seen without a hole before it. */
  contiguous = 0;
  /** Its count of duplicate acknowledgments; `repeatedAcks` is our own. */
  duplicateAcks = 0;
  lastNonDuplicateAckFrame = 0;
  /** Bits `ANALYSIS_…` of its last segment. */
  lastAnalysis = 0;
  /** Nothing that it sent is missing since the last acknowledgment. */
  inFlightValid = true;
  /** An acknowledgment beyond `contiguous` was reported. */
  lossTold = false;

  // What few segments touch.
  /** Sequence number one past its FIN. */
  finEnd = 0;
  /** Where the segment starts that was sent again last, when it was sent first (frame 0: none), and when again. */
  repeatSequence = 0;
  repeatFirstTimeNs: number = NO_TIME;
  repeatFirstFrame = 0;
  repeats: SendTimes | undefined = undefined;
  /** IP identification (-1: nothing was) and timestamp value of what was sent again last, probes included. */
  resentIdentification = -1;
  resentTsval = 0;
  holes: Hole[] = NO_HOLES;
  sackEdges: Uint32Array = NO_EDGES;
  firstTtl = -1;

  /** The window before the first RST in its name; -1: none came. */
  windowBeforeReset = -1;
  port = 0;
  firstTimeNs: number = NO_TIME;
  rstSent = 0;

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
  finFrame = 0;
  finTimeNs: number = NO_TIME;
  finSends = 0;
  /** The other end's FIN has come, but something before it is missing. */
  awaitsBeforeFin = false;

  // Its timestamps as a clock (see stamp-clock.ts): the first value, when that passed, and the least time that another one was behind it.
  stampValue = 0;
  stampFirstNs: number = NEVER;
  stampFastestNs: number = NO_TIME;

  // Retransmissions as the kernel counts them.
  retransmissions = 0;
  retransmittedBytes = 0;
  /** Nanoseconds between a segment and its repetition, oldest first. */
  retransmissionIntervals: number[] = NO_NUMBERS;
  causes: Map<string, number> | undefined = undefined;
  resends: ResentSegments | undefined = undefined;
  /** Of its first packet: link-layer source address and interface, as one number. */
  link = 0;

  unacknowledgedList(): UnacknowledgedSegments {
    this.unacknowledged ??= new UnacknowledgedSegments();
    return this.unacknowledged;
  }
}
