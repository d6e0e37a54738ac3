import { ACK, FIN, PSH, RST, SYN } from "../../wire/tcp.ts";
import { type TcpOption, tcpOptionBytes } from "../encode-tcp.ts";
import type { TcpText } from "./description.ts";

/** What a direction of a connection has sent so far. */
interface Direction {
  /** Where its relative numbers count from. */
  base: number;
  hasBase: boolean;
  /** Sequence number after all that it has sent. */
  next: number;
  hasNext: boolean;
  synSeen: boolean;
  /** Window of its last segment, as sent; -1: none was printed yet. */
  window: number;
  /** Shift count of its SYN; -1: none. */
  shift: number;
  /** Bytes of a frame that are not payload; -1: not known. */
  overhead: number;
}

interface Conversation {
  readonly first: Direction;
  readonly second: Direction;
  /** The first segment with ACK has passed: numbers may be relative from here on. */
  acknowledged: boolean;
}

/** A segment with all numbers as they were on the wire. */
interface NumberedSegment {
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly window: number;
  readonly options: readonly TcpOption[];
  /** How far it acknowledges what no line before has sent, in bytes; 0: not at all. */
  readonly beyond: number;
}

/** Conversations remembered at once; beyond, all are forgotten. */
const MAX_CONVERSATIONS = 1 << 16;
/** Numbers below this, in the first line of a conversation that is not its SYN, are relative ones. */
const SMALL = 1 << 24;
/** How much nearer one reading of a number has to be than the other to settle how the trace prints them. */
const CLEARLY = 16;
/** Where nothing tells the window: what most stacks began with before it could be scaled. */
const UNKNOWN_WINDOW = 65535;

/** Ethernet frames of fewer bytes are padded (IEEE 802.3 section 3.2.8); without check sequence. */
const SHORTEST_FRAME = 60;
/** Headers of Ethernet, IPv4 and TCP without options. */
const PLAIN_HEADERS = 54;

function direction(): Direction {
  return { base: 0, hasBase: false, next: 0, hasNext: false, synSeen: false, window: -1, shift: -1, overhead: -1 };
}

/**
 * Sequence numbers as they were on the wire, from those that a trace prints.
 * tcpdump prints the numbers of a SYN, of segments without ACK and of a
 * conversation's first segment with ACK as they are, and then counts from
 * them; Wireshark counts from each direction's first number all the time.
 */
export class SegmentNumbers {
  readonly #conversations = new Map<string, Conversation>();
  /** Whether the trace's later numbers are relative; undefined until a line settles it. */
  #relative: boolean | undefined = undefined;

  /** Another trace begins: nothing of the one before counts. */
  forget(): void {
    this.#conversations.clear();
    this.#relative = undefined;
  }

  /** Fills in the numbers of a segment between `from` and `to`, which name host and port. */
  number(tcp: TcpText, from: string, to: string): NumberedSegment {
    const conversation = this.#conversation(from, to);
    const [own, other] =
      from < to ? [conversation.first, conversation.second] : [conversation.second, conversation.first];
    const numbers =
      tcp.numbering === "tcpdump" ? this.#ofTcpdump(tcp, conversation, own, other) : ofWireshark(tcp, own, other);
    const beyond = (tcp.flags & ACK) !== 0 && other.hasNext && other.synSeen ? numbers.acknowledgment - other.next : 0;
    const window = windowOf(tcp, own, other);
    this.#sent(tcp, own, numbers.sequence);
    return {
      ...numbers,
      window,
      beyond: (tcp.flags & RST) === 0 ? Math.max(0, beyond | 0) : 0,
    };
  }

  /** Notes how long the frame of a segment was: the messages of applications have no other measure of their length. */
  noteFrame(tcp: TcpText, from: string, to: string, frameLength: number): void {
    if ((tcp.flags & SYN) !== 0) return;
    const { first, second } = this.#conversation(from, to);
    const side = from < to ? first : second;
    if (frameLength > SHORTEST_FRAME || side.overhead < 0) side.overhead = overheadOf(tcp, frameLength);
  }

  /** The segment of an application's message in a frame of `frameLength` bytes; undefined when that tells nothing. */
  message(from: string, to: string, frameLength: number): TcpText | undefined {
    const { first, second } = this.#conversation(from, to);
    const [own, other] = from < to ? [first, second] : [second, first];
    const overhead = own.overhead >= 0 ? own.overhead : other.overhead;
    const length = frameLength - overhead;
    if (overhead < 0 || length <= 0 || !own.hasNext || !other.hasNext) return undefined;
    const [sequence, acknowledgment] = [(own.next - own.base) >>> 0, (other.next - other.base) >>> 0];
    const ports = { sourcePort: portIn(from), destinationPort: portIn(to) };
    const flags = PSH | ACK;
    return { kind: "tcp", ...ports, numbering: "wireshark", flags, sequence, acknowledgment, options: [], length };
  }

  #conversation(from: string, to: string): Conversation {
    const key = from < to ? `${from} ${to}` : `${to} ${from}`;
    const known = this.#conversations.get(key);
    if (known !== undefined) return known;
    if (this.#conversations.size >= MAX_CONVERSATIONS) this.#conversations.clear();
    const conversation = { first: direction(), second: direction(), acknowledged: false };
    this.#conversations.set(key, conversation);
    return conversation;
  }

  #ofTcpdump(
    tcp: TcpText,
    conversation: Conversation,
    own: Direction,
    other: Direction,
  ): Omit<NumberedSegment, "window" | "beyond"> {
    const { flags, options } = tcp;
    if ((flags & ACK) === 0) {
      const sequence = tcp.sequence ?? own.next;
      if (!conversation.acknowledged && (flags & SYN) !== 0) setBase(own, sequence);
      return { sequence, acknowledgment: 0, options };
    }
    const acknowledgment = tcp.acknowledgment ?? 0;
    if (!conversation.acknowledged || (flags & SYN) !== 0) {
      return this.#firstAcknowledgment(tcp, conversation, own, other);
    }
    const relative = this.#relative ?? this.#isRelative(tcp, own, other);
    const add = relative ? 1 : 0;
    return {
      sequence: tcp.sequence === undefined ? nextOf(own, other, acknowledgment) : (tcp.sequence + add * own.base) >>> 0,
      acknowledgment: (acknowledgment + add * other.base) >>> 0,
      options: relative ? shifted(options, other.base) : options,
    };
  }

  /** From here tcpdump counts. A trace that begins later has small numbers already: they count from 0. */
  #firstAcknowledgment(
    tcp: TcpText,
    conversation: Conversation,
    own: Direction,
    other: Direction,
  ): Omit<NumberedSegment, "window" | "beyond"> {
    const acknowledgment = tcp.acknowledgment ?? 0;
    const sequence = tcp.sequence ?? nextOf(own, other, acknowledgment);
    const isMiddle = (tcp.flags & SYN) === 0 && !own.synSeen && !other.synSeen;
    conversation.acknowledged = true;
    if (isMiddle && sequence < SMALL && acknowledgment < SMALL) {
      setBase(own, 0);
      setBase(other, 0);
      return { sequence, acknowledgment, options: tcp.options };
    }
    if (!isMiddle && (tcp.flags & SYN) === 0 && other.synSeen && own.synSeen && acknowledgment < SMALL) {
      // Both SYNs went without ACK: a book that shows no line with it counts from them.
      const relative = this.#isRelative(tcp, own, other);
      const add = relative ? 1 : 0;
      return {
        sequence: tcp.sequence === undefined ? own.next : (sequence + add * own.base) >>> 0,
        acknowledgment: (acknowledgment + add * other.base) >>> 0,
        options: tcp.options,
      };
    }
    setBase(own, sequence);
    setBase(other, (acknowledgment - 1) >>> 0);
    return { sequence, acknowledgment, options: shifted(tcp.options, relativeBlocks(tcp.options, other)) };
  }

  /** Which of both readings is nearer to what the connection has sent; a clear case settles it for the trace. */
  #isRelative(tcp: TcpText, own: Direction, other: Direction): boolean {
    const { sequence = 0, acknowledgment = 0 } = tcp;
    let relative = Math.abs(acknowledgment | 0);
    let absolute = Math.abs((acknowledgment - other.base) | 0);
    if (tcp.sequence !== undefined) {
      relative += Math.abs(sequence | 0);
      absolute += Math.abs((sequence - own.base) | 0);
    }
    const isRelative = relative < absolute;
    if (Math.max(relative, absolute) > CLEARLY * Math.max(1, Math.min(relative, absolute))) this.#relative = isRelative;
    return isRelative;
  }

  /** Moves on what the direction has sent. */
  #sent(tcp: TcpText, own: Direction, sequence: number): void {
    const { flags, length } = tcp;
    const end = (sequence + length + ((flags & SYN) >> 1) + (flags & FIN)) >>> 0;
    if ((flags & RST) !== 0 && own.hasNext) return;
    const isSyn = (flags & SYN) !== 0;
    if (isSyn || !own.hasNext || ((end - own.next) | 0) > 0) own.next = end;
    own.hasNext = true;
    own.synSeen ||= isSyn;
  }
}

/** Bytes of a frame that are not payload; of one that may be padded, those of Ethernet, IPv4 and TCP. */
function overheadOf(tcp: TcpText, frameLength: number): number {
  if (frameLength > SHORTEST_FRAME) return frameLength - tcp.length;
  return Math.min(frameLength - tcp.length, PLAIN_HEADERS + tcpOptionBytes(tcp.options).length);
}

/** The port of "10.0.0.1 80". */
function portIn(host: string): string {
  return host.slice(host.lastIndexOf(" ") + 1);
}

function setBase(side: Direction, base: number): void {
  side.base = base;
  side.hasBase = true;
}

/** The number of a segment whose line has none: what its end would send next. */
function nextOf(own: Direction, other: Direction, acknowledgment: number): number {
  if (own.hasNext) return own.next;
  // An end that only acknowledges: nothing tells its numbers but what the other one acknowledged.
  return other.hasNext && own.hasBase ? (own.base + 1) >>> 0 : acknowledgment === 0 ? 0 : own.base;
}

/**
 * Numbers of Wireshark's list count from the first number of a direction, and
 * here that is 0. A direction that begins with a RST begins with 1 there; the
 * number itself of a refusal is 0 (RFC 9293 section 3.10.7.1).
 */
function ofWireshark(tcp: TcpText, own: Direction, other: Direction): Omit<NumberedSegment, "window" | "beyond"> {
  const { flags, options } = tcp;
  const isSyn = (flags & SYN) !== 0;
  if (isSyn) own.base = 0;
  else if ((flags & RST) !== 0 && !own.hasNext && tcp.sequence === 1) own.base = 0xffffffff;
  const unknown = !isSyn && own.hasNext ? own.next : 0;
  const sequence = tcp.sequence === undefined ? unknown : (tcp.sequence + own.base) >>> 0;
  if ((flags & ACK) === 0) return { sequence, acknowledgment: 0, options };
  const unacknowledged = other.hasNext ? other.next : 0;
  const acknowledgment = tcp.acknowledgment === undefined ? unacknowledged : (tcp.acknowledgment + other.base) >>> 0;
  return { sequence, acknowledgment, options: shifted(options, other.base) };
}

/** Blocks count from the base even in the segment that sets it. */
function relativeBlocks(options: readonly TcpOption[], other: Direction): number {
  const near = (edge: number): boolean => Math.abs((edge - other.base) | 0) < Math.abs(edge | 0);
  return options.some((option) => option.kind === "sack" && !near(option.blocks[0]?.[0] ?? 0)) ? other.base : 0;
}

function shifted(options: readonly TcpOption[], base: number): readonly TcpOption[] {
  if (base === 0 || !options.some((option) => option.kind === "sack")) return options;
  return options.map((option) =>
    option.kind === "sack"
      ? {
          ...option,
          blocks: option.blocks.map(([left, right]) => [(left + base) >>> 0, (right + base) >>> 0] as const),
        }
      : option,
  );
}

/** The window as it was sent: Wireshark prints it scaled; where a line has none, it is that of the line before. */
function windowOf(tcp: TcpText, own: Direction, other: Direction): number {
  const isSyn = (tcp.flags & SYN) !== 0;
  if (isSyn) {
    const scale = tcp.options.find((option) => option.kind === "wscale");
    own.shift = scale === undefined ? -1 : scale.shift;
  }
  if (tcp.window === undefined) {
    if ((tcp.flags & RST) !== 0) return 0;
    if (own.window < 0) return UNKNOWN_WINDOW;
    return own.window;
  }
  const isScaled = tcp.numbering === "wireshark" && !isSyn && own.shift >= 0 && other.shift >= 0;
  own.window = Math.min(0xffff, isScaled ? Math.floor(tcp.window / 2 ** own.shift) : tcp.window);
  return own.window;
}
