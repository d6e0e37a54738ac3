import type { ChalkInstance } from "chalk";
import Table from "cli-table3";
import { durationText, hostAndPort } from "../diagnosis/attempt.ts";
import type { Connection } from "../flow/connection.ts";
import type { End } from "../flow/end.ts";
import { CLIENT, type EndIndex, SERVER } from "../flow/states.ts";
import { addressText } from "../wire/address.ts";
import { activeCloser, END_NAMES } from "./flow-json.ts";
import { type Outcome, outcome } from "./flow-summary.ts";

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

/** The table of `flows`: one row a connection, in the order of their start. Pairs are client / server. */
export function flowTable(connections: readonly Connection[], colour: ChalkInstance): string {
  const table = new Table({
    head: HEAD.map((title) => colour.bold(title)),
    chars: NO_BORDERS,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const connection of connections) table.push(row(connection, colour));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

function row(connection: Connection, colour: ChalkInstance): string[] {
  const [client, server] = connection.ends;
  const how = outcome(connection);
  return [
    String(connection.firstStream),
    endText(connection, CLIENT),
    endText(connection, SERVER),
    painted(how, colour),
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

function painted(how: Outcome, colour: ChalkInstance): string {
  if (how === "refused" || how === "reset" || how === "no-answer") return colour.red(how);
  return how === "closed" || how === "open" ? colour.green(how) : colour.yellow(how);
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
