import type { CaptureSource } from "../capture/source.ts";
import { Analysis } from "../pipeline.ts";
import type { TextSink } from "../print/sink.ts";
import { StatesColumn } from "../print/states-column.ts";
import { StevensPrinter } from "../print/stevens.ts";
import type { Frame } from "../wire/frame.ts";
import { type Counts, type DumpOptions, printerOptions } from "./dump-options.ts";
import { Printing } from "./dump-printing.ts";
import { ShownNames } from "./shown-names.ts";

/** Prints as the traces of TCP/IP Illustrated are printed. */
export class PrintingStevens extends Printing {
  readonly #analysis = new Analysis({ analysis: false });
  readonly #names: ShownNames;
  readonly #printer: StevensPrinter;
  readonly #column: StatesColumn | undefined;

  constructor(options: DumpOptions, counts: Counts, sink: TextSink, each: boolean) {
    super(sink, each);
    this.#names = new ShownNames(options, counts);
    const tcpdump = printerOptions(options, counts, this.#names.names);
    this.#printer = new StevensPrinter(sink, { tcpdump, fold: options.fold ?? 0 });
    this.#column = options.states === true ? new StatesColumn() : undefined;
  }

  protected override print(frame: Frame, source: CaptureSource): void {
    this.#names.update(source);
    const analysis = this.#analysis;
    const segment = analysis.observe(frame);
    const quoted = segment === undefined ? analysis.evidence.quoted?.connection : undefined;
    this.#column?.set(segment, quoted, frame.number);
    this.#printer.print(analysis.packet, segment, this.#column);
  }

  override end(): void {
    this.#names.close();
    super.end();
  }
}
