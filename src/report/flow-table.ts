import type { ChalkInstance } from "chalk";
import Table from "cli-table3";
import { durationText, hostAndPort } from "../diagnosis/text.ts";
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

const NO_BORDERS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** Rows given to the table's layout at once: its time grows with their square. */
const ROWS_AT_ONCE = 32;
const OUTCOME = HEAD.indexOf("outcome");

/** The table of `flows`, some lines at a time: one row a connection, in the order of their start. Pairs are client / server. */
export function* flowTable(
  connections: readonly Connection[],
  colour: ChalkInstance,
): Generator<string, void, undefined> {
  const rows = connections.map(row);
  const widths = HEAD.map((title) => title.length);
  for (const cells of rows) {
    for (const [column, cell] of cells.entries()) widths[column] = Math.max(widths[column]!, cell.length);
  }
  for (let first = 0; first < rows.length; first += ROWS_AT_ONCE) {
    const table = new Table({
      head: first === 0 ? HEAD.map((title) => colour.bold(title)) : [],
      chars: NO_BORDERS,
      colWidths: widths,
      style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    });
    for (const cells of rows.slice(first, first + ROWS_AT_ONCE)) table.push(painted(cells, colour));
    yield table.toString().replaceAll(/ +$/gm, "");
  }
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

/** The cells, the outcome in its colour. */
function painted(cells: readonly string[], colour: ChalkInstance): string[] {
  return cells.map((cell, column) => (column === OUTCOME ? outcomeColour(cell, colour)(cell) : cell));
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
