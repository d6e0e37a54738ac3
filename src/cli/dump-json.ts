import type { CaptureSource } from "../capture/source.ts";
import { JsonPrinter } from "../print/json.ts";
import type { TextSink } from "../print/sink.ts";
import type { Frame } from "../wire/frame.ts";
import type { DumpVisitor } from "./dump-visitor.ts";
import type { SharedAnalysis } from "./shared-analysis.ts";

/** Prints a JSON object per frame, with what is known of its connection. */
export class PrintingJson implements DumpVisitor {
  readonly #shared: SharedAnalysis;
  readonly #printer: JsonPrinter;
  readonly #sink: TextSink;
  readonly #each: boolean;

  constructor(sink: TextSink, each: boolean, shared: SharedAnalysis) {
    this.#shared = shared;
    this.#printer = new JsonPrinter(sink);
    this.#sink = sink;
    this.#each = each;
  }

  open(): void {}

  frame(frame: Frame, source: CaptureSource): void {
    const { analysis } = this.#shared;
    const segment = this.#shared.observe(frame);
    const quoted = segment === undefined ? analysis.evidence.quoted : undefined;
    const name = source.interfaces[frame.interfaceIndex]?.name ?? "";
    this.#printer.print(
      analysis.packet,
      segment,
      name,
      quoted && { stream: quoted.connection.stream, frame: quoted.frame },
    );
    if (this.#each) this.#sink.flush();
  }

  idle(): void {
    this.#sink.flush();
  }

  end(): void {
    this.#sink.flush();
  }
}
