import * as analysis from "../flow/analysis.ts";
import type { Segment } from "../flow/segment.ts";
import { CLIENT, type EndIndex, SERVER } from "../flow/states.ts";
import { STATES } from "../flow/states.ts";
import type { BytesField, Field, NumberField, TextField } from "./field.ts";
import { bytesOf } from "./fields-link.ts";
import type { PacketSubject } from "./packet-subject.ts";

/** Something that a segment has when `read` gives a number; NaN when not. */
function value(
  type: "number" | "seconds",
  name: string,
  about: string,
  read: (segment: Segment) => number,
  aliases: readonly string[] = [],
): NumberField<PacketSubject> {
  return { type, name, about, aliases, read: ({ segment }) => (segment === undefined ? Number.NaN : read(segment)) };
}

/** A finding of the analysis: there or not. */
function finding(
  name: string,
  about: string,
  bits: number,
  aliases: readonly string[] = [],
): BytesField<PacketSubject> {
  return {
    type: "bytes",
    name: `tcp.analysis.${name}`,
    about,
    aliases,
    at: ({ packet, segment }) => (segment !== undefined && (segment.analysis & bits) !== 0 ? packet.tcp.at : -1),
    length: () => 0,
    bytes: bytesOf,
  };
}

function state(name: string, about: string, end: EndIndex): TextField<PacketSubject> {
  return { type: "text", name, about, choices: STATES, text: ({ segment }) => segment?.connection.ends[end].state };
}

/** Edges count as acknowledgment numbers do: from the first number of the other end. */
function sackEdge(name: string, about: string, offset: 0 | 1): NumberField<PacketSubject> {
  return {
    type: "number",
    name,
    about,
    values: 4,
    read: ({ segment, options }, index) => {
      if (segment === undefined || index >= options.sackBlocks) return Number.NaN;
      return (
        (options.sackEdges[2 * index + offset]! -
          segment.connection.ends[segment.from === CLIENT ? SERVER : CLIENT].base) >>>
        0
      );
    },
  };
}

const ALL_FINDINGS = 0x7fff;

function above(limit: number, number: number): number {
  return number > limit ? number : Number.NaN;
}

function seconds(present: boolean, ns: number): number {
  return present ? ns / 1e9 : Number.NaN;
}

/** What is known of a segment because its connection is followed, in Wireshark's terms. */
export const ANALYSIS_FIELDS: readonly Field<PacketSubject>[] = [
  value("number", "tcp.stream", "number of the conversation, from 0", ({ connection }) => connection.stream),
  value("number", "tcp.seq", "sequence number, relative to the first one", (segment) => segment.relativeSequence),
  value(
    "number",
    "tcp.ack",
    "acknowledgment number, relative to the first one",
    (segment) => segment.relativeAcknowledgment,
  ),
  value(
    "number",
    "tcp.window_size",
    "window in bytes, scaled where the scale is known",
    (segment) => segment.scaledWindow,
  ),
  sackEdge("tcp.options.sack_le", "left edges of the SACK blocks, relative to the first number", 0),
  sackEdge("tcp.options.sack_re", "right edges of the SACK blocks, relative to the first number", 1),
  finding("flags", "any finding of the analysis", ALL_FINDINGS),
  finding("retransmission", "sent before, of any kind", analysis.ANALYSIS_RETRANSMISSION),
  finding("fast_retransmission", "sent again after duplicate acknowledgments", analysis.ANALYSIS_FAST_RETRANSMISSION),
  finding("spurious_retransmission", "sent again after it was acknowledged", analysis.ANALYSIS_SPURIOUS_RETRANSMISSION),
  finding("out_of_order", "came after what follows it", analysis.ANALYSIS_OUT_OF_ORDER),
  finding("duplicate_ack", "repeats an acknowledgment", analysis.ANALYSIS_DUPLICATE_ACK),
  finding("lost_segment", "what comes before was not captured", analysis.ANALYSIS_LOST_SEGMENT),
  finding("ack_lost_segment", "acknowledges what was not captured", analysis.ANALYSIS_ACK_LOST_SEGMENT),
  finding("zero_window", "the window is closed", analysis.ANALYSIS_ZERO_WINDOW),
  finding("window_full", "fills the other end's window", analysis.ANALYSIS_WINDOW_FULL),
  finding("window_update", "only moves the window", analysis.ANALYSIS_WINDOW_UPDATE),
  finding("keep_alive", "keep-alive probe", analysis.ANALYSIS_KEEP_ALIVE),
  finding("keep_alive_ack", "answer to a keep-alive probe", analysis.ANALYSIS_KEEP_ALIVE_ACK),
  finding("zero_window_probe", "probe of a closed window", analysis.ANALYSIS_ZERO_WINDOW_PROBE),
  finding("zero_window_probe_ack", "answer to a window probe", analysis.ANALYSIS_ZERO_WINDOW_PROBE_ACK),
  finding("reused_ports", "a new connection between the same ports", analysis.ANALYSIS_REUSED_PORTS),
  value("number", "tcp.analysis.acks_frame", "frame that it acknowledges", ({ acksFrame }) => above(0, acksFrame)),
  value("seconds", "tcp.analysis.ack_rtt", "time since that frame", ({ acksFrame, ackRttNs }) =>
    seconds(acksFrame > 0 && ackRttNs !== 0, ackRttNs),
  ),
  value(
    "seconds",
    "tcp.analysis.initial_rtt",
    "time of the handshake, with what is analysed after it",
    ({ connection, isAnalysed }) =>
      seconds(isAnalysed && connection.analysisInitialRttNs !== 0, connection.analysisInitialRttNs),
  ),
  value(
    "number",
    "tcp.analysis.bytes_in_flight",
    "bytes sent and not acknowledged, with this segment",
    ({ bytesInFlight }) => above(-1, bytesInFlight),
  ),
  value("seconds", "tcp.analysis.rto", "time since the frame that it repeats", ({ rtoFrame, rtoNs }) =>
    seconds(rtoFrame > 0 && rtoNs !== 0, rtoNs),
  ),
  value("number", "tcp.analysis.rto_frame", "frame that it repeats", ({ rtoFrame, rtoNs }) =>
    rtoNs === 0 ? Number.NaN : above(0, rtoFrame),
  ),
  value(
    "number",
    "tcp.analysis.duplicate_ack_num",
    "how often the acknowledgment was repeated",
    ({ duplicateAckNumber }) => above(0, duplicateAckNumber),
  ),
  value(
    "number",
    "tcp.analysis.duplicate_ack_frame",
    "frame with the acknowledgment that is repeated",
    ({ duplicateAckFrame, duplicateAckNumber }) => (duplicateAckNumber > 0 ? duplicateAckFrame : Number.NaN),
  ),
  {
    type: "text",
    name: "retransmission.cause",
    about: "why it was sent again",
    choices:
      "syn syn-ack fin rto tlp fast sack spurious window-probe keep-alive network-duplicate duplicate-capture unknown".split(
        " ",
      ),
    text: ({ segment }) =>
      segment === undefined || segment.retransmissionCause === "" ? undefined : segment.retransmissionCause,
  },
  value("number", "retransmission.of", "frame that carried it before", ({ retransmissionOf }) =>
    above(0, retransmissionOf),
  ),
  state("states.client", "state of the client after the segment", CLIENT),
  state("states.server", "state of the server after the segment", SERVER),
];
