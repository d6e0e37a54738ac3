import type { CaptureSource } from "../capture/source.ts";
import type { TextSink } from "../print/sink.ts";
import { TcpdumpPrinter } from "../print/tcpdump/printer.ts";
import type { Frame } from "../wire/frame.ts";
import { type Counts, type DumpOptions, printerOptions } from "./dump-options.ts";
import { Printing } from "./dump-printing.ts";
import { ShownNames } from "./shown-names.ts";

/** Prints as tcpdump does. */
export class PrintingText extends Printing {
  protected readonly printer: TcpdumpPrinter;
  readonly #names: ShownNames;
  #source: CaptureSource | undefined = undefined;

  constructor(options: DumpOptions, counts: Counts, sink: TextSink, each: boolean) {
    super(sink, each);
    this.#names = new ShownNames(options, counts);
    this.printer = new TcpdumpPrinter(sink, {
      ...printerOptions(options, counts, this.#names.names),
      interfaceName: (index) => this.#source?.live?.interfaceName(index),
    });
  }

  override open(source: CaptureSource): void {
    this.#source = source;
  }

  override frame(frame: Frame, source: CaptureSource): void {
    this.#names.update(source);
    super.frame(frame, source);
  }

  protected override print(frame: Frame): void {
    this.printer.print(frame);
  }

  override end(): void {
    this.#names.close();
    super.end();
  }
}
