import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { CaptureError } from "../../src/capture/error.ts";
import { openCapture, type OpenOptions } from "../../src/capture/open.ts";
import { frameComment } from "../../src/capture/pcapng-options.ts";
import type { CaptureSource } from "../../src/capture/source.ts";
import { Frame } from "../../src/wire/frame.ts";

/** What is kept of a frame after the reader has moved on. */
export interface ReadFrame {
  readonly number: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly wireLength: number;
  readonly linkType: number;
  readonly interfaceIndex: number;
  readonly direction: number;
  readonly comment: string;
  readonly data: Uint8Array;
}

export interface ReadCapture {
  readonly frames: ReadFrame[];
  /** Undefined when the capture could not even be opened. */
  readonly source: CaptureSource | undefined;
  readonly error: CaptureError | undefined;
}

/** A directory that is removed when the test ends. */
export function temporaryDirectory(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "capture-"));
  onTestFinished(() => fs.rmSync(directory, { recursive: true }));
  return directory;
}

/** Writes a file that is removed when the test ends; returns its path. */
export function temporaryFile(bytes: Uint8Array, name = "trace"): string {
  const file = path.join(temporaryDirectory(), name);
  fs.writeFileSync(file, bytes);
  return file;
}

/** Reads a capture to its end, or to its error; errors of other kinds are thrown. */
export async function readCapture(file: string, options: OpenOptions = {}): Promise<ReadCapture> {
  const frames: ReadFrame[] = [];
  let source: CaptureSource | undefined;
  try {
    source = await openCapture(file, options);
    const frame = new Frame();
    for await (const block of source.blocks()) {
      while (block.next(frame)) frames.push(kept(frame));
    }
    return { frames, source, error: undefined };
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    return { frames, source, error };
  }
}

/** `readCapture` of bytes, by way of a file. */
export function readBytes(bytes: Uint8Array, options: OpenOptions = {}): Promise<ReadCapture> {
  return readCapture(temporaryFile(bytes), options);
}

function kept(frame: Frame): ReadFrame {
  const { number, seconds, nanoseconds, wireLength, linkType, interfaceIndex, direction } = frame;
  const data = frame.bytes.slice(frame.start, frame.end);
  const comment = frameComment(frame);
  return { number, seconds, nanoseconds, wireLength, linkType, interfaceIndex, direction, comment, data };
}

/** A frame's time as tshark prints `frame.time_epoch`. */
export function timeText(frame: { readonly seconds: number; readonly nanoseconds: number }): string {
  return `${frame.seconds}.${String(frame.nanoseconds).padStart(9, "0")}`;
}
