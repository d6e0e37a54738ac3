import type { CaptureSource } from "../capture/source.ts";
import { Analysis } from "../pipeline.ts";
import type { TextSink } from "../print/sink.ts";
import { TreePrinter } from "../print/wireshark/tree-printer.ts";
import type { Frame } from "../wire/frame.ts";
import { Printing } from "./dump-printing.ts";

/** Prints each packet as a tree of all its fields, as Wireshark does. */
export class PrintingDetail extends Printing {
  readonly #analysis = new Analysis();
  readonly #printer: TreePrinter;

  constructor(sink: TextSink, each: boolean) {
    super(sink, each);
    this.#printer = new TreePrinter(sink);
  }

  protected override print(frame: Frame, source: CaptureSource): void {
    const { packet, connections } = this.#analysis;
    const segment = this.#analysis.observe(frame);
    const index = source.format === "pcapng" ? frame.interfaceIndex : -1;
    const name = source.interfaces[frame.interfaceIndex]?.name ?? "";
    this.#printer.print(packet, segment, connections.timeNs(packet), { index, name });
  }
}
