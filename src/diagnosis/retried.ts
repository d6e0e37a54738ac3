import type { SynNote } from "../flow/notes.ts";
import { CLIENT } from "../flow/states.ts";
import { CWR, ECE } from "../wire/tcp.ts";
import type { Attempt, VerdictParts } from "./attempt.ts";
import * as causes from "./causes.ts";
import { durationText } from "./text.ts";
import type { EvidenceFrame, Verdict } from "./verdict.ts";

/** It was established, after more than one SYN: why the first ones were in vain. */
export function retriedHandshake(attempt: Attempt): Verdict | undefined {
  const { connection } = attempt;
  if (!connection.established || connection.simultaneousOpen) return undefined;
  // A SYN that comes when all is done repeats the capture, not the attempt.
  const frames = attempt.syns.frames.filter((frame) => frame < connection.handshakeAckFrame);
  if (frames.length < 2) return undefined;
  const why = challengeAnswered(attempt) ?? optionsDropped(attempt) ?? plainRetry(attempt);
  return attempt.verdict({ evidence: synEvidence(frames), ...why });
}

function synEvidence(frames: readonly number[]): EvidenceFrame[] {
  return frames.map((frame, index) => ({ frame, note: index === 0 ? "SYN" : "SYN again" }));
}

function succeeded(attempt: Attempt): string {
  const seconds = attempt.since(attempt.connection.handshakeAckTimeNs);
  return `connect() to ${attempt.serverText} succeeded after ${durationText(seconds)}`;
}

/** The server answered with something of another connection, which the client reset before it tried again (RFC 9293 section 3.10.7.3). */
function challengeAnswered(attempt: Attempt): VerdictParts | undefined {
  const { connection } = attempt;
  const challenges = connection.notes?.challenges ?? [];
  const first = challenges[0];
  if (first === undefined) return undefined;
  const evidence = [
    ...synEvidence(attempt.syns.frames),
    ...challenges.map(({ frame, withSyn }) => ({
      frame,
      note: withSyn ? "SYN-ACK that acknowledges another SYN" : "bare ACK of an old connection (challenge ACK)",
    })),
    ...connection.resets
      .filter((each) => each.from === CLIENT)
      .map(({ frame }) => ({ frame, note: "RST of the client for it" })),
  ].sort((a, b) => a.frame - b.frame);
  if (challenges.some(({ withSyn }) => withSyn)) {
    return {
      cause: causes.SYNACK_WRONG_ACK,
      evidence,
      summary: `${succeeded(attempt)}: a SYN-ACK that acknowledges another SYN came first, and was reset`,
    };
  }
  const inTimeWait = connection.notes?.reuse?.states.includes("TIME_WAIT") === true;
  return {
    cause: inTimeWait ? causes.TIME_WAIT_REUSE : causes.SYN_TO_HALF_OPEN,
    evidence,
    summary: `${succeeded(attempt)}: the server still held an old connection on these ports${inTimeWait ? " in TIME_WAIT" : ""}, and answered the first SYN with a challenge ACK`,
  };
}

/** The first SYN asked for something that the one which got through did without. */
function optionsDropped(attempt: Attempt): VerdictParts | undefined {
  const notes = attempt.connection.notes?.syns ?? [];
  const [first] = attempt.syns.frames;
  const asked = notes.find(({ frame }) => frame === first);
  const last = notes[notes.length - 1];
  if (asked === undefined || last === undefined || asked === last) return undefined;
  if (wantsEcn(asked) && !wantsEcn(last)) {
    return {
      cause: causes.ECN_BLOCKED,
      confidence: "likely",
      doubt: "a SYN lost by chance looks the same once; see whether every SYN with ECN is lost",
      evidence: [
        { frame: asked.frame, note: "SYN that asks for ECN (ECE, CWR), unanswered" },
        { frame: last.frame, note: "SYN without, answered" },
      ],
      summary: `${succeeded(attempt)}: the SYN that asked for ECN went unanswered, the one without got through`,
    };
  }
  if ((asked.payloadLength === 0 && asked.fastOpen < 0) || last.payloadLength > 0 || last.fastOpen >= 0)
    return undefined;
  return {
    cause: causes.TFO_BLOCKED,
    confidence: "likely",
    doubt: "a SYN lost by chance looks the same once",
    evidence: [
      { frame: asked.frame, note: `SYN with Fast Open and ${asked.payloadLength} bytes of data, unanswered` },
      { frame: last.frame, note: "plain SYN, answered" },
    ],
    summary: `${succeeded(attempt)}: the SYN with Fast Open went unanswered, the plain one got through`,
  };
}

function wantsEcn({ flags }: SynNote): boolean {
  return (flags & (ECE | CWR)) === (ECE | CWR);
}

function plainRetry(attempt: Attempt): VerdictParts {
  const { listener } = attempt;
  const busy = listener !== undefined && listener.overflowed > 0;
  const early = attempt.connection.answeredSynTimeNs === attempt.connection.synTimeNs;
  return {
    cause: causes.SYN_RETRIED,
    summary:
      `${succeeded(attempt)}, with ${attempt.syns.frames.length} SYNs: ` +
      (early
        ? "the answer to the first one took longer than the client waits before it tries again"
        : `it is slow because the first ones went unanswered${busy ? "; the service's queue overflowed at that time" : ""}`),
  };
}

/** A connection on the four-tuple of one that was in TIME_WAIT still, and why the peer let it in. */
export function reusedTuple(attempt: Attempt): Verdict | undefined {
  const { connection } = attempt;
  const reuse = connection.notes?.reuse;
  if (reuse === undefined || !connection.established) return undefined;
  if (!reuse.states.includes("TIME_WAIT")) return undefined;
  const who = reuse.states[0] === "TIME_WAIT" ? "client" : "server";
  const why =
    reuse.newerTimestamp === true
      ? "the new SYN's timestamp is newer"
      : reuse.newerSequence
        ? "the new SYN's sequence number lies beyond the old connection's"
        : "nothing of the SYN is newer, so the TIME_WAIT must have ended early";
  return attempt.verdict({
    cause: causes.TIME_WAIT_REUSE,
    evidence: [
      { frame: reuse.lastFrame, note: `last segment of stream ${reuse.stream} on the same addresses and ports` },
      { frame: connection.firstFrame, note: "SYN of the new connection" },
      { frame: connection.handshakeAckFrame, note: "handshake complete" },
    ],
    summary: `${succeeded(attempt)}, on ports that were in TIME_WAIT at the ${who}: accepted because ${why}`,
  });
}

/** The same frames twice: captured at two places, not sent again. */
export function capturedTwice(attempt: Attempt): Verdict | undefined {
  const { connection } = attempt;
  const syns = connection.notes?.duplicates ?? [];
  const copies = connection.ends.map(
    ({ repetitions: { causes } }) => (causes?.get("network-duplicate") ?? 0) + (causes?.get("duplicate-capture") ?? 0),
  );
  const ofData = (copies[0] ?? 0) + (copies[1] ?? 0);
  const segments = connection.ends[0].packets + connection.ends[1].packets;
  if (syns.length === 0 && 4 * ofData < segments) return undefined;
  if (!connection.established) return undefined;
  const [first = connection.firstFrame] = connection.ends[CLIENT].synSends?.frames ?? [];
  const differ = connection.notes?.duplicatesDiffer === true;
  const proof = connection.ipVersion === 4 ? "same IP identification" : "sooner than any kernel sends again";
  return attempt.verdict({
    cause: causes.DUPLICATE_CAPTURE,
    confidence: differ ? "certain" : "likely",
    doubt: differ ? "" : "a network that doubles packets looks the same",
    evidence: [
      { frame: first, note: "SYN" },
      ...syns.map((frame) => ({
        frame,
        note: `the same packet again (${proof}${differ ? ", other TTL" : ""})`,
      })),
    ],
    summary: `${succeeded(attempt)}; packets are in the capture twice: they were not sent again`,
  });
}
