import { readFileSync } from "node:fs";
import { Analysis } from "../../../src/pipeline.ts";
import { printed } from "../../../src/print/sink.ts";
import { type ListOptions, WiresharkList } from "../../../src/print/wireshark/list.ts";
import { Frame } from "../../../src/wire/frame.ts";

export interface ListedFrame {
  readonly linkType: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly wireLength: number;
  /** Those that were captured. */
  readonly bytes: Uint8Array;
  readonly hasTime?: boolean;
}

/** Captures of one protocol each: seconds, microseconds, wire length, captured bytes, and the line that tshark 4.0.17 prints with -n. */
export interface Group {
  readonly group: string;
  readonly linkType: number;
  readonly frames: readonly (readonly [number, number, number, string, string])[];
}

export const GROUPS: readonly Group[] = ["list.json", "list-wireless.json"].flatMap((name) =>
  JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8")),
);

export function framesOf({ linkType, frames }: Group): ListedFrame[] {
  return frames.map(([seconds, microseconds, wireLength, hex]) => ({
    linkType,
    seconds,
    nanoseconds: microseconds * 1000,
    wireLength,
    bytes: Uint8Array.from(Buffer.from(hex, "hex")),
  }));
}

/** Lines of the list for a capture of these frames, whose times have `digits` after the second. */
export function listed(frames: readonly ListedFrame[], options: ListOptions = {}, digits = 6): string[] {
  const text = printed((sink) => {
    const analysis = new Analysis();
    const list = new WiresharkList(sink, options);
    for (const [index, each] of frames.entries()) {
      const frame = frameOf(each, index + 1);
      const segment = analysis.observe(frame);
      list.print(frame, analysis.transport, segment, { interfaceName: "eth0", digits });
    }
  });
  return text.split("\n").slice(0, -1);
}

function frameOf({ bytes, ...fields }: ListedFrame, number: number): Frame {
  const frame = Object.assign(new Frame(), fields, { number });
  frame.bytes = new Uint8Array(bytes);
  frame.view = new DataView(frame.bytes.buffer);
  frame.end = bytes.length;
  return frame;
}
