import { RETRANSMISSION_CAUSES } from "../../flow/segment.ts";
import { STATES } from "../../flow/states.ts";
import { bits, flag, integer, list, object, published, type Schema, seconds, text, time, word } from "./schema.ts";
import { end, endPoint, endStates } from "./ends.ts";

const OUTCOMES = ["no-answer", "refused", "half-handshake", "open", "half-closed", "closed", "reset", "mid-stream"];
const CONN_STATES = ["S0", "S1", "SF", "REJ", "S2", "S3", "RSTO", "RSTR", "RSTOS0", "RSTRH", "SH", "SHR", "OTH"];
const PORT = bits("port", 16);

const TRANSITION = object("a state that an end entered", {
  end: end("which end"),
  state: word("the state", STATES),
  time: time("when, at that end"),
  frame: integer("frame that shows it"),
  inferred: flag("told by a timer, or by a segment that was not captured"),
});

const HANDSHAKE = object("the handshake", {
  complete: flag("SYN, SYN-ACK and ACK were exchanged"),
  synRetransmissions: integer("SYNs that were sent again"),
  synIntervals: list("seconds from SYN to SYN", seconds("seconds")),
  synAckRetransmissions: integer("SYN-ACKs that were sent again"),
  synAckIntervals: list("seconds from SYN-ACK to SYN-ACK", seconds("seconds")),
  "synToSynAck?": seconds("seconds from the answered SYN to the SYN-ACK"),
  "synAckToAck?": seconds("seconds from the last SYN-ACK to the ACK"),
  "total?": seconds("seconds from SYN to ACK: the initial round-trip time"),
});

const CLOSE = object("how it ended", {
  how: word("fin, reset, or open: not closed in the capture", ["fin", "reset", "open"]),
  "activeCloser?": end("who sent the first FIN"),
  "resetBy?": end("who sent the RST"),
  "frame?": integer("frame of the RST", 1),
  "timeWait?": object("the end that waits in TIME_WAIT", {
    end: end("which end"),
    from: time("since when"),
    until: time("until when, by the default of its stack"),
    left: seconds("seconds from the end of the capture until then"),
    frame: integer("frame that shows it"),
  }),
});

const FINDINGS = [
  "syn-ack-of-another-syn",
  "ack-of-unsent-data",
  "syn-fin",
  "syn-rst",
  "null-flags",
  "xmas-flags",
  "syn-with-data",
  "early-data",
  "rst-with-data",
  "time-wait-reuse",
];

const FINDING = object("something odd, which is no error", {
  name: word("what it is", FINDINGS),
  from: end("who sent it"),
  frames: list("where, the first ones", integer("a frame", 1)),
  "reason?": word("why it is accepted, or what it is", [
    "fast-open",
    "newer-timestamp",
    "newer-sequence",
    "not-acceptable",
  ]),
  "timeLeft?": seconds("of time-wait-reuse: seconds that TIME_WAIT would have lasted"),
});

const RTT = object("round trips of what this end sent", {
  count: integer("how many were measured"),
  "min?": seconds("shortest, in seconds"),
  "mean?": seconds("mean, in seconds"),
  "p50?": seconds("median, in seconds"),
  "p95?": seconds("95 of 100 are at most that long, in seconds"),
  "p99?": seconds("99 of 100 are at most that long, in seconds"),
  "max?": seconds("longest, in seconds"),
  "stddev?": seconds("standard deviation, in seconds"),
});

function direction(description: string): Schema {
  return object(description, {
    packets: integer("segments"),
    bytes: integer("bytes of IP packets"),
    payloadBytes: integer("bytes of TCP payload"),
    retransmissions: integer("segments that carry again what was sent before, as the kernel counts them"),
    retransmittedBytes: integer("payload bytes of these"),
    retransmissionIntervals: list("seconds between a segment and its repetition, oldest first", seconds("seconds")),
    causes: object(
      "how many of them for which cause",
      Object.fromEntries(RETRANSMISSION_CAUSES.map((cause) => [`${cause}?`, integer(`retransmissions: ${cause}`)])),
    ),
    "spurious?": object("repetitions that were proven to be unnecessary", {
      dsack: integer("by duplicate selective acknowledgments (RFC 2883)"),
      timestamps: integer("by the timestamp that came back (RFC 3522)"),
    }),
    rtt: RTT,
    "mss?": bits("maximum segment size that it offered, in bytes", 16),
    "windowScale?": integer("shift count of its window"),
    "ttl?": bits("time to live or hop limit of its first packet", 8),
  });
}

/** What `flows --json` prints of a connection. */
export const FLOW_SCHEMA: Schema = published(
  "flow",
  "A TCP connection as tcpscope flows --json prints it",
  object("Keys that do not apply are absent.", {
    stream: integer("number of its first conversation as Wireshark counts them"),
    client: endPoint("who opened it", PORT),
    server: endPoint("who was called", PORT),
    start: time("its first segment"),
    duration: seconds("seconds from its first segment to its last one"),
    outcome: word("how it went", OUTCOMES),
    connState: word("how it went, in Zeek's terms", CONN_STATES),
    history: text("what passed, in the letters of Zeek: upper case of the client, lower case of the server"),
    completeness: integer("bits as Wireshark counts them: SYN 1, SYN-ACK 2, ACK 4, data 8, FIN 16, RST 32", 0, 63),
    "clientInferred?": flag("who is the client was told by the ports alone"),
    states: endStates("states of both ends at the end"),
    transitions: list("states that the ends entered after CLOSED and LISTEN", TRANSITION),
    handshake: HANDSHAKE,
    close: CLOSE,
    "findings?": list("what is odd about it", FINDING),
    clientToServer: direction("what the client sent"),
    serverToClient: direction("what the server sent"),
  }),
);

/** What --csv prints when no --fields are named. */
export const FLOW_COLUMNS: readonly string[] = (
  "stream client.address client.port server.address server.port start duration outcome " +
  "states.client states.server handshake.total clientToServer.rtt.mean serverToClient.rtt.mean " +
  "clientToServer.packets serverToClient.packets clientToServer.payloadBytes " +
  "serverToClient.payloadBytes clientToServer.retransmissions serverToClient.retransmissions " +
  "close.how close.activeCloser close.resetBy"
).split(" ");
