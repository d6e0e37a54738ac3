import { UNREAD, writeWithin } from "../capture/patient-write.ts";
import { TextSink } from "../print/sink.ts";

const STDOUT = 1;

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
  let at = writeWithin(descriptor, UNREAD, bytes, 0, length);
  if (at === length) return;
  const told = listener;
  told?.blocked();
  try {
    while (at < length) at = writeWithin(descriptor, UNREAD, bytes, at, length);
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
