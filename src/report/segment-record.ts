import {
  ANALYSIS_DUPLICATE_ACK,
  ANALYSIS_KEEP_ALIVE_ACK,
  ANALYSIS_WINDOW_FULL,
  ANALYSIS_WINDOW_UPDATE,
  ANALYSIS_ZERO_WINDOW_PROBE_ACK,
} from "../flow/analysis.ts";
import type { RetransmissionCause, Segment } from "../flow/segment.ts";
import { CLIENT, type EndIndex } from "../flow/states.ts";
import { FIN, RST, SYN } from "../wire/tcp.ts";

/** One segment, kept as numbers; sequence numbers are signed 32-bit integers, as sent. */
export interface KeptSegment {
  /** Which segment of its connection it is, from 0. */
  readonly ordinal: number;
  readonly frame: number;
  /** Nanoseconds since the first frame of the capture. */
  readonly timeNs: number;
  readonly from: EndIndex;
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly payloadLength: number;
  /** As sent, before scaling. */
  readonly window: number;
  /** Bits `ANALYSIS_…`. */
  readonly analysis: number;
  readonly retransmissionCause: RetransmissionCause;
  /** Frame that carried it before; 0: not in the capture. */
  readonly retransmissionOf: number;
  /** Payload that client and server had sent before it, in bytes; null: not known. */
  readonly bytesBefore: readonly [number, number] | null;
}

/** Segments at the beginning and at the end of a connection that are always kept. */
const EDGE = 10;
/** Segments between that are kept because they are unusual. */
const MAX_UNUSUAL = 60;
/** How many segments a repetition may come after the first sending for both to be kept. */
const RECENT = 512;
/** What is kept of the whole connection when all of it is wanted. */
const MAX_ALL = 500_000;

/** Findings that are everyday business in the middle of a long connection. */
const EVERYDAY =
  ANALYSIS_WINDOW_UPDATE |
  ANALYSIS_WINDOW_FULL |
  ANALYSIS_DUPLICATE_ACK |
  ANALYSIS_KEEP_ALIVE_ACK |
  ANALYSIS_ZERO_WINDOW_PROBE_ACK;

/** Segments of one connection, of a long one only its first and last and the unusual ones: bounded, whatever comes. */
export class SegmentRecord {
  readonly #first: KeptSegment[] = [];
  readonly #unusual: KeptSegment[] = [];
  readonly #recent: KeptSegment[] = [];
  /** Frames that were sent again. */
  readonly #originals = new Set<number>();
  readonly #edge: number;
  #count = 0;
  #bytes: [number, number] = [0, 0];

  /** `all`: the middle of a long connection is wanted, too. */
  constructor(all = false) {
    this.#edge = all ? MAX_ALL : EDGE;
  }

  add(segment: Segment): void {
    const kept = emptySegment();
    copy(segment, kept);
    this.addKept(kept);
  }

  /** Adds what was kept elsewhere; ordinal and bytes are counted here. */
  addKept(segment: KeptSegment): void {
    const kept = { ...segment, ordinal: this.#count, bytesBefore: [this.#bytes[0], this.#bytes[1]] as const };
    this.#count++;
    this.#bytes[kept.from] += kept.payloadLength;
    if (this.#first.length < this.#edge) {
      this.#first.push(kept);
      return;
    }
    this.#recent.push(kept);
    if (kept.retransmissionOf > 0 && this.#originals.size < MAX_UNUSUAL) this.#originals.add(kept.retransmissionOf);
    if (this.#recent.length <= RECENT) return;
    const oldest = this.#recent.shift();
    if (oldest !== undefined && this.#isUnusual(oldest) && this.#unusual.length < MAX_UNUSUAL)
      this.#unusual.push(oldest);
  }

  /** What is kept, in the order of the capture. */
  list(): readonly KeptSegment[] {
    const middle = [...this.#unusual, ...this.#recent.slice(0, -EDGE).filter((each) => this.#isUnusual(each))];
    return [...this.#first, ...middle.slice(0, MAX_UNUSUAL), ...this.#recent.slice(-EDGE)];
  }

  #isUnusual(segment: KeptSegment): boolean {
    if (segment.retransmissionCause !== "" || this.#originals.has(segment.frame)) return true;
    return (segment.flags & (SYN | FIN | RST)) !== 0 || (segment.analysis & ~EVERYDAY) !== 0;
  }
}

type Mutable<T> = { -readonly [key in keyof T]: T[key] };

const NO_BYTES: readonly [number, number] = [0, 0];

function emptySegment(): Mutable<KeptSegment> {
  return {
    ordinal: 0,
    frame: 0,
    timeNs: 0,
    from: CLIENT,
    flags: 0,
    sequence: 0,
    acknowledgment: 0,
    payloadLength: 0,
    window: 0,
    analysis: 0,
    retransmissionCause: "",
    retransmissionOf: 0,
    bytesBefore: NO_BYTES,
  };
}

function copy(segment: Segment, to: Mutable<KeptSegment>): void {
  to.frame = segment.frame;
  to.timeNs = segment.timeNs;
  to.from = segment.from;
  to.flags = segment.flags;
  to.sequence = segment.sequence;
  to.acknowledgment = segment.acknowledgment;
  to.payloadLength = segment.payloadLength;
  to.window = segment.window;
  to.analysis = segment.analysis;
  to.retransmissionCause = segment.retransmissionCause;
  to.retransmissionOf = segment.retransmissionOf;
}

/** Segments that the log holds; an older one makes room. */
const MAX_LOGGED = 65_536;

/** The newest segments of all connections, for an input that cannot be read a second time. */
export class SegmentLog {
  readonly #segments: Mutable<KeptSegment>[] = [];
  readonly #streams: number[] = [];
  #next = 0;

  add(segment: Segment): void {
    if (this.#next === this.#segments.length) this.#segments.push(emptySegment());
    copy(segment, this.#segments[this.#next]!);
    this.#streams[this.#next] = segment.connection.firstStream;
    this.#next = (this.#next + 1) % MAX_LOGGED;
  }

  /** Those of one connection, in the order of the capture. */
  of(stream: number): readonly KeptSegment[] {
    const found = this.#segments.filter((_, index) => this.#streams[index] === stream);
    return found.sort((a, b) => a.frame - b.frame);
  }

  /** Those of the frames. */
  framesOf(frames: ReadonlySet<number>): readonly KeptSegment[] {
    return this.#segments.filter(({ frame }) => frames.has(frame));
  }
}

/** The end that a segment goes to. */
export function otherEnd(end: EndIndex): EndIndex {
  return end === CLIENT ? 1 : 0;
}
