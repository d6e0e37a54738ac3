import type { Connection } from "../flow/connection.ts";
import { ClosedQueue } from "./closed-queue.ts";
import { type Followed } from "./follow.ts";
import { followLive, type LiveAnalysis, type LiveView } from "./follow-live.ts";
import type { ReportOptions } from "./reading.ts";

/** Prints what is over as soon as it is. */
export interface LivePrinter {
  print(connection: Connection, analysis: LiveAnalysis): void;
  flush(): void;
}

/** A line for each connection when it has closed, for those that never do when the capture ends. */
class LineView implements LiveView {
  readonly interval = 250;
  readonly #printer: LivePrinter;
  readonly #closed = new ClosedQueue();
  readonly #printed = new WeakSet<Connection>();
  /** In the end, those that are left come in the order of their start. */
  #left: Connection[] | undefined = undefined;
  #analysis: LiveAnalysis | undefined = undefined;

  constructor(printer: LivePrinter) {
    this.#printer = printer;
  }

  open(_: unknown, analysis: LiveAnalysis): void {
    this.#analysis = analysis;
  }

  look(changed: ReadonlySet<Connection>, now: number): void {
    for (const connection of changed) if (!this.#printed.has(connection)) this.#closed.note(connection, now);
    for (const connection of this.#closed.due(now)) {
      this.#analysis?.connections.refresh(connection);
      this.#print(connection);
    }
    this.#printer.flush();
  }

  finished(connection: Connection): void {
    if (this.#left === undefined) this.#print(connection);
    else this.#left.push(connection);
  }

  close(): void {
    this.#left = [];
  }

  /** Prints what was left. */
  end(): void {
    const left = this.#left ?? [];
    for (const connection of left.sort((a, b) => a.firstStream - b.firstStream)) this.#print(connection);
    this.#printer.flush();
  }

  #print(connection: Connection): void {
    if (this.#analysis === undefined || this.#printed.has(connection)) return;
    this.#printed.add(connection);
    this.#printer.print(connection, this.#analysis);
  }
}

/** `flows` on a capture that goes on, where no terminal shows it. */
export async function followLines(
  printer: LivePrinter,
  options: ReportOptions,
  words: readonly string[],
): Promise<Followed> {
  const view = new LineView(printer);
  const followed = await followLive(view, options, words);
  view.end();
  return followed;
}
