import { CLIENT, SERVER } from "../flow/states.ts";
import type { Reset } from "../flow/connection.ts";
import type { Attempt } from "./attempt.ts";
import { durationText } from "./text.ts";
import * as causes from "./causes.ts";
import { backoffSchedule } from "./backoff.ts";
import type { SendTimes } from "../flow/send-times.ts";
import { NEVER } from "../flow/time.ts";
import type { EvidenceFrame, ScheduleMatch, Verdict } from "./verdict.ts";

/** The client answers the SYN-ACK with RST: nobody waits for the connection any more. */
export function clientReset(attempt: Attempt): Verdict | undefined {
  const { connection } = attempt;
  const rst = connection.resets.find((each) => each.from === CLIENT);
  if (rst === undefined || connection.established || connection.synAckTimeNs === NEVER) return undefined;
  if (connection.synTimeNs === NEVER) return unasked(attempt, rst);
  return attempt.verdict({
    cause: causes.CLIENT_RESET_SYNACK,
    confidence: "likely",
    doubt: "whether the program gave up, or never asked (a scan), the wire does not show",
    evidence: [
      { frame: connection.synAckFrame, note: "SYN-ACK" },
      { frame: rst.frame, note: "RST from the client" },
    ],
    summary: `the SYN-ACK of ${attempt.serverText} came after ${durationText(attempt.since(connection.synAckTimeNs))} and was answered with RST – the client no longer waited`,
    likelyCauses: [
      "a connect timeout shorter than the network's delay",
      "a port scan",
      "asymmetric routing: another host sent the SYN",
    ],
    next: ["compare the program's connect timeout with the time to the SYN-ACK"],
  });
}

/** A SYN-ACK for which the capture has no SYN: the host that gets it knows of none. */
function unasked(attempt: Attempt, rst: Reset): Verdict {
  const { connection, clientAddress } = attempt;
  return attempt.verdict({
    cause: causes.CLIENT_RESET_SYNACK,
    confidence: "likely",
    doubt: "no SYN is in the capture: it was never sent from there, or the capture misses it",
    evidence: [
      { frame: connection.synAckFrame, note: "SYN-ACK without a SYN" },
      { frame: rst.frame, note: "RST of the host that did not ask for it" },
    ],
    summary: `a SYN-ACK of ${attempt.serverText} that answers no SYN of the capture was answered with RST by ${clientAddress}: no connect() waits for it`,
    likelyCauses: [
      `somebody sends SYNs in the name of ${clientAddress}: backscatter of a SYN flood against ${attempt.serverText}, or a scan with forged sources`,
      "asymmetric routing: the SYN left by another way, from another host of that address",
    ],
    next: [`capture where ${clientAddress} sends, with -i any: does a SYN leave?`],
  });
}

/** The server repeats its SYN-ACK although the client acknowledged it: the ACK is lost or the accept queue is full. */
export function ignoredAcknowledgment(attempt: Attempt): Verdict | undefined {
  const { connection } = attempt;
  const answers = connection.ends[SERVER].synAckSends;
  if (!connection.established || !connection.acknowledgmentIgnored || answers === undefined) return undefined;
  const stuck = connection.ends[SERVER].state === "SYN_RCVD";
  // Once too often and then all is well: an ACK was lost, or the server waits for data (TCP_DEFER_ACCEPT).
  if (!stuck && (attempt.listener?.ignored ?? 0) === 0 && answers.length <= 2) return undefined;
  const evidence: EvidenceFrame[] = answers.frames.map((frame, index) => ({
    frame,
    note: index === 0 ? "SYN-ACK" : "SYN-ACK again, although it was acknowledged",
  }));
  return attempt.verdict({
    cause: causes.ACCEPT_QUEUE_FULL_AT_ACK,
    confidence: stuck ? "likely" : "possible",
    doubt: "a lost ACK looks the same from this side; a capture at the server tells them apart",
    evidence,
    schedule: synAckSchedule(attempt, answers),
    summary: `connect() to ${attempt.serverText} returned 0, but the server ignores the end of the handshake – its accept queue is full or the ACK is lost`,
    likelyCauses: [
      "the accept queue of the service is full: it accepts too slowly",
      "the client's ACKs are lost on the way",
      "TCP_DEFER_ACCEPT waits for data",
    ],
    next: [`on ${attempt.serverAddress}: ss -ltn 'sport = :${attempt.serverPort}'; nstat -az 'TcpExtListenOverflows'`],
  });
}

/** The server's own timer; each repetition that it makes because the client repeats its SYN comes in between. */
function synAckSchedule(attempt: Attempt, { times }: SendTimes): ScheduleMatch | null {
  const first = times[0];
  if (first === undefined || times.length < 3) return null;
  const seconds = times.map((time) => (time - first) / 1e9);
  return backoffSchedule("syn-ack", seconds, (attempt.context.lastTimeNs - first) / 1e9);
}
