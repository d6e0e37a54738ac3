import type { CaptureSource } from "../capture/source.ts";
import type { TextSink } from "../print/sink.ts";
import type { Frame } from "../wire/frame.ts";
import { colourDepth } from "./colour-depth.ts";
import { wantsColumns } from "./column-options.ts";
import type { Counts, DumpOptions } from "./dump-options.ts";
import type { AnalysisLoader } from "./shared-analysis.ts";

/** What `dump` does with what it reads. */
export interface DumpVisitor {
  /** An input is open. */
  open(source: CaptureSource): void;
  /** `false`: no more frames are wanted. */
  frame(frame: Frame, source: CaptureSource): boolean | void;
  /** A frame that --where leaves out. */
  pass?(frame: Frame, source: CaptureSource): void;
  /** More has to be read or waited for. */
  idle(): void;
  /** The input has ended, or something went wrong. */
  end(): void;
}

/** Printing, writing, counting, or several of them. */
export async function dumpVisitor(
  options: DumpOptions,
  counts: Counts,
  sink: TextSink,
  inputs: readonly string[],
  shared: AnalysisLoader,
): Promise<DumpVisitor> {
  const parts: DumpVisitor[] = [];
  if (options.write !== undefined) parts.push(await writing(options.write, options, inputs, shared));
  if (options.count === true) parts.push(new Counting(sink));
  else if (options.write === undefined || options.print === true)
    parts.push(await printing(options, counts, sink, shared));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : new Several(parts);
}

async function writing(
  path: string,
  options: DumpOptions,
  inputs: readonly string[],
  shared: AnalysisLoader,
): Promise<DumpVisitor> {
  const { postRotateOf, Writing, writerOf } = await import("./dump-writing.ts");
  const postRotate = await postRotateOf(path, options);
  return new Writing(path, options, await writerOf(path, options, shared), inputs, postRotate);
}

/** What prints as it is asked to, and nothing else is loaded. */
export async function printing(
  options: DumpOptions,
  counts: Counts,
  sink: TextSink,
  shared: AnalysisLoader,
): Promise<DumpVisitor> {
  const each = options.lineBuffered === true;
  if (options.json === true) {
    const { PrintingJson } = await import("./dump-json.ts");
    return new PrintingJson(sink, each, await shared());
  }
  if (wantsColumns(options)) {
    const { PrintingColumns } = await import("./dump-columns.ts");
    return new PrintingColumns(sink, each, await shared(), options);
  }
  if (options.detail === true) {
    const { PrintingDetail } = await import("./dump-detail.ts");
    return new PrintingDetail(sink, each, options, await shared());
  }
  if (options.style === "wireshark") {
    const { printingList } = await import("./dump-wireshark.ts");
    return printingList(options, counts, sink, each, await shared());
  }
  if (options.style === "stevens") {
    const { PrintingStevens } = await import("./dump-stevens.ts");
    return new PrintingStevens(options, counts, sink, each);
  }
  if (options.states === true || colourDepth(options.color) !== undefined) {
    const { PrintingAnalysedText } = await import("./dump-analysed-text.ts");
    return new PrintingAnalysedText(options, counts, sink, each, await shared());
  }
  const { PrintingText } = await import("./dump-text.ts");
  return new PrintingText(options, counts, sink, each);
}

class Counting implements DumpVisitor {
  readonly #sink: TextSink;
  #packets = 0;
  #opened = false;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  open(): void {
    this.#opened = true;
  }

  frame(): void {
    this.#packets++;
  }

  idle(): void {}

  end(): void {
    if (!this.#opened) return;
    this.#sink.text(`${this.#packets} ${this.#packets === 1 ? "packet" : "packets"}\n`);
    this.#sink.flush();
  }
}

class Several implements DumpVisitor {
  readonly #parts: readonly DumpVisitor[];

  constructor(parts: readonly DumpVisitor[]) {
    this.#parts = parts;
  }

  open(source: CaptureSource): void {
    for (const part of this.#parts) part.open(source);
  }

  frame(frame: Frame, source: CaptureSource): boolean {
    let wanted = true;
    for (const part of this.#parts) wanted = wanted && part.frame(frame, source) !== false;
    return wanted;
  }

  pass(frame: Frame, source: CaptureSource): void {
    for (const part of this.#parts) part.pass?.(frame, source);
  }

  idle(): void {
    for (const part of this.#parts) part.idle();
  }

  end(): void {
    for (const part of this.#parts) part.end();
  }
}
