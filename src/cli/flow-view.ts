import type { CaptureSource, LiveCounts } from "../capture/source.ts";
import type { Connection } from "../flow/connection.ts";
import { hasEnded } from "../flow/expiry.ts";
import { QueryError } from "../query/error.ts";
import { compileQuery } from "../query/compile.ts";
import { CONNECTION_FIELDS } from "../report/connection-fields.ts";
import { FlowScreen, type ScreenFilter } from "../report/flow-screen.ts";
import { colourOf } from "./colour.ts";
import { connectionQuery, matchesSoFar } from "./connection-where.ts";
import type { Followed } from "./follow.ts";
import { followLive, type LiveAnalysis, type LiveView } from "./follow-live.ts";
import { print } from "./output.ts";
import type { ReportOptions } from "./reading.ts";
import { TerminalScreen } from "./terminal-screen.ts";

/** Of more connections, those are looked through that changed last. */
const MAX_CONNECTIONS = 20_000;
/** How long a closed connection stays in the table, in milliseconds. */
const LINGER = 5000;

/** The table of `flows` on a terminal, drawn anew each second. */
class TableView implements LiveView {
  readonly interval = 1000;
  readonly #options: ReportOptions;
  readonly #screen: FlowScreen;
  readonly #terminal: TerminalScreen;
  readonly #wanted: ScreenFilter | undefined;
  /** In the table, in the order of their last change; when those that are closed did. */
  readonly #held = new Map<Connection, number>();
  readonly #seen = new WeakSet<Connection>();
  readonly #over = new WeakSet<Connection>();
  #live = 0;
  #finished = 0;
  #notice = "";
  #source: CaptureSource | undefined = undefined;
  #analysis: LiveAnalysis | undefined = undefined;
  #counts: LiveCounts | undefined = undefined;

  constructor(options: ReportOptions) {
    this.#options = options;
    const query = options.where === undefined ? undefined : connectionQuery(options.where);
    this.#wanted = query && ((connection) => matchesSoFar(query, connection, this.#analysis!));
    this.#screen = new FlowScreen((text) => this.#query(text));
    this.#terminal = new TerminalScreen({
      onKey: (key) => {
        if (this.#screen.key(key) === "quit") this.#terminal.interrupt();
        this.#draw();
      },
      onRedraw: () => this.#draw(),
    });
  }

  open(source: CaptureSource, analysis: LiveAnalysis): void {
    this.#source = source;
    this.#analysis = analysis;
    if (source.live !== undefined) source.live.onNotice = (text) => void (this.#notice = text);
    this.#terminal.enter();
    this.#draw();
  }

  look(changed: ReadonlySet<Connection>, now: number): void {
    for (const connection of changed) this.#note(connection, now);
    for (const [connection, since] of this.#held) {
      if (this.#held.size > MAX_CONNECTIONS || (this.#over.has(connection) && now - since > LINGER))
        this.#held.delete(connection);
    }
    this.#draw();
    void this.#source?.live?.counts().then((counts) => (this.#counts = counts));
  }

  finished(connection: Connection): void {
    this.#end(connection);
    this.#held.delete(connection);
  }

  close(): void {
    this.#terminal.leave();
    // What was seen last stays.
    if (this.#analysis === undefined || this.#held.size === 0) return;
    const { columns, rows } = this.#terminal.size;
    const lines = this.#lines({ columns, rows: Math.min(rows, this.#held.size + 3) }).slice(0, -1);
    print(`${lines.filter((line) => line !== "").join("\n")}\n`);
  }

  #note(connection: Connection, now: number): void {
    if (!this.#seen.has(connection)) {
      this.#seen.add(connection);
      this.#live++;
    }
    if (hasEnded(connection)) this.#end(connection);
    this.#held.delete(connection);
    if (!connection.told) this.#held.set(connection, now);
  }

  #end(connection: Connection): void {
    if (!this.#seen.has(connection) || this.#over.has(connection)) return;
    this.#over.add(connection);
    this.#live--;
    this.#finished++;
  }

  /** What is typed as a filter is a query when it can be one. */
  #query(text: string): ScreenFilter | undefined {
    try {
      const query = compileQuery(text, CONNECTION_FIELDS);
      return (connection) => matchesSoFar(query, connection, this.#analysis!);
    } catch (error) {
      if (error instanceof QueryError) return undefined;
      throw error;
    }
  }

  #draw(): void {
    if (this.#analysis !== undefined) this.#terminal.draw(this.#lines(this.#terminal.size));
  }

  #lines(size: TerminalScreen["size"]): string[] {
    for (const connection of this.#held.keys()) this.#analysis?.connections.refresh(connection);
    const shown = this.#wanted === undefined ? this.#held.keys() : [...this.#held.keys()].filter(this.#wanted);
    const status = {
      name: this.#source?.name ?? "",
      live: this.#live,
      finished: this.#finished,
      packets: this.#counts?.captured ?? 0,
      dropped: this.#counts?.dropped ?? 0,
      notice: this.#notice,
    };
    return this.#screen.lines(shown, status, size, colourOf(this.#options.color));
  }
}

/** `flows` on a capture that goes on, on a terminal. */
export function followTable(options: ReportOptions, words: readonly string[]): Promise<Followed> {
  return followLive(new TableView(options), options, words);
}
