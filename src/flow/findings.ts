import type { TcpOptionValues } from "../wire/tcp-options.ts";
import { ACK, FIN, PSH, RST, SYN, URG } from "../wire/tcp.ts";
import type { Connection } from "./connection.ts";
import type { End } from "./end.ts";
import type { Segment } from "./segment.ts";
import { less, lessOrEqual } from "./sequence.ts";
import { CLIENT, type EndIndex, SERVER } from "./states.ts";
import { NEVER } from "./time.ts";
import { timeWaitNs } from "./stack.ts";

/** Findings of one connection, and frames of one finding, at most. */
const MAX_FINDINGS = 16;
const MAX_FRAMES = 16;

/** An acknowledgment this far beyond what was sent is of nothing that was ever sent. */
const FAR_BEYOND = 2 ** 30;

/** What is odd, but no error. */
export type FindingName =
  | "syn-ack-of-another-syn"
  | "ack-of-unsent-data"
  | "syn-fin"
  | "syn-rst"
  | "null-flags"
  | "xmas-flags"
  | "syn-with-data"
  /** Data before the handshake is complete. */
  | "early-data"
  | "rst-with-data"
  /** A SYN on a four-tuple of which an end is still in TIME_WAIT. */
  | "time-wait-reuse";

/** Why something odd is accepted, or what it is. */
export type FindingReason =
  | ""
  /** TCP Fast Open (RFC 7413). */
  | "fast-open"
  /** The timestamp is newer than the last one of the old connection (RFC 6191). */
  | "newer-timestamp"
  /** The sequence number lies beyond those of the old connection (RFC 9293 section 3.6.1). */
  | "newer-sequence"
  /** Nothing says that the SYN is not an old one: TIME_WAIT answers with an acknowledgment. */
  | "not-acceptable";

export interface Finding {
  readonly name: FindingName;
  /** Who sent it. */
  readonly from: EndIndex;
  readonly reason: FindingReason;
  /** The first ones. */
  readonly frames: number[];
  /** Of `time-wait-reuse`: how long TIME_WAIT would have lasted, in nanoseconds. */
  readonly leftNs: number;
}

/** An acknowledgment beyond what is known to be sent: of a lost part of the capture, unless the end goes on before it. */
interface Doubt {
  readonly frame: number;
  readonly from: EndIndex;
  readonly highest: number;
  readonly acknowledgment: number;
}

/** What is odd about one connection. */
export class Findings {
  readonly list: Finding[] = [];
  doubt: Doubt | undefined = undefined;

  add(name: FindingName, from: EndIndex, frame: number, reason: FindingReason = "", leftNs = 0): void {
    const same = this.list.find((each) => each.name === name && each.from === from && each.reason === reason);
    if (same === undefined) {
      if (this.list.length < MAX_FINDINGS) this.list.push({ name, from, reason, frames: [frame], leftNs });
    } else if (same.frames.length < MAX_FRAMES) {
      same.frames.push(frame);
    }
  }
}

/** Notes what is odd about a segment. To be called before `observeRetransmission` moves `highest` on. */
export function noteFindings(
  segment: Segment,
  connection: Connection,
  forward: End,
  reverse: End,
  options: TcpOptionValues,
): void {
  const { flags } = segment;
  if ((flags & (SYN | FIN | RST | ACK)) !== ACK) noteFlags(segment, connection, options);
  if ((flags & (SYN | ACK)) === SYN && segment.frame === connection.firstFrame) noteReuse(segment, connection, options);
  if (connection.findings?.doubt !== undefined && segment.payloadLength > 0) resolve(segment, connection);
  if ((flags & (SYN | ACK)) === (SYN | ACK)) noteSynAck(segment, connection);
  else if ((flags & (ACK | RST)) === ACK && reverse.hasHighest && less(reverse.highest, segment.acknowledgment)) {
    noteUnsent(segment, connection, reverse);
  }
  if (segment.payloadLength > 0 && (flags & (SYN | RST)) === 0 && isEarly(segment, connection, forward)) {
    findingsOf(connection).add("early-data", segment.from, segment.frame);
  }
}

function findingsOf(connection: Connection): Findings {
  connection.findings ??= new Findings();
  return connection.findings;
}

function noteFlags(segment: Segment, connection: Connection, options: TcpOptionValues): void {
  const { flags, from, frame, payloadLength } = segment;
  const odd = flags & (FIN | SYN | RST | PSH | ACK | URG);
  if (odd === 0) findingsOf(connection).add("null-flags", from, frame);
  else if (odd === (FIN | PSH | URG)) findingsOf(connection).add("xmas-flags", from, frame);
  if ((flags & (SYN | FIN)) === (SYN | FIN)) findingsOf(connection).add("syn-fin", from, frame);
  if ((flags & (SYN | RST)) === (SYN | RST)) findingsOf(connection).add("syn-rst", from, frame);
  if ((flags & RST) !== 0 && payloadLength > 0) findingsOf(connection).add("rst-with-data", from, frame);
  else if ((flags & SYN) !== 0 && payloadLength > 0) {
    const reason = options.fastOpenCookie >= 0 || (flags & ACK) !== 0 ? "fast-open" : "";
    findingsOf(connection).add("syn-with-data", from, frame, reason);
  }
}

function noteSynAck({ from, acknowledgment, frame }: Segment, connection: Connection): void {
  const { client } = connection;
  if (from !== SERVER || !client.synSeen) return;
  if (less(acknowledgment, (client.synBase + 1) | 0) || less(client.highest, acknowledgment)) {
    findingsOf(connection).add("syn-ack-of-another-syn", from, frame);
  }
}

function noteUnsent(segment: Segment, connection: Connection, reverse: End): void {
  const { from, frame, acknowledgment } = segment;
  if ((acknowledgment - reverse.highest) >>> 0 >= FAR_BEYOND) {
    findingsOf(connection).add("ack-of-unsent-data", from, frame);
    return;
  }
  findingsOf(connection).doubt = { frame, from, highest: reverse.highest, acknowledgment };
}

/** The end that was acknowledged too much sends data: what it had not sent until then, or what comes after. */
function resolve(segment: Segment, connection: Connection): void {
  const { findings } = connection;
  const doubt = findings?.doubt;
  if (findings === undefined || doubt === undefined || doubt.from === segment.from) return;
  if (segment.sequence === doubt.highest) findings.add("ack-of-unsent-data", doubt.from, doubt.frame);
  if (lessOrEqual(doubt.highest, segment.sequence)) findings.doubt = undefined;
}

function isEarly({ from }: Segment, connection: Connection, forward: End): boolean {
  if (connection.established || connection.clientInferred || forward.hasSentData) return false;
  if (from === CLIENT) return connection.synTimeNs !== NEVER && connection.synAckTimeNs === NEVER;
  return connection.synAckTimeNs !== NEVER && !connection.simultaneousOpen;
}

/** The first SYN on a four-tuple of which the last connection is not over yet. */
function noteReuse(segment: Segment, connection: Connection, options: TcpOptionValues): void {
  const { previous } = connection;
  if (previous === undefined) return;
  const waiting = ([CLIENT, SERVER] as const).find((end) => previous.ends[end].state === "TIME_WAIT");
  if (waiting === undefined) return;
  const age = segment.timeNs - previous.transitions.lastTimeNs(waiting);
  const left = timeWaitNs(previous.ends[waiting]) - age;
  if (left <= 0) return;
  const before = previous.ends[segment.from];
  const newerTimestamp =
    options.hasTimestamps && before.hasHighestTsval && less(before.highestTsval, options.tsval | 0);
  const newerSequence = less(before.highest, segment.sequence);
  const reason = newerTimestamp ? "newer-timestamp" : newerSequence ? "newer-sequence" : "not-acceptable";
  findingsOf(connection).add("time-wait-reuse", segment.from, segment.frame, reason, left);
}
