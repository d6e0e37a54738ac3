import { Analysis } from "../pipeline.ts";
import type { TextSink } from "../print/sink.ts";
import { TcpdumpPrinter } from "../print/tcpdump/printer.ts";
import { textColours } from "../print/wireshark/colour.ts";
import { colourRuleOf } from "../print/wireshark/colour-rules.ts";
import type { Frame } from "../wire/frame.ts";
import { type Counts, type DumpOptions, printerOptions } from "./dump-options.ts";
import type { DumpVisitor } from "./dump-visitor.ts";

const NEWLINE = 0x0a;

/** Prints as tcpdump does, with packets that are out of the ordinary in the colour of Wireshark's rule. */
export class ColouringText implements DumpVisitor {
  readonly #analysis = new Analysis();
  readonly #colours = textColours();
  readonly #printer: TcpdumpPrinter;
  readonly #sink: TextSink;
  readonly #each: boolean;

  constructor(options: DumpOptions, counts: Counts, sink: TextSink, each: boolean) {
    this.#printer = new TcpdumpPrinter(sink, printerOptions(options, counts));
    this.#sink = sink;
    this.#each = each;
  }

  open(): void {}

  frame(frame: Frame): void {
    const analysis = this.#analysis;
    const segment = analysis.observe(frame);
    const before = this.#colours.before[colourRuleOf(frame, analysis.packet, segment)];
    const sink = this.#sink;
    if (before === undefined || before.length === 0) {
      this.#printer.print(frame);
    } else {
      sink.phrase(before);
      this.#printer.print(frame);
      // The line has ended; the colour ends before it does.
      sink.back();
      sink.phrase(this.#colours.after);
      sink.char(NEWLINE);
    }
    if (this.#each) sink.flush();
  }

  idle(): void {
    this.#sink.flush();
  }

  end(): void {
    this.#sink.flush();
  }
}
