import type { ChalkInstance } from "chalk";
import { durationText, hostAndPort } from "../diagnosis/text.ts";
import type { Connection } from "../flow/connection.ts";
import type { End } from "../flow/end.ts";
import { CLIENT, type EndIndex, SERVER } from "../flow/states.ts";
import { addressText } from "../wire/address.ts";
import { END_NAMES } from "./flow-keys.ts";
import { activeCloser } from "./flow-json.ts";
import { outcome } from "./flow-summary.ts";

/** Titles of the columns. */
export const FLOW_HEAD: readonly string[] = [
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

const OUTCOME = FLOW_HEAD.indexOf("outcome");

/** The table of `flows`: one row a connection. Pairs are client / server. Of a connection only the text is kept. */
export class FlowTable {
  readonly #widths: number[] = FLOW_HEAD.map((title) => title.length);
  /** Cells of a row, tabs between them: one string takes a third of the room of many. */
  readonly #rows: string[] = [];
  readonly #streams: number[] = [];

  add(connection: Connection): void {
    const cells = flowCells(connection);
    for (const [column, cell] of cells.entries()) this.#widths[column] = Math.max(this.#widths[column]!, cell.length);
    this.#rows.push(cells.join("\t"));
    this.#streams.push(connection.firstStream);
  }

  /** Line by line, connections in the order of their start; none without connections. */
  *lines(colour: ChalkInstance): Generator<string, void, undefined> {
    if (this.#rows.length === 0) return;
    yield line(FLOW_HEAD, this.#widths, (title) => colour.bold(title));
    const order = this.#streams.map((_, index) => index).sort((a, b) => this.#streams[a]! - this.#streams[b]!);
    for (const index of order) {
      yield line(this.#rows[index]!.split("\t"), this.#widths, (cell, column) =>
        column === OUTCOME ? outcomeColour(cell, colour)(cell) : cell,
      );
    }
  }
}

/** Widths of addresses of IPv4, and of what most cells hold: lines that are printed at once cannot wait for the widest. */
const USUAL_WIDTHS = [4, 21, 21, 9, 25, 9, 19, 7, 15, 8, 12];

/** The rows of the table one by one, as soon as they are known; a wider cell widens its column from there on. */
export class FlowLines {
  readonly #widths: number[] = [...USUAL_WIDTHS];
  #begun = false;

  /** The connection's line, before the first one that of the titles. */
  of(connection: Connection, colour: ChalkInstance): string[] {
    const cells = flowCells(connection);
    for (const [column, cell] of cells.entries()) this.#widths[column] = Math.max(this.#widths[column]!, cell.length);
    const text = line(cells, this.#widths, (cell, column) =>
      column === OUTCOME ? outcomeColour(cell, colour)(cell) : cell,
    );
    if (this.#begun) return [text];
    this.#begun = true;
    return [line(FLOW_HEAD, this.#widths, (title) => colour.bold(title)), text];
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

/** What the columns say of a connection. */
export function flowCells(connection: Connection): string[] {
  const { client, server } = connection;
  return [
    String(connection.firstStream),
    endText(connection, CLIENT),
    endText(connection, SERVER),
    outcome(connection),
    `${client.state} / ${server.state}`,
    connection.initialRttNs > 0 ? durationText(connection.initialRttNs / 1e9) : "-",
    `${rttText(client)} / ${rttText(server)}`,
    `${client.repetitions.retransmissions} / ${server.repetitions.retransmissions}`,
    `${client.payloadBytes} / ${server.payloadBytes}`,
    durationText((connection.lastTimeNs - connection.firstTimeNs) / 1e9),
    closerText(connection),
  ];
}

export function endText(connection: Connection, end: EndIndex): string {
  const { addresses, addressLength: length } = connection;
  return hostAndPort(addressText(addresses, end * length, length), connection.ends[end].port);
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
