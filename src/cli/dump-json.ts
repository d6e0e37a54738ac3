import type { CaptureSource } from "../capture/source.ts";
import { JsonPrinter } from "../print/json.ts";
import type { TextSink } from "../print/sink.ts";
import type { Frame } from "../wire/frame.ts";
import { LINKTYPE_LINUX_SLL2 } from "../wire/protocol.ts";
import { CookedHeader } from "../wire/sll.ts";
import { Printing } from "./dump-printing.ts";
import type { SharedAnalysis } from "./shared-analysis.ts";

const COOKED = new CookedHeader();

/** Prints a JSON object per frame, with what is known of its connection. */
export class PrintingJson extends Printing {
  readonly #shared: SharedAnalysis;
  readonly #printer: JsonPrinter;

  constructor(sink: TextSink, each: boolean, shared: SharedAnalysis) {
    super(sink, each);
    this.#shared = shared;
    this.#printer = new JsonPrinter(sink);
  }

  protected override print(frame: Frame, source: CaptureSource): void {
    const { analysis } = this.#shared;
    const segment = this.#shared.observe(frame);
    const quoted = segment === undefined ? analysis.evidence.quoted : undefined;
    const name = interfaceName(frame, source);
    this.#printer.print(
      analysis.packet,
      segment,
      name,
      quoted && { stream: quoted.connection.stream, frame: quoted.frame },
      analysis.transport,
    );
  }
}

/** A capture on all interfaces of this host has the number of one in each frame. */
function interfaceName(frame: Frame, source: CaptureSource): string {
  const recorded = source.interfaces[frame.interfaceIndex]?.name ?? "";
  if (source.live === undefined || frame.linkType !== LINKTYPE_LINUX_SLL2) return recorded;
  if (COOKED.read(frame.view, frame.start, frame.end, 2) !== undefined) return recorded;
  return source.live.interfaceName(COOKED.interfaceIndex) ?? recorded;
}
