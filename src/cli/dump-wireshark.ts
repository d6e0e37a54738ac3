import type { CaptureSource } from "../capture/source.ts";
import { Analysis } from "../pipeline.ts";
import type { TextSink } from "../print/sink.ts";
import { lineColours } from "../print/wireshark/colour.ts";
import { COLUMN_NAMES } from "../print/wireshark/columns.ts";
import { type FrameOrigin, type ListOptions, WiresharkList } from "../print/wireshark/list.ts";
import { digitsOf, TIME_STYLES } from "../print/wireshark/time.ts";
import type { Frame } from "../wire/frame.ts";
import { colourDepth } from "./colour-depth.ts";
import type { Counts, DumpOptions } from "./dump-options.ts";
import type { DumpVisitor } from "./dump-visitor.ts";
import { UsageError } from "./status.ts";
import { nearest } from "./suggest.ts";

/** Digits of a time when the interface of a frame is not known. */
const MICROSECONDS = 1e-6;

/** The list as the options ask for it. */
export function printingList(options: DumpOptions, counts: Counts, sink: TextSink, each: boolean): DumpVisitor {
  const { nano, micro, timeStampPrecision: precision } = options;
  const digits = nano === true || precision === "nano" ? 9 : micro === true || precision === "micro" ? 6 : undefined;
  const depth = colourDepth(options.color);
  return new PrintingList(
    {
      columns: options.columns === undefined ? undefined : columnNames(options.columns),
      time: TIME_STYLES[counts.t] ?? "relative",
      colours: depth === undefined ? undefined : lineColours(depth),
      digits,
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

export interface PrintingListOptions extends ListOptions {
  /** Digits after the second, whatever the capture has. */
  readonly digits?: number | undefined;
}

/** Prints Wireshark's packet list. */
export class PrintingList implements DumpVisitor {
  readonly #analysis = new Analysis({ scope: "names" });
  readonly #list: WiresharkList;
  readonly #sink: TextSink;
  readonly #each: boolean;
  readonly #digits: number | undefined;
  #source: CaptureSource | undefined = undefined;
  /** By interface. */
  #origins: FrameOrigin[] = [];

  constructor(options: PrintingListOptions, sink: TextSink, each: boolean) {
    this.#list = new WiresharkList(sink, options);
    this.#digits = options.digits;
    this.#sink = sink;
    this.#each = each;
  }

  open(): void {}

  frame(frame: Frame, source: CaptureSource): void {
    const analysis = this.#analysis;
    const segment = analysis.observe(frame);
    this.#list.print(frame, analysis.transport, segment, this.#originOf(frame, source));
    if (this.#each) this.#sink.flush();
  }

  idle(): void {
    this.#sink.flush();
  }

  end(): void {
    this.#sink.flush();
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
