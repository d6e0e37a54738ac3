import type { Connection } from "../flow/connection.ts";
import type { End } from "../flow/end.ts";
import { addNote, ConnectionNotes } from "../flow/notes.ts";
import type { Segment } from "../flow/segment.ts";
import { less, lessOrEqual } from "../flow/sequence.ts";
import { CLIENT, SERVER } from "../flow/states.ts";
import { NEVER } from "../flow/time.ts";
import type { Packet } from "../wire/packet.ts";
import { TcpOptionValues } from "../wire/tcp-options.ts";
import { ACK, CWR, ECE, FIN, RST, SYN } from "../wire/tcp.ts";

/** Record type "handshake", protocol version 3.x; then the handshake type "client hello" (RFC 8446 sections 4 and 5.1). */
const TLS_HANDSHAKE = 0x1603;
const TLS_CLIENT_HELLO = 1;

/** Whether a verdict may ask for more of the segment than its connection keeps: true for few. */
export function isNotable(segment: Segment): boolean {
  const { connection } = segment;
  return (
    (segment.flags & (SYN | FIN | RST)) !== 0 ||
    segment.window === 0 ||
    segment.retransmissionCause !== "" ||
    connection.watched ||
    (!connection.established && connection.challenged)
  );
}

function notesOf(connection: Connection): ConnectionNotes {
  connection.notes ??= new ConnectionNotes();
  return connection.notes;
}

/** Writes down, at the connection, what a verdict asks for and only its segment shows. */
export class Notices {
  readonly #options = new TcpOptionValues();

  /** `segment`, of the packet, has been followed by its connection. */
  observe(segment: Segment, packet: Packet): void {
    const { flags, connection, from } = segment;
    const forward = connection.ends[from];
    const reverse = connection.ends[from === CLIENT ? SERVER : CLIENT];
    if ((flags & SYN) !== 0) this.#syn(segment, packet, forward);
    else if ((flags & RST) !== 0) this.#reset(segment, packet, forward);
    else window(segment);
    if ((flags & (FIN | RST)) !== 0) closing(segment, reverse);
    if (segment.retransmissionCause !== "" && segment.payloadLength > 0) repeated(segment, packet, forward);
    if (connection.challenged && !connection.established) challenged(segment);
  }

  #read(packet: Packet): TcpOptionValues {
    const { tcp, frame } = packet;
    this.#options.read(frame.view, tcp.at + 20, tcp.payloadAt, frame.end);
    return this.#options;
  }

  #syn(segment: Segment, packet: Packet, forward: End): void {
    const { connection, flags } = segment;
    if ((flags & ACK) !== 0) return;
    if (segment.frame === connection.firstFrame) this.#reuse(segment, packet);
    const options = this.#read(packet);
    const asks = (flags & (ECE | CWR)) !== 0 || segment.payloadLength > 0 || options.fastOpenCookie >= 0;
    const again = segment.retransmissionCause !== "";
    if (!asks && !again) return;
    const notes = notesOf(connection);
    if (isDuplicate(segment)) {
      addNote(notes.duplicates, segment.frame);
      if (segment.ttl !== forward.firstTtl) notes.duplicatesDiffer = true;
    }
    const { frame, timeNs, payloadLength, identification, ttl } = segment;
    addNote(notes.syns, {
      frame,
      timeNs,
      flags,
      payloadLength,
      fastOpen: options.fastOpenCookie,
      identification,
      ttl,
    });
  }

  #reuse(segment: Segment, packet: Packet): void {
    const { connection } = segment;
    const { previous } = connection;
    if (previous === undefined) return;
    const sameSide = previous.clientIsSecond === connection.clientIsSecond;
    const before = previous.ends[sameSide ? CLIENT : SERVER];
    const options = this.#read(packet);
    const hasBoth = options.hasTimestamps && before.hasHighestTsval;
    notesOf(connection).reuse = {
      stream: previous.firstStream,
      lastFrame: previous.lastFrame,
      states: [before.state, previous.ends[sameSide ? SERVER : CLIENT].state],
      idleNs: segment.timeNs - previous.lastTimeNs,
      newerSequence: before.hasHighest && less(before.highest, segment.sequence),
      newerTimestamp: hasBoth ? less(before.highestTsval, options.tsval | 0) : undefined,
    };
  }

  #reset(segment: Segment, packet: Packet, forward: End): void {
    addNote(notesOf(segment.connection).resets, {
      frame: segment.frame,
      hasTimestamps: this.#read(packet).hasTimestamps,
      lastIdentification: forward.highestIdentification,
      answeredNs: segment.acksFrame > 0 ? segment.ackRttNs : -1,
    });
  }
}

/** The very packet once more, by the network or by a capture at two places. */
function isDuplicate({ retransmissionCause }: Segment): boolean {
  return retransmissionCause === "network-duplicate" || retransmissionCause === "duplicate-capture";
}

/** An end whose receive window closes, or opens again. */
function window(segment: Segment): void {
  const { connection, from } = segment;
  const known = connection.notes?.closedWindows[from];
  if (segment.window !== 0) {
    if (known === undefined || known.sinceNs === NEVER) return;
    known.longestNs = Math.max(known.longestNs, segment.timeNs - known.sinceNs);
    known.sinceNs = NEVER;
    connection.watched = false;
    return;
  }
  const notes = notesOf(connection);
  const closed = (notes.closedWindows[from] ??= { count: 0, frame: segment.frame, sinceNs: NEVER, longestNs: 0 });
  if (closed.sinceNs === NEVER) {
    closed.count++;
    closed.sinceNs = segment.timeNs;
    connection.watched = true;
  }
}

/** The first FIN or RST of a connection, after which it says nothing more of its programs. */
function closing(segment: Segment, reverse: End): void {
  const notes = segment.connection.notes;
  if (notes?.close !== undefined || reverse.finSeen || !segment.connection.established) return;
  const silentNs = reverse.hasSent ? segment.timeNs - reverse.lastTimeNs : 0;
  // A close at once after an answer, as nearly all are, needs no note.
  if (silentNs < 1e9) return;
  notesOf(segment.connection).close = {
    frame: segment.frame,
    from: segment.from,
    silentNs,
    unanswered: !reverse.hasSentData,
  };
}

function repeated(segment: Segment, packet: Packet, forward: End): void {
  const isFirstData = forward.synSeen && segment.sequence === ((forward.synBase + 1) | 0);
  notesOf(segment.connection).repeat = {
    from: segment.from,
    frame: segment.frame,
    payloadLength: segment.payloadLength,
    isFirstData,
    isClientHello: isFirstData && isClientHello(packet),
  };
}

function isClientHello({ frame, tcp }: Packet): boolean {
  const at = tcp.payloadAt;
  if (at + 6 > frame.end || tcp.payloadLength < 6) return false;
  return frame.view.getUint16(at) === TLS_HANDSHAKE && frame.view.getUint8(at + 5) === TLS_CLIENT_HELLO;
}

/** A segment by which the server answered with something of another connection. */
function challenged(segment: Segment): void {
  if (segment.from !== SERVER || (segment.flags & RST) !== 0) return;
  const { frame, timeNs, flags, acknowledgment, connection } = segment;
  const withSyn = (flags & SYN) !== 0;
  const client = connection.ends[CLIENT];
  const isOurs = lessOrEqual((client.synBase + 1) | 0, acknowledgment) && lessOrEqual(acknowledgment, client.highest);
  if (connection.synAckTimeNs !== NEVER || isOurs) return;
  addNote(notesOf(connection).challenges, { frame, timeNs, withSyn });
}
