import type { Connection, Reset } from "../flow/connection.ts";
import { CLIENT, SERVER, type Transition, type TransitionBasis } from "../flow/states.ts";
import { NEVER } from "../flow/time.ts";

/** How a connection went, in one word. */
export type Outcome =
  | "no-answer"
  | "refused"
  | "half-handshake"
  | "open"
  | "half-closed"
  | "closed"
  | "reset"
  | "mid-stream";

/** How it went, from the states of both ends and what was seen. */
export function outcome(connection: Connection): Outcome {
  const { client, server } = connection;
  const reset = connection.resets.some(isAccepted);
  const opened = connection.established || connection.simultaneousOpen;
  if (!opened && connection.synTimeNs !== NEVER && connection.synAckTimeNs === NEVER && !client.hasSentData) {
    return reset ? "refused" : "no-answer";
  }
  if (reset) return "reset";
  if (client.finSeen && server.finSeen) return "closed";
  if (client.finSeen || server.finSeen) return "half-closed";
  if (opened) return "open";
  return connection.synAckTimeNs !== NEVER && !client.hasSentData ? "half-handshake" : "mid-stream";
}

/** Zeek's conn_state of the connection (scripts/base/protocols/conn/main.zeek). */
export function connState(connection: Connection): string {
  const { client, server } = connection;
  const syn = connection.synTimeNs !== NEVER;
  const synAck = connection.synAckTimeNs !== NEVER;
  const clientReset = connection.resets.some(isFromClient);
  const serverReset = connection.resets.some(isFromServer);
  if (!syn) return synAck && serverReset ? "RSTRH" : synAck && server.finSeen ? "SHR" : "OTH";
  if (!synAck && !connection.established) {
    if (serverReset) return "REJ";
    if (clientReset) return "RSTOS0";
    return client.finSeen ? "SH" : "S0";
  }
  if (clientReset) return "RSTO";
  if (serverReset) return "RSTR";
  if (client.finSeen && server.finSeen) return "SF";
  if (client.finSeen) return "S2";
  return server.finSeen ? "S3" : "S1";
}

function isAccepted({ accepted }: Reset): boolean {
  return accepted;
}

function isFromClient({ from }: Reset): boolean {
  return from === CLIENT;
}

function isFromServer({ from }: Reset): boolean {
  return from === SERVER;
}

/** When an end entered a state: what it sent left earlier, what it received arrived later than the capture saw it. */
export function transitionTimeNs(connection: Connection, transition: Transition): number {
  return timeAtEndNs(transition.timeNs, transition.basis, connection.delayNs(transition.end));
}

/** The same of a transition at `timeNs`, of an end that `delayNs` lie from the capture point. */
export function timeAtEndNs(timeNs: number, basis: TransitionBasis, delayNs: number): number {
  if (basis === "sent") return timeNs - delayNs;
  return basis === "received" ? timeNs + delayNs : timeNs;
}
