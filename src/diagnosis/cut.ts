import { Connection } from "../flow/connection.ts";
import { addSend } from "../flow/send-times.ts";
import { CLIENT, type EndIndex, SERVER } from "../flow/states.ts";
import { NEVER } from "../flow/time.ts";
import { addressText } from "../wire/address.ts";
import type { Packet } from "../wire/packet.ts";
import { PROTOCOL_ICMP, PROTOCOL_TCP } from "../wire/protocol.ts";
import { ACK, RST, TCP_MIN_HEADER } from "../wire/tcp.ts";

/**
 * TCP segments of which the snap length left the ports but not the flags. What
 * they were is told from their sizes, directions and order: a SYN is the first
 * and carries no data; a SYN-ACK carries options at least (MSS), so an answer of
 * exactly 20 bytes is a RST; the same size again without an answer is a SYN sent again.
 */

/** Exchanges remembered; and segments of each. */
const MAX_EXCHANGES = 4096;
const MAX_SEGMENTS = 24;
/** The longest TCP header. */
const MAX_HEADER = 60;
/** An ICMP error without a quote belongs to the newest SYN of that host, if that is no older than this. */
const ERROR_NS = 1_000_000_000;

interface CutSegment {
  readonly from: EndIndex;
  readonly frame: number;
  readonly timeNs: number;
  /** Bytes of header and payload. */
  readonly size: number;
}

interface CutError {
  readonly router: string;
  readonly frame: number;
  readonly timeNs: number;
  readonly version: 4 | 6;
  readonly type: number;
  readonly code: number;
  readonly ttl: number;
}

/** All segments between two ends. */
interface Exchange {
  readonly addresses: Uint8Array;
  readonly clientText: string;
  readonly ports: readonly [number, number];
  readonly version: 4 | 6;
  readonly ttls: [number, number];
  readonly segments: CutSegment[];
  readonly errors: CutError[];
  count: number;
}

/** Whether the snap length cut the packet within its TCP or ICMP header. */
export function isCut(packet: Packet): boolean {
  const { fault } = packet;
  return fault !== undefined && fault.kind === "truncated" && (fault.layer === "tcp" || fault.layer === "icmp");
}

/** The exchanges of which only ports and sizes are known; bounded, the first are kept. */
export class CutSegments {
  readonly #exchanges: Map<string, Exchange> = new Map();

  /** How many exchanges there are. */
  get size(): number {
    return this.#exchanges.size;
  }

  /** Takes note of a packet that is cut (`isCut`). */
  observe(packet: Packet, timeNs: number): void {
    if (packet.protocol === PROTOCOL_TCP) this.#segment(packet, timeNs);
    else if (packet.protocol === PROTOCOL_ICMP) this.#error(packet, timeNs);
  }

  #segment(packet: Packet, timeNs: number): void {
    const { frame, sourceAt, destinationAt, addressLength: length } = packet;
    const { at, end } = packet.tcp;
    if (at + 4 > frame.end) return;
    const source = frame.view.getUint16(at);
    const destination = frame.view.getUint16(at + 2);
    const from = `${addressText(frame.bytes, sourceAt, length)} ${source}`;
    const to = `${addressText(frame.bytes, destinationAt, length)} ${destination}`;
    const back = this.#exchanges.get(`${to} ${from}`);
    const exchange =
      back ?? this.#exchanges.get(`${from} ${to}`) ?? this.#open(packet, source, destination, `${from} ${to}`);
    if (exchange === undefined) return;
    exchange.count++;
    const sender = back === undefined ? CLIENT : SERVER;
    if (exchange.ttls[sender] < 0) exchange.ttls[sender] = ttlOf(packet);
    if (exchange.segments.length < MAX_SEGMENTS)
      exchange.segments.push({ from: sender, frame: frame.number, timeNs, size: end - at });
  }

  #open(packet: Packet, source: number, destination: number, key: string): Exchange | undefined {
    if (this.#exchanges.size >= MAX_EXCHANGES) return undefined;
    const { bytes } = packet.frame;
    const length = packet.addressLength;
    const addresses = new Uint8Array(2 * length);
    addresses.set(bytes.subarray(packet.sourceAt, packet.sourceAt + length));
    addresses.set(bytes.subarray(packet.destinationAt, packet.destinationAt + length), length);
    const exchange: Exchange = {
      addresses,
      clientText: addressText(addresses, 0, length),
      ports: [source, destination],
      version: packet.ipVersion === 6 ? 6 : 4,
      ttls: [-1, -1],
      segments: [],
      errors: [],
      count: 0,
    };
    this.#exchanges.set(key, exchange);
    return exchange;
  }

  /** Type and code may be there though nothing of what the error quotes is. */
  #error(packet: Packet, timeNs: number): void {
    const { frame } = packet;
    const at = packet.icmp.at;
    if (at + 2 > frame.end || frame.view.getUint8(at) < 3) return;
    const to = addressText(frame.bytes, packet.destinationAt, packet.addressLength);
    const exchange = [...this.#exchanges.values()].findLast((each) => each.clientText === to);
    const last = exchange?.segments[exchange.segments.length - 1];
    if (exchange === undefined || last === undefined || last.from !== CLIENT || timeNs - last.timeNs > ERROR_NS) return;
    if (exchange.errors.length >= MAX_SEGMENTS) return;
    exchange.errors.push({
      router: addressText(frame.bytes, packet.sourceAt, packet.addressLength),
      frame: frame.number,
      timeNs,
      version: exchange.version,
      type: frame.view.getUint8(at),
      code: frame.view.getUint8(at + 1),
      ttl: ttlOf(packet),
    });
  }

  /** Connections as they very likely were, for the rules of the verdict. */
  connections(): Connection[] {
    return [...this.#exchanges.values()].flatMap((exchange) => connectionOf(exchange) ?? []);
  }
}

function ttlOf(packet: Packet): number {
  return packet.ipVersion === 6 ? packet.ipv6.hopLimit : packet.ipv4.ttl;
}

/** undefined: the exchange does not begin like a connect(). */
function connectionOf(exchange: Exchange): Connection | undefined {
  const first = exchange.segments[0];
  if (first === undefined || first.from !== CLIENT || first.size > MAX_HEADER) return undefined;
  const connection = new Connection();
  connection.ipVersion = exchange.version;
  const length = exchange.addresses.length / 2;
  connection.setAddresses(exchange.addresses, 0, length, length);
  connection.firstFrame = first.frame;
  connection.firstTimeNs = first.timeNs;
  connection.synTimeNs = first.timeNs;
  for (const end of [CLIENT, SERVER] as const) {
    connection.ends[end].port = exchange.ports[end];
    connection.ends[end].firstTtl = exchange.ttls[end];
  }
  const answer = exchange.segments.find((segment) => segment.from === SERVER);
  // Where the SYN has no options either, only what follows tells a SYN-ACK from a RST.
  const goesOn =
    answer !== undefined && exchange.segments.some((each) => each.from === CLIENT && each.frame > answer.frame);
  const isReset = answer !== undefined && answer.size <= TCP_MIN_HEADER && !(first.size <= TCP_MIN_HEADER && goesOn);
  for (const segment of exchange.segments) addSegment(connection, segment, first, answer, isReset);
  for (const error of exchange.errors) addError(connection, error);
  return connection;
}

function addSegment(
  connection: Connection,
  segment: CutSegment,
  first: CutSegment,
  answer: CutSegment | undefined,
  isReset: boolean,
): void {
  const end = connection.ends[segment.from];
  end.hasSent = true;
  end.packets++;
  end.lastFrame = segment.frame;
  end.lastTimeNs = segment.timeNs;
  if (segment.from === CLIENT) {
    const early = answer === undefined || segment.frame < answer.frame;
    if (early && segment.size === first.size) end.synSends = addSend(end.synSends, segment.timeNs, segment.frame);
    else if (!early && connection.synAckTimeNs !== NEVER && !connection.established) establish(connection, segment);
    if (segment.size > MAX_HEADER) end.hasSentData = true;
  } else if (segment === answer) {
    if (isReset) refuse(connection, segment);
    else answered(connection, segment);
  }
}

function answered(connection: Connection, segment: CutSegment): void {
  const syns = connection.ends[CLIENT].synSends?.times ?? [];
  connection.synAckTimeNs = segment.timeNs;
  connection.lastSynAckTimeNs = segment.timeNs;
  connection.answeredSynTimeNs = syns[syns.length - 1] ?? NEVER;
  connection.synAckFrame = segment.frame;
}

/** Without options it is a RST; a SYN-ACK has the MSS at least. */
function refuse(connection: Connection, segment: CutSegment): void {
  connection.ends[SERVER].rstSent = 1;
  connection.addReset({
    from: SERVER,
    frame: segment.frame,
    timeNs: segment.timeNs,
    sequence: 0,
    acknowledgment: 0,
    flags: RST | ACK,
    window: 0,
    ttl: connection.ends[SERVER].firstTtl,
    identification: 0,
    payloadLength: 0,
    accepted: true,
    forged: false,
  });
}

function establish(connection: Connection, segment: CutSegment): void {
  connection.established = true;
  connection.handshakeAckTimeNs = segment.timeNs;
  connection.handshakeAckFrame = segment.frame;
  connection.initialRttNs = segment.timeNs - connection.synTimeNs;
}

function addError(connection: Connection, error: CutError): void {
  const syns = connection.ends[CLIENT].synSends?.frames ?? [];
  connection.addIcmpError({
    ...error,
    to: CLIENT,
    quotedFrame: syns.findLast((frame) => frame < error.frame) ?? 0,
    quotedTtl: 0,
    nextHopMtu: 0,
    matches: true,
  });
}
