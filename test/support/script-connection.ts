import type { TcpOption } from "../../src/capture/encode-tcp.ts";
import { ACK, FIN, RST, SYN } from "../../src/wire/tcp.ts";
import type { Segment, Stack } from "./script-tcp.ts";

/** What Linux 6 sends when nothing is configured. */
const MSS = 1460;
const WINDOW_SCALE = 7;
const SYN_WINDOW = [64240, 65160] as const;
const WINDOW = [502, 509] as const;
const PLAIN_WINDOW = 65535;
const TIMESTAMP_BASE = [1000, 500000] as const;

/** `a - b` on the circle of sequence numbers: negative when `a` is before `b`. */
function distance(a: number, b: number): number {
  return (a - b) | 0;
}

/** One end of a connection: what it has sent and what has reached it. */
class Side {
  isn: number;
  sentSyn = false;
  /** Next sequence number to send. */
  next: number;
  /** Sequence number of its FIN; -1: none sent. */
  finAt = -1;
  closed = false;
  lastAcknowledgment = 0;
  /** Next sequence number expected of the peer. */
  expected: number;
  /** What came of the peer out of order, the latest first. */
  early: [number, number][] = [];
  /** Latest timestamp of the peer. */
  echo = 0;
  timestamps = true;
  sackPermitted = true;
  windowScale = true;

  constructor(isn: number, peerIsn: number) {
    this.isn = isn;
    this.next = (isn + 1) >>> 0;
    this.expected = (peerIsn + 1) >>> 0;
  }

  /** Takes `[from, to)` of the peer's stream. */
  receive(from: number, to: number): void {
    if (distance(to, this.expected) <= 0) return;
    this.early = [
      [from, to] as [number, number],
      ...this.early.filter(([left, right]) => left !== from || right !== to),
    ];
    for (let moved = true; moved;) {
      const fits = this.early.find(([left]) => distance(left, this.expected) <= 0);
      moved = fits !== undefined;
      if (fits === undefined) break;
      if (distance(fits[1], this.expected) > 0) this.expected = fits[1];
      this.early = this.early.filter((range) => range !== fits);
    }
  }
}

/** A segment with every number filled in. */
export interface FilledSegment {
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly window: number;
  readonly options: readonly TcpOption[];
}

/** Fills in what a script leaves out, as the TCP of the sending end would. Sides are 0 (client) and 1 (server). */
export class ScriptConnection {
  readonly #sides: [Side, Side];

  constructor(clientIsn: number, serverIsn: number) {
    this.#sides = [new Side(clientIsn, serverIsn), new Side(serverIsn, clientIsn)];
  }

  /** Whether the end has sent a SYN of this connection. */
  hasSent(side: 0 | 1): boolean {
    return this.#sides[side].sentSyn;
  }

  /** Fills in `segment`, sent by side `from`, and lets it arrive unless it is lost. */
  send(from: 0 | 1, segment: Segment, stack: Stack, milliseconds: number): FilledSegment {
    const flags = segment.flags;
    if ((flags & SYN) !== 0 && this.#sides[from].closed) this.#restart(from, (flags & ACK) !== 0);
    const own = this.#sides[from];
    const sequence = this.#sequence(from, segment, stack);
    const acknowledgment = this.#acknowledgment(from, segment, stack);
    if ((flags & SYN) !== 0) this.#startAt(own, sequence);
    const options = segment.options ?? this.#options(from, segment, stack, milliseconds);
    if ((flags & SYN) !== 0) this.#offer(own, options);
    const window = segment.window ?? this.#window(from, flags, stack);
    this.#sent(own, sequence, segment);
    if ((flags & ACK) !== 0) own.lastAcknowledgment = acknowledgment;
    if (!segment.lost) this.#arrive(from, sequence, segment, options);
    return { sequence, acknowledgment, flags, window, options };
  }

  /** A new connection between the same ends: the one that answers has already received the SYN. */
  #restart(from: 0 | 1, answers: boolean): void {
    const own = this.#sides[from];
    const peer = this.#sides[1 - from]!;
    const fresh = new Side((own.isn + 1_000_000) >>> 0, peer.isn);
    if (answers) {
      fresh.expected = own.expected;
      fresh.echo = own.echo;
    } else if (peer.closed) {
      peer.sentSyn = false;
    }
    this.#sides[from] = fresh;
  }

  #startAt(own: Side, sequence: number): void {
    if (own.sentSyn && own.isn === sequence) return;
    own.isn = sequence;
    own.next = (sequence + 1) >>> 0;
    own.sentSyn = true;
    own.finAt = -1;
    own.closed = false;
  }

  #offer(own: Side, options: readonly TcpOption[]): void {
    own.timestamps = options.some((option) => option.kind === "timestamps");
    own.sackPermitted = options.some((option) => option.kind === "sackOK");
    own.windowScale = options.some((option) => option.kind === "wscale");
  }

  #sequence(from: 0 | 1, segment: Segment, stack: Stack): number {
    const own = this.#sides[from];
    const { sequence, flags } = segment;
    if (sequence !== undefined) {
      const absolute = !stack.relative || (flags & SYN) !== 0 || ((flags & RST) !== 0 && !own.sentSyn);
      return absolute ? sequence : (own.isn + sequence) >>> 0;
    }
    if ((flags & SYN) !== 0) return own.isn;
    // An end that knows of no connection answers by RFC 9293 section 3.10.7.1.
    if ((flags & RST) !== 0 && !own.sentSyn) return (flags & ACK) !== 0 ? 0 : this.#sides[1 - from]!.lastAcknowledgment;
    return (flags & FIN) !== 0 && own.finAt >= 0 ? own.finAt : own.next;
  }

  #acknowledgment(from: 0 | 1, segment: Segment, stack: Stack): number {
    const { acknowledgment, flags } = segment;
    if (acknowledgment !== undefined) {
      const absolute = !stack.relative || (flags & SYN) !== 0;
      return absolute ? acknowledgment : (this.#sides[1 - from]!.isn + acknowledgment) >>> 0;
    }
    return (flags & ACK) === 0 ? 0 : this.#sides[from].expected;
  }

  #options(from: 0 | 1, segment: Segment, stack: Stack, milliseconds: number): TcpOption[] {
    const own = this.#sides[from];
    const peer = this.#sides[1 - from]!;
    if (stack.plain || (segment.flags & RST) !== 0) return [];
    const nop: TcpOption = { kind: "nop" };
    const value = (TIMESTAMP_BASE[from] + milliseconds) >>> 0;
    const timestamps: TcpOption = { kind: "timestamps", value, echo: own.echo };
    if ((segment.flags & SYN) !== 0) {
      return [
        { kind: "mss", value: MSS },
        { kind: "sackOK" },
        timestamps,
        nop,
        { kind: "wscale", shift: WINDOW_SCALE },
      ];
    }
    const options = own.timestamps && peer.timestamps ? [nop, nop, timestamps] : [];
    if (own.early.length === 0 || !own.sackPermitted || !peer.sackPermitted) return options;
    return [...options, nop, nop, { kind: "sack", blocks: own.early.slice(0, 3) }];
  }

  #window(from: 0 | 1, flags: number, stack: Stack): number {
    if ((flags & RST) !== 0) return 0;
    if (stack.window !== undefined) return stack.window;
    if (stack.plain) return PLAIN_WINDOW;
    const scaled = this.#sides[0].windowScale && this.#sides[1].windowScale;
    return (flags & SYN) !== 0 || !scaled ? SYN_WINDOW[from] : WINDOW[from];
  }

  #sent(own: Side, sequence: number, segment: Segment): void {
    const { flags, length } = segment;
    if ((flags & RST) !== 0) {
      own.closed = true;
      return;
    }
    if ((flags & FIN) !== 0) {
      own.finAt = (sequence + length) >>> 0;
      own.closed = true;
    }
    const end = (sequence + length + ((flags & SYN) !== 0 ? 1 : 0) + ((flags & FIN) !== 0 ? 1 : 0)) >>> 0;
    if (distance(end, own.next) > 0) own.next = end;
  }

  #arrive(from: 0 | 1, sequence: number, segment: Segment, options: readonly TcpOption[]): void {
    const peer = this.#sides[1 - from]!;
    const { flags, length } = segment;
    for (const option of options) if (option.kind === "timestamps") peer.echo = option.value;
    if ((flags & RST) !== 0) {
      peer.closed = true;
      return;
    }
    const end = (sequence + length + ((flags & SYN) !== 0 ? 1 : 0) + ((flags & FIN) !== 0 ? 1 : 0)) >>> 0;
    if ((flags & SYN) !== 0) {
      peer.expected = end;
      peer.early = [];
    } else if (end !== sequence) {
      peer.receive(sequence, end);
    }
  }
}
