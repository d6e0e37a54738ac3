import { Frame } from "../../../src/wire/frame.ts";
import { printed } from "../../../src/print/sink.ts";
import { DEFAULT_OPTIONS, type TcpdumpOptions } from "../../../src/print/tcpdump/options.ts";
import { TcpdumpPrinter } from "../../../src/print/tcpdump/printer.ts";

export const ETHERNET = 1;
export const RAW = 101;

/** A frame with these bytes; `cut`: how many of them were captured. */
export function frameOf(bytes: Uint8Array, linkType: number, cut: number = bytes.length, number = 1): Frame {
  const frame = new Frame();
  frame.bytes = new Uint8Array(bytes);
  frame.view = new DataView(frame.bytes.buffer);
  frame.end = cut;
  frame.wireLength = bytes.length;
  frame.linkType = linkType;
  frame.number = number;
  return frame;
}

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));
}

/** What is printed for the frames, without time stamps and without the last line end. */
export function textOf(frames: readonly Frame[], options: Partial<TcpdumpOptions> = {}): string {
  const text = printed((sink) => {
    const printer = new TcpdumpPrinter(sink, { ...DEFAULT_OPTIONS, time: 1, ...options });
    for (const frame of frames) printer.print(frame);
  });
  return text.replace(/\n$/, "");
}

/** What is printed for one frame of raw IP. */
export function ipText(hex: string, options: Partial<TcpdumpOptions> = {}, cut?: number): string {
  const bytes = bytesOf(hex);
  return textOf([frameOf(bytes, RAW, cut ?? bytes.length)], options);
}
