import { addressText } from "../wire/address.ts";
import type { Connection, Reset } from "../flow/connection.ts";
import { CLIENT, SERVER } from "../flow/states.ts";
import { ACK } from "../wire/tcp.ts";
import type { Attempt } from "./attempt.ts";
import { hopsFrom } from "../flow/initial-ttl.ts";
import * as causes from "./causes.ts";
import type { Verdict } from "./verdict.ts";

/**
 * A RST that acknowledges something of which the capture holds nothing: sequence
 * number 0 and an ACK are a kernel's answer to a SYN. On the loopback interface
 * it is the host's own firewall that rejects with tcp-reset before the SYN leaves.
 */
export function strayReset(attempt: Attempt): Verdict | undefined {
  const { connection } = attempt;
  const rst = connection.resets[0];
  if (rst === undefined || packets(connection) !== connection.resets.length) return undefined;
  if (rst.sequence !== 0 || (rst.flags & ACK) === 0) return undefined;
  // Whoever is told "refused" had called connect().
  const toClient = rst.from === SERVER;
  const refusing = toClient ? attempt.serverText : `${attempt.clientAddress}:${attempt.clientPort}`;
  const length = connection.addresses.length / 2;
  const told = addressText(connection.addresses, toClient ? 0 : length, length);
  if (attempt.context.oneSided.unseen.has(told) || hopsFrom(rst.ttl).hops > 0)
    return unseenSyn(attempt, rst, refusing, toClient);
  return attempt.verdict({
    cause: causes.LOCAL_FIREWALL_REJECT,
    call: "connect",
    errno: "ECONNREFUSED",
    seconds: 0,
    confidence: "possible",
    doubt:
      "the SYN is not in the capture: a local firewall rejected it before it left, or the capture misses one direction",
    failures: [{ end: toClient ? CLIENT : SERVER, call: "connect", errno: "ECONNREFUSED", at: 0 }],
    evidence: [
      { frame: rst.frame, note: "RST that acknowledges a SYN, with sequence number 0; no SYN in the capture" },
    ],
    summary: `connect() to ${refusing} failed: ECONNREFUSED – a RST answers a SYN that the capture does not hold`,
    likelyCauses: ["a rule in the local OUTPUT chain rejects with tcp-reset", "the capture holds one direction only"],
    next: ["nft list ruleset; iptables -vnL OUTPUT", "capture with -i any"],
  });
}

/** It came over the network, or the capture has only what comes in: an ordinary refusal of which the SYN is missing. */
function unseenSyn(attempt: Attempt, rst: Reset, refusing: string, toClient: boolean): Verdict {
  return attempt.verdict({
    cause: causes.REFUSED,
    call: "connect",
    errno: "ECONNREFUSED",
    seconds: 0,
    confidence: "possible",
    doubt: "the SYN is not in the capture, which lacks that direction",
    failures: [{ end: toClient ? CLIENT : SERVER, call: "connect", errno: "ECONNREFUSED", at: 0 }],
    evidence: [
      { frame: rst.frame, note: "RST that acknowledges a SYN, with sequence number 0; no SYN in the capture" },
    ],
    summary: `connect() to ${refusing} failed: ECONNREFUSED – a RST answers a SYN that the capture does not hold`,
    likelyCauses: ["nothing listens on that port", "a firewall rejects with tcp-reset"],
    next: ["capture both directions, with -i any"],
  });
}

function packets(connection: Connection): number {
  return connection.ends[CLIENT].packets + connection.ends[SERVER].packets;
}
