import fs from "node:fs";
import { errnoOf } from "./input.ts";

/** How long to wait before a full pipe is tried again, in milliseconds. */
const AGAIN = 1;

/** Waited on, never woken: memory that nobody else has. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** A pipe that was full for so long, in milliseconds, has nobody who reads it. */
export const UNREAD: number = 1500;

/**
 * Writes `bytes[from, to)` to a descriptor, also when it is a pipe that is full for the moment: until all is written, or
 * nothing could be for `patience` milliseconds. Gives where it has come to; throws what the system says.
 */
export function writeWithin(descriptor: number, patience: number, bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  let since = -1;
  while (at < to) {
    try {
      at += fs.writeSync(descriptor, bytes, at, to - at);
      since = -1;
    } catch (error) {
      if (errnoOf(error) !== "EAGAIN") throw error;
      const now = performance.now();
      if (since < 0) since = now;
      if (now - since >= patience) return at;
      // Give the reader time.
      Atomics.wait(NEVER, 0, 0, AGAIN);
    }
  }
  return at;
}
