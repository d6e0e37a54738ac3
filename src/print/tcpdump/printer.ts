import type { Frame } from "../../wire/frame.ts";
import type { TextSink } from "../sink.ts";
import type { LineEnd } from "../states-column.ts";
import { printAscii, printHex, printHexAscii } from "./dump.ts";
import { LinkPrinter } from "./link.ts";
import { Network } from "./network.ts";
import type { TcpdumpOptions } from "./options.ts";
import { Output } from "./output.ts";
import { TimePrinter } from "./time.ts";

/** The longest frame that tcpdump accepts, in bytes. */
const MAX_SNAP_LENGTH = 262144;

/** Prints frames as tcpdump 4.99 prints them, a line or more each; it numbers those that it prints, from 1. */
export class TcpdumpPrinter {
  readonly #out: Output;
  readonly #time: TimePrinter;
  readonly #link: LinkPrinter;
  #printed = 0;

  constructor(sink: TextSink, options: TcpdumpOptions) {
    this.#out = new Output(sink, options);
    this.#time = new TimePrinter(options.time, options.fractionDigits);
    this.#link = new LinkPrinter(this.#out, new Network(this.#out));
  }

  /** `end` adds to the line, before any dump. */
  print(frame: Frame, end?: LineEnd): void {
    const out = this.#out;
    const sink = out.sink;
    out.start(frame);
    this.#printed++;
    if (out.options.numbers) {
      sink.padded(this.#printed, 5, 0x20);
      sink.text("  ");
    }
    if (!isPlausible(frame)) {
      sink.text(implausibleText(frame));
      return;
    }
    this.#time.print(sink, frame);
    const payloadAt = this.#link.print(frame.linkType, frame.start, frame.wireLength);
    const dumpAt = out.cut ? out.payloadAt : payloadAt;
    out.finish();
    end?.printEnd(sink);
    this.#dump(frame, dumpAt);
    sink.char(0x0a);
  }

  #dump(frame: Frame, payloadAt: number): void {
    const { hex, hexAscii, ascii } = this.#out.options;
    const count = hexAscii > 0 ? hexAscii : hex > 0 ? hex : ascii;
    if (count === 0) return;
    const at = count > 1 ? frame.start : payloadAt;
    const length = frame.end - at;
    if (length <= 0) return;
    if (hexAscii > 0) printHexAscii(this.#out, at, length, "\n\t");
    else if (hex > 0) printHex(this.#out, at, length, "\n\t");
    else printAscii(this.#out, at, length);
  }
}

/** Whether the lengths of the record make sense. */
function isPlausible(frame: Frame): boolean {
  const captured = frame.end - frame.start;
  return captured > 0 && frame.wireLength >= captured && frame.wireLength <= MAX_SNAP_LENGTH;
}

function implausibleText(frame: Frame): string {
  const captured = frame.end - frame.start;
  const { wireLength } = frame;
  const faults: string[] = [];
  if (captured === 0) faults.push(" caplen==0");
  if (wireLength === 0) faults.push(" len==0");
  else if (wireLength < captured) faults.push(` len(${wireLength}) < caplen(${captured})`);
  if (captured > MAX_SNAP_LENGTH) faults.push(` caplen(${captured}) > ${MAX_SNAP_LENGTH}`);
  if (wireLength > MAX_SNAP_LENGTH) faults.push(` len(${wireLength}) > ${MAX_SNAP_LENGTH}`);
  return `[Invalid header:${faults.join(",")}]\n`;
}
