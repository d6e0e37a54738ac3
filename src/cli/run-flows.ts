import type { Connection } from "../flow/connection.ts";
import type { Connections } from "../flow/connections.ts";
import { flowObject, writeFlow } from "../report/flow-json.ts";
import { JsonWriter } from "../report/json-writer.ts";
import type { Schema } from "../report/schema/schema.ts";
import { wantsColumns } from "./column-options.ts";
import { type Followed, followInputs } from "./follow.ts";
import { standardOutput } from "./output.ts";
import { reportUnreadable } from "./inputs.ts";
import { asksForHelp, connectionFields, printHelp } from "./option-help.ts";
import type { LivePrinter } from "./live-flows.ts";
import type { ReportOptions } from "./reading.ts";
import { isTerminal } from "./terminal.ts";

export async function runFlows(options: ReportOptions, rest: readonly string[]): Promise<void> {
  if (asksForHelp(options)) return printHelp(options, connectionFields, schema);
  if (options.read === undefined) return runLiveFlows(options, rest);
  const printer = await flowPrinter(options);
  const followed = await (options.where === undefined
    ? printAll(printer, options, rest)
    : printMatching(printer, options.where, options, rest));
  printer.end();
  followed.reportMissing();
  reportUnreadable(followed.error);
}

/** Whether a table that is drawn again and again is what the user gets. */
function isScreen(options: ReportOptions): boolean {
  return isTerminal("stdout") && options.json !== true && !wantsColumns(options);
}

/** A table on a terminal, else what is over as soon as it is. */
async function runLiveFlows(options: ReportOptions, rest: readonly string[]): Promise<void> {
  const followed = await (isScreen(options) ? screen(options, rest) : lines(options, rest));
  followed.reportMissing();
  reportUnreadable(followed.error);
  await followed.live?.report();
}

async function screen(options: ReportOptions, rest: readonly string[]): Promise<Followed> {
  const { followTable } = await import("./flow-view.ts");
  return followTable(options, rest);
}

async function lines(options: ReportOptions, rest: readonly string[]): Promise<Followed> {
  const isText = options.json !== true && !wantsColumns(options);
  const printer = await (isText ? linePrinter(options) : flowPrinter(options));
  const { connectionQuery, matchesSoFar } = await import("./connection-where.ts");
  const query = options.where === undefined ? undefined : connectionQuery(options.where);
  const { followLines } = await import("./live-flows.ts");
  const live: LivePrinter = {
    print(connection, analysis) {
      if (query === undefined || matchesSoFar(query, connection, analysis))
        printer.print(connection, analysis.connections);
    },
    flush: () => printer.end(),
  };
  return followLines(live, options, rest);
}

/** Rows of the table as lines that wait for no other. */
async function linePrinter(options: ReportOptions): Promise<FlowPrinter> {
  const sink = standardOutput();
  const [{ FlowLines }, { colourOf }] = await Promise.all([import("../report/flow-table.ts"), import("./colour.ts")]);
  const table = new FlowLines();
  return {
    print(connection) {
      for (const line of table.of(connection, colourOf(options.color))) sink.text(`${line}\n`);
    },
    end: () => sink.flush(),
  };
}

/** Prints connections as they come, or keeps what it needs of them until the end. */
interface FlowPrinter {
  print(connection: Connection, connections: Connections): void;
  end(): void;
}

/** Connections that are over before the input is are printed at once, and leave memory. */
async function printAll(printer: FlowPrinter, options: ReportOptions, rest: readonly string[]): Promise<Followed> {
  const followed = await followInputs(options, rest, {
    onOver: (connection, { connections }) => printer.print(connection, connections),
  });
  const { connections } = followed.analysis;
  for (const connection of followed.connections) printer.print(connection, connections);
  return followed;
}

async function printMatching(
  printer: FlowPrinter,
  where: string,
  options: ReportOptions,
  rest: readonly string[],
): Promise<Followed> {
  const { connectionQuery, matchingConnections } = await import("./connection-where.ts");
  const query = connectionQuery(where);
  const followed = await followInputs(options, rest);
  const { connections } = followed.analysis;
  for (const connection of matchingConnections(query, followed)) printer.print(connection, connections);
  return followed;
}

/** How the connections are to be printed; what is asked for wrongly is refused before anything is read. */
async function flowPrinter(options: ReportOptions): Promise<FlowPrinter> {
  const sink = standardOutput();
  const end = (): void => sink.flush();
  if (wantsColumns(options)) {
    const { ColumnPrinter } = await import("./columns.ts");
    const { FLOW_COLUMNS, FLOW_SCHEMA } = await import("../report/schema/flow-schema.ts");
    const columns = new ColumnPrinter(sink, options, FLOW_SCHEMA, FLOW_COLUMNS);
    return {
      print: (connection, { start, lastTimeNs }) => columns.print(flowObject(connection, start, lastTimeNs)),
      end,
    };
  }
  if (options.json === true) {
    const writer = JsonWriter.create(sink);
    // Where memory is scarce, objects are built, and take longer.
    if (writer === undefined) {
      return {
        print: (connection, { start, lastTimeNs }) =>
          sink.text(`${JSON.stringify(flowObject(connection, start, lastTimeNs))}\n`),
        end,
      };
    }
    return {
      print(connection, { start, lastTimeNs }) {
        writer.begin();
        writeFlow(writer, connection, start, lastTimeNs);
        writer.endLine();
      },
      end: () => writer.flush(),
    };
  }
  // Loaded only for people: programs do not wait for them.
  const [{ FlowTable }, { colourOf }] = await Promise.all([import("../report/flow-table.ts"), import("./colour.ts")]);
  const table = new FlowTable();
  return {
    print: (connection) => table.add(connection),
    end() {
      for (const line of table.lines(colourOf(options.color))) sink.text(`${line}\n`);
      sink.flush();
    },
  };
}

async function schema(): Promise<Schema> {
  const { FLOW_SCHEMA } = await import("../report/schema/flow-schema.ts");
  return FLOW_SCHEMA;
}
