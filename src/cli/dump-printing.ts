import type { CaptureSource } from "../capture/source.ts";
import type { TextSink } from "../print/sink.ts";
import type { Frame } from "../wire/frame.ts";
import type { DumpVisitor } from "./dump-visitor.ts";

/** Prints something for each frame; it is written out when the batch is full, when more has to be waited for, and at the end. */
export abstract class Printing implements DumpVisitor {
  protected readonly sink: TextSink;
  readonly #each: boolean;

  /** `each`: what is printed for a frame is written out at once. */
  constructor(sink: TextSink, each: boolean) {
    this.sink = sink;
    this.#each = each;
  }

  open(_source: CaptureSource): void {}

  frame(frame: Frame, source: CaptureSource): void {
    this.print(frame, source);
    if (this.#each) this.sink.flush();
  }

  protected abstract print(frame: Frame, source: CaptureSource): void;

  idle(): void {
    this.sink.flush();
  }

  end(): void {
    this.sink.flush();
  }
}
