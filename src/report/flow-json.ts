import type { Connection } from "../flow/connection.ts";
import { End, type SendTimes } from "../flow/end.ts";
import type { RoundTrips } from "../flow/round-trips.ts";
import { RETRANSMISSION_CAUSES } from "../flow/segment.ts";
import { timeWaitEndNs } from "../flow/settle.ts";
import {
  CLIENT,
  type EndIndex,
  SERVER,
  type TcpState,
  type Transition,
  TRANSITION_KINDS,
  type TransitionBasis,
} from "../flow/states.ts";
import { KEY } from "./flow-keys.ts";
import { connState, outcome, timeAtEndNs } from "./flow-summary.ts";
import { ObjectBuilder } from "./object-builder.ts";
import { type Key, keysOf, Stretch } from "./object-parts.ts";
import type { ObjectWriter, StartTime } from "./object-writer.ts";

export const END_NAMES: readonly ["client", "server"] = ["client", "server"];

const ENDS: readonly [Key, Key] = [KEY.client, KEY.server];
const CAUSES = keysOf(...RETRANSMISSION_CAUSES);

/** Of the quantiles that are told. */
const SHARES: readonly number[] = [0.5, 0.95, 0.99];
/** Quantiles on their way out. */
const quantiles = [0.5, 0.5, 0.5];

/** Of a handshake without repetitions. */
const AT_ONCE = new Stretch((to) => writeAttempts(to, true, undefined, undefined));
/** Of an end that repeated nothing. */
const NOTHING_REPEATED = new Stretch((to) => writeRepetitions(to, new End()));
const INFERRED = new Stretch((to) => endTransition(to, true));
const SHOWN = new Stretch((to) => endTransition(to, false));

/** What the transitions of a kind have in common. */
class TransitionText {
  readonly end: EndIndex;
  readonly basis: TransitionBasis;
  readonly opening: Stretch;
  readonly closing: Stretch;

  constructor({ end, state, basis }: Transition) {
    this.end = end;
    this.basis = basis;
    this.opening = new Stretch((to) => beginTransition(to, end, state));
    this.closing = basis === "inferred" ? INFERRED : SHOWN;
  }
}

const TRANSITIONS: (TransitionText | undefined)[] = Array.from({ length: TRANSITION_KINDS });

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
  to.number(KEY.stream, connection.firstStream);
  writeEndPoint(to, connection, CLIENT);
  writeEndPoint(to, connection, SERVER);
  to.time(KEY.start, start, connection.firstTimeNs);
  to.seconds(KEY.duration, connection.lastTimeNs - connection.firstTimeNs);
  to.word(KEY.outcome, outcome(connection));
  to.word(KEY.connState, connState(connection));
  to.word(KEY.history, connection.history.text);
  to.number(KEY.completeness, connection.completeness);
  if (connection.clientInferred) to.boolean(KEY.clientInferred, true);
  to.begin(KEY.states);
  to.word(KEY.client, client.state);
  to.word(KEY.server, server.state);
  to.end();
  writeTransitions(to, connection, start);
  writeHandshake(to, connection);
  writeClose(to, connection, start, lastTimeNs);
  writeFindings(to, connection);
  writeDirection(to, KEY.clientToServer, client);
  writeDirection(to, KEY.serverToClient, server);
}

function writeEndPoint(to: ObjectWriter, connection: Connection, end: EndIndex): void {
  const { addressBytes, addressesAt, addressLength } = connection;
  to.begin(ENDS[end]);
  to.address(KEY.address, addressBytes, addressesAt + end * addressLength, addressLength);
  to.number(KEY.port, connection.ends[end].port);
  to.end();
}

function writeTransitions(to: ObjectWriter, connection: Connection, start: StartTime): void {
  const { transitions } = connection;
  const clientDelayNs = connection.delayNs(CLIENT);
  const serverDelayNs = connection.delayNs(SERVER);
  const order = transitions.order();
  to.beginList(KEY.transitions);
  for (let place = 0; place < transitions.length; place++) {
    const index = order[place]!;
    const text = (TRANSITIONS[transitions.kind(index)] ??= new TransitionText(transitions.at(index)));
    const delayNs = text.end === CLIENT ? clientDelayNs : serverDelayNs;
    to.stretch(text.opening);
    to.time(KEY.time, start, timeAtEndNs(transitions.timeNs(index), text.basis, delayNs));
    to.number(KEY.frame, transitions.frame(index));
    to.stretch(text.closing);
  }
  to.endList();
}

function beginTransition(to: ObjectWriter, end: EndIndex, state: TcpState): void {
  to.begin();
  to.word(KEY.end, END_NAMES[end]);
  to.word(KEY.state, state);
}

function endTransition(to: ObjectWriter, isInferred: boolean): void {
  to.boolean(KEY.inferred, isInferred);
  to.end();
}

/** Distances of times. */
function writeIntervals(to: ObjectWriter, key: Key, times: readonly number[] | undefined): void {
  to.beginList(key);
  if (times !== undefined) for (let i = 1; i < times.length; i++) to.seconds(undefined, times[i]! - times[i - 1]!);
  to.endList();
}

function writeHandshake(to: ObjectWriter, connection: Connection): void {
  const syns = connection.ends[CLIENT].synSends;
  const answers = connection.ends[SERVER].synAckSends;
  const synToSynAck = connection.wayNs(SERVER);
  const synAckToAck = connection.wayNs(CLIENT);
  const isRepeated = (syns?.length ?? 0) > 1 || (answers?.length ?? 0) > 1;
  if (connection.established && !isRepeated) to.stretch(AT_ONCE);
  else writeAttempts(to, connection.established, syns, answers);
  if (synToSynAck >= 0) to.seconds(KEY.synToSynAck, synToSynAck);
  if (synAckToAck >= 0) to.seconds(KEY.synAckToAck, synAckToAck);
  if (connection.initialRttNs > 0) to.seconds(KEY.total, connection.initialRttNs);
  to.end();
}

/** How a handshake begins: its SYNs and SYN-ACKs. */
function writeAttempts(
  to: ObjectWriter,
  isComplete: boolean,
  syns: SendTimes | undefined,
  answers: SendTimes | undefined,
): void {
  to.begin(KEY.handshake);
  to.boolean(KEY.complete, isComplete);
  to.number(KEY.synRetransmissions, Math.max(0, (syns?.length ?? 0) - 1));
  writeIntervals(to, KEY.synIntervals, syns?.times);
  to.number(KEY.synAckRetransmissions, Math.max(0, (answers?.length ?? 0) - 1));
  writeIntervals(to, KEY.synAckIntervals, answers?.times);
}

/** What is odd, if anything is. */
function writeFindings(to: ObjectWriter, { findings }: Connection): void {
  if (findings === undefined || findings.list.length === 0) return;
  to.beginList(KEY.findings);
  for (const { name, from, reason, frames, leftNs } of findings.list) {
    to.begin();
    to.word(KEY.name, name);
    to.word(KEY.from, END_NAMES[from]);
    to.beginList(KEY.frames);
    for (const frame of frames) to.number(undefined, frame);
    to.endList();
    if (reason !== "") to.text(KEY.reason, reason);
    if (leftNs > 0) to.seconds(KEY.timeLeft, leftNs);
    to.end();
  }
  to.endList();
}

function writeClose(to: ObjectWriter, connection: Connection, start: StartTime, lastTimeNs: number): void {
  const { client, server, transitions } = connection;
  const reset = connection.resets.find((each) => each.accepted);
  const active = activeCloser(connection);
  const timeWait = transitions.firstInto("TIME_WAIT");
  to.begin(KEY.close);
  to.word(KEY.how, reset === undefined ? (client.finSeen || server.finSeen ? "fin" : "open") : "reset");
  if (active !== undefined) to.word(KEY.activeCloser, END_NAMES[active]);
  if (reset !== undefined) {
    to.word(KEY.resetBy, END_NAMES[reset.from]);
    to.number(KEY.frame, reset.frame);
  }
  if (timeWait >= 0) writeTimeWait(to, connection, timeWait, start, lastTimeNs);
  to.end();
}

/** `left`: how long it lasts after the end of the capture. `timeWait`: index of the transition into it. */
function writeTimeWait(
  to: ObjectWriter,
  connection: Connection,
  timeWait: number,
  start: StartTime,
  lastTimeNs: number,
): void {
  const { transitions } = connection;
  const end = transitions.end(timeWait);
  const basis = transitions.basis(timeWait);
  const from = timeAtEndNs(transitions.timeNs(timeWait), basis, connection.delayNs(end));
  const until = timeWaitEndNs(connection, end, from);
  to.begin(KEY.timeWait);
  to.word(KEY.end, END_NAMES[end]);
  to.time(KEY.from, start, from);
  to.time(KEY.until, start, until);
  to.seconds(KEY.left, Math.max(0, until - lastTimeNs));
  to.number(KEY.frame, transitions.frame(timeWait));
  to.end();
}

/** Who sent the first FIN; undefined when nobody did. */
export function activeCloser(connection: Connection): EndIndex | undefined {
  const { client, server } = connection;
  if (!client.finSeen && !server.finSeen) return undefined;
  if (!server.finSeen) return CLIENT;
  return client.finSeen && client.finTimeNs <= server.finTimeNs ? CLIENT : SERVER;
}

function writeDirection(to: ObjectWriter, key: Key, end: End): void {
  to.begin(key);
  to.number(KEY.packets, end.packets);
  to.number(KEY.bytes, end.bytes);
  to.number(KEY.payloadBytes, end.payloadBytes);
  if (hasRepeated(end)) writeRepetitions(to, end);
  else to.stretch(NOTHING_REPEATED);
  to.begin(KEY.rtt);
  writeDistribution(to, end.rtt);
  to.end();
  if (end.mss >= 0) to.number(KEY.mss, end.mss);
  if (end.windowScale >= 0) to.number(KEY.windowScale, end.windowScale);
  if (end.firstTtl >= 0) to.number(KEY.ttl, end.firstTtl);
  to.end();
}

function hasRepeated({ retransmissions, causes, resends }: End): boolean {
  return retransmissions > 0 || causes !== undefined || resends !== undefined;
}

function writeRepetitions(to: ObjectWriter, end: End): void {
  to.number(KEY.retransmissions, end.retransmissions);
  to.number(KEY.retransmittedBytes, end.retransmittedBytes);
  to.beginList(KEY.retransmissionIntervals);
  for (const ns of end.retransmissionIntervals) to.seconds(undefined, ns);
  to.endList();
  to.begin(KEY.causes);
  if (end.causes !== undefined)
    for (const [cause, count] of end.causes) if (cause !== "") to.number(CAUSES[cause], count);
  to.end();
  writeSpurious(to, end);
}

/** Repetitions that are proven to have been unnecessary. */
function writeSpurious(to: ObjectWriter, { resends }: End): void {
  if (resends === undefined || resends.spuriousByDsack + resends.spuriousByTimestamps === 0) return;
  to.begin(KEY.spurious);
  to.number(KEY.dsack, resends.spuriousByDsack);
  to.number(KEY.timestamps, resends.spuriousByTimestamps);
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
  to.number(KEY.count, list.count);
  if (list.count === 0) return;
  const [p50 = 0, p95 = 0, p99 = 0] = list.quantiles(SHARES, quantiles);
  to.seconds(KEY.min, list.minimum);
  to.seconds(KEY.mean, list.mean);
  to.seconds(KEY.p50, p50);
  to.seconds(KEY.p95, p95);
  to.seconds(KEY.p99, p99);
  to.seconds(KEY.max, list.maximum);
  to.seconds(KEY.stddev, list.standardDeviation);
}
