import type { Connection } from "../flow/connection.ts";
import type { End } from "../flow/end.ts";
import type { RoundTrips } from "../flow/round-trips.ts";
import { timeWaitEndNs } from "../flow/settle.ts";
import { CLIENT, type EndIndex, SERVER, TRANSITION_KINDS } from "../flow/states.ts";
import {
  AT_ONCE,
  COUNTS,
  DISTRIBUTION,
  HALVES,
  IPV4_HEAD,
  NOTHING_REPEATED,
  SETTINGS,
  TIME_WAITS,
  TransitionText,
  writeHead,
} from "./flow-forms.ts";
import { END_NAMES, KEY } from "./flow-keys.ts";
import { hasRepeated, writeAttempts, writeRepetitions } from "./flow-repetitions.ts";
import { ipv4Number } from "./ipv4-number.ts";
import { connState, outcome, timeAtEndNs } from "./flow-summary.ts";
import { ObjectBuilder } from "./object-builder.ts";
import { type Form, type Key, LONG_NS } from "./object-parts.ts";
import type { ObjectWriter, StartTime } from "./object-writer.ts";

/** `Connection.delayNs` of both ends. */
type Delays = readonly [number, number];

const TRANSITIONS: (TransitionText | undefined)[] = Array.from({ length: TRANSITION_KINDS });

/** Of the quantiles that are told. */
const SHARES: readonly number[] = [0.5, 0.95, 0.99];
/** A distribution on its way out: count, minimum, mean, the quantiles, maximum, standard deviation. */
const described = new Float64Array(DISTRIBUTION.count);
const MINIMUM = 1;
const MAXIMUM = 6;

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
  to.since(start);
  const durationNs = connection.lastTimeNs - connection.firstTimeNs;
  if (connection.ipVersion === 4 && Math.abs(durationNs) < LONG_NS) writeIpv4Head(to, connection, durationNs);
  else writeOtherHead(to, connection, durationNs);
  to.word(KEY.outcome, outcome(connection));
  to.word(KEY.connState, connState(connection));
  to.word(KEY.history, connection.history.text);
  to.number(KEY.completeness, connection.completeness);
  if (connection.clientInferred) to.boolean(KEY.clientInferred, true);
  to.begin(KEY.states);
  to.word(KEY.client, client.state);
  to.word(KEY.server, server.state);
  to.end();
  const delaysNs = [connection.delayNs(CLIENT), connection.delayNs(SERVER)] as const;
  writeTransitions(to, connection, delaysNs);
  writeHandshake(to, connection);
  writeClose(to, connection, delaysNs, lastTimeNs);
  writeFindings(to, connection);
  writeDirection(to, KEY.clientToServer, client);
  writeDirection(to, KEY.serverToClient, server);
}

function writeIpv4Head(to: ObjectWriter, connection: Connection, durationNs: number): void {
  const { addressBytes, addressesAt } = connection;
  const at = to.form(IPV4_HEAD);
  const { values } = to;
  values[at] = connection.firstStream;
  values[at + 1] = connection.client.port;
  values[at + 2] = connection.server.port;
  values[at + 3] = connection.firstTimeNs;
  values[at + 4] = durationNs;
  values[at + 5] = ipv4Number(addressBytes, addressesAt);
  values[at + 6] = ipv4Number(addressBytes, addressesAt + 4);
  to.filled(IPV4_HEAD);
}

function writeOtherHead(to: ObjectWriter, connection: Connection, durationNs: number): void {
  const { firstStream, client, server, firstTimeNs, addressBytes, addressesAt, addressLength } = connection;
  writeHead(to, [firstStream, client.port, server.port, firstTimeNs, durationNs], 0, (end) =>
    to.address(KEY.address, addressBytes, addressesAt + end * addressLength, addressLength),
  );
}

/** `delaysNs`: of the client and of the server, as the next two have it. */
function writeTransitions(to: ObjectWriter, { transitions }: Connection, delaysNs: Delays): void {
  const order = transitions.order();
  to.beginList(KEY.transitions);
  for (let place = 0; place < transitions.length; place++) {
    const index = order[place]!;
    const text = (TRANSITIONS[transitions.kind(index)] ??= new TransitionText(transitions.at(index)));
    const at = to.form(text.form);
    to.values[at] = timeAtEndNs(transitions.timeNs(index), text.basis, delaysNs[text.end]);
    to.values[at + 1] = transitions.frame(index);
    to.filled(text.form);
  }
  to.endList();
}

function writeHandshake(to: ObjectWriter, connection: Connection): void {
  const syns = connection.ends[CLIENT].synSends;
  const answers = connection.ends[SERVER].synAckSends;
  const isRepeated = (syns?.length ?? 0) > 1 || (answers?.length ?? 0) > 1;
  const isAtOnce = connection.established && !isRepeated;
  if (!isAtOnce) writeAttempts(to, connection.established, syns, answers);
  const synToSynAck = knownFrom(connection.wayNs(SERVER), 0);
  const synAckToAck = knownFrom(connection.wayNs(CLIENT), 0);
  const total = knownFrom(connection.initialRttNs, 1);
  const form = isAtOnce ? AT_ONCE : HALVES;
  if (synToSynAck >= LONG_NS || synAckToAck >= LONG_NS || total >= LONG_NS) {
    form.write(to, [synToSynAck, synAckToAck, total], 0);
    return;
  }
  const at = to.form(form);
  to.values[at] = synToSynAck;
  to.values[at + 1] = synAckToAck;
  to.values[at + 2] = total;
  to.filled(form);
}

/** NaN, which is left out, for what is below. */
function knownFrom(value: number, least: number): number {
  return value >= least ? value : Number.NaN;
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

function writeClose(to: ObjectWriter, connection: Connection, delaysNs: Delays, lastTimeNs: number): void {
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
  if (timeWait >= 0) writeTimeWait(to, connection, timeWait, delaysNs, lastTimeNs);
  to.end();
}

/** `left`: how long it lasts after the end of the capture. `timeWait`: index of the transition into it. */
function writeTimeWait(
  to: ObjectWriter,
  connection: Connection,
  timeWait: number,
  delaysNs: Delays,
  lastTimeNs: number,
): void {
  const { transitions } = connection;
  const end = transitions.end(timeWait);
  const basis = transitions.basis(timeWait);
  const from = timeAtEndNs(transitions.timeNs(timeWait), basis, delaysNs[end]);
  const until = timeWaitEndNs(connection, end, from);
  const form = TIME_WAITS[end];
  const at = to.form(form);
  const { values } = to;
  values[at] = from;
  values[at + 1] = until;
  values[at + 2] = Math.max(0, until - lastTimeNs);
  values[at + 3] = transitions.frame(timeWait);
  to.filled(form);
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
  const counts = to.form(COUNTS);
  const { values } = to;
  values[counts] = end.packets;
  values[counts + 1] = end.bytes;
  values[counts + 2] = end.payloadBytes;
  to.filled(COUNTS);
  if (hasRepeated(end.repetitions)) writeRepetitions(to, end.repetitions);
  else writeForm(to, NOTHING_REPEATED);
  to.begin(KEY.rtt);
  writeDistribution(to, end.rtt);
  to.end();
  const settings = to.form(SETTINGS);
  to.values[settings] = knownFrom(end.mss, 0);
  to.values[settings + 1] = knownFrom(end.windowScale, 0);
  to.values[settings + 2] = knownFrom(end.firstTtl, 0);
  to.filled(SETTINGS);
  to.end();
}

/** Without numbers. */
function writeForm(to: ObjectWriter, form: Form): void {
  to.form(form);
  to.filled(form);
}

/** Durations as numbers in seconds. */
export function distributionObject(list: RoundTrips): Record<string, unknown> {
  const builder = new ObjectBuilder();
  writeDistribution(builder, list);
  return builder.result;
}

/** The same, as keys. */
function writeDistribution(to: ObjectWriter, list: RoundTrips): void {
  if (list.count === 0) {
    to.number(KEY.count, 0);
    return;
  }
  list.describe(SHARES, described);
  if (described[MAXIMUM]! >= LONG_NS || described[MINIMUM]! <= -LONG_NS) {
    DISTRIBUTION.write(to, described, 0);
    return;
  }
  const at = to.form(DISTRIBUTION);
  const { values } = to;
  for (let i = 0; i < DISTRIBUTION.count; i++) values[at + i] = described[i]!;
  to.filled(DISTRIBUTION);
}
