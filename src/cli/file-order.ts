import fs from "node:fs";
import { CaptureError } from "../capture/error.ts";
import { openCapture } from "../capture/open.ts";
import type { Input } from "../pipeline.ts";
import { Frame } from "../wire/frame.ts";

/** First frame of a file, in seconds since 1970 and nanoseconds; undefined where it has none that can be read, or none with a time. */
type Start = readonly [seconds: number, nanoseconds: number] | undefined;

/** It is said once, though a report may read its files twice. */
let told = false;

/**
 * Files in the order of their first frames, as one capture that was split would be: a connection is followed
 * forward in time. Pipes, and files whose start cannot be read, leave the order as it was given. `tell` gets what
 * was done.
 */
export async function inTimeOrder(inputs: readonly Input[], tell: (text: string) => void): Promise<readonly Input[]> {
  if (inputs.length < 2 || !inputs.every(isFile)) return inputs;
  const starts = new Map<string, Start>();
  for (const file of inputs) starts.set(file, await startOf(file));
  if ([...starts.values()].includes(undefined)) return inputs;
  const sorted = inputs.toSorted((a, b) => compare(starts.get(a), starts.get(b)));
  if (!told && sorted.some((file, index) => file !== inputs[index])) {
    told = true;
    tell(`files are read in the order of their first packets: ${sorted.join(", ")}`);
  }
  return sorted;
}

function isFile(input: Input): input is string {
  return typeof input === "string" && fs.statSync(input, { throwIfNoEntry: false })?.isFile() === true;
}

function compare(a: Start, b: Start): number {
  return a === undefined || b === undefined ? 0 : a[0] - b[0] || a[1] - b[1];
}

async function startOf(file: string): Promise<Start> {
  try {
    const source = await openCapture(file);
    try {
      const frame = new Frame();
      for await (const block of source.blocks()) {
        if (block.next(frame)) return frame.hasTime ? [frame.seconds, frame.nanoseconds] : undefined;
      }
      return undefined;
    } finally {
      source.close();
    }
  } catch (error) {
    // Whoever reads it says what is wrong with it.
    if (error instanceof CaptureError) return undefined;
    throw error;
  }
}
