import type { ChalkInstance } from "chalk";
import type { Connection } from "../flow/connection.ts";
import { hasEnded } from "../flow/expiry.ts";
import { FLOW_HEAD, flowCells } from "./flow-table.ts";

/** What the screen says of the capture. */
export interface ScreenStatus {
  readonly name: string;
  readonly live: number;
  readonly finished: number;
  /** -1 where they are not known. */
  readonly packets: number;
  readonly dropped: number;
  /** What happened meanwhile; "": nothing. */
  readonly notice: string;
}

/** Whether a connection is shown. */
export type ScreenFilter = (connection: Connection) => boolean;

type Order = "bytes" | "retransmissions" | "duration" | "start" | "RTT";

const ORDERS: Readonly<Record<string, Order>> = {
  b: "bytes",
  r: "retransmissions",
  d: "duration",
  s: "start",
  t: "RTT",
};

/** What rows are ordered by: the largest comes first. */
const VALUES: Readonly<Record<Order, (connection: Connection) => number>> = {
  bytes: ({ client, server }) => client.payloadBytes + server.payloadBytes,
  retransmissions: ({ client, server }) => client.repetitions.retransmissions + server.repetitions.retransmissions,
  duration: ({ firstTimeNs, lastTimeNs }) => lastTimeNs - firstTimeNs,
  start: ({ firstTimeNs }) => firstTimeNs,
  RTT: ({ client, server }) =>
    Math.max(client.rtt.count > 0 ? client.rtt.mean : 0, server.rtt.count > 0 ? server.rtt.mean : 0),
};

/** Columns that are left out, one after the other, where the terminal is narrow. */
const DISPENSABLE = ["closed by", "handshake", "states", "#", "RTT", "duration", "outcome"];

const KEYS = "b bytes  r retransmissions  d duration  s start  t RTT  p pause  / filter  q quit";
const MAX_FILTER = 200;
const BACKSPACES = new Set(["\u007F", "\b"]);
/** Lines that are no rows: status, titles, keys. */
const FRAME_LINES = 3;

/** What the live table shows, and what its keys do to it; without a terminal. */
export class FlowScreen {
  #order: Order = "bytes";
  #filterText = "";
  #filter: ScreenFilter | undefined = undefined;
  /** The filter while it is typed. */
  #typed: string | undefined = undefined;
  /** What is shown while it is paused. */
  #paused: readonly Connection[] | undefined = undefined;
  #shown: readonly Connection[] = [];
  readonly #cells = new Map<Connection, string[]>();
  readonly #widths = new Map<string, number>();
  readonly #query: (text: string) => ScreenFilter | undefined;

  /** `query` makes a filter of what is a query; undefined when it is none, and just text to look for in the rows. */
  constructor(query: (text: string) => ScreenFilter | undefined) {
    this.#query = query;
  }

  /** Takes a key; "quit" when that is what it asks for. */
  key(key: string): "quit" | undefined {
    if (this.#typed !== undefined) {
      this.#type(this.#typed, key);
      return undefined;
    }
    if (key === "q") return "quit";
    if (key === "p" || key === " ") this.#paused = this.#paused === undefined ? this.#shown : undefined;
    else if (key === "/") this.#typed = this.#filterText;
    else if (key === "\u001B") this.#setFilter("");
    else this.#order = ORDERS[key] ?? this.#order;
    return undefined;
  }

  #type(typed: string, key: string): void {
    if (key === "\r" || key === "\n") {
      this.#typed = undefined;
      this.#setFilter(typed.trim());
    } else if (key === "\u001B") {
      this.#typed = undefined;
    } else if (BACKSPACES.has(key)) {
      this.#typed = typed.slice(0, -1);
    } else if (key === "\u0015") {
      this.#typed = "";
    } else if (/^[ -~]$/.test(key) && typed.length < MAX_FILTER) {
      this.#typed = typed + key;
    }
  }

  #setFilter(text: string): void {
    this.#filterText = text;
    const wanted = text.toLowerCase();
    this.#filter =
      text === ""
        ? undefined
        : (this.#query(text) ?? ((connection) => flowCells(connection).join("  ").toLowerCase().includes(wanted)));
  }

  /** The lines of the screen, none wider than it. */
  lines(
    connections: Iterable<Connection>,
    status: ScreenStatus,
    size: { readonly columns: number; readonly rows: number },
    colour: ChalkInstance,
  ): string[] {
    const most = Math.max(0, size.rows - FRAME_LINES);
    const shown = this.#choose(this.#paused ?? connections, most);
    this.#shown = shown;
    const rows = this.#rowsOf(shown);
    const columns = this.#columnsFor(rows, size.columns);
    const cut = (text: string): string => text.slice(0, Math.max(0, size.columns));
    const text = (cells: readonly string[]): string =>
      cut(
        columns
          .map((at) => cells[at]!.padEnd(this.#widths.get(FLOW_HEAD[at]!)!))
          .join("  ")
          .trimEnd(),
      );
    const lines = [cut(this.#statusText(status)), colour.bold(text(FLOW_HEAD))];
    for (const [index, cells] of rows.entries()) lines.push(paint(shown[index]!, colour)(text(cells)));
    while (lines.length < size.rows - 1) lines.push("");
    lines.push(
      colour.dim(cut(this.#typed === undefined ? KEYS : `/${this.#typed}_  (text, or a query as of --where)`)),
    );
    return lines.slice(0, Math.max(0, size.rows));
  }

  /** Those that come first in the order that is asked for; ties by their start, the latest first. */
  #choose(connections: Iterable<Connection>, most: number): Connection[] {
    const value = VALUES[this.#order];
    const ordered = [...connections]
      .map((connection) => ({ connection, value: value(connection) }))
      .sort((a, b) => b.value - a.value || b.connection.firstStream - a.connection.firstStream);
    const chosen: Connection[] = [];
    for (const { connection } of ordered) {
      if (chosen.length >= most) break;
      if (this.#filter === undefined || this.#filter(connection)) chosen.push(connection);
    }
    return chosen;
  }

  /** A paused screen shows what it showed, though the connections go on. */
  #rowsOf(shown: readonly Connection[]): string[][] {
    if (this.#paused === undefined) this.#cells.clear();
    return shown.map((connection) => {
      const cells = this.#cells.get(connection) ?? flowCells(connection);
      this.#cells.set(connection, cells);
      return cells;
    });
  }

  /** The columns that there is room for. Widths only grow, so that columns do not jump. */
  #columnsFor(rows: readonly (readonly string[])[], most: number): number[] {
    for (const [at, title] of FLOW_HEAD.entries()) {
      const widest = Math.max(title.length, ...rows.map((cells) => cells[at]!.length));
      this.#widths.set(title, Math.max(this.#widths.get(title) ?? 0, widest));
    }
    const left = new Set(FLOW_HEAD);
    const width = (): number => [...left].reduce((sum, title) => sum + this.#widths.get(title)! + 2, -2);
    for (const title of DISPENSABLE) {
      if (width() <= most) break;
      left.delete(title);
    }
    return FLOW_HEAD.flatMap((title, at) => (left.has(title) ? [at] : []));
  }

  #statusText({ name, live, finished, packets, dropped, notice }: ScreenStatus): string {
    const parts = [
      `${name}: ${live} live, ${finished} finished`,
      `${packets < 0 ? "?" : packets} packets, ${dropped < 0 ? "drops not known" : `${dropped} dropped`}`,
      `by ${this.#order}`,
    ];
    if (this.#filterText !== "") parts.push(`only ${this.#filterText}`);
    if (this.#paused !== undefined) parts.push("paused");
    if (notice !== "") parts.push(notice);
    return parts.join("; ");
  }
}

/** What is over is grey. */
function paint(connection: Connection, colour: ChalkInstance): (text: string) => string {
  return connection.finished || hasEnded(connection) ? colour.gray : (text) => text;
}
