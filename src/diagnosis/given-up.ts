import type { Reset } from "../flow/connection.ts";
import { less } from "../flow/sequence.ts";
import { CLIENT, type EndIndex, SERVER } from "../flow/states.ts";
import type { Attempt } from "./attempt.ts";
import * as causes from "./causes.ts";
import { other } from "./reset-errors.ts";
import { dataEvidence, dataSchedule, silentCause, silentTexts } from "./retransmission.ts";
import { durationText } from "./text.ts";
import type { Verdict } from "./verdict.ts";

/** Repetitions before the close: one may be a moment's loss. */
const REPEATED = 2;

/** With what the program ended the connection. */
type Close = Pick<Reset, "frame" | "timeNs">;

/** Data is sent again without any answer, and the program that sent it closes before the kernel gives up. */
export function givenUpData(attempt: Attempt): Verdict | undefined {
  return closedWaiting(attempt, CLIENT) ?? closedWaiting(attempt, SERVER);
}

function closedWaiting(attempt: Attempt, from: EndIndex): Verdict | undefined {
  const { finSeen, finFrame, finTimeNs, repetitions } = attempt.connection.ends[from];
  if (!finSeen || attempt.connection.resets.length > 0) return undefined;
  // A program that closes at once after its last data does not wait for anything.
  if (finTimeNs < (repetitions.repeats?.firstTimeNs ?? 0)) return undefined;
  return givenUp(attempt, from, { frame: finFrame, timeNs: finTimeNs }, "close(), a FIN");
}

/** The same with RST: SO_LINGER 0, or data unread. */
export function givenUpWithReset(attempt: Attempt, rst: Reset): Verdict | undefined {
  return rst.from === CLIENT ? givenUp(attempt, CLIENT, rst, "a RST") : undefined;
}

function givenUp(attempt: Attempt, from: EndIndex, close: Close, how: string): Verdict | undefined {
  const { connection, context } = attempt;
  const end = connection.ends[from];
  const peer = connection.ends[other(from)];
  const { repeats, repeatSequence, repeatFirstTimeNs, repeatFirstFrame } = end.repetitions;
  const again = repeats?.times.filter((timeNs) => timeNs < close.timeNs).length ?? 0;
  if (repeats === undefined || again < REPEATED || !connection.established) return undefined;
  if (less(repeatSequence, peer.lastAck) || peer.lastTimeNs > repeats.firstTimeNs) return undefined;
  const cause = silentCause(attempt, from);
  const who = from === CLIENT ? "client" : "server";
  const waited = durationText((close.timeNs - repeatFirstTimeNs) / 1e9);
  const texts = silentTexts(attempt, cause);
  return attempt.verdict({
    cause: cause === causes.PEER_VANISHED ? causes.APPLICATION_GAVE_UP : cause,
    phase: "established",
    confidence: "likely",
    doubt:
      "the kernel goes on for longer (net.ipv4.tcp_retries2: 13 to 30 minutes when not set); a program that was killed closes in the same way",
    schedule: dataSchedule(attempt, end, repeats, attempt.since(context.lastTimeNs)),
    evidence: [
      ...dataEvidence(repeatFirstFrame, repeats.frames),
      { frame: close.frame, note: `the ${who}'s program ends it: ${how}` },
    ],
    summary: `the ${who}'s program gave the connection to ${attempt.serverText} up with ${how} after ${waited}: its data, sent again ${again} times, was never acknowledged`,
    ...texts,
    likelyCauses: ["a time-out of the program is shorter than the kernel's", ...(texts.likelyCauses ?? [])],
  });
}
