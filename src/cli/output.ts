import fs from "node:fs";
import { TextSink } from "../print/sink.ts";

const STDOUT = 1;

/** Waits for a full pipe: Atomics on memory that nobody else has. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** Writes all bytes to a descriptor, also when it is a pipe that is full for the moment. */
export function writeAll(descriptor: number, bytes: Uint8Array, length: number): void {
  let at = 0;
  while (at < length) {
    try {
      at += fs.writeSync(descriptor, bytes, at, length - at);
    } catch (error) {
      if (!isErrno(error, "EAGAIN")) throw error;
      Atomics.wait(NEVER, 0, 0, 1);
    }
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
