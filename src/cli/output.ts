import type { CaptureError } from "../capture/error.ts";
import { UNREAD, writeWithin } from "../capture/patient-write.ts";
import { writeError } from "../capture/write-error.ts";
import { TextSink } from "../print/sink.ts";

const STDOUT = 1;
const NAMES: readonly string[] = ["standard input", "standard output", "standard error"];

/** Who wants to know that nobody reads what is written: while it is waited for, no signal reaches a function of ours. */
export interface BlockedListener {
  blocked(): void;
  unblocked(): void;
}

/** What is printed cannot be written: nothing that is read is to blame. */
export class OutputError extends Error {
  override readonly name: string = "OutputError";
  /** Whoever read it has seen enough. */
  readonly isUnread: boolean;

  constructor(cause: CaptureError) {
    super(cause.message, { cause });
    this.isUnread = cause.code === "broken-pipe";
  }
}

let listener: BlockedListener | undefined;

/** Undefined: nobody any more. */
export function listenToBlocked(to: BlockedListener | undefined): void {
  listener = to;
}

/** Writes all bytes to a descriptor, also when it is a pipe that is full for the moment. Throws an `OutputError` when they cannot be written. */
export function writeAll(descriptor: number, bytes: Uint8Array, length: number): void {
  try {
    const at = writeWithin(descriptor, UNREAD, bytes, 0, length);
    if (at < length) writeBlocked(descriptor, bytes, at, length);
  } catch (error) {
    throw new OutputError(writeError(NAMES[descriptor] ?? `descriptor ${descriptor}`, error));
  }
}

/** The rest, to a pipe that nobody reads from for now. */
function writeBlocked(descriptor: number, bytes: Uint8Array, from: number, length: number): void {
  const told = listener;
  told?.blocked();
  try {
    for (let at = from; at < length;) at = writeWithin(descriptor, UNREAD, bytes, at, length);
  } finally {
    told?.unblocked();
  }
}

/** The same for text to standard output. Node's stream would tell only later, and elsewhere, that nobody reads it any more. */
export function print(text: string): void {
  const bytes = Buffer.from(text);
  writeAll(STDOUT, bytes, bytes.length);
}

/** A sink that ends in standard output. */
export function standardOutput(): TextSink {
  return new TextSink((bytes, length) => {
    writeAll(STDOUT, bytes, length);
  });
}
