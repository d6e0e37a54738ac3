import type { ResentSegments } from "./resent.ts";
import type { TcpState } from "./states.ts";
import { RoundTrips } from "./round-trips.ts";
import type { RetransmissionCause } from "./segment.ts";
import { EndTimes } from "./times.ts";
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
  /** Time and frame of each in turn. Most lists never have a second entry: an array that begins with the first one takes no room for more. */
  readonly #packed: number[];

  constructor(timeNs: number, frame: number) {
    this.#packed = [timeNs, frame];
  }

  add(timeNs: number, frame: number): void {
    if (this.length >= MAX_SENDS) return;
    this.#packed.push(timeNs, frame);
  }

  get length(): number {
    return this.#packed.length / 2;
  }

  /** Of the last one; undefined when there is none. */
  get lastTimeNs(): number | undefined {
    return this.#packed[this.#packed.length - 2];
  }

  /** A new array at each call, as `frames`. */
  get times(): number[] {
    return everyOther(this.#packed, 0);
  }

  get frames(): number[] {
    return everyOther(this.#packed, 1);
  }

  clear(): void {
    this.#packed.length = 0;
  }
}

function everyOther(packed: readonly number[], first: number): number[] {
  if (packed.length === 2) return [packed[first]!];
  const list: number[] = [];
  for (let i = first; i < packed.length; i += 2) list.push(packed[i]!);
  return list;
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
export class End extends EndTimes {
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
  /** TTL or hop limit of its last packet and of its first; -1: none yet. */
  lastTtl = -1;
  keepAlives: SendTimes | undefined = undefined;
  windowProbes: SendTimes | undefined = undefined;
  /** Round trips of what this end sent, in nanoseconds. */
  readonly rtt: RoundTrips = new RoundTrips();

  // What is asked for when the connection is over; few segments touch it.
  port = 0;
  firstTtl = -1;
  synSeen = false;
  mss = -1;
  synWindow = -1;
  /** Option kinds of its first SYN in order, for guessing the stack. */
  synOptionKinds: string = "";
  synSends: SendTimes | undefined = undefined;
  synAckSends: SendTimes | undefined = undefined;
  finSends = 0;
  // Retransmissions as the kernel counts them.
  retransmissions = 0;
  retransmittedBytes = 0;
  causes: Map<RetransmissionCause, number> | undefined = undefined;
  resends: ResentSegments | undefined = undefined;

  // What few segments touch.
  /** Sequence number of its SYN. */
  synBase = 0;
  sackPermitted = false;
  timestamps = false;
  /** Sequence number one past its FIN. */
  finEnd = 0;
  finFrame = 0;
  /** The other end's FIN has come, but something before it is missing. */
  awaitsBeforeFin = false;
  rstSent = 0;
  /** Its timestamps as a clock (see stamp-clock.ts): the first value. */
  stampValue = 0;
  /** Of its first packet: link-layer source address and interface, as one number. */
  link = 0;
  /** Where the segment starts that was sent again last, and when it was sent first (frame 0: none). */
  repeatSequence = 0;
  repeatFirstFrame = 0;
  /** When it was sent again. */
  repeats: SendTimes | undefined = undefined;
  /** Nanoseconds between a segment and its repetition, oldest first. */
  retransmissionIntervals: number[] = NO_NUMBERS;
  /** IP identification (-1: nothing was) and timestamp value of what was sent again last, probes included. */
  resentIdentification = -1;
  resentTsval = 0;
  holes: Hole[] = NO_HOLES;
  sackEdges: Uint32Array = NO_EDGES;
  /** The window before the first RST in its name; -1: none came. */
  windowBeforeReset = -1;

  // What only the analysis in Wireshark's names needs.
  /** Wireshark's "next sequence number": highest end of any segment seen, be it a forged RST; and what brought it. */
  hasNext = false;
  next = 0;
  nextFrame = 0;
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

  unacknowledgedList(): UnacknowledgedSegments {
    this.unacknowledged ??= new UnacknowledgedSegments();
    return this.unacknowledged;
  }
}
