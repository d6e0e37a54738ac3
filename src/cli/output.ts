import fs from "node:fs";
import { TextSink } from "../print/sink.ts";

const STDOUT = 1;

/** Waits for a full pipe: Atomics on memory that nobody else has. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** A pipe that was full for so long, in milliseconds, has nobody who reads it. */
const LONG = 1500;

/** Who wants to know that nobody reads what is written: while it is waited for, no signal reaches a function of ours. */
export interface BlockedListener {
  blocked(): void;
  unblocked(): void;
}

let listener: BlockedListener | undefined;

/** Undefined: nobody any more. */
export function listenToBlocked(to: BlockedListener | undefined): void {
  listener = to;
}

/** Writes all bytes to a descriptor, also when it is a pipe that is full for the moment. */
export function writeAll(descriptor: number, bytes: Uint8Array, length: number): void {
  let at = 0;
  while (at < length) {
    try {
      at += fs.writeSync(descriptor, bytes, at, length - at);
    } catch (error) {
      if (!isErrno(error, "EAGAIN")) throw error;
      at += writeLate(descriptor, bytes, at, length);
    }
  }
}

/** Waits until there is room, and writes what goes; how many bytes that is. */
function writeLate(descriptor: number, bytes: Uint8Array, at: number, length: number): number {
  const begin = performance.now();
  let told: BlockedListener | undefined;
  try {
    for (;;) {
      Atomics.wait(NEVER, 0, 0, 1);
      if (told === undefined && performance.now() - begin > LONG) {
        told = listener;
        told?.blocked();
      }
      try {
        return fs.writeSync(descriptor, bytes, at, length - at);
      } catch (error) {
        if (!isErrno(error, "EAGAIN")) throw error;
      }
    }
  } finally {
    told?.unblocked();
  }
}

/** Whether the error is the operating system's, with this name. */
export function isErrno(error: unknown, name: string): boolean {
  return error instanceof Error && "code" in error && error.code === name;
}

/** A sink that ends in standard output. */
export function standardOutput(): TextSink {
  return new TextSink((bytes, length) => {
    writeAll(STDOUT, bytes, length);
  });
}
