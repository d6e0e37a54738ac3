import type { Connection } from "../flow/connection.ts";
import type { End } from "../flow/end.ts";
import type { RoundTrips } from "../flow/round-trips.ts";
import { CLIENT, type EndIndex, SERVER, type Transition } from "../flow/states.ts";
import { timeWaitEndNs } from "../flow/settle.ts";
import { connState, outcome, transitionTimeNs } from "./flow-summary.ts";
import { ObjectBuilder } from "./object-builder.ts";
import type { ObjectWriter, StartTime } from "./object-writer.ts";

export const END_NAMES: readonly ["client", "server"] = ["client", "server"];

/** Of the quantiles that are told. */
const SHARES: readonly number[] = [0.5, 0.95, 0.99];

/** One connection as `flows --json` prints it (OUTPUT.md). */
export function flowObject(
  connection: Connection,
  start: StartTime,
  lastTimeNs: number = connection.lastTimeNs,
): Record<string, unknown> {
  const builder = new ObjectBuilder();
  writeFlow(builder, connection, start, lastTimeNs);
  return builder.result;
}

/** Writes the keys of one connection. */
export function writeFlow(to: ObjectWriter, connection: Connection, start: StartTime, lastTimeNs: number): void {
  const { client, server } = connection;
  to.number("stream", connection.firstStream);
  const { addresses } = connection;
  writeEndPoint(to, addresses, CLIENT, client.port);
  writeEndPoint(to, addresses, SERVER, server.port);
  to.time("start", start, connection.firstTimeNs);
  to.seconds("duration", connection.lastTimeNs - connection.firstTimeNs);
  to.word("outcome", outcome(connection));
  to.word("connState", connState(connection));
  to.word("history", connection.history.text);
  to.number("completeness", connection.completeness);
  if (connection.clientInferred) to.boolean("clientInferred", true);
  to.begin("states");
  to.word("client", client.state);
  to.word("server", server.state);
  to.end();
  const transitions = connection.transitions.list();
  writeTransitions(to, connection, transitions, start);
  writeHandshake(to, connection);
  writeClose(to, connection, transitions, start, lastTimeNs);
  writeFindings(to, connection);
  writeDirection(to, "clientToServer", client);
  writeDirection(to, "serverToClient", server);
}

/** `addresses`: of both ends. */
function writeEndPoint(to: ObjectWriter, addresses: Uint8Array, end: EndIndex, port: number): void {
  const length = addresses.length / 2;
  to.begin(END_NAMES[end]);
  to.address("address", addresses, end * length, length);
  to.number("port", port);
  to.end();
}

function writeTransitions(
  to: ObjectWriter,
  connection: Connection,
  transitions: readonly Transition[],
  start: StartTime,
): void {
  to.beginList("transitions");
  for (const each of transitions) {
    to.begin();
    to.word("end", END_NAMES[each.end]);
    to.word("state", each.state);
    to.time("time", start, transitionTimeNs(connection, each));
    to.number("frame", each.frame);
    to.boolean("inferred", each.basis === "inferred");
    to.end();
  }
  to.endList();
}

/** Distances of times. */
function writeIntervals(to: ObjectWriter, key: string, times: readonly number[] | undefined): void {
  to.beginList(key);
  if (times !== undefined) for (let i = 1; i < times.length; i++) to.seconds(undefined, times[i]! - times[i - 1]!);
  to.endList();
}

function writeHandshake(to: ObjectWriter, connection: Connection): void {
  const syns = connection.ends[CLIENT].synSends;
  const answers = connection.ends[SERVER].synAckSends;
  const synToSynAck = connection.wayNs(SERVER);
  const synAckToAck = connection.wayNs(CLIENT);
  to.begin("handshake");
  to.boolean("complete", connection.established);
  to.number("synRetransmissions", Math.max(0, (syns?.length ?? 0) - 1));
  writeIntervals(to, "synIntervals", syns?.times);
  to.number("synAckRetransmissions", Math.max(0, (answers?.length ?? 0) - 1));
  writeIntervals(to, "synAckIntervals", answers?.times);
  if (synToSynAck >= 0) to.seconds("synToSynAck", synToSynAck);
  if (synAckToAck >= 0) to.seconds("synAckToAck", synAckToAck);
  if (connection.initialRttNs > 0) to.seconds("total", connection.initialRttNs);
  to.end();
}

/** What is odd, if anything is. */
function writeFindings(to: ObjectWriter, { findings }: Connection): void {
  if (findings === undefined || findings.list.length === 0) return;
  to.beginList("findings");
  for (const { name, from, reason, frames, leftNs } of findings.list) {
    to.begin();
    to.word("name", name);
    to.word("from", END_NAMES[from]);
    to.beginList("frames");
    for (const frame of frames) to.number(undefined, frame);
    to.endList();
    if (reason !== "") to.text("reason", reason);
    if (leftNs > 0) to.seconds("timeLeft", leftNs);
    to.end();
  }
  to.endList();
}

function writeClose(
  to: ObjectWriter,
  connection: Connection,
  transitions: readonly Transition[],
  start: StartTime,
  lastTimeNs: number,
): void {
  const { client, server } = connection;
  const reset = connection.resets.find((each) => each.accepted);
  const active = activeCloser(connection);
  const timeWait = transitions.find((each) => each.state === "TIME_WAIT");
  to.begin("close");
  to.word("how", reset === undefined ? (client.finSeen || server.finSeen ? "fin" : "open") : "reset");
  if (active !== undefined) to.word("activeCloser", END_NAMES[active]);
  if (reset !== undefined) {
    to.word("resetBy", END_NAMES[reset.from]);
    to.number("frame", reset.frame);
  }
  if (timeWait !== undefined) writeTimeWait(to, connection, timeWait, start, lastTimeNs);
  to.end();
}

/** `left`: how long it lasts after the end of the capture. */
function writeTimeWait(
  to: ObjectWriter,
  connection: Connection,
  timeWait: Transition,
  start: StartTime,
  lastTimeNs: number,
): void {
  const from = transitionTimeNs(connection, timeWait);
  const until = timeWaitEndNs(connection, timeWait.end, from);
  to.begin("timeWait");
  to.word("end", END_NAMES[timeWait.end]);
  to.time("from", start, from);
  to.time("until", start, until);
  to.seconds("left", Math.max(0, until - lastTimeNs));
  to.number("frame", timeWait.frame);
  to.end();
}

/** Who sent the first FIN; undefined when nobody did. */
export function activeCloser(connection: Connection): EndIndex | undefined {
  const { client, server } = connection;
  if (!client.finSeen && !server.finSeen) return undefined;
  if (!server.finSeen) return CLIENT;
  return client.finSeen && client.finTimeNs <= server.finTimeNs ? CLIENT : SERVER;
}

function writeDirection(to: ObjectWriter, key: string, end: End): void {
  to.begin(key);
  to.number("packets", end.packets);
  to.number("bytes", end.bytes);
  to.number("payloadBytes", end.payloadBytes);
  to.number("retransmissions", end.retransmissions);
  to.number("retransmittedBytes", end.retransmittedBytes);
  to.beginList("retransmissionIntervals");
  for (const ns of end.retransmissionIntervals) to.seconds(undefined, ns);
  to.endList();
  to.begin("causes");
  if (end.causes !== undefined) for (const [cause, count] of end.causes) to.number(cause, count);
  to.end();
  writeSpurious(to, end);
  to.begin("rtt");
  writeDistribution(to, end.rtt);
  to.end();
  if (end.mss >= 0) to.number("mss", end.mss);
  if (end.windowScale >= 0) to.number("windowScale", end.windowScale);
  if (end.firstTtl >= 0) to.number("ttl", end.firstTtl);
  to.end();
}

/** Repetitions that are proven to have been unnecessary. */
function writeSpurious(to: ObjectWriter, { resends }: End): void {
  if (resends === undefined || resends.spuriousByDsack + resends.spuriousByTimestamps === 0) return;
  to.begin("spurious");
  to.number("dsack", resends.spuriousByDsack);
  to.number("timestamps", resends.spuriousByTimestamps);
  to.end();
}

/** Durations as numbers in seconds. */
export function distributionObject(list: RoundTrips): Record<string, unknown> {
  const builder = new ObjectBuilder();
  writeDistribution(builder, list);
  return builder.result;
}

/** The same, as keys. */
function writeDistribution(to: ObjectWriter, list: RoundTrips): void {
  to.number("count", list.count);
  if (list.count === 0) return;
  const [p50 = 0, p95 = 0, p99 = 0] = list.quantiles(SHARES);
  to.seconds("min", list.minimum);
  to.seconds("mean", list.mean);
  to.seconds("p50", p50);
  to.seconds("p95", p95);
  to.seconds("p99", p99);
  to.seconds("max", list.maximum);
  to.seconds("stddev", list.standardDeviation);
}
