import type { CaptureSource } from "../capture/source.ts";
import type { TextSink } from "../print/sink.ts";
import { StatesColumn } from "../print/states-column.ts";
import { lineColours } from "../print/wireshark/colour.ts";
import { COLUMN_NAMES } from "../print/wireshark/columns.ts";
import { type FrameOrigin, type ListOptions, WiresharkList } from "../print/wireshark/list.ts";
import { digitsOf, TIME_STYLES } from "../print/wireshark/time.ts";
import type { Frame } from "../wire/frame.ts";
import { colourDepth } from "./colour-depth.ts";
import type { Counts, DumpOptions } from "./dump-options.ts";
import { Printing } from "./dump-printing.ts";
import type { DumpVisitor } from "./dump-visitor.ts";
import { SharedAnalysis } from "./shared-analysis.ts";
import { UsageError } from "./status.ts";
import { nearest } from "./suggest.ts";

/** Digits of a time when the interface of a frame is not known. */
const MICROSECONDS = 1e-6;

/** The list as the options ask for it. */
export function printingList(
  options: DumpOptions,
  counts: Counts,
  sink: TextSink,
  each: boolean,
  shared: SharedAnalysis,
): DumpVisitor {
  const { nano, micro, timeStampPrecision: precision } = options;
  const digits = nano === true || precision === "nano" ? 9 : micro === true || precision === "micro" ? 6 : undefined;
  const depth = colourDepth(options.color);
  return new PrintingList(
    {
      columns: options.columns === undefined ? undefined : columnNames(options.columns),
      time: TIME_STYLES[counts.t] ?? "relative",
      colours: depth === undefined ? undefined : lineColours(depth),
      digits,
      states: options.states,
      // What --where leaves out counts for the analysis, as beside a display filter of Wireshark.
      shared: options.states === true || options.where !== undefined ? shared : undefined,
    },
    sink,
    each,
  );
}

/** The names in the value of `--columns`. */
function columnNames(value: string): readonly string[] {
  const names = value.split(",").map((name) => name.trim());
  for (const name of names) {
    if (COLUMN_NAMES.includes(name)) continue;
    const near = nearest(name, COLUMN_NAMES);
    const meant = near === undefined ? "" : ` (did you mean ${near}?)`;
    throw new UsageError(`option --columns: "${name}" is no column${meant}; there are ${COLUMN_NAMES.join(", ")}`);
  }
  return names;
}

interface PrintingListOptions extends ListOptions {
  /** Digits after the second, whatever the capture has. */
  readonly digits?: number | undefined;
  /** The states of both ends at the end of each line; with the analysis of both ends in `shared`. */
  readonly states?: boolean | undefined;
  /** An analysis of its own, of no more than the columns need, when left out. */
  readonly shared?: SharedAnalysis | undefined;
}

/** Columns for which acknowledgments are followed. */
const TIMED_COLUMNS: ReadonlySet<string> = new Set(["tcp.flight", "tcp.rtt"]);

function ownAnalysis({ columns = [] }: ListOptions): SharedAnalysis {
  return new SharedAnalysis({ scope: columns.some((name) => TIMED_COLUMNS.has(name)) ? "segments" : "names" });
}

/** Prints Wireshark's packet list. */
export class PrintingList extends Printing {
  readonly #shared: SharedAnalysis;
  readonly #states: StatesColumn | undefined;
  readonly #list: WiresharkList;
  readonly #digits: number | undefined;
  #source: CaptureSource | undefined = undefined;
  /** By interface. */
  #origins: FrameOrigin[] = [];

  constructor(options: PrintingListOptions, sink: TextSink, each: boolean) {
    super(sink, each);
    this.#list = new WiresharkList(sink, options);
    this.#digits = options.digits;
    this.#shared = options.shared ?? ownAnalysis(options);
    this.#states = options.states === true ? new StatesColumn() : undefined;
  }

  pass(frame: Frame, source: CaptureSource): void {
    this.sink.mute();
    this.print(frame, source);
    this.sink.unmute();
  }

  protected override print(frame: Frame, source: CaptureSource): void {
    const segment = this.#shared.observe(frame);
    const { transport, evidence } = this.#shared.analysis;
    const quoted = segment === undefined ? evidence.quoted?.connection : undefined;
    this.#states?.set(segment, quoted, frame.number);
    this.#list.print(frame, transport, segment, this.#originOf(frame, source), this.#states);
  }

  #originOf(frame: Frame, source: CaptureSource): FrameOrigin {
    if (source !== this.#source) {
      this.#source = source;
      this.#origins = [];
    }
    const known = this.#origins[frame.interfaceIndex];
    if (known !== undefined) return known;
    const described = source.interfaces[frame.interfaceIndex];
    const digits = this.#digits ?? digitsOf(described?.resolution ?? MICROSECONDS);
    const origin = { interfaceName: described?.name ?? "", digits };
    this.#origins[frame.interfaceIndex] = origin;
    return origin;
  }
}
