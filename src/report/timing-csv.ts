import { CLIENT, type EndIndex, SERVER } from "../flow/states.ts";
import { PHASES } from "../flow/timing-budget.ts";
import { vantageOf } from "../flow/vantage.ts";
import { seconds, type StartTime, timeText } from "./object-writer.ts";
import { outcome } from "./flow-summary.ts";
import { endText } from "./flow-table.ts";
import { rates } from "./timing-json.ts";
import { lostNs, type TimedConnection } from "./timing-order.ts";

type Value = string | number;

/** A column that both directions have. */
type DirectionColumn = readonly [name: string, value: (each: TimedConnection, end: EndIndex) => Value];

const DIRECTION_COLUMNS: readonly DirectionColumn[] = [
  ["packets", ({ connection }, end) => connection.ends[end].packets],
  ["payloadBytes", ({ connection }, end) => connection.ends[end].payloadBytes],
  ["uniqueBytes", ({ timing }, end) => timing.directions[end].uniqueBytes],
  ["retransmissions", ({ connection }, end) => connection.ends[end].repetitions.retransmissions],
  ["retransmittedBytes", ({ connection }, end) => connection.ends[end].repetitions.retransmittedBytes],
  ["rttCount", ({ connection }, end) => connection.ends[end].rtt.count],
  ["rttMin", ({ connection }, end) => rttValue(connection.ends[end].rtt.count, connection.ends[end].rtt.minimum)],
  ["rttP50", ({ connection }, end) => rttValue(connection.ends[end].rtt.count, connection.ends[end].rtt.quantile(0.5))],
  [
    "rttP95",
    ({ connection }, end) => rttValue(connection.ends[end].rtt.count, connection.ends[end].rtt.quantile(0.95)),
  ],
  ["rttMax", ({ connection }, end) => rttValue(connection.ends[end].rtt.count, connection.ends[end].rtt.maximum)],
  [
    "throughput",
    (each, end) => rateValue(rates(each.timing.directions[end], each.connection.ends[end].payloadBytes).throughput),
  ],
  [
    "goodput",
    (each, end) => rateValue(rates(each.timing.directions[end], each.connection.ends[end].payloadBytes).goodput),
  ],
];

/** The table of `report --csv` (RFC 4180): a line of names, then one line a connection. Durations in seconds, rates in bytes a second; what is not known is empty. */
export function* timingCsv(all: readonly TimedConnection[], start: StartTime): Generator<string, void, undefined> {
  yield [
    "stream",
    "client",
    "server",
    "start",
    "duration",
    "outcome",
    "capturePoint",
    "synToSynAck",
    "synAckToAck",
    ...PHASES,
    "lost",
    "idle",
    "delayedAckStalls",
    "nagleStalls",
    ...DIRECTION_COLUMNS.map(([name]) => `clientToServer.${name}`),
    ...DIRECTION_COLUMNS.map(([name]) => `serverToClient.${name}`),
  ].join(",");
  for (const each of all) yield row(each, start).map(cell).join(",");
}

function row(each: TimedConnection, start: StartTime): Value[] {
  const { connection, timing } = each;
  const vantage = vantageOf(connection);
  return [
    connection.firstStream,
    endText(connection, CLIENT),
    endText(connection, SERVER),
    timeText(start, connection.firstTimeNs),
    seconds(timing.budget.total),
    outcome(connection),
    vantage.point,
    known(vantage.serverHalfNs),
    known(vantage.clientHalfNs),
    ...PHASES.map((phase) => seconds(timing.budget.spent[phase])),
    seconds(lostNs(each)),
    seconds(timing.idleNs),
    timing.stalls.counts["delayed-ack"],
    timing.stalls.counts.nagle,
    ...DIRECTION_COLUMNS.map(([, value]) => value(each, CLIENT)),
    ...DIRECTION_COLUMNS.map(([, value]) => value(each, SERVER)),
  ];
}

function known(ns: number): Value {
  return ns < 0 ? "" : seconds(ns);
}

function rttValue(count: number, ns: number): Value {
  return count === 0 ? "" : seconds(ns);
}

function rateValue(rate: number): Value {
  return rate < 0 ? "" : Math.round(rate);
}

function cell(value: Value): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
