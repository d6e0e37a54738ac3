import type { Connection } from "../flow/connection.ts";
import { CLIENT, SERVER } from "../flow/states.ts";
import { NEVER } from "../flow/time.ts";
import { addressText } from "../wire/address.ts";
import { hostAndPort } from "./text.ts";

/** Different clients counted of one listener; more are many. */
const MAX_SOURCES = 1024;
/** How long a SYN has to be without an answer before the listener counts as having ignored it. */
const ANSWER_NS = 1_000_000_000;

/** What became of all attempts at one server's address and port. */
export interface Listener {
  /** Attempts whose SYN is in the capture, and what became of them. */
  attempts: number;
  answered: number;
  refused: number;
  established: number;
  /** Established, and no RST came. */
  healthy: number;
  /** Not answered at all, and the capture goes on. */
  ignored: number;
  /** Answered with SYN-ACK, and never heard of again. */
  embryonic: number;
  /** Of those, how many got their SYN-ACK again: a server that keeps no state (SYN cookies) does not repeat it. */
  embryonicRepeated: number;
  /** Acknowledged their SYN-ACK in vain. */
  overflowed: number;
  /** Different client addresses, at most 1024. */
  readonly sources: Set<string>;
  /** First and last SYN-ACK, in nanoseconds since the first frame; `NEVER`: none. */
  firstAnswerNs: number;
  lastAnswerNs: number;
}

/** Addresses of which the capture has one direction only. */
export interface OneSided {
  /** Clients that acknowledge what the capture does not hold. */
  readonly clients: ReadonlySet<string>;
  /** Clients of which nothing is seen but what servers send to them. */
  readonly unseen: ReadonlySet<string>;
}

/** "10.0.0.2:80" of the end that was called. */
export function serverKey(connection: Connection): string {
  const length = connection.addresses.length / 2;
  return hostAndPort(addressText(connection.addresses, length, length), connection.ends[SERVER].port);
}

/** Address of the end that called. */
export function clientAddress(connection: Connection): string {
  return addressText(connection.addresses, 0, connection.addresses.length / 2);
}

/** The ledger of all listeners of a capture; as many entries as servers with connections. */
export function listenersOf(connections: readonly Connection[], lastTimeNs: number): Map<string, Listener> {
  const listeners = new Map<string, Listener>();
  for (const connection of connections) {
    const key = serverKey(connection);
    let listener = listeners.get(key);
    if (listener === undefined) {
      listener = newListener();
      listeners.set(key, listener);
    }
    add(listener, connection, lastTimeNs);
  }
  return listeners;
}

function newListener(): Listener {
  return {
    attempts: 0,
    answered: 0,
    refused: 0,
    established: 0,
    healthy: 0,
    ignored: 0,
    embryonic: 0,
    embryonicRepeated: 0,
    overflowed: 0,
    sources: new Set(),
    firstAnswerNs: NEVER,
    lastAnswerNs: NEVER,
  };
}

function add(listener: Listener, connection: Connection, lastTimeNs: number): void {
  if (connection.synTimeNs !== NEVER) listener.attempts++;
  if (listener.sources.size < MAX_SOURCES) listener.sources.add(clientAddress(connection));
  if (connection.established) {
    listener.established++;
    if (connection.resets.length === 0) listener.healthy++;
  }
  if (connection.acknowledgmentIgnored) listener.overflowed++;
  if (connection.synAckTimeNs !== NEVER) addAnswered(listener, connection);
  else if (connection.resets.length > 0) listener.refused++;
  else if (connection.synTimeNs !== NEVER && lastTimeNs - connection.lastTimeNs > ANSWER_NS) listener.ignored++;
}

function addAnswered(listener: Listener, connection: Connection): void {
  listener.answered++;
  if (listener.firstAnswerNs === NEVER) listener.firstAnswerNs = connection.synAckTimeNs;
  listener.lastAnswerNs = Math.max(listener.lastAnswerNs, connection.synAckTimeNs);
  if (!isEmbryonic(connection)) return;
  listener.embryonic++;
  if ((connection.ends[SERVER].synAckSends?.length ?? 0) > 1) listener.embryonicRepeated++;
}

/** The SYN-ACK was never acknowledged nor refused. */
export function isEmbryonic(connection: Connection): boolean {
  const client = connection.ends[CLIENT];
  return (
    !connection.established &&
    connection.synAckTimeNs !== NEVER &&
    connection.resets.length === 0 &&
    client.packets === (client.synSends?.length ?? 0)
  );
}

/** Which clients were captured in one direction only. */
export function oneSidedOf(connections: readonly Connection[]): OneSided {
  const clients = new Set<string>();
  const unseen = new Set<string>();
  for (const connection of connections) {
    const client = connection.ends[CLIENT];
    const server = connection.ends[SERVER];
    if (
      client.hasSent &&
      !server.hasSent &&
      client.hasLastAck &&
      client.packets > (client.synSends?.length ?? 0) + client.rstSent
    )
      clients.add(clientAddress(connection));
    if (!client.hasSent && server.hasSent && server.rstSent < server.packets) unseen.add(clientAddress(connection));
  }
  return { clients, unseen };
}
