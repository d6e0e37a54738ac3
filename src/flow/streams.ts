import { ACK, PSH, SYN } from "../wire/tcp.ts";
import { COMPLETE_SYN, completenessOf } from "./completeness.ts";
import { KeyTable } from "./key-table.ts";
import { IPV4_KEY_WORDS, IPV6_KEY_WORDS, stageTuple } from "../wire/tuple.ts";

/** Conversations followed at once; beyond, all are forgotten and begin anew. */
const MAX_STREAMS = 1_000_000;

/** When a packet was captured: seconds since 1970, and nanoseconds. */
export interface CaptureTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** What a segment tells of its conversation. */
export interface StreamSegment {
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly payloadLength: number;
}

/** One conversation of TCP or UDP as Wireshark counts them: also those that only a quoted packet names. */
export class Stream {
  readonly index: number;
  /** Of the packet that `find` was called for last, in nanoseconds. */
  sinceFirstNs = 0;
  sincePreviousNs = 0;
  /** Bits `COMPLETE_…` of the segments before. */
  completeness = 0;
  #isNew = true;
  /** Initial sequence numbers of both directions, where they are known. */
  readonly bases: [number | undefined, number | undefined] = [undefined, undefined];
  /** Which direction sent a FIN before the other one did. */
  readonly closing: [boolean, boolean] = [false, false];
  /** Bytes sent since the last PSH, and whether the last data had it, by direction. */
  readonly sincePush: [number, number] = [0, 0];
  readonly lastPush: [boolean, boolean] = [false, false];

  /** Shift counts of both directions; -1: not known, -2: no scaling. */
  readonly windowScales: [number, number] = [-1, -1];
  /** From the latest SYN to the first segment with ACK that is not a SYN, whoever sends it, in nanoseconds; 0: not known. */
  initialRttNs = 0;
  #synTime: CaptureTime | undefined = undefined;
  readonly #firstSeconds: number;
  readonly #firstNanoseconds: number;
  #lastSeconds: number;
  #lastNanoseconds: number;

  constructor(index: number, { seconds, nanoseconds }: CaptureTime) {
    this.index = index;
    this.#firstSeconds = seconds;
    this.#firstNanoseconds = nanoseconds;
    this.#lastSeconds = seconds;
    this.#lastNanoseconds = nanoseconds;
  }

  /** Another packet has passed. */
  pass({ seconds, nanoseconds }: CaptureTime): void {
    this.sinceFirstNs = (seconds - this.#firstSeconds) * 1e9 + (nanoseconds - this.#firstNanoseconds);
    this.sincePreviousNs = (seconds - this.#lastSeconds) * 1e9 + (nanoseconds - this.#lastNanoseconds);
    this.#lastSeconds = seconds;
    this.#lastNanoseconds = nanoseconds;
  }

  /** Counts the bytes of a segment with payload; returns those since the segment after the last PSH. */
  push(from: 0 | 1, flags: number, payloadLength: number): number {
    const had = this.lastPush[from];
    this.sincePush[from] = had ? payloadLength : this.sincePush[from] + payloadLength;
    this.lastPush[from] = (flags & PSH) !== 0;
    return this.sincePush[from];
  }

  /** Times the handshake. */
  time(flags: number, { seconds, nanoseconds }: CaptureTime): void {
    const kind = flags & (SYN | ACK);
    if (kind === SYN) this.#synTime = { seconds, nanoseconds };
    const start = this.#synTime;
    if (kind !== ACK || start === undefined || this.initialRttNs !== 0) return;
    this.initialRttNs = (seconds - start.seconds) * 1e9 + (nanoseconds - start.nanoseconds);
  }

  /** A FIN: whether the other direction has not begun to close. */
  close(from: 0 | 1): boolean {
    if (this.closing[from === 0 ? 1 : 0]) return false;
    this.closing[from] = true;
    return true;
  }

  /** The first packet, be it a quoted one, counts towards completeness only when it is a SYN. Whether this is another one. */
  begin(flags: number): boolean {
    if (!this.#isNew) return true;
    this.#isNew = false;
    this.completeness |= completenessOf(flags, 0, true);
    return false;
  }

  /** Takes over what a segment that is no quote tells; `counts`: also towards completeness. */
  take(from: 0 | 1, segment: StreamSegment, counts: boolean): void {
    const { sequence, acknowledgment, flags, payloadLength } = segment;
    const to = from === 0 ? 1 : 0;
    const isSyn = (flags & SYN) !== 0;
    if (this.bases[from] === undefined || (flags & (SYN | ACK)) === (SYN | ACK))
      this.bases[from] = isSyn ? sequence : (sequence - 1) >>> 0;
    if (this.bases[to] === undefined && (flags & ACK) !== 0) this.bases[to] = (acknowledgment - 1) >>> 0;
    if (counts) this.completeness |= completenessOf(flags, payloadLength, false);
  }
}

/** The conversations of one transport protocol, numbered in the order of their first packets, quoted ones included. */
export class Streams {
  /** Which direction the packet of the last `find` went: 1 when its ends were exchanged for the key. */
  from: 0 | 1 = 0;
  readonly #ipv4: KeyTable = new KeyTable(IPV4_KEY_WORDS);
  readonly #ipv6: KeyTable = new KeyTable(IPV6_KEY_WORDS);
  #streams: Stream[] = [];
  #next = 0;

  /** The conversation of a packet whose addresses are at the given places; a new one at its first packet. `ports`: the source port in the high 16 bits. */
  find(
    view: DataView,
    sourceAt: number,
    destinationAt: number,
    addressLength: number,
    ports: number,
    time: CaptureTime,
  ): Stream {
    const table = addressLength === 4 ? this.#ipv4 : this.#ipv6;
    this.from = stageTuple(table.key, view, sourceAt, destinationAt, addressLength, ports) ? 1 : 0;
    const slot = table.find();
    const stream = slot < 0 ? this.#open(table, time) : this.#streams[slot]!;
    stream.pass(time);
    return stream;
  }

  /** Of TCP: a SYN with another sequence number begins a new conversation on the same ports. */
  findSegment(
    view: DataView,
    sourceAt: number,
    destinationAt: number,
    addressLength: number,
    segment: { readonly ports: number; readonly sequence: number; readonly flags: number },
    time: CaptureTime,
  ): Stream {
    const stream = this.find(view, sourceAt, destinationAt, addressLength, segment.ports, time);
    const base = stream.bases[this.from];
    if ((segment.flags & (SYN | ACK)) !== SYN || base === undefined || base === segment.sequence) return stream;
    const fresh = this.#open(addressLength === 4 ? this.#ipv4 : this.#ipv6, time);
    fresh.completeness = COMPLETE_SYN;
    return fresh;
  }

  #open(table: KeyTable, time: CaptureTime): Stream {
    if (this.#streams.length >= MAX_STREAMS) this.#forget();
    const stream = new Stream(this.#next++, time);
    table.insert(this.#streams.length);
    this.#streams.push(stream);
    return stream;
  }

  #forget(): void {
    this.#ipv4.clear();
    this.#ipv6.clear();
    this.#streams = [];
  }
}
