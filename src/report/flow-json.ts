import type { Connection } from "../flow/connection.ts";
import type { End } from "../flow/end.ts";
import type { RoundTrips } from "../flow/round-trips.ts";
import { CLIENT, type EndIndex, SERVER, type Transition } from "../flow/states.ts";
import { timeWaitEndNs } from "../flow/settle.ts";
import { addressText } from "../wire/address.ts";
import { connState, outcome, transitionTimeNs } from "./flow-summary.ts";

/** Where the `…Ns` times of connections count from. */
export interface StartTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

export const END_NAMES: readonly ["client", "server"] = ["client", "server"];

/** Text of an absolute time: seconds since 1970 with nine digits. */
export function timeText(start: StartTime, ns: number): string {
  const total = start.nanoseconds + Math.round(ns);
  const carry = Math.floor(total / 1e9);
  return `${start.seconds + carry}.${String(total - carry * 1e9).padStart(9, "0")}`;
}

/** One connection as `flows --json` prints it (OUTPUT.md). */
export function flowObject(
  connection: Connection,
  start: StartTime,
  lastTimeNs: number = connection.lastTimeNs,
): Record<string, unknown> {
  const at = (ns: number): string => timeText(start, ns);
  return {
    stream: connection.firstStream,
    client: endPoint(connection, CLIENT),
    server: endPoint(connection, SERVER),
    start: at(connection.firstTimeNs),
    duration: seconds(connection.lastTimeNs - connection.firstTimeNs),
    outcome: outcome(connection),
    connState: connState(connection),
    history: connection.history.text,
    completeness: connection.completeness,
    ...(connection.clientInferred ? { clientInferred: true } : {}),
    states: { client: connection.ends[CLIENT].state, server: connection.ends[SERVER].state },
    transitions: connection.transitions.list().map((each) => ({
      end: END_NAMES[each.end],
      state: each.state,
      time: at(transitionTimeNs(connection, each)),
      frame: each.frame,
      inferred: each.basis === "inferred",
    })),
    handshake: handshakeObject(connection),
    close: closeObject(connection, at, lastTimeNs),
    ...findingsObject(connection),
    clientToServer: directionObject(connection.ends[CLIENT]),
    serverToClient: directionObject(connection.ends[SERVER]),
  };
}

function endPoint(connection: Connection, end: EndIndex): { address: string; port: number } {
  const length = connection.addresses.length / 2;
  return { address: addressText(connection.addresses, end * length, length), port: connection.ends[end].port };
}

/** Nanoseconds as seconds, without the noise of binary fractions. */
export function seconds(ns: number): number {
  return Math.round(ns) / 1e9;
}

function intervals(times: readonly number[] | undefined): number[] {
  if (times === undefined) return [];
  return times.slice(1).map((time, index) => seconds(time - (times[index] ?? 0)));
}

function handshakeObject(connection: Connection): Record<string, unknown> {
  const syns = connection.ends[CLIENT].synSends;
  const answers = connection.ends[SERVER].synAckSends;
  const synToSynAck = connection.wayNs(SERVER);
  const synAckToAck = connection.wayNs(CLIENT);
  return {
    complete: connection.established,
    synRetransmissions: Math.max(0, (syns?.length ?? 0) - 1),
    synIntervals: intervals(syns?.times),
    synAckRetransmissions: Math.max(0, (answers?.length ?? 0) - 1),
    synAckIntervals: intervals(answers?.times),
    ...(synToSynAck < 0 ? {} : { synToSynAck: seconds(synToSynAck) }),
    ...(synAckToAck < 0 ? {} : { synAckToAck: seconds(synAckToAck) }),
    ...(connection.initialRttNs > 0 ? { total: seconds(connection.initialRttNs) } : {}),
  };
}

/** What is odd, if anything is. */
function findingsObject({ findings }: Connection): Record<string, unknown> {
  if (findings === undefined || findings.list.length === 0) return {};
  return {
    findings: findings.list.map(({ name, from, reason, frames, leftNs }) => ({
      name,
      from: END_NAMES[from],
      frames,
      ...(reason === "" ? {} : { reason }),
      ...(leftNs > 0 ? { timeLeft: seconds(leftNs) } : {}),
    })),
  };
}

function closeObject(connection: Connection, at: (ns: number) => string, lastTimeNs: number): Record<string, unknown> {
  const [client, server] = connection.ends;
  const reset = connection.resets.find((each) => each.accepted);
  const how = reset === undefined ? (client.finSeen || server.finSeen ? "fin" : "open") : "reset";
  const active = activeCloser(connection);
  const timeWait = connection.transitions.list().find((each) => each.state === "TIME_WAIT");
  return {
    how,
    ...(active === undefined ? {} : { activeCloser: END_NAMES[active] }),
    ...(reset === undefined ? {} : { resetBy: END_NAMES[reset.from], frame: reset.frame }),
    ...(timeWait === undefined ? {} : { timeWait: timeWaitObject(connection, timeWait, at, lastTimeNs) }),
  };
}

/** `left`: how long it lasts after the end of the capture. */
function timeWaitObject(
  connection: Connection,
  timeWait: Transition,
  at: (ns: number) => string,
  lastTimeNs: number,
): Record<string, unknown> {
  const from = transitionTimeNs(connection, timeWait);
  const until = timeWaitEndNs(connection, timeWait.end, from);
  return {
    end: END_NAMES[timeWait.end],
    from: at(from),
    until: at(until),
    left: seconds(Math.max(0, until - lastTimeNs)),
    frame: timeWait.frame,
  };
}

/** Who sent the first FIN; undefined when nobody did. */
export function activeCloser(connection: Connection): EndIndex | undefined {
  const [client, server] = connection.ends;
  if (!client.finSeen && !server.finSeen) return undefined;
  if (!server.finSeen) return CLIENT;
  return client.finSeen && client.finTimeNs <= server.finTimeNs ? CLIENT : SERVER;
}

function directionObject(end: End): Record<string, unknown> {
  return {
    packets: end.packets,
    bytes: end.bytes,
    payloadBytes: end.payloadBytes,
    retransmissions: end.retransmissions,
    retransmittedBytes: end.retransmittedBytes,
    retransmissionIntervals: end.retransmissionIntervals.map(seconds),
    causes: Object.fromEntries(end.causes ?? []),
    ...spuriousObject(end),
    rtt: distributionObject(end.rtt),
    ...(end.mss >= 0 ? { mss: end.mss } : {}),
    ...(end.windowScale >= 0 ? { windowScale: end.windowScale } : {}),
    ...(end.firstTtl >= 0 ? { ttl: end.firstTtl } : {}),
  };
}

/** Repetitions that are proven to have been unnecessary. */
function spuriousObject({ resends }: End): Record<string, unknown> {
  if (resends === undefined || resends.spuriousByDsack + resends.spuriousByTimestamps === 0) return {};
  return { spurious: { dsack: resends.spuriousByDsack, timestamps: resends.spuriousByTimestamps } };
}

/** Durations as numbers in seconds. */
export function distributionObject(list: RoundTrips): Record<string, unknown> {
  if (list.count === 0) return { count: 0 };
  const [p50 = 0, p95 = 0, p99 = 0] = list.quantiles([0.5, 0.95, 0.99]);
  return {
    count: list.count,
    min: seconds(list.minimum),
    mean: seconds(list.mean),
    p50: seconds(p50),
    p95: seconds(p95),
    p99: seconds(p99),
    max: seconds(list.maximum),
    stddev: seconds(list.standardDeviation),
  };
}
