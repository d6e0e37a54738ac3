import { CLIENT, type EndIndex, SERVER } from "../flow/states.ts";
import type { RoundTrips } from "../flow/round-trips.ts";
import { rates } from "./timing-json.ts";
import type { TimedConnection } from "./timing-order.ts";
import { duration } from "./timing-sheet.ts";

type Row = readonly [string, string, string];

const NONE = "-";

/** What both directions have side by side: name, client to server, server to client. Rows of which neither has anything are left out. */
export function directionRows(each: TimedConnection): Row[] {
  const row = (name: string, text: (end: EndIndex) => string): Row => [name, text(CLIENT), text(SERVER)];
  const { connection, timing } = each;
  const ends = connection.ends;
  const directions = timing.directions;
  const rows: Row[] = [
    row("packets", (end) => String(ends[end].packets)),
    row("payload", (end) => bytesText(ends[end].payloadBytes)),
    row("sent again", (end) => resentText(each, end)),
    row("causes", (end) => causesText(ends[end].repetitions.causes)),
    row("RTT", (end) => rttText(ends[end].rtt)),
    row("RTT 50/95/99 %", (end) => quantilesText(ends[end].rtt)),
    row("RTT by timestamps", (end) => rttText(directions[end].echoes.rtt)),
    row("throughput", (end) => rateText(rates(directions[end], ends[end].payloadBytes).throughput)),
    row("goodput", (end) => rateText(rates(directions[end], ends[end].payloadBytes).goodput)),
    row("in flight", (end) => flightText(each, end)),
    row("limited by", (end) => limitText(each, end)),
    row("peer's window", (end) => windowText(each, end)),
    row("segment size", (end) => sizeText(each, end)),
    row("SYN", (end) => synText(each, end)),
    row("ECN", (end) => ecnText(each, end)),
  ];
  return rows.filter(([, client, server]) => client !== NONE || server !== NONE);
}

function resentText({ connection }: TimedConnection, end: EndIndex): string {
  const { retransmissions, retransmittedBytes } = connection.ends[end].repetitions;
  return retransmissions === 0 ? NONE : `${retransmissions}, ${bytesText(retransmittedBytes)}`;
}

function causesText(causes: Map<string, number> | undefined): string {
  if (causes === undefined || causes.size === 0) return NONE;
  return [...causes].map(([cause, count]) => `${count} ${cause}`).join(", ");
}

function rttText(list: RoundTrips): string {
  if (list.count === 0) return NONE;
  if (list.count === 1) return duration(list.minimum);
  return `${duration(list.minimum)} to ${duration(list.maximum)} (${list.count})`;
}

function quantilesText(list: RoundTrips): string {
  if (list.count < 2) return NONE;
  return list.quantiles([0.5, 0.95, 0.99]).map(duration).join(", ");
}

function flightText({ timing }: TimedConnection, end: EndIndex): string {
  const { mostInFlight, meanInFlight } = timing.directions[end].limits;
  return mostInFlight === 0 ? NONE : `max ${bytesText(mostInFlight)}, mean ${bytesText(Math.round(meanInFlight))}`;
}

function limitText({ timing }: TimedConnection, end: EndIndex): string {
  const { limits, dataSegments } = timing.directions[end];
  if (limits.total === 0 || dataSegments === 0) return NONE;
  const parts = (["application", "window", "network"] as const)
    .filter((limit) => limits.spent[limit] / limits.total >= 0.005)
    .sort((a, b) => limits.spent[b] - limits.spent[a])
    .map((limit) => `${limit} ${Math.round((100 * limits.spent[limit]) / limits.total)} %`);
  return parts.join(", ");
}

function windowText({ timing }: TimedConnection, end: EndIndex): string {
  const { smallestWindow, largestWindow } = timing.directions[end].limits;
  if (smallestWindow < 0 || timing.directions[end].dataSegments === 0) return NONE;
  const zero = timing.directions[end === CLIENT ? SERVER : CLIENT].zeroWindows;
  const range = rangeText(smallestWindow, largestWindow);
  return zero > 0 ? `${range}, ${zero} × 0` : range;
}

function sizeText({ timing }: TimedConnection, end: EndIndex): string {
  const { dataSegments, smallestSegment, largestSegment } = timing.directions[end];
  if (dataSegments === 0) return NONE;
  return rangeText(smallestSegment, largestSegment);
}

function synText({ connection }: TimedConnection, end: EndIndex): string {
  const { mss, windowScale, sackPermitted, timestamps, synSeen } = connection.ends[end];
  if (!synSeen) return NONE;
  const parts = [
    mss >= 0 ? `mss ${mss}` : "",
    windowScale >= 0 ? `wscale ${windowScale}` : "",
    sackPermitted ? "SACK" : "",
    timestamps ? "TS" : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "no options" : parts.join(" ");
}

function ecnText({ timing }: TimedConnection, end: EndIndex): string {
  const { ect0, ect1, ce, ece, cwr } = timing.ecn.counts[end];
  const parts = (
    [
      ["ECT(0)", ect0],
      ["ECT(1)", ect1],
      ["CE", ce],
      ["ECE", ece],
      ["CWR", cwr],
    ] as const
  ).filter(([, count]) => count > 0);
  return parts.length === 0 ? NONE : parts.map(([name, count]) => `${count} ${name}`).join(", ");
}

function rangeText(least: number, most: number): string {
  const [low, high] = [bytesText(least), bytesText(most)];
  return low === high ? high : `${low} to ${high}`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** Bytes for people: "1448 B", "1.5 MB". */
export function bytesText(bytes: number): string {
  if (bytes < 10_000) return `${Math.round(bytes)} B`;
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${UNITS[unit]}`;
}

function rateText(bytesPerSecond: number): string {
  return bytesPerSecond <= 0 ? NONE : `${bytesText(bytesPerSecond)}/s`;
}
