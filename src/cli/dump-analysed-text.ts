import type { Segment } from "../flow/segment.ts";
import type { TextSink } from "../print/sink.ts";
import { StatesColumn } from "../print/states-column.ts";
import { type Colours, textColours } from "../print/wireshark/colour.ts";
import { colourRuleOf } from "../print/wireshark/colour-rules.ts";
import type { Frame } from "../wire/frame.ts";
import { colourDepth } from "./colour-depth.ts";
import type { Counts, DumpOptions } from "./dump-options.ts";
import { PrintingText } from "./dump-text.ts";
import type { SharedAnalysis } from "./shared-analysis.ts";

const NEWLINE = 0x0a;

/**
 * Prints as tcpdump does, with what the analysis adds: the states of both ends
 * at the end of each line, and packets that are out of the ordinary in the
 * colour of Wireshark's rule.
 */
export class PrintingAnalysedText extends PrintingText {
  readonly #shared: SharedAnalysis;
  readonly #colours: Colours | undefined;
  readonly #column: StatesColumn | undefined;

  constructor(options: DumpOptions, counts: Counts, sink: TextSink, each: boolean, shared: SharedAnalysis) {
    super(options, counts, sink, each);
    this.#shared = shared;
    this.#colours = colourDepth(options.color) === undefined ? undefined : textColours();
    this.#column = options.states === true ? new StatesColumn() : undefined;
  }

  protected override print(frame: Frame): void {
    const segment = this.#shared.observe(frame);
    const { analysis } = this.#shared;
    const quoted = segment === undefined ? analysis.evidence.quoted?.connection : undefined;
    this.#column?.set(segment, quoted, frame.number);
    const before = this.#before(frame, segment);
    if (before === undefined || before.length === 0) {
      this.printer.print(frame, this.#column);
      return;
    }
    const { sink } = this;
    sink.phrase(before);
    this.printer.print(frame, this.#column);
    // The line has ended; the colour ends before it does.
    sink.back();
    if (this.#colours !== undefined) sink.phrase(this.#colours.after);
    sink.char(NEWLINE);
  }

  #before(frame: Frame, segment: Segment | undefined): Colours["before"][number] | undefined {
    if (this.#colours === undefined) return undefined;
    return this.#colours.before[colourRuleOf(frame, this.#shared.analysis.packet, segment)];
  }
}
