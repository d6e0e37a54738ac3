import { diagnoseConnection } from "../diagnosis/diagnose.ts";
import type { Evidence } from "../diagnosis/evidence.ts";
import * as analysis from "../flow/analysis.ts";
import type { Connection } from "../flow/connection.ts";
import type { Segment } from "../flow/segment.ts";
import { CLIENT, type EndIndex, SERVER, type TcpState } from "../flow/states.ts";
import { RST } from "../wire/tcp.ts";
import { END_NAMES } from "./flow-keys.ts";
import { isFailure } from "./verdict-fields.ts";

/** What Wireshark's packet list says for each bit, in its words; a retransmission of a special kind is told as that only. */
const PHRASES: readonly (readonly [bit: number, phrase: string])[] = [
  [analysis.ANALYSIS_REUSED_PORTS, "TCP Port numbers reused"],
  [analysis.ANALYSIS_LOST_SEGMENT, "TCP Previous segment not captured"],
  [analysis.ANALYSIS_ACK_LOST_SEGMENT, "TCP ACKed unseen segment"],
  [analysis.ANALYSIS_SPURIOUS_RETRANSMISSION, "TCP Spurious Retransmission"],
  [analysis.ANALYSIS_FAST_RETRANSMISSION, "TCP Fast Retransmission"],
  [analysis.ANALYSIS_RETRANSMISSION, "TCP Retransmission"],
  [analysis.ANALYSIS_OUT_OF_ORDER, "TCP Out-Of-Order"],
  [analysis.ANALYSIS_DUPLICATE_ACK, "TCP Dup ACK"],
  [analysis.ANALYSIS_ZERO_WINDOW, "TCP ZeroWindow"],
  [analysis.ANALYSIS_ZERO_WINDOW_PROBE, "TCP ZeroWindowProbe"],
  [analysis.ANALYSIS_ZERO_WINDOW_PROBE_ACK, "TCP ZeroWindowProbeAck"],
  [analysis.ANALYSIS_WINDOW_UPDATE, "TCP Window Update"],
  [analysis.ANALYSIS_WINDOW_FULL, "TCP Window Full"],
  [analysis.ANALYSIS_KEEP_ALIVE, "TCP Keep-Alive"],
  [analysis.ANALYSIS_KEEP_ALIVE_ACK, "TCP Keep-Alive ACK"],
];

const ENDS: readonly EndIndex[] = [CLIENT, SERVER];

const SPECIAL = analysis.ANALYSIS_SPURIOUS_RETRANSMISSION | analysis.ANALYSIS_FAST_RETRANSMISSION;

/** What was told of a connection. */
interface Told {
  readonly states: [TcpState, TcpState];
  /** Cause of the failure that was told last. */
  cause: string;
}

/**
 * Comments on packets, in one pass: the analysis in Wireshark's words, changes
 * of state, and the verdict on a connection that fails, at the RST or ICMP error
 * with which it is known (silence has no packet to be told at).
 */
export class Annotator {
  readonly #told = new WeakMap<Connection, Told>();

  /** Lines on a segment; "" when there is nothing to say. */
  segmentComment(segment: Segment, evidence: Evidence): string {
    const { connection, flags } = segment;
    const lines: string[] = [];
    if (segment.analysis !== 0) lines.push(analysisText(segment));
    const states = this.#stateText(connection);
    if (states !== "") lines.push(states);
    if ((flags & RST) !== 0) this.#judge(connection, evidence, segment.timeNs, lines);
    return lines.join("\n");
  }

  /** Lines on an ICMP error that quotes a segment of the connection. */
  errorComment(connection: Connection, evidence: Evidence, timeNs: number): string {
    const lines: string[] = [];
    const states = this.#stateText(connection);
    if (states !== "") lines.push(states);
    this.#judge(connection, evidence, timeNs, lines);
    return lines.join("\n");
  }

  /** Adds the verdict when it is a failure, and another one than was told. */
  #judge(connection: Connection, evidence: Evidence, timeNs: number, lines: string[]): void {
    const told = this.#toldOf(connection);
    const verdict = diagnoseConnection(connection, evidence, timeNs);
    if (!isFailure(verdict) || verdict.cause.word === told.cause) return;
    told.cause = verdict.cause.word;
    lines.push(verdict.summary);
  }

  #stateText(connection: Connection): string {
    const { states } = this.#toldOf(connection);
    return ENDS.map((end) => {
      const before = states[end];
      const { state } = connection.ends[end];
      if (state === before) return "";
      states[end] = state;
      return before === "UNKNOWN" ? `${END_NAMES[end]} ${state}` : `${END_NAMES[end]} ${before} → ${state}`;
    })
      .filter((text) => text !== "")
      .join(", ");
  }

  #toldOf(connection: Connection): Told {
    let told = this.#told.get(connection);
    if (told === undefined) {
      told = { states: ["UNKNOWN", "UNKNOWN"], cause: "" };
      this.#told.set(connection, told);
    }
    return told;
  }
}

function analysisText(segment: Segment): string {
  const bits =
    (segment.analysis & SPECIAL) === 0 ? segment.analysis : segment.analysis & ~analysis.ANALYSIS_RETRANSMISSION;
  return PHRASES.filter(([bit]) => (bits & bit) !== 0)
    .map(([bit, phrase]) =>
      bit === analysis.ANALYSIS_DUPLICATE_ACK
        ? `[${phrase} ${segment.duplicateAckFrame}#${segment.duplicateAckNumber}]`
        : `[${phrase}]`,
    )
    .join(" ");
}
