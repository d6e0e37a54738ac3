import { CLIENT, SERVER } from "../flow/states.ts";
import { type Attempt, durationText } from "./attempt.ts";
import * as causes from "./causes.ts";
import type { EvidenceFrame, Verdict } from "./verdict.ts";

/** The client answers the SYN-ACK with RST: nobody waits for the connection any more. */
export function clientReset(attempt: Attempt): Verdict | undefined {
  const { connection } = attempt;
  const rst = connection.resets.find((each) => each.from === CLIENT);
  if (rst === undefined || connection.established || connection.synAckTimeNs < 0) return undefined;
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

/** The server repeats its SYN-ACK although the client acknowledged it: the ACK is lost or the accept queue is full. */
export function ignoredAcknowledgment(attempt: Attempt): Verdict | undefined {
  const { connection } = attempt;
  const answers = connection.ends[SERVER].synAckSends;
  if (!connection.established || !connection.acknowledgmentIgnored || answers === undefined) return undefined;
  const stuck = connection.ends[SERVER].state === "SYN_RCVD";
  const evidence: EvidenceFrame[] = answers.frames.map((frame, index) => ({
    frame,
    note: index === 0 ? "SYN-ACK" : "SYN-ACK again, although it was acknowledged",
  }));
  return attempt.verdict({
    cause: causes.ACCEPT_QUEUE_FULL_AT_ACK,
    confidence: stuck ? "likely" : "possible",
    doubt: "a lost ACK looks the same from this side; a capture at the server tells them apart",
    evidence,
    summary: `connect() to ${attempt.serverText} returned 0, but the server ignores the end of the handshake – its accept queue is full or the ACK is lost`,
    likelyCauses: [
      "the accept queue of the service is full: it accepts too slowly",
      "the client's ACKs are lost on the way",
      "TCP_DEFER_ACCEPT waits for data",
    ],
    next: [`on ${attempt.serverAddress}: ss -ltn 'sport = :${attempt.serverPort}'; nstat -az 'TcpExtListenOverflows'`],
  });
}

/** It was established, after more than one SYN. */
export function retriedHandshake(attempt: Attempt): Verdict | undefined {
  const { connection } = attempt;
  const syns = connection.ends[CLIENT].synSends;
  if (!connection.established || connection.simultaneousOpen || syns === undefined || syns.length < 2) return undefined;
  const seconds = attempt.since(connection.handshakeAckTimeNs);
  const halfOpen = connection.resets.some(
    (each) => each.from === CLIENT && each.timeNs < connection.handshakeAckTimeNs,
  );
  return attempt.verdict({
    cause: halfOpen ? causes.SYN_TO_HALF_OPEN : causes.SYN_RETRIED,
    evidence: syns.frames.map((frame, index) => ({ frame, note: index === 0 ? "SYN" : "SYN again" })),
    summary: halfOpen
      ? `connect() to ${attempt.serverText} succeeded after ${durationText(seconds)}: the server still held an old connection on these ports, and answered the first SYN with a challenge ACK`
      : `connect() to ${attempt.serverText} succeeded after ${durationText(seconds)}, with ${syns.length} SYNs: it is slow because the first ones went unanswered`,
    likelyCauses: halfOpen
      ? ["the client was restarted and uses the same port again", "a NAT gave the port to another client"]
      : [
          "packet loss",
          "the service's queue was full for a moment",
          "the path needed time (ARP, a load balancer that wakes up)",
        ],
    next: halfOpen ? [`on ${attempt.serverAddress}: ss -tn`] : ["count how many connections need more than 1 s: flows"],
  });
}
