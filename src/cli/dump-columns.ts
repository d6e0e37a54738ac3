import type { CaptureSource } from "../capture/source.ts";
import { TextSink } from "../print/sink.ts";
import { PACKET_COLUMNS, PACKET_SCHEMA } from "../report/schema/packet-schema.ts";
import type { Frame } from "../wire/frame.ts";
import type { ColumnOptions } from "./column-options.ts";
import { ColumnPrinter } from "./columns.ts";
import { PrintingJson } from "./dump-json.ts";
import { Printing } from "./dump-printing.ts";
import type { SharedAnalysis } from "./shared-analysis.ts";

const UTF8 = new TextDecoder();

/** Prints a line of values per frame: of the very object that --json prints, so that both always agree. */
export class PrintingColumns extends Printing {
  readonly #json: PrintingJson;
  readonly #object: TextSink;
  readonly #columns: ColumnPrinter;
  #text = "";

  constructor(sink: TextSink, each: boolean, shared: SharedAnalysis, options: ColumnOptions) {
    super(sink, each);
    this.#object = new TextSink((bytes, length) => {
      this.#text += UTF8.decode(bytes.subarray(0, length));
    });
    this.#json = new PrintingJson(this.#object, false, shared);
    this.#columns = new ColumnPrinter(sink, options, PACKET_SCHEMA, PACKET_COLUMNS);
  }

  protected override print(frame: Frame, source: CaptureSource): void {
    this.#text = "";
    this.#json.frame(frame, source);
    this.#object.flush();
    this.#columns.print(JSON.parse(this.#text));
  }
}
