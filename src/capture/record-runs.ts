import type { Frame } from "../wire/frame.ts";
import { RECORD_HEADER } from "./pcap-format.ts";
import type { PcapWriter } from "./pcap-writer.ts";
import type { CaptureSource } from "./source.ts";

/** Whether the records of a source can be written as they are by a writer of this precision. */
export function hasSameRecords(source: CaptureSource, precision: "micro" | "nano"): boolean {
  return source.format === "pcap" && source.live !== undefined && source.littleEndian && source.precision === precision;
}

/**
 * Writes records as they are in the reader's buffer, all that follow each other at
 * once: a packet costs no copy. `flush` is due before the reader reads on.
 */
export class RecordRuns {
  readonly #writer: PcapWriter;
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;

  constructor(writer: PcapWriter) {
    this.#writer = writer;
  }

  write(frame: Frame): void {
    const start = frame.start - RECORD_HEADER;
    if (start !== this.#end || frame.bytes !== this.#bytes) {
      this.flush();
      this.#bytes = frame.bytes;
      this.#start = start;
    }
    this.#end = frame.end;
  }

  flush(): void {
    const [start, end] = [this.#start, this.#end];
    // Whatever happens, these are not tried again.
    this.#start = this.#end = 0;
    if (end > start) this.#writer.writeRecords(this.#bytes, start, end);
  }
}
