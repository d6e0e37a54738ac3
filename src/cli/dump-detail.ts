import type { CaptureSource } from "../capture/source.ts";
import { Analysis } from "../pipeline.ts";
import type { TextSink } from "../print/sink.ts";
import { TreePrinter } from "../print/wireshark/tree-printer.ts";
import type { Frame } from "../wire/frame.ts";
import type { DumpVisitor } from "./dump-visitor.ts";

/** Prints each packet as a tree of all its fields, as Wireshark does. */
export class PrintingDetail implements DumpVisitor {
  readonly #analysis = new Analysis({ scope: "segments" });
  readonly #printer: TreePrinter;
  readonly #sink: TextSink;
  readonly #each: boolean;

  constructor(sink: TextSink, each: boolean) {
    this.#printer = new TreePrinter(sink);
    this.#sink = sink;
    this.#each = each;
  }

  open(): void {}

  frame(frame: Frame, source: CaptureSource): void {
    const { packet, connections } = this.#analysis;
    const segment = this.#analysis.observe(frame);
    const index = source.format === "pcapng" ? frame.interfaceIndex : -1;
    const name = source.interfaces[frame.interfaceIndex]?.name ?? "";
    this.#printer.print(packet, segment, connections.timeNs(packet), { index, name });
    if (this.#each) this.#sink.flush();
  }

  idle(): void {
    this.#sink.flush();
  }

  end(): void {
    this.#sink.flush();
  }
}
