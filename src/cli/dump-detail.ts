import type { CaptureSource } from "../capture/source.ts";
import type { TextSink } from "../print/sink.ts";
import { StatesColumn } from "../print/states-column.ts";
import { TreePrinter } from "../print/wireshark/tree-printer.ts";
import type { Frame } from "../wire/frame.ts";
import type { DumpOptions } from "./dump-options.ts";
import { Printing } from "./dump-printing.ts";
import { SharedAnalysis } from "./shared-analysis.ts";

/** Prints each packet as a tree of all its fields, as Wireshark does. */
export class PrintingDetail extends Printing {
  readonly #shared: SharedAnalysis;
  readonly #states: StatesColumn | undefined;
  readonly #printer: TreePrinter;

  constructor(
    sink: TextSink,
    each: boolean,
    { states, where }: Pick<DumpOptions, "states" | "where">,
    shared: SharedAnalysis,
  ) {
    super(sink, each);
    this.#states = states === true ? new StatesColumn() : undefined;
    this.#shared = states === true || where !== undefined ? shared : new SharedAnalysis({ scope: "segments" });
    this.#printer = new TreePrinter(sink);
  }

  pass(frame: Frame, source: CaptureSource): void {
    this.sink.mute();
    this.#print(frame, source, false);
    this.sink.unmute();
  }

  protected override print(frame: Frame, source: CaptureSource): void {
    this.#print(frame, source, true);
  }

  #print(frame: Frame, source: CaptureSource, isShown: boolean): void {
    const segment = this.#shared.observe(frame);
    const { packet, connections, evidence, datagram, transport } = this.#shared.analysis;
    this.#states?.set(segment, segment === undefined ? evidence.quoted?.connection : undefined, frame.number);
    const { name = "", section, idInSection = frame.interfaceIndex } = source.interfaces[frame.interfaceIndex] ?? {};
    const index = source.format === "pcapng" ? idInSection : -1;
    this.#printer.print(
      packet,
      segment,
      connections.timeNs(packet),
      { index, name, section, isShown },
      {
        states: this.#states,
        datagram,
        transport,
      },
    );
  }
}
