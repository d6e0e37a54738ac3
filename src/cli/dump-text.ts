import type { CaptureSource } from "../capture/source.ts";
import type { TextSink } from "../print/sink.ts";
import { TcpdumpPrinter } from "../print/tcpdump/printer.ts";
import type { Frame } from "../wire/frame.ts";
import { type Counts, type DumpOptions, printerOptions } from "./dump-options.ts";
import type { DumpVisitor } from "./dump-visitor.ts";
import { ShownNames } from "./shown-names.ts";

/** Prints as tcpdump does. */
export class PrintingText implements DumpVisitor {
  protected readonly sink: TextSink;
  protected readonly printer: TcpdumpPrinter;
  readonly #names: ShownNames;
  readonly #each: boolean;
  #source: CaptureSource | undefined = undefined;

  constructor(options: DumpOptions, counts: Counts, sink: TextSink, each: boolean) {
    this.#names = new ShownNames(options, counts);
    this.printer = new TcpdumpPrinter(sink, {
      ...printerOptions(options, counts, this.#names.names),
      interfaceName: (index) => this.#source?.live?.interfaceName(index),
    });
    this.sink = sink;
    this.#each = each;
  }

  open(source: CaptureSource): void {
    this.#source = source;
  }

  frame(frame: Frame, source: CaptureSource): void {
    this.#names.update(source);
    this.print(frame);
    if (this.#each) this.sink.flush();
  }

  protected print(frame: Frame): void {
    this.printer.print(frame);
  }

  idle(): void {
    this.sink.flush();
  }

  end(): void {
    this.#names.close();
    this.sink.flush();
  }
}
