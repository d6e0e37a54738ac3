import { ACK } from "../wire/tcp.ts";
import { NameNumbers, NO_NAMES } from "./name-numbers.ts";
import { NO_REPETITIONS, Repetitions } from "./repetitions.ts";
import type { TcpState } from "./states.ts";
import { RoundTrips } from "./round-trips.ts";
import type { Segment } from "./segment.ts";
import type { SendTimes } from "./send-times.ts";
import { EndTimes } from "./times.ts";
import { UnacknowledgedSegments } from "./unacknowledged.ts";

/** A stretch of sequence space that the capture has not seen. */
export interface Hole {
  start: number;
  end: number;
}

// Shared until an end needs its own.
const NO_EDGES = new Uint32Array(0);
const NO_HOLES: Hole[] = [];

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
  /** TTL or hop limit of its last packet and of its first; -1: none yet. */
  lastTtl = -1;
  /** What it sent again, and probes; to be changed by `ownRepetitions` alone. */
  repetitions: Readonly<Repetitions> = NO_REPETITIONS;
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
  holes: Hole[] = NO_HOLES;
  sackEdges: Uint32Array = NO_EDGES;
  /** The window before the first RST in its name; -1: none came. */
  windowBeforeReset = -1;

  /** What only the analysis in Wireshark's names needs; to be changed by `ownNames` alone. */
  names: Readonly<NameNumbers> = NO_NAMES;

  /**
   * Whether its last segment acknowledged the same. Segments without ACK hold 0 there, which no acknowledgment that has
   * wrapped to 0 repeats.
   */
  hasAcknowledged({ acknowledgment, flags }: Segment): boolean {
    return acknowledgment === this.lastAck && (this.hasLastAck || (flags & ACK) === 0);
  }

  ownNames(): NameNumbers {
    if (this.names === NO_NAMES) this.names = new NameNumbers();
    return this.names;
  }

  ownRepetitions(): Repetitions {
    if (this.repetitions === NO_REPETITIONS) this.repetitions = new Repetitions();
    return this.repetitions;
  }

  unacknowledgedList(): UnacknowledgedSegments {
    this.unacknowledged ??= new UnacknowledgedSegments();
    return this.unacknowledged;
  }
}
