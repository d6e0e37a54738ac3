import type { ChalkInstance } from "chalk";
import { durationText, hostAndPort } from "../diagnosis/attempt.ts";
import type { Connection } from "../flow/connection.ts";
import type { End } from "../flow/end.ts";
import { CLIENT, type EndIndex, SERVER } from "../flow/states.ts";
import { addressText } from "../wire/address.ts";
import { activeCloser, END_NAMES } from "./flow-json.ts";
import { outcome } from "./flow-summary.ts";

const HEAD = [
  "#",
  "client",
  "server",
  "outcome",
  "states",
  "handshake",
  "RTT",
  "retrans",
  "bytes",
  "duration",
  "closed by",
];

const OUTCOME = HEAD.indexOf("outcome");

/** The table of `flows`, line by line: one row a connection, in the order of their start. Pairs are client / server. */
export function* flowTable(
  connections: readonly Connection[],
  colour: ChalkInstance,
): Generator<string, void, undefined> {
  if (connections.length === 0) return;
  const rows = connections.map(row);
  const widths = HEAD.map((title) => title.length);
  for (const cells of rows) {
    for (const [column, cell] of cells.entries()) widths[column] = Math.max(widths[column]!, cell.length);
  }
  yield line(HEAD, widths, (title) => colour.bold(title));
  for (const cells of rows) {
    yield line(cells, widths, (cell, column) => (column === OUTCOME ? outcomeColour(cell, colour)(cell) : cell));
  }
}

/** Columns to their widths, whose cells have no control characters; colour takes no room. */
function line(
  cells: readonly string[],
  widths: readonly number[],
  paint: (cell: string, column: number) => string,
): string {
  const last = cells.length - 1;
  let text = "";
  for (const [column, cell] of cells.entries()) {
    text += paint(cell, column);
    if (column < last) text += " ".repeat(widths[column]! - cell.length + 2);
  }
  return text;
}

function row(connection: Connection): string[] {
  const [client, server] = connection.ends;
  return [
    String(connection.firstStream),
    endText(connection, CLIENT),
    endText(connection, SERVER),
    outcome(connection),
    `${client.state} / ${server.state}`,
    connection.initialRttNs > 0 ? durationText(connection.initialRttNs / 1e9) : "-",
    `${rttText(client)} / ${rttText(server)}`,
    `${client.retransmissions} / ${server.retransmissions}`,
    `${client.payloadBytes} / ${server.payloadBytes}`,
    durationText((connection.lastTimeNs - connection.firstTimeNs) / 1e9),
    closerText(connection),
  ];
}

export function endText(connection: Connection, end: EndIndex): string {
  const length = connection.addresses.length / 2;
  return hostAndPort(addressText(connection.addresses, end * length, length), connection.ends[end].port);
}

function outcomeColour(how: string, colour: ChalkInstance): ChalkInstance {
  if (how === "refused" || how === "reset" || how === "no-answer") return colour.red;
  return how === "closed" || how === "open" ? colour.green : colour.yellow;
}

/** Mean time to the acknowledgment of what the end sent. */
function rttText(end: End): string {
  return end.rtt.count === 0 ? "-" : durationText(end.rtt.mean / 1e9);
}

function closerText(connection: Connection): string {
  const reset = connection.resets.find((each) => each.accepted);
  if (reset !== undefined) return `${END_NAMES[reset.from]} (RST)`;
  const closer = activeCloser(connection);
  return closer === undefined ? "-" : END_NAMES[closer];
}
