import type { Verdict } from "../diagnosis/verdict.ts";
import type { Connection } from "../flow/connection.ts";
import { less } from "../flow/sequence.ts";
import { CLIENT, type EndIndex, SERVER } from "../flow/states.ts";
import { NEVER } from "../flow/time.ts";
import type { Packet } from "../wire/packet.ts";
import type { KeptSegment } from "./segment-record.ts";

/** Frames of one verdict that a ladder shows: of a longer list of evidence, the first and the last. */
const MAX_EVIDENCE = 8;

/** The frames that decide a verdict: its evidence, the first segment, the handshake, what ended the connection and what each end sent last. In order, each once. */
export function decisiveFrames(verdict: Verdict, connection: Connection): number[] {
  const evidence = verdict.evidence.map(({ frame }) => frame).filter((frame) => frame >= connection.firstFrame);
  const half = MAX_EVIDENCE / 2;
  const shown = evidence.length <= MAX_EVIDENCE ? evidence : [...evidence.slice(0, half), ...evidence.slice(-half)];
  const handshake = [
    connection.firstFrame,
    connection.client.synSends?.frames[0],
    connection.synAckFrame,
    connection.established ? connection.handshakeAckFrame : 0,
  ];
  const ending = connection.resets.slice(0, 4).map(({ frame }) => frame);
  const ends = connection.ends.flatMap(({ finFrame, lastFrame }) => [finFrame, lastFrame]);
  const all = [...shown, ...handshake, ...ending, ...ends].filter((frame) => frame !== undefined && frame > 0);
  return [...new Set(all)].filter((frame) => frame !== undefined).sort((a, b) => a - b);
}

/** Which end of the connection sent the packet. */
function senderOf(packet: Packet, connection: Connection): EndIndex {
  const { client, server } = connection;
  if (client.port !== server.port) return packet.tcp.sourcePort === client.port ? CLIENT : SERVER;
  const { bytes } = packet.frame;
  for (let i = 0; i < packet.addressLength; i++) {
    if (bytes[packet.sourceAt + i] !== connection.addresses[i]) return SERVER;
  }
  return CLIENT;
}

/** The segment of a packet of the connection, as it is kept for a ladder; `timeNs` counts from the first frame of the capture. */
export function keptOfPacket(packet: Packet, connection: Connection, timeNs: number): KeptSegment {
  const { tcp, frame } = packet;
  const numbers = {
    frame: frame.number,
    timeNs,
    from: senderOf(packet, connection),
    flags: tcp.flags,
    sequence: tcp.sequence | 0,
    acknowledgment: tcp.acknowledgment | 0,
    payloadLength: tcp.payloadLength,
    window: tcp.window,
  };
  return alone(numbers, connection);
}

/** A segment without what only its neighbours tell; what it repeats is asked of the connection. */
export function alone(
  segment: Omit<KeptSegment, "ordinal" | "analysis" | "retransmissionCause" | "retransmissionOf" | "bytesBefore">,
  connection: Connection,
): KeptSegment {
  const before = repeatedFrame(connection, segment.from, segment.frame);
  return {
    ...segment,
    ordinal: segment.frame,
    analysis: 0,
    retransmissionCause: before === undefined ? "" : before.cause,
    retransmissionOf: before?.frame ?? 0,
    bytesBefore: null,
  };
}

/** What the frame repeats, of the sends that a connection remembers. */
function repeatedFrame(
  connection: Connection,
  from: EndIndex,
  frame: number,
): { readonly frame: number; readonly cause: "syn" | "syn-ack" | "unknown" } | undefined {
  const { synSends, synAckSends, repetitions } = connection.ends[from];
  const { repeats, repeatFirstFrame } = repetitions;
  for (const [cause, sends] of [
    ["syn", synSends],
    ["syn-ack", synAckSends],
  ] as const) {
    const index = sends?.frames.indexOf(frame) ?? -1;
    if (index > 0) return { frame: sends?.frames[index - 1] ?? 0, cause };
  }
  const index = repeats?.frames.indexOf(frame) ?? -1;
  if (index < 0) return undefined;
  return { frame: index === 0 ? repeatFirstFrame : (repeats?.frames[index - 1] ?? 0), cause: "unknown" };
}

/**
 * Numbers the segments of one connection that were kept. When all that is missing are frames of
 * the evidence (`left`), the numbers are exact; else the frames stand for them.
 */
export function numbered(
  segments: readonly KeptSegment[],
  connection: Connection,
  left: readonly number[],
): KeptSegment[] {
  const missing = connection.client.packets + connection.server.packets - segments.length;
  if (missing !== left.length) return [...segments];
  return segments.map((segment, index) => ({
    ...segment,
    ordinal: index + left.filter((frame) => frame < segment.frame).length,
    bytesBefore: NO_BYTES,
  }));
}

const NO_BYTES: readonly [number, number] = [0, 0];

/** Frames of a connection that, as its lists of repeated sends tell, did not arrive or were not acknowledged. */
export function lostFrames(connection: Connection): Set<number> {
  const lost = new Set<number>();
  const { synSends } = connection.client;
  const refused = connection.resets.some((each) => each.from === SERVER && each.accepted);
  for (const [index, frame] of (synSends?.frames ?? []).entries()) {
    const answered = connection.synAckTimeNs !== NEVER ? connection.answeredSynTimeNs : Number.POSITIVE_INFINITY;
    if (!refused && (synSends?.times[index] ?? 0) < answered) lost.add(frame);
  }
  // Nobody answered the SYN-ACKs.
  if (connection.handshakeAckTimeNs === NEVER && !connection.established) {
    for (const frame of connection.server.synAckSends?.frames ?? []) lost.add(frame);
  }
  for (const [index, end] of connection.ends.entries()) {
    const { repeats, repeatSequence, repeatFirstFrame } = end.repetitions;
    const frames = repeats === undefined ? [] : [repeatFirstFrame, ...repeats.frames];
    const isAcknowledged = less(repeatSequence, connection.ends[index === CLIENT ? SERVER : CLIENT].lastAck);
    for (const frame of isAcknowledged ? frames.slice(0, -1) : frames) lost.add(frame);
  }
  return lost;
}
