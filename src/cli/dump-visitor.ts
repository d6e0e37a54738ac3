import fs from "node:fs";
import { PcapWriter } from "../capture/pcap-writer.ts";
import type { CaptureSource } from "../capture/source.ts";
import type { TextSink } from "../print/sink.ts";
import type { Frame } from "../wire/frame.ts";
import { colourDepth } from "./colour-depth.ts";
import type { Counts, DumpOptions } from "./dump-options.ts";
import { UsageError } from "./status.ts";

/** What `dump` does with what it reads. */
export interface DumpVisitor {
  /** An input is open. */
  open(source: CaptureSource): void;
  frame(frame: Frame, source: CaptureSource): void;
  /** More has to be read or waited for. */
  idle(): void;
  /** The input has ended, or something went wrong. */
  end(): void;
}

/** Printing, writing, counting, or several of them. */
export async function dumpVisitor(options: DumpOptions, counts: Counts, sink: TextSink): Promise<DumpVisitor> {
  const parts: DumpVisitor[] = [];
  if (options.write !== undefined) parts.push(new Writing(options.write, options));
  if (options.count === true) parts.push(new Counting(sink));
  else if (options.write === undefined || options.print === true) parts.push(await printing(options, counts, sink));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : new Several(parts);
}

/** Refuses to write to a file that is read: it would be emptied first. */
export function refuseOverwriting(output: string | undefined, inputs: readonly string[]): void {
  if (output === undefined) return;
  if (output === "-") {
    if (process.stdout.isTTY)
      throw new UsageError("standard output is a terminal: packets are written with -w to a file or a pipe");
    return;
  }
  const target = fs.statSync(output, { throwIfNoEntry: false });
  if (target === undefined || !target.isFile()) return;
  for (const input of inputs) {
    const source = input === "-" ? fs.fstatSync(0) : fs.statSync(input, { throwIfNoEntry: false });
    if (source?.ino === target.ino && source.dev === target.dev) {
      throw new UsageError(`${output}: is read and cannot be written at the same time; give -w another name`);
    }
  }
}

/** Loads only what prints as it is asked to. */
async function printing(options: DumpOptions, counts: Counts, sink: TextSink): Promise<DumpVisitor> {
  const each = options.lineBuffered === true;
  if (options.json === true) {
    const { PrintingJson } = await import("./dump-json.ts");
    return new PrintingJson(sink, each);
  }
  if (options.detail === true) {
    const { PrintingDetail } = await import("./dump-detail.ts");
    return new PrintingDetail(sink, each);
  }
  if (options.style === "wireshark") {
    const { printingList } = await import("./dump-wireshark.ts");
    return printingList(options, counts, sink, each);
  }
  const { PrintingText } = await import("./dump-text.ts");
  const depth = colourDepth(options.color);
  if (depth === undefined) return new PrintingText(options, counts, sink, each);
  const { ColouringText } = await import("./dump-colour.ts");
  return new ColouringText(options, counts, sink, each);
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

class Writing implements DumpVisitor {
  readonly #path: string;
  readonly #each: boolean;
  readonly #precision: "micro" | "nano" | undefined;
  #writer: PcapWriter | undefined = undefined;

  constructor(path: string, options: DumpOptions) {
    this.#path = path;
    this.#each = options.packetBuffered === true;
    this.#precision =
      options.timeStampPrecision ?? (options.nano === true ? "nano" : options.micro === true ? "micro" : undefined);
  }

  /** A capture without packets is written too; one that has not even an interface has no link type to write. */
  open(source: CaptureSource): void {
    if (source.linkType >= 0) this.#open(source);
  }

  frame(frame: Frame, source: CaptureSource): void {
    const writer = this.#writer ?? this.#open(source);
    writer.write(frame);
    if (this.#each) writer.flush();
  }

  idle(): void {}

  end(): void {
    this.#writer?.close();
  }

  #open({ linkType, precision, snapLength }: CaptureSource): PcapWriter {
    this.#writer ??= PcapWriter.create(this.#path, { linkType, precision: this.#precision ?? precision, snapLength });
    return this.#writer;
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

  frame(frame: Frame, source: CaptureSource): void {
    for (const part of this.#parts) part.frame(frame, source);
  }

  idle(): void {
    for (const part of this.#parts) part.idle();
  }

  end(): void {
    for (const part of this.#parts) part.end();
  }
}
