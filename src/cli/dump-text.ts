import type { CaptureSource } from "../capture/source.ts";
import type { TextSink } from "../print/sink.ts";
import { TcpdumpPrinter } from "../print/tcpdump/printer.ts";
import type { Frame } from "../wire/frame.ts";
import { type Counts, type DumpOptions, printerOptions } from "./dump-options.ts";
import type { DumpVisitor } from "./dump-visitor.ts";

/** Prints as tcpdump does. */
export class PrintingText implements DumpVisitor {
  readonly #printer: TcpdumpPrinter;
  readonly #sink: TextSink;
  readonly #each: boolean;
  #source: CaptureSource | undefined = undefined;

  constructor(options: DumpOptions, counts: Counts, sink: TextSink, each: boolean) {
    this.#printer = new TcpdumpPrinter(sink, {
      ...printerOptions(options, counts),
      interfaceName: (index) => this.#source?.live?.interfaceName(index),
    });
    this.#sink = sink;
    this.#each = each;
  }

  open(source: CaptureSource): void {
    this.#source = source;
  }

  frame(frame: Frame): void {
    this.#printer.print(frame);
    if (this.#each) this.#sink.flush();
  }

  idle(): void {
    this.#sink.flush();
  }

  end(): void {
    this.#sink.flush();
  }
}
